"""DuckDB, locked down: the engine that parses foreign tables, inside a worker and nowhere else.

It may read the descriptors it is given and write to the scratch folder; everything else is off before the first
foreign byte is read, and the settings are locked. No text of a foreign file becomes SQL: columns are `c0`, `c1` … until
they are written out, values and paths are bound, and what is computed is built from expressions.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from duckdb import CaseExpression, ColumnExpression, ConstantExpression, Expression, FunctionExpression

Relation = duckdb.DuckDBPyRelation
Connection = duckdb.DuckDBPyConnection

CHUNK = 200
"""Figures that are asked for in one query; wider queries cost more than their share."""
NARROW = 25
"""Columns that are looked at together."""

_LARGEST = 2**53
_MEMORY_SHARE = 2  # the engine counts what it fills, the kernel what it reserves
_CONTROL = {chr(i): f"\\u{i:04x}" for i in range(32)} | {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}

column = ColumnExpression
constant = ConstantExpression


def call(name: str, *arguments: Expression) -> Expression:
    """A function of the engine, applied."""
    return FunctionExpression(name, *arguments)


@contextmanager
def engine(scratch: Path, files: Sequence[Path], *, memory_bytes: int) -> Iterator[Connection]:
    """An engine that can read these files and use this folder."""
    connection = duckdb.connect(str(scratch / "import.duckdb"))
    settings: Mapping[str, object] = {
        "threads": 2,
        "memory_limit": f"{memory_bytes // _MEMORY_SHARE // 2**20}MiB",
        "temp_directory": str(scratch),
        "TimeZone": "UTC",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "allowed_directories": [str(scratch)],
        "allowed_paths": [str(path) for path in files],
        "enable_external_access": False,
        "lock_configuration": True,
    }
    try:
        for name, value in settings.items():
            connection.execute(_SET[name], [value]).fetchall()
        yield connection
    finally:
        connection.close()


_SET = {
    name: f"SET {name} = $1"
    for name in (
        "threads",
        "memory_limit",
        "temp_directory",
        "TimeZone",
        "autoinstall_known_extensions",
        "autoload_known_extensions",
        "allow_community_extensions",
        "allow_persistent_secrets",
        "allowed_directories",
        "allowed_paths",
        "enable_external_access",
        "lock_configuration",
    )
}


def figures(table: Relation, wanted: Sequence[Expression]) -> tuple[Any, ...]:
    """One row of aggregates over a table, computed a chunk at a time."""
    found: list[Any] = []
    for start in range(0, len(wanted), CHUNK):
        (row,) = table.aggregate(list(wanted[start : start + CHUNK])).fetchall()
        found += row
    return tuple(found)


def narrowed(table: Relation, places: Sequence[str]) -> Iterator[tuple[Relation, Sequence[str]]]:
    """A wide table as tables of a few columns each: an expression costs time for each column its table has."""
    for start in range(0, len(places), NARROW):
        some = places[start : start + NARROW]
        yield table.select(*[column(place) for place in some]), some


def canonical(name: str, kind: str) -> Expression:
    """The canonical JSON (as `surefoot.trail.canonical.encode` makes it) of a column's values."""
    value = column(name)
    plain = value.cast("VARCHAR")
    match kind:
        case "boolean":
            json = plain
        case "integer":
            fits = value.between(constant(-_LARGEST), constant(_LARGEST))
            json = CaseExpression(fits, plain).otherwise(_quoted(plain))
        case "datetime":
            json = _quoted(call("strftime", value, constant("%Y-%m-%dT%H:%M:%S.%f")))
        case _:
            json = _quoted(plain)
    return CaseExpression(value.isnull(), constant("null")).otherwise(json)


def _quoted(text: Expression) -> Expression:
    """Text as canonical JSON. The engine's own writer differs in one point: how it writes control characters."""
    by_hand = call("replace", call("replace", text, constant("\\"), constant("\\\\")), constant('"'), constant('\\"'))
    for letter, escape in _CONTROL.items():
        by_hand = call("replace", by_hand, constant(letter), constant(escape))
    by_hand = call("concat", constant('"'), by_hand, constant('"'))
    has_control = call("regexp_matches", text, constant("[\\x00-\\x1f]"))
    return CaseExpression(has_control, by_hand).otherwise(call("to_json", text).cast("VARCHAR"))


def canonical_list(items: Sequence[Expression]) -> Expression:
    """The canonical JSON of a list of values that are canonical JSON already."""
    commas: list[Expression] = []
    for item in items:
        commas += [constant(","), item]
    return call("concat", constant("["), *commas[1:], constant("]"))


def side(salt: str, json: Expression, edges: Sequence[tuple[str, int]]) -> Expression:
    """The side of each row: the rule of `splitting.side_of` as an expression over canonical JSON."""
    salted = call("||", constant(salt.encode() + b"\0"), call("encode", json))
    head = call("substr", call("sha256", salted), constant(1), constant(16))
    number = call("concat", constant("0x"), head).cast("UBIGINT")
    sides = [name for name, _ in edges]
    chosen = constant(sides[-1])
    for name, edge in reversed(edges[:-1]):
        chosen = CaseExpression(number < constant(edge).cast("UBIGINT"), constant(name)).otherwise(chosen)
    return chosen
