"""The catalog's plain copy of every line, for walking back by hash and for questions about a moment."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
