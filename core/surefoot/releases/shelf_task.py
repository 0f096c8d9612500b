"""The worker's part of looking something up in a dataset version: texts of columns, example rows that are real."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from surefoot.workers import Request


def texts(request: Request) -> dict[str, Any]:
    """Every different text of some columns.

    Args:
        request: `columns`, and `most`: how many different ones there may be. Files: Parquet, one a side.

    Returns:
        `texts`: by column, sorted; without columns that hold more, or no text.
    """
    found: dict[str, list[str]] = {}
    for column in request["columns"]:
        values: set[str] = set()
        for part in _columns(request.files, [column]):
            values |= set(part[column].drop_nulls().unique().head(int(request["most"]) + 1).cast(pl.String).to_list())
        if 0 < len(values) <= int(request["most"]):
            found[column] = sorted(values)
    return {"texts": found}


def real_rows(request: Request) -> dict[str, Any]:
    """How many of the given rows stand exactly so in the tables.

    Args:
        request: nothing. Files: Parquet, one a side, and `examples`, as vectors.json.

    Returns:
        `real`, and the number of `rows`.
    """
    sides = dict(request.files)
    inputs: Mapping[str, Sequence[Any]] = json.loads(sides.pop("examples").read_bytes())["inputs"]
    rows = set(zip(*(map(_same, values) for values in inputs.values()), strict=True))
    real: set[tuple[Any, ...]] = set()
    for part in _columns(sides, list(inputs)):
        for some in part.iter_slices(10_000):
            real |= rows & set(zip(*(map(_same, some[name].to_list()) for name in inputs), strict=True))
    return {"real": len(real), "rows": len(rows)}


def _columns(files: Mapping[str, Path], names: Sequence[str]) -> Iterator[pl.DataFrame]:
    """These columns of each table that has all of them."""
    for path in files.values():
        with path.open("rb") as file:
            if set(names) <= set(pl.read_parquet_schema(file)):
                file.seek(0)
                yield pl.read_parquet(file, columns=list(names))


def _same(value: object) -> object:
    """A value as a model gets it, so that one that was rounded on its way is still known for the same."""
    if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return None
    if isinstance(value, bool | int | float):
        return float(f"{float(value):.6g}")
    return str(value)
