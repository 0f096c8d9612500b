"""What of a check's evidence can be drawn: bars with intervals, or a curve. Pure, and without a word in any language.

Evidence is what a check wrote when it ran; a plug-in's, or an older one, may lack what is looked for, and then there
is nothing to draw.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MOST = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        name: a name out of the data, such as a group or a column; or, in `answers` and `latency`, a key.
        value: its length. low, high: the 95 % interval where it has one. is_worst: the one that decided.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    is_worst: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        key: of its title and its words, below `say.checks.picture`.
        unit: `share` (of a hundred), `count`, `ms` or `index`.
        bars: the bars, in order. points: of a curve, `(x, y)`; one of both is empty.
    """

    key: str
    unit: str
    bars: tuple[Bar, ...] = ()
    points: tuple[tuple[float, float], ...] = ()


def picture(kind: str, evidence: Mapping[str, Any]) -> Picture | None:
    """What can be drawn of a check's evidence (the object that a result names); None where nothing can."""
    found = evidence.get("found")
    draw = _DRAWN.get(kind)
    if draw is None or not isinstance(found, Mapping):
        return None
    try:
        made = draw(found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):  # not as this version writes it
        return None
    return made if made.bars or made.points else None


def _accuracy(found: Mapping[str, Any]) -> Picture:
    names = ("true_positive", "true_negative", "false_positive", "false_negative")
    bars = tuple(Bar(name, float(found["confusion"][name]), is_worst=name.startswith("false")) for name in names)
    return Picture("answers", "count", bars)


def _calibration(found: Mapping[str, Any]) -> Picture:
    points = tuple((float(one["said"]), float(one["was"])) for one in found["reliability"])
    return Picture("reliability", "share", points=tuple(sorted(points)))


def _fairness(found: Mapping[str, Any]) -> Picture:
    pairs = [pair for one in found["columns"] for pair in one["pairs"]]
    worst = max(pairs, key=lambda pair: float(pair["gap"]))["less"] if pairs else None
    groups = [group for one in found["columns"] for group in one["groups"] if not group["too_small"]]
    bars = [
        Bar(str(g["group"]), float(g["yes"]), float(g["yes_low"]), float(g["yes_high"]), g["group"] == worst)
        for g in groups
    ]
    return Picture("groups", "share", tuple(bars[:_MOST]))


def _privacy(found: Mapping[str, Any]) -> Picture:
    told = found["attributes"]
    worst = max((float(one["gain"]) for one in told), default=0.0)
    bars = [
        Bar(str(one["column"]), float(one["gain"]), float(one["low"]), float(one["high"]), float(one["gain"]) == worst)
        for one in told
    ]
    return Picture("given_away", "share", tuple(bars[:_MOST]))


def _explanation(found: Mapping[str, Any]) -> Picture:
    bars = [Bar(str(one["input"]), float(one["share"])) for one in found["inputs"]]
    return Picture("inputs", "share", tuple(bars[:_MOST]))


def _stress(found: Mapping[str, Any]) -> Picture:
    bars = (Bar("median", float(found["median_ms"])), Bar("p99", float(found["p99_ms"])))
    return Picture("latency", "ms", bars)


def _data(found: Mapping[str, Any]) -> Picture:
    return Picture("missing", "share", _largest(found["missing"]))


def _drift(found: Mapping[str, Any]) -> Picture:
    return Picture("moved", "index", _largest(found["stability_index"]))


def _largest(by_name: Mapping[str, Any]) -> tuple[Bar, ...]:
    """The largest figures, greatest first; the first decided."""
    pairs: Sequence[tuple[float, str]] = sorted(((float(value), name) for name, value in by_name.items()), reverse=True)
    return tuple(Bar(name, value, is_worst=place == 0) for place, (value, name) in enumerate(pairs[:_MOST]))


_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], Picture]] = {
    "accuracy": _accuracy,
    "calibration": _calibration,
    "data": _data,
    "drift": _drift,
    "explanation": _explanation,
    "fairness": _fairness,
    "privacy": _privacy,
    "stress": _stress,
}
