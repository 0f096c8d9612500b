"""The catalog's plain copy of every line, for walking back by hash and for questions about a moment."""

import json
from collections.abc import Mapping, Sequence
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
                leaf VARCHAR, ws VARCHAR, feed VARCHAR, seq BIGINT, hlc BIGINT, at TIMESTAMP, actor VARCHAR,
                role VARCHAR, mean VARCHAR, type VARCHAR, is_self BOOLEAN, subjects JSON, cause VARCHAR[], body JSON,
                PRIMARY KEY (leaf))""",
        ),
        apply=(
            """INSERT INTO events SELECT leaf, ws, feed, seq, hlc, at, actor, role, mean, type, is_self, subjects,
               cause, body FROM staged ON CONFLICT DO NOTHING""",
        ),
    ),
)

_ACTIVATIONS = ("release.activated", "release.rolled-back")


def _event(row: Mapping[str, Any]) -> Event:
    subjects = tuple(Subject(each["id"], each["sha256"]) for each in json.loads(row["subjects"] or "[]"))
    return Event(
        leaf=row["leaf"],
        ws=row["ws"],
        feed=row["feed"],
        seq=row["seq"],
        at=row["at"].isoformat(timespec="milliseconds") + "Z",
        hlc=row["hlc"],
        actor=row["actor"],
        role=row["role"],
        mean=row["mean"],
        type=row["type"],
        subjects=subjects,
        cause=tuple(row["cause"] or ()),
        body=None if row["body"] is None else json.loads(row["body"]),
        is_self=bool(row["is_self"]),
    )


def by_leaf(catalog: Catalog, leaves: Sequence[str]) -> dict[str, Event]:
    """The events with these leaf hashes, as far as the record holds them."""
    rows = catalog.rows("SELECT * FROM events WHERE list_contains($1, leaf)", [list(leaves)])
    return {row["leaf"]: _event(row) for row in rows}


def activation(catalog: Catalog, *, environment: str | None, at: str) -> Event | None:
    """The last activation in an environment (or in any) up to a moment (RFC 3339, UTC)."""
    rows = catalog.rows(
        """SELECT * FROM events
            WHERE list_contains($1, type) AND ($2 IS NULL OR body->>'environment' = $2) AND at <= $3::TIMESTAMP
            ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
        [list(_ACTIVATIONS), environment, at],
    )
    return _event(rows[0]) if rows else None


def after(catalog: Catalog, start: Event, *, at: str) -> tuple[Event, ...]:
    """What rests directly on an event, up to a moment, in order."""
    rows = catalog.rows(
        "SELECT * FROM events WHERE list_contains(cause, $1) AND at <= $2::TIMESTAMP ORDER BY hlc, feed, seq",
        [start.leaf, at],
    )
    return tuple(_event(row) for row in rows)


def names(catalog: Catalog) -> dict[str, str]:
    """Ids of persons and devices with their names, where the record still holds them."""
    rows = catalog.rows(
        """SELECT body->>'id' AS id, body->>'name' AS name FROM events
           WHERE type IN ('workspace.created', 'feed.opened', 'device.enrolled') AND body->>'id' IS NOT NULL
             AND body->>'name' IS NOT NULL ORDER BY hlc, feed, seq"""
    )
    return {row["id"]: row["name"] for row in rows}
