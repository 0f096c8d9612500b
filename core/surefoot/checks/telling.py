"""A check's result in words, as the command line and the desktop tell it. Pure.

The sentences were chosen when the check ran (`rules.sentence_of`); here they are filled in a reader's language.
"""

from dataclasses import dataclass

from surefoot.checks import rules
from surefoot.checks.facts import Limit, Result
from surefoot.texts import Words

UNLIMITED = "unlimited"
_SIGNS = {"at_least": "≥", "at_most": "≤"}
# Figures that people read as shares of a hundred, by metric.
SHARES = frozenset(
    {
        "accuracy", "share_over", "selection_gap", "opportunity_gap", "odds_gap", "crossed_gap", "attribute_gain",
        "extraction_agreement", "calibration_error", "flipped_by_noise", "flipped_by_attack", "missing_share",
        "missing_change", "ks_distance", "accuracy_difference",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a result.

    Attributes:
        state: as recorded, or `unlimited` where nobody set a limit: such a figure has passed nothing.
        sentence: what came out. beside: what else was measured that people want to read.
        limit: the limit that decided, such as `≤ 5 %`; empty where there is none. origin: who set it, a sentence.
        cannot_show: what the check can never tell.
    """

    state: str
    sentence: str
    beside: tuple[str, ...]
    limit: str
    origin: str
    cannot_show: str


def tell(result: Result, words: Words) -> Told:
    """A result in words."""
    main = rules.main(result.judged) if result.judged else None
    limit = "" if main is None or main.limit is None else limit_of(main.limit, main.measure.metric, words)
    origin = rules.set_by(result.judged)
    return Told(
        state=state_of(result),
        sentence=words(result.sentence.key, **result.sentence.values) if result.sentence.key else "",
        beside=tuple(
            words(one.key, **one.values) for one in rules.beside(result.kind, result.judged, result.rows)
        ) if result.judged else (),
        limit=limit,
        origin="" if origin is None else words(origin.key, **origin.values),
        cannot_show=words(result.cannot_show) if result.cannot_show else "",
    )  # fmt: skip


def state_of(result: Result) -> str:
    """A result's state, or `unlimited` where nobody set a limit: a figure that nothing was asked of passed nothing."""
    is_judged = result.state != "passed" or any(one.limit is not None for one in result.judged)
    return result.state if is_judged else UNLIMITED


def limit_of(limit: Limit, metric: str, words: Words) -> str:
    """A limit as people read it: `≥ 0.75`, `≤ 5 %`."""
    value = f"{words.figure(rules.percent(limit.value))} %" if metric in SHARES else words.figure(limit.value)
    return f"{_SIGNS[limit.rule]} {value}"


def shown(value: str | None, metric: str, words: Words) -> str:
    """A figure as people read it; a dash where there is none."""
    if value is None:
        return "–"
    return f"{words.decimal(rules.percent(value))} %" if metric in SHARES else words.figure(value)
