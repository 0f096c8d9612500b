"""The ruling of formats.md §6, figure by figure."""

from dataclasses import replace

import pytest

from surefoot.checks.facts import Finding, Limit, Measure, Rule, State
from surefoot.checks.rules import judge, main, sentence_of, state_of, worst
from surefoot.texts import LANGUAGES, Words

AT_LEAST = Limit("at_least", "0.75", "recipe")


def measure(figure: str | None, low: str | None = None, high: str | None = None, smallest: int = 100) -> Measure:
    return Measure("auc", figure, low, high, smallest)


@pytest.mark.parametrize(
    ("one", "limit", "state"),
    [
        (measure("0.80", "0.76", "0.84"), AT_LEAST, "passed"),
        (measure("0.80", "0.75", "0.84"), AT_LEAST, "passed"),
        (measure("0.80", "0.749", "0.84"), AT_LEAST, "close"),
        (measure("0.75", "0.70", "0.80"), AT_LEAST, "close"),
        (measure("0.7499", "0.70", "0.80"), AT_LEAST, "failed"),
        (measure("0.80"), AT_LEAST, "passed"),
        (measure(None), AT_LEAST, "undetermined"),
        (measure("0.80", "0.76", "0.84", smallest=29), AT_LEAST, "undetermined"),
        (measure("0.10", "0.0", "0.2", smallest=29), AT_LEAST, "undetermined"),
        (measure("0.80", "0.76", "0.84", smallest=30), AT_LEAST, "passed"),
        (measure("0.80", "0.1", "0.9"), None, "passed"),
        (measure("0.04", "0.02", "0.06"), Limit("at_most", "0.05", "recipe"), "close"),
        (measure("0.04", "0.02", "0.05"), Limit("at_most", "0.05", "recipe"), "passed"),
        (measure("0.06", "0.02", "0.10"), Limit("at_most", "0.05", "recipe"), "failed"),
    ],
)
def test_a_figure_is_judged_as_the_ruling_says(one: Measure, limit: Limit | None, state: State) -> None:
    assert state_of(one, limit) == state


def test_figures_are_compared_as_decimals_not_as_floats() -> None:
    assert state_of(measure("0.30000000000000004"), Limit("at_most", "0.3", "recipe")) == "failed"
    assert state_of(measure("0.3"), Limit("at_least", "0.30", "recipe")) == "passed"


def test_the_worst_state_counts() -> None:
    assert worst(["passed", "close"]) == "close"
    assert worst(["close", "undetermined"]) == "undetermined"
    assert worst(["undetermined", "failed", "passed"]) == "failed"
    assert worst([]) == "undetermined"


def test_a_metric_with_two_limits_is_judged_by_both() -> None:
    criteria: list[tuple[str, Limit]] = [("auc", AT_LEAST), ("auc", Limit("at_most", "0.79", "recipe"))]
    judged = judge(Finding((measure("0.80"),), 100, {}), criteria)
    assert [one.state for one in judged] == ["passed", "failed"]
    assert main(judged).limit == criteria[1][1]


def test_the_recipes_limit_comes_before_the_checks_own() -> None:
    finding = Finding((measure("0.80"),), 100, {}, {"auc": Limit("at_least", "0.9", "vectors")})
    assert judge(finding, [])[0].state == "failed"
    assert judge(finding, [("auc", AT_LEAST)])[0].state == "passed"


def test_a_criterion_about_another_metric_is_not_this_checks_business() -> None:
    (judged,) = judge(Finding((measure("0.80"),), 100, {}), [("log_loss", Limit("at_most", "0.1", "recipe"))])
    assert (judged.limit, judged.state) == (None, "passed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", ["at_least", "at_most"])
@pytest.mark.parametrize(
    "one",
    [
        measure("0.80", "0.76", "0.84"),
        measure("0.80", "0.70", "0.84"),
        measure("0.50", "0.45", "0.55"),
        measure("0.80", "0.76", "0.84", smallest=3),
        *(Measure("auc", None, why=why) for why in ("one_class", "no_rows", "no_positive", "no_probability")),
    ],
)
def test_every_outcome_of_the_accuracy_check_has_a_sentence(one: Measure, rule: Rule, language: str) -> None:
    words = Words(language)
    for limit in (replace(AT_LEAST, rule=rule), None):
        for metric in ("auc", "accuracy"):
            if metric == "accuracy" and one.why in {"one_class", "no_probability"}:
                continue
            changed = replace(one, metric=metric)
            criteria = [] if limit is None else [(metric, limit)]
            sentence = sentence_of("accuracy", judge(Finding((changed,), 100, {}), criteria), 100)
            assert words(sentence.key, **sentence.values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", ["max_difference", "share_over"])
@pytest.mark.parametrize("figure", ["0.0", "0.2", None])
@pytest.mark.parametrize("smallest", [5, 60])
def test_every_outcome_of_the_parity_check_has_a_sentence(
    metric: str, figure: str | None, smallest: int, language: str
) -> None:
    why = "not_replayed" if figure is None else None
    one = Measure(metric, figure, smallest=smallest, why=why)
    for limit in (Limit("at_most", "0.0001", "vectors"), None):
        criteria = [] if limit is None else [(metric, limit)]
        sentence = sentence_of("parity", judge(Finding((one,), 60, {}), criteria), 60)
        assert Words(language)(sentence.key, **sentence.values)
