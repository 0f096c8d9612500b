"""Figures with their 95 % intervals, in numpy alone."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = "npt.NDArray[np.float64]"

Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the 95 % interval around it: shares between 0 and 1, differences between -1 and 1."""

    figure: float
    low: float
    high: float


def auc(truth: npt.NDArray[Any], score: npt.NDArray[Any]) -> Interval:
    """The area under the ROC curve with DeLong's interval.

    The area is the chance that a row of the positive class scores above one of the other, ties counted half. Its
    variance is DeLong's (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988), from midranks in O(n log n) as in
    Sun and Xu (IEEE Signal Processing Letters 21, 2014). The interval is figure ± 1.96 standard errors, cut at 0
    and 1.

    Where the classes are parted without an exception, that variance is 0, which would say "certain" of what is only
    "no exception seen yet". Then the open side is Wilson's bound for n of n, with the n of the smaller class.

    Args:
        truth: one bool a row, shape [n]; both values occur.
        score: one number a row, shape [n]; the larger, the more positive.

    Raises:
        ValueError: only one class occurs, or the shapes differ.
    """
    above, below = _components(truth, score)
    m, n = len(above), len(below)
    figure = float(above.mean())
    if figure in {0.0, 1.0}:
        bound = _wilson_edge(min(m, n))
        return Interval(figure, bound if figure else 0.0, 1.0 if figure else 1.0 - bound)
    reach = Z95 * float(np.sqrt(_variance(above) / m + _variance(below) / n))
    return Interval(figure, max(0.0, figure - reach), min(1.0, figure + reach))


def auc_difference(truth: npt.NDArray[Any], score: npt.NDArray[Any], other: npt.NDArray[Any]) -> Interval:
    """How much larger the area of one score is than that of another on the same rows, with DeLong's paired interval.

    Both are looked at on the same rows, so what is hard about a row is hard for both and does not count: the variance
    is that of the differences of DeLong's components (DeLong, DeLong and Clarke-Pearson 1988). From -1 to 1.

    Args:
        truth: one bool a row, shape [n]; both values occur.
        score: one number a row; the larger, the more positive.
        other: another such number a row.

    Raises:
        ValueError: only one class occurs.
    """
    above, below = _components(truth, score)
    above_other, below_other = _components(truth, other)
    figure = float(above.mean() - above_other.mean())
    variance = _variance(above - above_other) / len(above) + _variance(below - below_other) / len(below)
    reach = Z95 * float(np.sqrt(variance))
    return Interval(figure, max(-1.0, figure - reach), min(1.0, figure + reach))


def share(hits: int, rows: int) -> Interval:
    """A share with Wilson's score interval (Wilson, JASA 22, 1927).

    Args:
        hits: rows that count, 0 to `rows`.
        rows: all rows, at least 1.
    """
    return share_of(hits / rows, rows)


def share_of(figure: float, rows: int) -> Interval:
    """The same for a share that is known itself, as a mean over several looks at the same rows."""
    spread = Z95 * Z95 / rows
    middle = (figure + spread / 2) / (1 + spread)
    reach = Z95 * float(np.sqrt(figure * (1 - figure) / rows + spread / (4 * rows))) / (1 + spread)
    # At the ends the formula is exact; rounding must not push the bound past the figure.
    return Interval(figure, max(0.0, min(middle - reach, figure)), min(1.0, max(middle + reach, figure)))


def mean(values: Floats, low: float = 0.0, high: float = 1.0) -> Interval:
    """A mean with its normal interval, cut at the least and the most that the values can be."""
    figure = float(values.mean())
    reach = Z95 * float(np.sqrt(_variance(values) / len(values)))
    return Interval(figure, max(low, figure - reach), min(high, figure + reach))


def _components(truth: npt.NDArray[Any], score: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """For each positive row, the share of negative rows below it; for each negative row, of positive rows above it."""
    positives, negatives = score[truth].astype(np.float64), score[~truth].astype(np.float64)
    m, n = len(positives), len(negatives)
    if not m or not n:
        raise ValueError("both classes have to occur")
    together = _midranks(np.concatenate([positives, negatives]))
    return (together[:m] - _midranks(positives)) / n, 1.0 - (together[m:] - _midranks(negatives)) / m


def _midranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks: Floats = (last - (count - 1) / 2.0)[place]
    return ranks


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _wilson_edge(rows: int) -> float:
    return rows / (rows + Z95 * Z95)
