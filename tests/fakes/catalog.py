"""A record in memory for the catalog to follow, and the check that a reducer does not care about order."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from surefoot.catalog import Reducer
from surefoot.catalog.projection import Projection, batch_of
from surefoot.catalog.slots import Slot
from surefoot.trail.canonical import encode
from surefoot.trail.facts import Event, Page, Subject
from surefoot.trail.lines import Line, payload_of

WS = hashlib.sha256(b"fake record").hexdigest()
OWN_TABLES = {"about", "applied", "arrived", "staged"}


def event(
    kind: str, subject: str, *, feed: str = "a", seq: int = 0, hlc: int = 0, body: Mapping[str, Any] | None = None
) -> Event:
    """An event with only what a test cares about; `feed` is a letter, the rest follows from feed and seq."""
    name = hashlib.sha256(f"feed {feed}".encode()).hexdigest()
    return Event(
        leaf=hashlib.sha256(f"{feed} {seq} {kind} {subject}".encode()).hexdigest(),
        ws=WS,
        feed=name,
        seq=seq,
        at=f"2026-01-01T{seq // 3600 % 24:02}:{seq // 60 % 60:02}:{seq % 60:02}.000Z",
        hlc=hlc or 1_767_225_600_000_000 + seq,
        actor="per_" + "a" * 26,
        role="owner",
        mean="created",
        type=kind,
        subjects=(Subject(subject, hashlib.sha256(subject.encode()).hexdigest()),),
        cause=(),
        body=body,
        is_self=False,
    )


def page_of(one: Event) -> Page:
    """An event as the trail hands it over: its line without a signature, and its details."""
    line = Line(
        actor=one.actor,
        app="fake/1",
        at=one.at,
        body=(0, ""),
        boot=("", 0),
        cause=one.cause,
        feed=one.feed,
        hlc=one.hlc,
        mean=one.mean,
        prev="",
        role=one.role,
        seen={},
        is_self=one.is_self,
        seq=one.seq,
        subjects=one.subjects,
        type=one.type,
        ws=one.ws,
    )
    body = None if one.body is None else encode(dict(one.body))
    return Page(one.feed, one.seq, [one.leaf], [payload_of(line)], [body])


class FakeSource:
    """Implements EventSource over a list. What is appended to `log` is what a follower finds next."""

    def __init__(self, log: Sequence[Event] = (), *, ws: str = WS) -> None:
        self.ws = ws
        self.log = list(log)

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        seen = after or {}
        return (page_of(one) for one in list(self.log) if one.seq >= seen.get(one.feed, 0))

    def sizes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.log:
            counts[one.feed] = counts.get(one.feed, 0) + 1
        return counts


def tables_of(projection: Projection) -> dict[str, list[str]]:
    """Every row of every table and view of the rooms, in an order that says nothing."""
    with projection.cursor() as cursor:
        names = cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY table_name"
        ).fetchall()
        return {name: sorted(map(repr, cursor.table(name).fetchall())) for (name,) in names if name not in OWN_TABLES}


def reduced(reducers: Sequence[Reducer], batches: Sequence[Sequence[Event]]) -> dict[str, list[str]]:
    """The tables after these batches."""
    projection = Projection(Slot(None, Path("/nonexistent/spill"), ExitStack()), reducers, ws=WS)
    try:
        for batch in batches:
            projection.apply(batch_of([page_of(one) for one in batch]))
        return tables_of(projection)
    finally:
        projection.close()


def assert_order_free(reducer: Reducer, events: Sequence[Event], *, rounds: int = 20, seed: int = 0) -> None:
    """Fails unless any order and any cut of these events give the same tables, and foreign events change nothing.

    Pass events that meet in the same rows: several of each type for one subject, from two feeds, with equal and
    different `hlc`, some with `body=None`.
    """
    chance = random.Random(seed)
    expected = reduced([reducer], [events])
    decoys = [event("decoy.happened", f"decoy_{n}", feed="z", seq=n, body={"name": "decoy"}) for n in range(3)]
    for number in range(rounds):
        mixed = [*events, *decoys] if reducer.types else list(events)
        chance.shuffle(mixed)
        cuts = sorted(chance.sample(range(1, len(mixed)), min(len(mixed) - 1, chance.randrange(4))))
        batches = [mixed[start:end] for start, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
        found = reduced([reducer], batches)
        for table, rows in expected.items():
            assert found[table] == rows, f"round {number}: table {table} depends on the order of events"
