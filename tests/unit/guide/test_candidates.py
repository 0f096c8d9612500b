"""Which of the sample's candidates goes on: the best that passes, with its price; none where none passes."""

from types import SimpleNamespace
from typing import Any

import pytest

from surefoot.errors import Code, GateFailedError
from surefoot.guide.candidates import Candidate, Trials
from surefoot.guide.telling import Story
from surefoot.texts import LANGUAGES, Words


def candidate(number: int, auc: str, *states: str) -> Any:
    metrics = {"auc": {"last": auc}, "auc_spread": {"last": "0.05"}}
    run = SimpleNamespace(
        experiment="credit", number=number, metrics=metrics, body={"parameters": {"model": f"m{number}"}}
    )
    kinds = ("accuracy", "fairness")
    results = tuple(SimpleNamespace(kind=kind, state=state) for kind, state in zip(kinds, states, strict=True))
    return Candidate(run, SimpleNamespace(), results)  # type: ignore[arg-type]  # what is asked of them and no more


def trials(told: list[str], language: str = "en") -> Trials:
    return Trials(SimpleNamespace(), Story(Words(language), told.append), "credit")  # type: ignore[arg-type]  # not asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_best_that_passes_goes_on_and_its_price_is_told(language: str) -> None:
    told: list[str] = []
    best, good, poor = (
        candidate(1, "0.80", "passed", "failed"),
        candidate(2, "0.79", "close", "passed"),
        candidate(3, "0.70", "passed", "passed"),
    )
    assert trials(told, language).chosen([best, good, poor]) is good
    assert Words(language).decimal("0.800") in told[-2]
    assert Words(language).term("kind", "fairness") in told[-2]
    assert Words(language).decimal("0.010") in told[-1]


def test_a_best_one_that_passes_costs_nothing() -> None:
    told: list[str] = []
    good = candidate(1, "0.80", "passed", "passed")
    assert trials(told).chosen([good, candidate(2, "0.70", "undetermined", "passed")]) is good
    assert "It costs 0.000" in told[-1]
    assert not any("may not be released" in line for line in told)


def test_where_none_passes_nothing_goes_on() -> None:
    with pytest.raises(GateFailedError) as refused:
        trials([]).chosen([candidate(1, "0.8", "failed", "passed"), candidate(2, "0.7", "passed", "undetermined")])
    assert (refused.value.code, refused.value.values) == (Code.SAMPLE_NONE_PASSES, {"count": 2})
