"""Weights of inputs of a model whose formula is known; the speed and the size of asking it."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from surefoot.checks import explanation, explanation_task, rules, stress, stress_task
from surefoot.models.facts import Signature
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import found, told


def test_an_input_that_decides_carries_the_weight_and_one_that_never_varies_none(tmp_path: Path) -> None:
    finding = found(explanation.CHECK, made_case(tmp_path, made_rows(), protected=("amount",)))
    weights = {one["input"]: float(one["share"]) for one in told(finding)["inputs"]}
    assert weights == {"amount": 1.0, "job": 0.0}
    main = finding.measures[0]
    assert (main.names["count"], main.names["of"], main.names["protected"]) == ("1", "2", "amount")
    assert float(main.figure or 0) == pytest.approx(1.0)


def test_two_inputs_weigh_as_their_formula_says(tmp_path: Path) -> None:
    source = np.random.default_rng(1)
    jobs = source.choice(["clerk", "pilot"], 600)
    table = made_rows(600).with_columns(job=pl.Series(jobs), amount=pl.Series(source.choice([500.0, 2000.0], 600)))
    finding = found(explanation.CHECK, made_case(tmp_path, table))
    weights = {one["input"]: float(one["share"]) for one in told(finding)["inputs"]}
    # Either moves the sum in the logit by 1.5 where it changes, and half of the rows change.
    assert weights["amount"] == pytest.approx(weights["job"], abs=0.06)


def test_an_order_that_changes_every_time_is_no_explanation() -> None:
    source = np.random.default_rng(1)
    assert abs(explanation_task.stability(source.random((30, 40)))) < 0.1
    assert explanation_task.stability(np.tile(np.arange(10.0), (5, 1))) == pytest.approx(1.0)
    assert explanation_task.stability(np.ones((5, 1))) == 1.0


def test_the_example_tells_parts_and_no_value(tmp_path: Path) -> None:
    finding = found(explanation.CHECK, made_case(tmp_path, made_rows()))
    example = told(finding)["example"]
    assert {one["input"] for one in example["parts"]} == {"amount", "job"}
    assert "pilot" not in str(told(finding))
    assert all(str(value) not in str(told(finding)) for value in made_rows()["amount"].head(50).to_list())


def test_no_rows_are_said(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows(0))
    for check in (explanation.CHECK, stress.CHECK):
        finding = found(check, case)
        assert [one.why for one in finding.measures] == ["no_rows"]
        sentence = rules.sentence_of(check.kind, rules.judge(finding, ()), 0)
        assert Words("vi")(sentence.key, **sentence.values)


def test_on_the_sample_nothing_that_was_left_out_weighs_anything(sample: Path) -> None:
    finding = found(explanation.CHECK, credit.credit_case(sample, sample / "fair"))
    heaviest = told(finding)["inputs"][0]["input"]
    assert heaviest == "checking_account"
    assert finding.measures[0].names["protected"] == "–"
    assert float(finding.measures[0].figure or 0) > 0.9
    for language in LANGUAGES:
        sentence = rules.sentence_of("explanation", rules.judge(finding, ()), finding.rows)
        assert "checking_account" in Words(language)(sentence.key, **sentence.values)


# ------------------------------------------------------------------ stress


def test_the_percentile_lies_between_its_bounds_and_they_hold_it() -> None:
    source = np.random.default_rng(1)
    right = float(np.quantile(source.exponential(size=1_000_000), 0.95))
    held = 0
    for _ in range(400):
        low, figure, high = stress_task.percentile(source.exponential(size=300))
        assert low <= figure <= high
        held += low <= right <= high
    assert held / 400 > 0.92


def test_the_tiny_model_keeps_up_and_says_how_it_was_asked(tmp_path: Path) -> None:
    finding = found(stress.CHECK, made_case(tmp_path, made_rows()), rate=50, seconds=1)
    latency, memory = finding.measures
    assert latency.smallest == told(finding)["answers"] == 50
    assert 0 < float(latency.low or 0) <= float(latency.figure or 0) <= float(latency.high or 0)
    assert 20 < float(memory.figure or 0) < 4000
    for language in LANGUAGES:
        sentence = rules.sentence_of("stress", rules.judge(finding, ()), finding.rows)
        assert "50" in Words(language)(sentence.key, **sentence.values)


def test_a_slow_answer_makes_those_after_it_late_too() -> None:
    class Slow:
        """Takes half a second for the first answer after the warm-up and none for the others."""

        def __init__(self) -> None:
            self.asked = 0

        def answer(self, _inputs: Any, _names: Any) -> dict[str, Any]:
            self.asked += 1
            if self.asked == stress_task._WARM + 1:
                time.sleep(0.5)
            return {}

    class Quiet:
        def progress(self, *_: Any) -> None: ...

    class Asker:
        graph = Slow()
        signature = Signature((), ())

    taken = stress_task.latencies(Quiet(), Asker(), pl.DataFrame({"a": [1]}), rate=100, count=40)  # type: ignore[arg-type]
    assert taken[0] >= 0.5
    assert taken[20] == pytest.approx(taken[0] - 0.2, abs=0.15)
