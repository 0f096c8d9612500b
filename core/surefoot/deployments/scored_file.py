"""The file that scored rows are written to: CSV, JSON lines or Parquet, a row at a time.

Runs in a worker. In CSV a text that a spreadsheet would take for a formula is made harmless by an apostrophe before it
(trail.md F1 row 63); a number stays a number, whatever sign it begins with.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from surefoot.datasets.engine import engine
from surefoot.deployments.scored_rows import NUMBER
from surefoot.workers import Request

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_encode = msgspec.json.Encoder().encode

Line = Sequence[Any]


def write(request: Request, form: str, types: Mapping[str, str], lines: Iterable[Line]) -> Path:
    """Writes lines in one of the three forms; returns the file, in the scratch folder.

    Args:
        request: with the scratch folder.
        form: `csv`, `jsonl` or `parquet`.
        types: the columns in order, each with the engine's type for it.
        lines: of as many values as there are columns.
    """
    target = request.scratch / f"scored.{form}"
    if form == "csv":
        _write_csv(target, tuple(types), lines)
    elif form == "jsonl":
        _write_jsonl(target, tuple(types), lines)
    else:
        between = request.scratch / "scored.jsonl"
        _write_jsonl(between, tuple(types), lines)
        _as_parquet(request, between, types, target)
    return target


def _write_csv(target: Path, names: Sequence[str], lines: Iterable[Line]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([harmless(name) for name in names])
        writer.writerows([_cell(value) for value in line] for line in lines)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULA) and not NUMBER.fullmatch(text) else text


def _write_jsonl(target: Path, names: Sequence[str], lines: Iterable[Line]) -> None:
    with target.open("wb") as file:
        for line in lines:
            file.write(_encode(dict(zip(names, line, strict=True))) + b"\n")


def _as_parquet(request: Request, source: Path, types: Mapping[str, str], target: Path) -> None:
    folder = request.scratch / "parquet"
    folder.mkdir()
    with engine(folder, [source, target], memory_bytes=request.limits.memory_bytes) as connection:
        table = connection.read_json(str(source), columns=dict(types), format="newline_delimited")
        table.write_parquet(str(target), compression="zstd")
