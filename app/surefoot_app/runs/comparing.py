"""What tells pinned runs apart: curves, trade-offs, differences, and the axes of many. No Qt here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from surefoot.runs.facts import Difference, Run
from surefoot.runs.listing import Order
from surefoot.runs.telling import named
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import duration
from surefoot_app.runs.columns import as_number, figure, told

SECONDS = "seconds"
MOST_LINES = 400
_AXES = 7
Curves = Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a metric has to reach: its rule (`at_least` or `at_most`) and the figure."""

    rule: str
    at: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """Runs to be drawn: the first of an order, and how many there are in all.

    Attributes:
        runs, total: both. axes: what their parallel axes are. values: what each run has on them, in their order.
    """

    runs: Sequence[Run]
    total: int
    axes: tuple[str, ...] = ()
    values: Sequence[tuple[float | None, ...]] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A run that does nearly as well as the best and takes much less time."""

    cheaper: str
    best: str
    metric: str
    loss: float
    saved: float


def curves(bench: Workbench, runs: Sequence[str]) -> Curves:
    """The curves of some runs, by run and metric."""
    return {run: bench.runs.curves(run) for run in runs}


def sampled(bench: Workbench, order: Order) -> Sampled:
    """The first runs of an order."""
    return sample(bench.runs.listing.page(order, 0, MOST_LINES), len(order))


def sample(runs: Sequence[Run], total: int) -> Sampled:
    """Some of so many runs, with what is drawn of them; not on the GUI thread, since hundreds of runs are decoded."""
    names = axes(runs, limits(runs))
    return Sampled(runs, total, names, [figures(run, names) for run in runs])


def figures(run: Run, names: Sequence[str]) -> tuple[float | None, ...]:
    """What a run has on some axes."""
    return tuple(figure_of(run, name) for name in names)


def limits(runs: Sequence[Run]) -> dict[str, Limit]:
    """What the runs are judged by; of several limits for a metric the first one counts."""
    found: dict[str, Limit] = {}
    for run in runs:
        for each in run.verdict.get("criteria", ()):
            at = as_number(each["limit"])
            if at is not None:
                found.setdefault(str(each["metric"]), Limit(str(each["rule"]), at))
    return found


def metrics_of(runs: Sequence[Run]) -> tuple[str, ...]:
    """The metrics of some runs, those that they are judged by first."""
    goals = limits(runs)
    names = sorted({name for run in runs for name in run.metrics})
    return (*(name for name in goals if name in names), *(name for name in names if name not in goals))


def figure_of(run: Run, name: str) -> float | None:
    """A run's last value of a metric, its seconds, or a parameter that is a number (`param.depth`)."""
    if name == SECONDS:
        return as_number(run.seconds)
    if name.startswith("param."):
        return as_number(run.parameters.get(name.removeprefix("param.")))
    return as_number(run.metrics.get(name, {}).get("last"))


def is_more_better(name: str, goals: Mapping[str, Limit]) -> bool:
    """Whether more is better: as the criteria say; less is, of time and of what is called a loss, an error or a gap."""
    if name in goals:
        return goals[name].rule == "at_least"
    return name != SECONDS and not any(word in name.lower() for word in ("loss", "error", "gap", "rmse", "mae"))


def advice(runs: Sequence[Run]) -> Advice | None:
    """The pinned run that takes at most half as long as the best and is nearly as good; None where there is none.

    Nearly: within 2 % of the best value of the first metric. Whether that is less than the noise, repeats must show.
    """
    names = metrics_of(runs)
    if not names:
        return None
    more = is_more_better(names[0], limits(runs))
    known = [
        (value, seconds, run)
        for run in runs
        if (value := figure_of(run, names[0])) is not None and (seconds := as_number(run.seconds)) is not None
    ]
    if len(known) < 2:  # noqa: PLR2004 - a comparison takes two
        return None
    top, top_seconds, best = max(known, key=lambda one: one[0] if more else -one[0])
    near = [one for one in known if one[1] <= top_seconds / 2 and abs(one[0] - top) <= abs(top) * 0.02]
    if not near:
        return None
    value, seconds, cheaper = min(near, key=lambda one: one[1])
    return Advice(cheaper.name, best.name, names[0], abs(top - value), top_seconds - seconds)


def axes(runs: Sequence[Run], goals: Mapping[str, Limit]) -> tuple[str, ...]:
    """What to draw parallel axes of: parameters that vary and are numbers, then metrics that vary."""
    varying = _varying(runs)
    found = sorted(name for name in varying if name.startswith("param."))[: _AXES - 2]
    metrics = [name for name in metrics_of(runs) if name in varying and (name in goals or len(goals) < _AXES)]
    return (*found, *metrics[: _AXES - len(found)])


def _varying(runs: Sequence[Run]) -> set[str]:
    """The parameters and metrics that have more than one value; each run is looked at once, whatever it has."""
    values: dict[str, set[float]] = {}
    for run in runs:
        for name in (*(f"param.{name}" for name in run.parameters), *run.metrics):
            value = figure_of(run, name)
            if value is not None:
                values.setdefault(name, set()).add(value)
    return {name for name, seen in values.items() if len(seen) > 1}


def brushed(ranges: Mapping[str, tuple[float, float]]) -> str:
    """The filter that keeps what lies between the brushes."""
    parts = []
    for name, (low, high) in ranges.items():
        family, _, bare = name.partition(".") if name.startswith("param.") else ("metric", "", name)
        column = f"{family}.{bare}" if bare.replace("_", "").isalnum() else f'{family}."{bare}"'
        parts += [f"{column} {sign} {edge!r}" for sign, edge in ((">=", low), ("<=", high)) if isfinite(edge)]
    return " and ".join(parts)


def narrowed(where: str, brushed: str) -> str:
    """A filter that was written, and what lies between the brushes of that."""
    return f"({where.strip()}) and {brushed}" if where.strip() and brushed else where or brushed


@dataclass(frozen=True, slots=True)
class Unlike:
    """A row of the table of differences: what it is, its name, and what each run has."""

    kind: str
    name: str
    values: tuple[str, ...]


def differences(bench: Workbench, runs: Sequence[str], words: Words, *, everything: bool = False) -> list[Unlike]:
    """In what some runs differ, in words; `everything` shows what is equal too."""
    found = bench.runs.compare(runs, everything=everything)
    return [Unlike(words.term("difference", one.kind), named(one, words), _values(one, words)) for one in found]


def _values(difference: Difference, words: Words) -> tuple[str, ...]:
    return tuple("–" if value is None else _value(difference, value, words) for value in difference.values)


def _value(difference: Difference, value: str, words: Words) -> str:
    if difference.kind in {"setting", "verdict"}:
        return words.term("run-state" if difference.name == "state" else "truth", value)
    if difference.kind in {"code", "output"}:
        return value[:8]
    if difference.kind == "data":
        version, _, digest = value.partition(" ")
        return f"{version.partition('@')[0][:8]}@{version.partition('@')[2]} {digest[:8]}"
    return value if difference.kind == "package" else told(value, words)


def legend(run: Run, names: Sequence[str], words: Words) -> tuple[str, ...]:
    """A run's figures in the legend: two metrics and how long it took."""
    seconds = as_number(run.seconds)
    took = "–" if seconds is None else duration(seconds, words)
    return (*(figure(figure_of(run, name), words) for name in names[:2]), took)
