"""What a candidate is weighed against: the other finished runs, by two figures of their checks. No Qt here."""

from collections.abc import Sequence
from dataclasses import dataclass

from surefoot.checks import rules
from surefoot.checks.facts import Judged, Subject
from surefoot.runs import pareto

_PREFERRED = ("accuracy", "fairness", "privacy", "calibration", "robustness", "stress", "explanation")
_BOTH = 2


@dataclass(frozen=True, slots=True)
class Point:
    """A run by its two figures."""

    run: str
    name: str
    model: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """The figures of all runs that have both.

    Attributes:
        kinds: of check, on x and y. metrics: of each. points: the runs. front: those that no other beats in both.
        limits: on x and y, `(value, is_least)`, as they hold for the candidate; None where there is none.
        beaten: how many runs are better than the candidate in one figure and no worse in the other.
    """

    kinds: tuple[str, str]
    metrics: tuple[str, str]
    points: tuple[Point, ...]
    front: tuple[tuple[float, float], ...]
    limits: tuple[tuple[float, bool] | None, tuple[float, bool] | None]
    beaten: int


def weigh(subjects: Sequence[Subject], run: str) -> Weighing | None:
    """A candidate against the others; None where it has no two figures that can be compared."""
    chosen = next((one for one in subjects if one.run == run), None)
    if chosen is None:
        return None
    mains = _mains(chosen)
    kinds = [kind for kind in _PREFERRED if kind in mains][:_BOTH]
    if len(kinds) < _BOTH:
        return None
    first, second = (mains[kind] for kind in kinds)
    points = tuple(point for one in subjects if (point := _point(one, (first, second), (kinds[0], kinds[1]))))
    signs = (_sign(first), _sign(second))
    own = next(point for point in points if point.run == run)
    beaten = sum(_beats(other, own, signs) for other in points)
    front = pareto.front([(p.x, p.y) for p in points], more_x=signs[0] > 0, more_y=signs[1] > 0)
    return Weighing(
        (kinds[0], kinds[1]), (first.measure.metric, second.measure.metric), points, tuple(front),
        (_limit(first), _limit(second)), beaten,
    )  # fmt: skip


def _mains(subject: Subject) -> dict[str, Judged]:
    found = {one.kind: rules.main(one.judged) for one in subject.results if one.judged}
    return {kind: main for kind, main in found.items() if main.measure.figure is not None}


def _point(subject: Subject, asked: tuple[Judged, Judged], kinds: tuple[str, str]) -> Point | None:
    mains = _mains(subject)
    figures = []
    for kind, like in zip(kinds, asked, strict=True):
        main = mains.get(kind)
        if main is None or main.measure.figure is None or main.measure.metric != like.measure.metric:
            return None
        figures.append(float(main.measure.figure))
    return Point(subject.run, subject.name, subject.model, figures[0], figures[1])


def _sign(one: Judged) -> int:
    """Whether more is better: as the limit says, else as is usual for what is no gap."""
    if one.limit is not None:
        return 1 if one.limit.rule == "at_least" else -1
    return 1 if one.measure.metric in {"auc", "accuracy", "explanation_stability"} else -1


def _beats(one: Point, other: Point, signs: tuple[int, int]) -> bool:
    apart = (signs[0] * (one.x - other.x), signs[1] * (one.y - other.y))
    return min(apart) >= 0 and max(apart) > 0


def _limit(one: Judged) -> tuple[float, bool] | None:
    return None if one.limit is None else (float(one.limit.value), one.limit.rule == "at_least")
