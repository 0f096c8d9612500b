"""The profile that is kept with a version, as values: what each column holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column holds.

    Attributes:
        name, type: its own. rows: of the table. missing: rows without a value. distinct: different values.
        low, high: of numbers and times, as text; None where there are none. mean: of numbers and booleans, likewise.
        deciles: eleven edges with a tenth of the numbers between each two; empty where they are not known.
        values: each value with its rows, where there are few. rare: values that too few rows share to be named.
    """

    name: str
    type: str
    rows: int
    missing: int
    distinct: int
    low: str | None = None
    high: str | None = None
    mean: str | None = None
    deciles: tuple[float, ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)
    rare: int = 0

    @property
    def missing_share(self) -> float:
        """The share of rows without a value, 0 to 1."""
        return self.missing / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """What a version holds, column by column; of a folder of files there are none.

    Attributes:
        rows: rows, or files. columns: in their order. suffixes: of a folder, how many files end so.
    """

    rows: int
    columns: tuple[ColumnProfile, ...] = ()
    suffixes: Mapping[str, int] = field(default_factory=dict)


def read(data: bytes | Mapping[str, Any]) -> Profile:
    """A profile as it is kept, or as a worker returned it."""
    kept: Mapping[str, Any] = json.loads(data) if isinstance(data, bytes) else data
    rows = int(kept["rows"])
    return Profile(rows, tuple(_column(one, rows) for one in kept.get("columns", ())), kept.get("suffixes", {}))


def _column(one: Mapping[str, Any], rows: int) -> ColumnProfile:
    edges = one.get("deciles") or ()
    return ColumnProfile(
        name=one["name"],
        type=one["type"],
        rows=rows,
        missing=int(one["missing"]),
        distinct=int(one["distinct"]),
        low=one.get("min"),
        high=one.get("max"),
        mean=one.get("mean"),
        deciles=() if None in edges else tuple(float(edge) for edge in edges),
        values=one.get("values", {}),
        rare=int(one.get("rare", 0)),
    )


def bars(column: ColumnProfile, most: int = 12) -> tuple[float, ...]:
    """What a column holds as bars, each a share of the highest; empty where the profile does not say enough.

    Numbers are parted into `most` equal stretches, between the tenths that are known as if they were even. Few values
    are bars in the order of numbers, or the most frequent first.
    """
    if column.values:
        heights = [float(count) for _, count in _ordered(column)][:most]
    elif len(column.deciles) > 1 and column.deciles[0] < column.deciles[-1]:
        low, step = column.deciles[0], (column.deciles[-1] - column.deciles[0]) / most
        inner = [low + number * step for number in range(1, most)]
        below = [0.0, *(share_up_to(column.deciles, edge) for edge in inner), 1.0]
        heights = [high - low for low, high in pairwise(below)]
    else:
        return ()
    highest = max(heights)
    return tuple(height / highest for height in heights)


def _ordered(column: ColumnProfile) -> list[tuple[str, int]]:
    if column.type in {"integer", "number"}:
        return sorted(column.values.items(), key=lambda item: float(item[0]))
    return sorted(column.values.items(), key=lambda item: -item[1])


def share_up_to(deciles: Sequence[float], edge: float) -> float:
    """The share of a distribution, known by its tenths, at or below an edge; between two tenths it is taken as even."""
    steps = len(deciles) - 1
    share = 0.0
    for low, high in pairwise(deciles):
        if edge >= high:
            share += 1 / steps
        elif edge > low:
            share += (edge - low) / (high - low) / steps
    return share
