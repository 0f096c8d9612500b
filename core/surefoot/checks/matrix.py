"""A table as numbers, for what learns from it in a worker: texts become codes, what is missing stays NaN."""

import numpy as np
import polars as pl

from surefoot.checks.answers import Floats


def codes_of(column: pl.Series) -> Floats:
    """A text column as the places of its values in their order."""
    text = column.cast(pl.String)
    place = {value: float(number) for number, value in enumerate(sorted(text.drop_nulls().unique().to_list()))}
    return np.asarray([np.nan if value is None else place[value] for value in text.to_list()])


def of(table: pl.DataFrame, columns: list[str]) -> Floats:
    """These columns as a matrix, a row each."""
    parts = []
    for name in columns:
        column = table[name]
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            wide = column.cast(pl.Float64).to_numpy()
            parts.append(np.where(np.isfinite(wide), wide, np.nan))
        else:
            parts.append(codes_of(column))
    return np.stack(parts, axis=1) if parts else np.zeros((len(table), 0))


def shuffled(table: pl.DataFrame, rows: int, source: np.random.Generator) -> pl.DataFrame:
    """As many rows as wanted with every column drawn by itself: plausible values, nobody's row."""
    return pl.DataFrame([column.gather(source.integers(0, len(column), rows)) for column in table])
