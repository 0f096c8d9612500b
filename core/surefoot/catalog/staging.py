"""Bringing lines into the engine: as they lie, through an appender, no file and no Arrow."""

from collections.abc import Sequence
from typing import TypeAlias

import duckdb

from surefoot.catalog import tables
from surefoot.trail.facts import Page

Rows: TypeAlias = list[tuple[str, str, str | None]]


def rows_of(pages: Sequence[Page]) -> Rows:
    """The lines as the engine takes them: leaf, line, body."""
    return [
        (leaf, line.decode(), None if body is None else body.decode())
        for page in pages
        for leaf, line, body in zip(page.leaves, page.lines, page.bodies, strict=True)
    ]


def stage(connection: duckdb.DuckDBPyConnection, rows: Rows) -> frozenset[str]:
    """Fills the temporary table `staged` with these lines and nothing else; returns which types there are."""
    for statement in tables.UNSTAGE:
        connection.execute(statement)
    appender = connection.appender("arrived")
    try:
        appender.append_rows(rows)
        appender.flush()
    except duckdb.Error:
        appender.clear()
        raise
    connection.execute(tables.STAGE)
    return frozenset(kind for (kind,) in connection.execute(tables.STAGED_TYPES).fetchall())
