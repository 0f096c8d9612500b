"""How figures are judged (formats.md §6): pure, and the same for every check, ours or a plug-in's."""

from collections.abc import Sequence
from decimal import Decimal

from surefoot.checks.facts import Case, Check, Finding, Judged, Limit, Measure, Sentence, State

FEWEST_ROWS = 30
_ORDER: tuple[State, ...] = ("passed", "close", "undetermined", "failed")
_DIGITS = 3
_SIGNS = {"at_least": "≥", "at_most": "≤"}


def state_of(measure: Measure, limit: Limit | None) -> State:
    """The state of one figure.

    Failed where it breaks the limit; close where it keeps it and its interval does not; undetermined where there is
    no figure or the smallest group has under 30 rows; passed otherwise, also where nobody set a limit.
    """
    if measure.figure is None or measure.smallest < FEWEST_ROWS:
        return "undetermined"
    if limit is None:
        return "passed"
    if not _keeps(measure.figure, limit):
        return "failed"
    edge = measure.low if limit.rule == "at_least" else measure.high
    return "passed" if edge is None or _keeps(edge, limit) else "close"


def judge(finding: Finding, criteria: Sequence[tuple[str, Limit]]) -> tuple[Judged, ...]:
    """Every figure of a finding with its state, once for each limit it has; the recipe's come before the check's own.

    Args:
        finding: what a check handed in.
        criteria: limits by metric; a metric may have one on each side.
    """
    return tuple(
        Judged(measure, limit, state_of(measure, limit))
        for measure in finding.measures
        for limit in _limits(measure, finding, criteria)
    )


def main(judged: Sequence[Judged]) -> Judged:
    """The main figure: the first metric, with the limit that decided."""
    same = [one for one in judged if one.measure.metric == judged[0].measure.metric]
    state = worst([one.state for one in same])
    return next(one for one in same if one.state == state)


def worst(states: Sequence[State]) -> State:
    """The state of a check with these figures: failed before undetermined before close before passed."""
    return max(states, key=_ORDER.index, default="undetermined")


def sentence_of(kind: str, judged: Sequence[Judged], rows: int) -> Sentence:
    """The plain sentence for a result: about the figure that decided, or the main one where all are well."""
    state = worst([one.state for one in judged])
    chosen = next((one for one in judged if one.state == state), judged[0])
    measure, limit = chosen.measure, chosen.limit
    key: str = state if limit is not None else "unlimited"
    if state == "undetermined":
        key = measure.why or "too_few"
    return Sentence(
        f"say.checks.{kind}.{measure.metric}.{key}",
        {
            "figure": shown(measure.figure),
            "percent": percent(measure.figure),
            "low_percent": percent(measure.low),
            "high_percent": percent(measure.high),
            "asked": f"{_SIGNS[limit.rule]} {limit.value}" if limit else "-",
            "asked_percent": f"{_SIGNS[limit.rule]} {percent(limit.value)}" if limit else "-",
            "rows": str(rows),
            "smallest": str(measure.smallest),
            "fewest": str(FEWEST_ROWS),
        },
    )


def shown(number: str | None) -> str:
    """A figure as people read it: three decimals, or two digits where it is smaller than that."""
    if number is None:
        return "-"
    value = Decimal(number)
    if value != 0 and abs(value) < Decimal(10) ** -_DIGITS:
        return f"{value:.1e}"
    return f"{value:.{_DIGITS}f}"


def percent(share: str | None) -> str:
    """A share from 0 to 1 in percent, with one decimal."""
    return "-" if share is None else f"{100 * Decimal(share):.1f}"


def unseen(check: Check, rows: int = 0) -> Finding:
    """What a check finds that needs held-out rows where there are none."""
    measures = tuple(Measure(metric, None, why="no_rows") for metric in check.metrics)
    return Finding(measures, rows, {"check": check.kind, "rows": rows})


def is_possible(check: Check, case: Case) -> bool:
    """Whether a check has what it needs to measure anything."""
    return not check.needs_rows or (case.data.test is not None and case.data.target is not None)


def _keeps(figure: str, limit: Limit) -> bool:
    value, bound = Decimal(figure), Decimal(limit.value)
    return value >= bound if limit.rule == "at_least" else value <= bound


def _limits(measure: Measure, finding: Finding, criteria: Sequence[tuple[str, Limit]]) -> list[Limit | None]:
    asked: list[Limit | None] = [limit for metric, limit in criteria if metric == measure.metric]
    return asked or [finding.limits.get(measure.metric)]
