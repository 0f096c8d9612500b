"""Plans and verdicts."""

from decimal import Decimal

import pytest

from surefoot.experiments.facts import Criterion, Environment
from surefoot.experiments.recipe import read
from surefoot.experiments.rules import (
    criteria_body,
    criteria_of,
    frame,
    handed_over,
    judge,
    plan,
    variants,
    verdict_body,
)
from surefoot.trail.canonical import encode

RECIPE = b"""
[experiment]
name = "x"
[run]
command = ["python", "train.py"]
[parameters]
rate = 1e-5
version = "0.10"
depth = 3
[evaluate]
folds = 4
[criteria.auc]
at_least = 0.70
"""


def test_a_plan_holds_fractions_exactly_and_hands_over_true_numbers() -> None:
    recipe = read(RECIPE, name="r")
    shared = frame(recipe, environment=Environment("workbench", "a" * 64), code="b" * 64, data={})
    (variant,) = variants(recipe)
    made = plan(shared, variant)
    assert made["parameters"] == {"rate": "1e-05", "version": "0.10", "depth": 3}
    assert handed_over(made) == {
        "rate": 1e-5, "version": "0.10", "depth": 3, "evaluate": {"method": "cross-fit", "folds": 4, "repeats": 1},
    }  # fmt: skip
    assert encode(made) == encode(plan(shared, variant))


AUC = Criterion("auc", "at_least", Decimal("0.7"))
LOSS = Criterion("loss", "at_most", Decimal("0.5"))


@pytest.mark.parametrize(
    ("metrics", "meets"),
    [
        ({"auc": "0.7", "loss": "0.5"}, True),
        ({"auc": "0.6999999999999999", "loss": "0.5"}, False),
        ({"auc": "0.71"}, False),
        ({"auc": "NaN", "loss": "0.1"}, False),
        ({"auc": "Infinity", "loss": "-Infinity"}, True),
        ({"auc": "no number", "loss": "0.1"}, False),
        ({}, False),
    ],
)
def test_success_has_to_be_shown_for_every_criterion(metrics: dict[str, str], meets: bool) -> None:
    verdict = judge((AUC, LOSS), {name: {"last": value} for name, value in metrics.items()})
    assert verdict.meets is meets
    assert verdict_body(verdict)["meets"] is meets


def test_without_criteria_there_is_no_verdict() -> None:
    assert judge((), {"auc": {"last": "1.0"}}).meets is None


def test_criteria_survive_the_record_unchanged() -> None:
    assert criteria_of(criteria_body((AUC, LOSS))) == (AUC, LOSS)
