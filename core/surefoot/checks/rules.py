"""How figures are judged (formats.md §6): pure, and the same for every check, ours or a plug-in's."""

from collections.abc import Container, Sequence
from dataclasses import replace
from decimal import Decimal

from surefoot.checks.facts import FEWEST_ROWS, Case, Check, Finding, Judged, Limit, Measure, Result, Sentence, State
from surefoot.errors import Code, SurefootError
from surefoot.texts import Words, figure

_ORDER: tuple[State, ...] = ("passed", "close", "undetermined", "failed")
_NAME = 120
_SIGNS = {"at_least": "≥", "at_most": "≤"}
_TEXTS = Words()


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


def judge(finding: Finding, criteria: Sequence[tuple[str, Limit]], policy: Sequence[Limit] = ()) -> tuple[Judged, ...]:
    """Every figure of a finding with its state, once for each limit it has.

    The recipe's limits come before the check's own. The policy's, which are about the main figure, stand beside them;
    only a default of the check, which nobody has asked for, gives way to them.

    Args:
        finding: what a check handed in.
        criteria: the recipe's limits by metric; a metric may have one on each side.
        policy: the limits of the policy in force.
    """
    first = finding.measures[0].metric
    return tuple(
        Judged(measure, limit, state_of(measure, limit))
        for measure in finding.measures
        for limit in _limits(measure, finding, criteria, policy if measure.metric == first else ())
    )


def complete(check: Check, finding: Finding, criteria: Sequence[tuple[str, Limit]]) -> Finding:
    """The finding with a figure for every criterion that is about this check: what it did not measure has none.

    A check may leave a figure out where there is nothing to measure, such as a second protected column; a limit on
    it, written beforehand, must not pass for that.

    Raises:
        SurefootError: it measured something else than it says, or nothing.
    """
    measured = {one.metric for one in finding.measures}
    if not measured or not measured <= set(check.metrics):
        raise SurefootError(Code.CHECK_BROKEN, kind=check.kind, detail="it measured something else than it says")
    asked = {metric for metric, _ in criteria if metric in check.metrics}
    lacking = tuple(Measure(metric, None, why="undetermined") for metric in sorted(asked - measured))
    return replace(finding, measures=(*finding.measures, *lacking))


def main(judged: Sequence[Judged]) -> Judged:
    """The main figure: the first metric, with the limit that decided."""
    same = [one for one in judged if one.measure.metric == judged[0].measure.metric]
    state = worst([one.state for one in same])
    return next(one for one in same if one.state == state)


def worst(states: Sequence[State]) -> State:
    """The state of a check with these figures: failed before undetermined before close before passed."""
    return max(states, key=_ORDER.index, default="undetermined")


def is_well(state: State) -> bool:
    """Whether a state stops nothing, wherever it is asked for."""
    return state not in {"failed", "undetermined"}


def stops(result: Result, required: Container[str]) -> bool:
    """Whether a result is a no: it is not well, and the check was required, or the recipe had asked for the figure.

    A limit that is only the check's own makes a finding, which people should read, and no refusal.
    """
    if is_well(result.state) or result.kind in required:
        return not is_well(result.state)
    return any(
        one.limit is not None and one.limit.origin == "recipe" and not is_well(one.state) for one in result.judged
    )


def sentence_of(kind: str, judged: Sequence[Judged], rows: int) -> Sentence:
    """The plain sentence for a result: about the figure that decided, or the main one where all are well."""
    state = worst([one.state for one in judged])
    chosen = next((one for one in judged if one.state == state), judged[0])
    measure, limit = chosen.measure, chosen.limit
    key: str = state if limit is not None else "unlimited"
    if state == "undetermined":
        key = measure.why or "too_few"
    return Sentence(_worded(kind, measure, key), _values(kind, chosen, rows))


def beside(kind: str, judged: Sequence[Judged], rows: int) -> tuple[Sentence, ...]:
    """Sentences for figures that people want to read also where another one decided: those that have such words."""
    told = sentence_of(kind, judged, rows)
    found: dict[str, Sentence] = {}
    for one in judged:
        key = f"say.checks.{kind}.{one.measure.metric}.beside"
        is_told = told.key.startswith(f"say.checks.{kind}.{one.measure.metric}.")
        if one.measure.figure is not None and not is_told and _TEXTS.has(key):
            found.setdefault(key, Sentence(key, _values(kind, one, rows)))
    return tuple(found.values())


def _values(kind: str, one: Judged, rows: int) -> dict[str, str]:
    """What a sentence about a figure may name."""
    measure, limit = one.measure, one.limit
    return {
        "kind": kind,
        "metric": measure.metric,
        **{name: _short(text) for name, text in measure.names.items()},
        "figure": figure(measure.figure),
        "low": figure(measure.low),
        "high": figure(measure.high),
        "percent": percent(measure.figure),
        "low_percent": percent(measure.low),
        "high_percent": percent(measure.high),
        "asked": f"{_SIGNS[limit.rule]} {limit.value}" if limit else "-",
        "asked_percent": f"{_SIGNS[limit.rule]} {percent(limit.value)}" if limit else "-",
        "rows": str(rows),
        "smallest": str(measure.smallest),
        "fewest": str(FEWEST_ROWS),
    }


def cannot_show(kind: str) -> str:
    """The key of the sentence on what a check can never tell; a plug-in has none in our texts."""
    own = f"say.checks.{kind}.cannot_show"
    return own if _TEXTS.has(own) else "say.checks.any.cannot_show"


def set_by(judged: Sequence[Judged]) -> Sentence | None:
    """Who set the limit that the sentence is about; None where there is none."""
    state = worst([one.state for one in judged])
    chosen = next((one for one in judged if one.state == state), None)
    if chosen is None or chosen.limit is None:
        return None
    return Sentence(f"say.checks.origin.{chosen.limit.origin}")


def _worded(kind: str, measure: Measure, key: str) -> str:
    """The key of a sentence of its own, or of one that says the figure alone, as for plug-ins."""
    own = f"say.checks.{kind}.{measure.metric}.{key}"
    if _TEXTS.has(own):
        return own
    plain = f"say.checks.any.{key}_plain"
    if measure.low is None and _TEXTS.has(plain):
        return plain
    general = f"say.checks.any.{key}"
    return general if _TEXTS.has(general) else "say.checks.any.undetermined"


def _short(text: str) -> str:
    """A name from somebody else's data, fit for a sentence."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= _NAME else plain[: _NAME - 1] + "…"


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


def _keeps(number: str, limit: Limit) -> bool:
    value, bound = Decimal(number), Decimal(limit.value)
    return value >= bound if limit.rule == "at_least" else value <= bound


def _limits(
    measure: Measure, finding: Finding, criteria: Sequence[tuple[str, Limit]], policy: Sequence[Limit]
) -> list[Limit | None]:
    own = finding.limits.get(measure.metric)
    recipe = [limit for metric, limit in criteria if metric == measure.metric]
    own_stays = own is not None and not recipe and not (policy and own.origin == "check")
    asked: list[Limit | None] = [*recipe, *([own] if own_stays else []), *policy]
    return asked or [None]
