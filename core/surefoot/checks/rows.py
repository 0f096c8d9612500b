"""Held-out rows through a model, in batches. Runs in a worker: the table and the graph are somebody else's bytes.

The way from a column to a tensor is the one of `models.vectors`, for whole columns: a missing or infinite number is
NaN where the input is floating, a missing text is "", a truth value is 1 or 0 as a number.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from surefoot.errors import Code, InputRefusedError
from surefoot.models.facts import RefusalError, Tensor
from surefoot.models.replay import Graph

BATCH = 20_000
_FLOATS = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


def read(path: Path, columns: list[str]) -> pl.DataFrame:
    """These columns of a Parquet file.

    Raises:
        InputRefusedError: a column is not in it.
    """
    with path.open("rb") as file:
        there = set(pl.read_parquet_schema(file))
        missing = next((name for name in columns if name not in there), None)
        if missing is not None:
            raise InputRefusedError(Code.CHECK_COLUMNS, column=missing, detail="no-column")
        file.seek(0)
        return pl.read_parquet(file, columns=list(dict.fromkeys(columns)))


def lot(count: int, source: np.random.Generator, most: int) -> npt.NDArray[np.int64]:
    """The numbers of at most so many of the rows, drawn by lot, in order."""
    return np.sort(source.permutation(count)[:most])


def answers(
    graph: Graph, rows: pl.DataFrame, inputs: list[Tensor], names: list[str]
) -> Iterator[dict[str, npt.NDArray[Any]]]:
    """The model's answers, a batch of rows at a time.

    Raises:
        InputRefusedError: a column does not fit its input, or the model fails on a row.
    """
    for part in rows.iter_slices(BATCH):
        feed = {one.name: tensor_of(part[one.name], one) for one in inputs}
        try:
            yield graph.answer(feed, names)
        except RefusalError as error:
            raise InputRefusedError(Code.CHECK_REPLAY, detail=error.reason.values.get("detail", "")) from error


def tensor_of(column: pl.Series, tensor: Tensor) -> npt.NDArray[Any]:
    """A column as the tensor an input takes, of shape [rows, 1] or [rows].

    Raises:
        InputRefusedError: its values are of another kind, or one is missing where the input has no word for that.
    """
    if any(dim not in {1, None} for dim in tensor.shape[1:]):
        raise InputRefusedError(Code.CHECK_COLUMNS, column=column.name, detail="shape")
    try:
        flat = _flat(column, tensor.type)
    except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
        values = {"column": column.name, "found": str(column.dtype), "wanted": tensor.type}
        raise InputRefusedError(Code.CHECK_COLUMNS, detail="type", **values) from error
    return flat.reshape((len(column), *[1] * len(tensor.shape[1:])))


def _flat(column: pl.Series, kind: str) -> npt.NDArray[Any]:
    if kind == "string":
        if column.dtype.is_numeric():
            raise TypeError(kind)
        return column.cast(pl.String).fill_null("").to_numpy().astype(object)
    if column.dtype == pl.String:
        raise TypeError(kind)
    if kind in _FLOATS:
        wide = column.cast(pl.Float64).to_numpy()
        with np.errstate(over="ignore"):
            return np.where(np.isfinite(wide), wide, np.nan).astype(_FLOATS[kind])
    if column.null_count():
        raise ValueError(kind)
    return column.to_numpy().astype(np.dtype(kind))
