"""The rows of a foreign table as a service would be sent them: one JSON-able mapping a row, a row at a time.

Runs in a worker. The table is read by the readers of datasets; here cells become numbers, truth values and texts by the
signature alone. What does not fit is handed on as it is: it is the wrapper's own decoder that refuses it.
"""

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from surefoot.datasets import csvtext, inference, jsonlines, loading, reading
from surefoot.datasets.engine import Connection, column, constant, engine, figures
from surefoot.errors import Code, InputRefusedError
from surefoot.payloads.service.documents import Port
from surefoot.workers import Request

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DIGITS = 18
_PAGE = 10_000
_SHOWN = 8
_DETAIL = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what the model is given, by input, and what is passed through, by column."""

    inputs: Mapping[str, Any]
    kept: Mapping[str, Any]


def rows(request: Request, ports: Mapping[str, Port], keep: Sequence[str]) -> Iterator[Row]:
    """The rows of the request's file `source`.

    Args:
        request: with the file.
        ports: the model's inputs by name.
        keep: columns that are passed through.

    Raises:
        InputRefusedError: it cannot be read, or its columns are not those of the model.
    """
    try:
        kind, path = loading.plain(request, encoding=None)
    except InputRefusedError:
        _refuse_first_line(request, ports, keep)
        raise
    if kind == "jsonl":
        return _of_jsonl(path, ports, keep)
    return _of_parquet(request, path, ports, keep) if kind == "parquet" else _of_csv(path, ports, keep)


def _refuse_first_line(request: Request, ports: Mapping[str, Port], keep: Sequence[str]) -> None:
    """Tells columns that do not fit before a cell that cannot be read: whoever mends it would come back."""
    unpacked, head = request.scratch / "unpacked", request.scratch / "head"
    source = unpacked if unpacked.exists() else request.files["source"]
    with source.open("rb") as file:
        head.write_bytes(file.readline(reading.LONGEST_LINE))
    try:
        head.read_bytes().decode()
        if is_jsonl := reading.kind_of(head) == "jsonl":
            names = tuple(next(jsonlines.objects(head))[1])
        else:
            names = csvtext.layout_of(head, delimiter=None, header=True).names
    except (InputRefusedError, UnicodeDecodeError):
        return
    # In JSON lines a later row may have what this one lacks.
    (_refuse_unknown if is_jsonl else _check)(names, ports, keep)


def _of_csv(path: Path, ports: Mapping[str, Port], keep: Sequence[str]) -> Iterator[Row]:
    layout = csvtext.layout_of(path, delimiter=None, header=True)
    _check(layout.names, ports, keep)
    # The same words mean "missing" as when a dataset is read.
    cells = {name: _cell_of(port) for name, port in ports.items()}
    try:
        for _, row in csvtext.rows_of(path, layout):
            found = dict(zip(layout.names, row, strict=True))
            yield Row({name: read(found[name]) for name, read in cells.items()}, {name: found[name] for name in keep})
    except (csv.Error, ValueError) as error:
        detail = str(error)[:_DETAIL]
        broken = csvtext.find_broken(path, layout)
        raise broken or InputRefusedError(Code.DATA_UNREADABLE, format="CSV", detail=detail) from error


def _cell_of(port: Port) -> Callable[[str], Any]:
    """What reads a cell of text for an input."""
    if port.type == "string":
        return lambda text: None if text in inference.TEXT_MARKERS else text
    if port.type == "bool" or any(isinstance(each, bool) for each in port.categories):
        return _truth
    return _number


def _number(text: str) -> Any:
    plain = text.strip()
    if plain in inference.MARKERS:
        return None
    if not NUMBER.fullmatch(plain):
        return plain
    if plain.lstrip("+-").isdecimal() and len(plain) <= _DIGITS:
        return int(plain)
    number = float(plain)
    return number if math.isfinite(number) else plain


def _truth(text: str) -> Any:
    words = {"true": True, "false": False}
    word = text.strip().lower()
    return words[word] if word in words else _number(text)


def _of_jsonl(path: Path, ports: Mapping[str, Port], keep: Sequence[str]) -> Iterator[Row]:
    seen: set[str] = set()
    for _, row in jsonlines.objects(path):
        if not row.keys() <= seen:
            _refuse_unknown(tuple(row), ports, keep)
            seen |= row.keys()
        # A key that is not there is told by the decoder, as for a request.
        inputs = {name: _plain(value) for name, value in row.items() if name in ports}
        yield Row(inputs, {name: _plain(row.get(name)) for name in keep})
    _check_kept(tuple(seen), keep)


def _plain(value: Any) -> Any:
    """A value of a JSON line, with its numbers as numbers."""
    if isinstance(value, jsonlines.Number):
        return _number(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _of_parquet(request: Request, path: Path, ports: Mapping[str, Port], keep: Sequence[str]) -> Iterator[Row]:
    with engine(request.scratch, [path], memory_bytes=request.limits.memory_bytes) as connection:
        try:
            names = _staged(connection, path, ports, keep)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            detail = str(error).splitlines()[0][:_DETAIL]
            raise InputRefusedError(Code.DATA_UNREADABLE, format="Parquet", detail=detail) from error
        table = connection.table("staged")
        (total,) = figures(table, [column("rowid").count()])
        for start in range(0, int(total), _PAGE):
            page = table.filter((column("rowid") >= constant(start)) & (column("rowid") < constant(start + _PAGE)))
            for values in page.order("rowid").fetchall():
                found = dict(zip(names, map(_typed, values), strict=True))
                yield Row({name: found[name] for name in ports}, {name: found[name] for name in keep})


def _staged(connection: Connection, path: Path, ports: Mapping[str, Port], keep: Sequence[str]) -> tuple[str, ...]:
    """The table `staged`, in the scratch folder, with the columns that are wanted; returns their names."""
    table = connection.read_parquet(str(path))
    names = csvtext.named([str(name) for name in table.columns])
    _check(names, ports, keep)
    kinds = []
    for name, found in zip(names, map(str, table.types), strict=True):
        kind = inference.of_engine(found)
        if kind is None:
            raise InputRefusedError(Code.COLUMN_TYPE, column=csvtext.shown(name), type=found[:_DETAIL])
        kinds.append(kind)
    places = zip(table.columns, kinds, strict=True)
    chosen = [inference.from_typed(place, kind, None).alias(f"c{at}") for at, (place, kind) in enumerate(places)]
    table.select(*chosen).to_table("staged")
    return names


def _typed(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    number = float(value) if isinstance(value, Decimal) else value
    return str(number) if isinstance(number, float) and not math.isfinite(number) else number


def _check(names: Sequence[str], ports: Mapping[str, Port], keep: Sequence[str]) -> None:
    """The columns are those of the model and those that are kept, and nothing else.

    Raises:
        InputRefusedError: one is unknown, or missing.
    """
    _refuse_unknown(names, ports, keep)
    missing = [name for name in ports if name not in names]
    if missing:
        raise InputRefusedError(Code.SCORE_COLUMN_MISSING, columns=_some(missing), found=_some(names))
    _check_kept(names, keep)


def _refuse_unknown(names: Sequence[str], ports: Mapping[str, Port], keep: Sequence[str]) -> None:
    unknown = [name for name in names if name not in ports and name not in keep]
    if unknown:
        raise InputRefusedError(Code.SCORE_COLUMN_UNKNOWN, columns=_some(unknown), known=_some(tuple(ports)))


def _check_kept(names: Sequence[str], keep: Sequence[str]) -> None:
    lost = [name for name in keep if name not in names]
    if lost:
        raise InputRefusedError(Code.SCORE_COLUMN_MISSING, columns=_some(lost), found=_some(names))


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(csvtext.shown(name) for name in names[:_SHOWN])
    return shown + ", …" if len(names) > _SHOWN else shown
