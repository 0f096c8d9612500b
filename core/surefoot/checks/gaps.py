"""How differently groups of people are answered: rates, gaps, and how far chance alone would carry them.

Pure, in numpy alone. A row carries a share from 0 to 1: how often it was answered with yes (1 or 0 where it was asked
once, a mean where a run has asked it several times by cross-fitting). Rates are means of these shares, so a mean of
gaps over repeats is the gap of the means, and people can be drawn again by counting, without drawing rows.

Definitions (Hardt, Price and Srebro, NeurIPS 2016; the names are fairlearn's):
selection rate: the share of yes among all; equal opportunity: among those whose true answer is yes; equalised odds: the
larger of that and of the same among those whose true answer is no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from surefoot.checks.facts import FEWEST_ROWS

Definition: TypeAlias = Literal["selection-rate", "equal-opportunity", "equalised-odds"]
DEFINITIONS: tuple[Definition, ...] = ("selection-rate", "equal-opportunity", "equalised-odds")
DRAWS = 2000
_BASES: Mapping[Definition, tuple[str, ...]] = {
    "selection-rate": ("all",),
    "equal-opportunity": ("yes",),
    "equalised-odds": ("yes", "no"),
}
_Floats: TypeAlias = npt.NDArray[np.float64]
_Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to part people: a protected column, or two that are crossed.

    Attributes:
        codes: the group of each row, -1 where its value is missing.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    codes: _Ints


@dataclass(frozen=True, slots=True)
class Group:
    """One group: its rows by base (`all`, `yes`, `no`: by the true answer) and its share of yes in each."""

    label: str
    rows: Mapping[str, int]
    rates: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap between two groups: how far the rate of `more` lies above that of `less`, with its interval."""

    more: Group
    less: Group
    base: str
    figure: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A grouping under one definition.

    Attributes:
        groups: all of them, also those that are too small. small: those too small to be judged.
        gaps: every pair of the others, largest gap first.
    """

    grouping: Grouping
    groups: tuple[Group, ...]
    small: tuple[Group, ...]
    gaps: tuple[Gap, ...]


def crossed(first: Grouping, second: Grouping) -> Grouping:
    """Two groupings at once: only pairs of values that occur."""
    known = (first.codes >= 0) & (second.codes >= 0)
    both = np.where(known, first.codes * len(second.labels) + second.codes, -1)
    there = sorted(set(both[known].tolist()))
    place = {code: number for number, code in enumerate(there)}
    labels = tuple(
        f"{first.labels[code // len(second.labels)]}, {second.labels[code % len(second.labels)]}" for code in there
    )
    codes = np.asarray([place.get(code, -1) for code in both.tolist()], dtype=np.int64)
    return Grouping((*first.columns, *second.columns), labels, codes)


def smallest_base(group: Group, definition: Definition) -> int:
    """How many rows a group's rates rest on under a definition, at least."""
    return min(group.rows[base] for base in _BASES[definition])


class People:
    """Rows with their shares of yes and true answers, that can be compared by groups and drawn again.

    Args:
        share: how often each row was answered with yes, 0 to 1.
        truth: whether its true answer is yes.
        seed: of the draws.
    """

    def __init__(self, share: _Floats, truth: npt.NDArray[np.bool_], *, seed: int) -> None:
        self._share = share
        self._truth = truth
        self._seed = seed

    def compare(self, grouping: Grouping, definition: Definition) -> Compared:
        """The groups of a grouping, and the gap of each pair with its 95 % interval.

        The interval is the 2.5th to 97.5th percentile over draws of as many people with replacement (Efron 1979). That
        the largest of several gaps was picked out is not made up for, so several groups need a look at all pairs.
        """
        groups = tuple(self._group(label, grouping.codes == code) for code, label in enumerate(grouping.labels))
        small = tuple(group for group in groups if smallest_base(group, definition) < FEWEST_ROWS)
        large = [number for number, group in enumerate(groups) if group not in small]
        drawn = {base: self._drawn(grouping, base, large) for base in _BASES[definition]} if len(large) > 1 else {}
        gaps = [
            self._gap(groups, pair, {base: rates[:, list(places)] for base, rates in drawn.items()})
            for pair, places in zip(combinations(large, 2), combinations(range(len(large)), 2), strict=True)
        ]
        return Compared(grouping, groups, small, tuple(sorted(gaps, key=lambda gap: -gap.figure)))

    def _group(self, label: str, here: npt.NDArray[np.bool_]) -> Group:
        bases = {base: here & self._base(base) for base in ("all", "yes", "no")}
        rates = {base: float(self._share[rows].mean()) if rows.any() else float("nan") for base, rows in bases.items()}
        return Group(label, {base: int(rows.sum()) for base, rows in bases.items()}, rates)

    def _base(self, base: str) -> npt.NDArray[np.bool_]:
        return np.ones(len(self._truth), dtype=bool) if base == "all" else self._truth == (base == "yes")

    def _drawn(self, grouping: Grouping, base: str, groups: Sequence[int]) -> _Floats:
        """The rate of each group in each draw of people, shape [draws, groups].

        Rows that are alike in all that matters are one cell; drawing n people is drawing counts of cells.
        """
        counts_in = self._base(base)
        key = np.stack([grouping.codes, counts_in.astype(np.int64), np.round(self._share * 10**9).astype(np.int64)])
        cells, counted = np.unique(key, axis=1, return_counts=True)
        share, in_base = cells[2] / 10**9, cells[1].astype(bool)
        source = np.random.default_rng(self._seed)
        draws = source.multinomial(int(counted.sum()), counted / counted.sum(), size=DRAWS).astype(np.float64)
        found = np.zeros((DRAWS, len(groups)))
        for place, group in enumerate(groups):
            mine = draws[:, in_base & (cells[0] == group)]
            with np.errstate(invalid="ignore"):
                found[:, place] = mine @ share[in_base & (cells[0] == group)] / mine.sum(axis=1)
        return found

    @staticmethod
    def _gap(groups: Sequence[Group], pair: tuple[int, int], drawn: Mapping[str, _Floats]) -> Gap:
        first, second = (groups[number] for number in pair)
        base = max(drawn, key=lambda one: abs(first.rates[one] - second.rates[one]))
        difference = first.rates[base] - second.rates[base]
        sign = 1.0 if difference >= 0 else -1.0
        low, high = np.nanpercentile(sign * (drawn[base][:, 0] - drawn[base][:, 1]), [2.5, 97.5])
        more, less = (first, second) if difference >= 0 else (second, first)
        return Gap(
            more, less, base, abs(difference), min(float(low), abs(difference)), max(float(high), abs(difference))
        )
