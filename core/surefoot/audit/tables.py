"""The catalog's plain copy of every line, for walking back by hash and for questions about a moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.audit.facts import Actor, Wanted
from surefoot.catalog import Catalog, Reducer
from surefoot.trail.facts import Event, Subject

REDUCERS = (
    Reducer(
        name="events",
        version=1,
        types=(),
        tables=(
            """CREATE TABLE events (
                leaf VARCHAR PRIMARY KEY, feed VARCHAR, seq BIGINT, hlc BIGINT, recorded_at TIMESTAMP, actor VARCHAR,
                role VARCHAR, mean VARCHAR, type VARCHAR, is_self BOOLEAN, subjects JSON, cause VARCHAR[], body JSON
            )""",
        ),
        apply=(
            """INSERT INTO events SELECT s.leaf, s.feed, s.seq, s.hlc, s.at, s.actor, s.role, s.mean, s.type,
               s.is_self, s.subjects, s.cause, s.body FROM staged s""",
        ),
    ),
)

ACTIVATIONS = ("release.activated", "release.rolled-back")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one record, asked for by hash, by place and moment.

    Attributes:
        catalog: where their copy is. ws: whose they are.
    """

    catalog: Catalog
    ws: str

    def by_leaf(self, leaves: Sequence[str]) -> dict[str, Event]:
        """The events with these leaf hashes, as far as the record holds them."""
        rows = self.catalog.rows("SELECT * FROM events WHERE list_contains($1, leaf)", [list(leaves)])
        return {row["leaf"]: self._event(row) for row in rows}

    def at(self, feed: str, seq: int) -> Event | None:
        """The line of a feed with this number, from 0; None where it is not known here."""
        row = self.catalog.one("SELECT * FROM events WHERE feed = $1 AND seq = $2", [feed, seq])
        return None if row is None else self._event(row)

    def activation(self, *, environment: str | None, until: str | None) -> Event | None:
        """The last activation in an environment (or in any) up to a moment (RFC 3339, UTC; None: no bound)."""
        row = self.catalog.one(
            """SELECT * FROM events
               WHERE list_contains($1, type) AND ($2::VARCHAR IS NULL OR body->>'$.environment' = $2)
                 AND ($3::VARCHAR IS NULL OR recorded_at <= $3::TIMESTAMP)
               ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
            [list(ACTIVATIONS), environment, until],
        )
        return None if row is None else self._event(row)

    def activations(self) -> tuple[Event, ...]:
        """Every activation of a release, in order; each has a wrapper's state folder of its own."""
        rows = self.catalog.rows("SELECT * FROM events WHERE type = 'release.activated' ORDER BY hlc, feed, seq")
        return tuple(self._event(row) for row in rows)

    def resting_on(self, start: Event, *, until: str | None) -> tuple[Event, ...]:
        """What rests directly on an event, up to a moment, in order."""
        rows = self.catalog.rows(
            """SELECT * FROM events WHERE list_contains(cause, $1)
                 AND ($2::VARCHAR IS NULL OR recorded_at <= $2::TIMESTAMP)
               ORDER BY hlc, feed, seq""",
            [start.leaf, until],
        )
        return tuple(self._event(row) for row in rows)

    def newest(self, wanted: Wanted, *, before: Event | None = None, count: int = 100) -> tuple[Event, ...]:
        """A page of the record, newest first.

        Args:
            wanted: which lines.
            before: the last line of the page before; None for the first page.
            count: how many lines a page has at most.
        """
        rows = self.catalog.rows(
            """SELECT * FROM events
               WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR starts_with(type, $2 || '.'))
                 AND ($3 = '' OR len(list_filter(json_extract_string(subjects, '$[*].id'),
                                                 lambda x: starts_with(x, $3))) > 0)
                 AND ($4::BIGINT IS NULL OR (hlc, feed, seq) < ($4, $5, $6))
               ORDER BY hlc DESC, feed DESC, seq DESC LIMIT $7""",
            [
                wanted.actor,
                wanted.noun,
                wanted.object,
                *((None, "", 0) if before is None else (before.hlc, before.feed, before.seq)),
                count,
            ],
        )
        return tuple(self._event(row) for row in rows)

    def nouns(self) -> tuple[str, ...]:
        """The first words of the types that the record holds, in order."""
        rows = self.catalog.rows("SELECT DISTINCT split_part(type, '.', 1) AS noun FROM events ORDER BY noun")
        return tuple(row["noun"] for row in rows)

    def actors(self) -> tuple[Actor, ...]:
        """Everybody who ever acted, in the order in which they came."""
        names = names_of(self.catalog)
        rows = self.catalog.rows(
            "SELECT actor, arg_min(role, hlc) AS role FROM events GROUP BY actor ORDER BY min(hlc), actor"
        )
        return tuple(Actor(row["actor"], names.get(row["actor"], ""), row["role"] or "") for row in rows)

    def places(self) -> tuple[str, ...]:
        """Every environment in which something was ever activated."""
        rows = self.catalog.rows(
            """SELECT DISTINCT body->>'$.environment' AS place FROM events
               WHERE type = 'release.activated' AND body->>'$.environment' IS NOT NULL ORDER BY place"""
        )
        return tuple(row["place"] for row in rows)

    def since(self, environment: str, after: str) -> tuple[Event, ...]:
        """What happened to services in an environment after a moment (RFC 3339, UTC), in order."""
        rows = self.catalog.rows(
            """SELECT * FROM events
               WHERE (type LIKE 'service.%' OR type = 'drill.held' OR list_contains($1, type))
                 AND type NOT IN ('service.leased', 'service.window')
                 AND body->>'$.environment' = $2 AND recorded_at > $3::TIMESTAMP
               ORDER BY hlc, feed, seq""",
            [list(ACTIVATIONS), environment, after],
        )
        return tuple(self._event(row) for row in rows)

    def _event(self, row: Mapping[str, Any]) -> Event:
        return Event(
            leaf=row["leaf"],
            ws=self.ws,
            feed=row["feed"],
            seq=row["seq"],
            at=row["recorded_at"].isoformat(timespec="milliseconds") + "Z",
            hlc=row["hlc"],
            actor=row["actor"],
            role=row["role"],
            mean=row["mean"],
            type=row["type"],
            subjects=tuple(Subject(each["id"], each["sha256"]) for each in json.loads(row["subjects"] or "[]")),
            cause=tuple(row["cause"] or ()),
            body=None if row["body"] is None else json.loads(row["body"]),
            is_self=bool(row["is_self"]),
        )


def count(catalog: Catalog) -> int:
    """How many lines of the record the catalog holds."""
    row = catalog.one("SELECT count(*) AS lines FROM events")
    return 0 if row is None else int(row["lines"])


def names_of(catalog: Catalog) -> dict[str, str]:
    """Ids of persons and devices with their names, where the record still holds them."""
    rows = catalog.rows(
        """SELECT actor, body->>'$.person' AS person FROM events
           WHERE type IN ('workspace.created', 'feed.opened') AND body->>'$.person' IS NOT NULL
           ORDER BY hlc, feed, seq"""
    )
    return {row["actor"]: row["person"] for row in rows}
