"""What can be drawn of evidence, and what is said of a result; evidence of another form draws nothing."""

from typing import Any

import pytest

from surefoot.checks.facts import Judged, Limit, Measure, Result, State
from surefoot.checks.pictures import picture
from surefoot.checks.rules import sentence_of
from surefoot.checks.telling import limit_of, shown, tell
from surefoot.texts import LANGUAGES, Words

GROUPS = {
    "columns": [
        {
            "groups": [
                {"group": "sex = f", "yes": "0.72", "yes_low": "0.66", "yes_high": "0.77", "too_small": False},
                {"group": "sex = m", "yes": "0.84", "yes_low": "0.81", "yes_high": "0.87", "too_small": False},
                {"group": "sex = x", "too_small": True},
            ],
            "pairs": [{"gap": "0.12", "less": "sex = f", "more": "sex = m"}],
        }
    ]
}
FOUND: dict[str, Any] = {
    "accuracy": {
        "confusion": {"true_positive": 9, "true_negative": 8, "false_positive": 2, "false_negative": 1}
    },
    "calibration": {"reliability": [{"said": "0.9", "was": "0.8"}, {"said": "0.1", "was": "0.2"}]},
    "fairness": GROUPS,
    "privacy": {"attributes": [{"column": "age", "gain": "0.01", "low": "-0.01", "high": "0.03"}]},
    "explanation": {"inputs": [{"input": "amount", "share": "0.4"}]},
    "stress": {"median_ms": "3.1", "p99_ms": "9.0"},
    "data": {"missing": {"age": "0.09", "job": "0.2"}},
    "drift": {"stability_index": {"age": "0.3"}},
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(FOUND))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_picture_has_its_title(kind: str, language: str) -> None:
    made = picture(kind, {"found": FOUND[kind]})
    assert made is not None
    assert Words(language).has(f"say.checks.picture.{made.key}")
    assert made.bars or made.points


def test_the_group_that_gets_least_is_the_one_that_decided_and_small_groups_are_left_out() -> None:
    made = picture("fairness", {"found": GROUPS})
    assert made is not None
    assert [(bar.name, bar.is_worst) for bar in made.bars] == [("sex = f", True), ("sex = m", False)]


def test_largest_figures_come_first() -> None:
    made = picture("data", {"found": FOUND["data"]})
    assert made is not None
    assert [bar.name for bar in made.bars] == ["job", "age"]


@pytest.mark.parametrize("evidence", [{}, {"found": None}, {"found": {"columns": "none"}}, {"found": {"columns": []}}])
def test_evidence_of_another_form_draws_nothing(evidence: dict[str, Any]) -> None:
    assert picture("fairness", evidence) is None
    assert picture("of-a-plug-in", evidence) is None


def _result(limit: Limit | None, state: State = "passed") -> Result:
    measure = Measure("selection_gap", "0.074", "0.05", "0.10", 300, names={
        "more": "m", "less": "f", "more_percent": "84.1", "less_percent": "72.2", "positive": "good", "claimed": "708"
    })  # fmt: skip
    judged = (Judged(measure, limit, state),)
    sentence = sentence_of("fairness", judged, 1000)
    return Result(
        "chk_1", "", "", "mod_1", "run_1", "fairness", state, judged, 1000, 1, sentence,
        "say.checks.fairness.cannot_show", "ds_1", "3" * 64, "0" * 64,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_is_told_with_its_limit_and_who_set_it(language: str) -> None:
    told = tell(_result(Limit("at_most", "0.05", "policy"), "failed"), Words(language))
    assert (told.state, told.limit) == ("failed", "≤ 5 %")
    assert told.sentence
    assert told.origin == Words(language)("say.checks.origin.policy")
    assert told.cannot_show


def test_a_figure_without_a_limit_has_passed_nothing() -> None:
    told = tell(_result(None), Words("en"))
    assert (told.state, told.limit, told.origin) == ("unlimited", "", "")


def test_shares_are_read_as_percent_and_other_figures_as_they_are() -> None:
    assert limit_of(Limit("at_least", "0.75", "recipe"), "auc", Words()) == "≥ 0.75"
    assert shown("0.074", "selection_gap", Words()) == "7.4 %"
    assert (shown("0.7541804", "auc", Words()), shown(None, "auc", Words())) == ("0.754", "–")
