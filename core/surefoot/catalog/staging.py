"""Bringing events into the engine: JSON lines through an appender, no file and no Arrow."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import duckdb
import msgspec

from surefoot.catalog import tables
from surefoot.trail.facts import Event

Lines: TypeAlias = list[tuple[str]]


def _plain(value: Any) -> Any:
    """What msgspec does not know by itself: a read-only view of a mapping."""
    return dict(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def lines_of(events: Sequence[Event]) -> Lines:
    """The events as the engine takes them: a row with one line of JSON each."""
    return [(_ENCODER.encode(event).decode(),) for event in events]


def stage(connection: duckdb.DuckDBPyConnection, lines: Lines) -> None:
    """Fills the temporary table `staged` with these events and nothing else."""
    for statement in tables.UNSTAGE:
        connection.execute(statement)
    appender = connection.appender("arrived")
    appender.append_rows(lines)
    appender.flush()
    connection.execute(tables.STAGE)
