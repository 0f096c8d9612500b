"""Turns protected columns into groups: values as they are, numbers in bands. Runs in a worker."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from surefoot.checks.gaps import Grouping

FEW = 12
"""Different numbers up to which each counts as a group of its own."""
AGES = ("25", "40", "60")
_OLDEST = 120


def group(column: pl.Series, bands: Sequence[str] = ()) -> Grouping:
    """The groups of a column.

    Numbers with more than twelve different values are cut at `bands`. Without them: at 25, 40 and 60 where all lie
    between 0 and 120, as ages do, else at the quartiles.
    """
    if column.dtype.is_numeric() and column.n_unique() > FEW:
        return _banded(column, bands)
    text = column.cast(pl.String)
    values = sorted(text.drop_nulls().unique().to_list())
    place = {value: number for number, value in enumerate(values)}
    codes = np.asarray([-1 if value is None else place[value] for value in text.to_list()], dtype=np.int64)
    return Grouping((column.name,), tuple(f"{column.name} = {value}" for value in values), codes)


def _banded(column: pl.Series, bands: Sequence[str]) -> Grouping:
    wide = column.cast(pl.Float64).to_numpy()
    known = np.isfinite(wide)
    edges = sorted({float(edge) for edge in bands}) or _edges(wide[known])
    codes = np.where(known, np.searchsorted(edges, np.where(known, wide, 0.0), side="right"), -1)
    labels = [f"{column.name} < {edges[0]:g}"]
    labels += [f"{low:g} ≤ {column.name} < {high:g}" for low, high in pairwise(edges)]
    labels.append(f"{column.name} ≥ {edges[-1]:g}")
    there = sorted(set(codes[known].tolist()))
    place = np.full(len(labels) + 1, -1)
    place[there] = np.arange(len(there))
    return Grouping((column.name,), tuple(labels[code] for code in there), place[codes].astype(np.int64))


def _edges(values: np.ndarray) -> list[float]:
    if len(values) and values.min() >= 0 and values.max() <= _OLDEST:
        return [float(age) for age in AGES]
    return sorted({float(edge) for edge in np.quantile(values, [0.25, 0.5, 0.75])}) if len(values) else [0.0]
