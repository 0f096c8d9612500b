"""Probabilities that are right, too bold or too shy by a known amount; and the gain over a live model, paired."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from surefoot.checks import accuracy, calibration, calibration_task, rules, statistics
from surefoot.checks.facts import Case, Limit
from surefoot.texts import LANGUAGES
from surefoot.workers import quiet
from tests.fakes import credit, findings
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import by_metric, found, told
from tests.fakes.models import tiny_answers, tiny_model

# ------------------------------------------------------------------ calibration


def drawn(rows: int, push: float, seed: int = 1) -> tuple[Any, Any]:
    """Probabilities that say `push` more than what is."""
    source = np.random.default_rng(seed)
    right = source.uniform(0.1, 0.7, rows)
    return right + push, source.random(rows) < right


@pytest.mark.parametrize("push", [0.0, 0.1, 0.25])
def test_an_error_that_was_built_in_is_found(push: float) -> None:
    score, truth = drawn(20_000, push)
    interval, chance = calibration_task.error(score, truth, calibration_task.bins_of(score), seed=1)
    assert interval.figure == pytest.approx(push, abs=0.015)
    assert interval.low <= interval.figure <= interval.high
    assert chance < 0.015


def test_what_chance_alone_shows_on_few_rows_is_said() -> None:
    shown = []
    for seed in range(30):
        score, truth = drawn(200, 0.0, seed)
        interval, chance = calibration_task.error(score, truth, calibration_task.bins_of(score), seed=seed)
        shown.append((interval.figure, chance))
    figures, chances = np.asarray(shown).T
    assert figures.mean() == pytest.approx(chances.mean(), abs=0.01)
    assert chances.mean() > 0.05


def test_bins_hold_equally_many_rows_and_never_part_equal_answers() -> None:
    score = np.linspace(0, 1, 1000)
    assert set(np.bincount(calibration_task.bins_of(score)).tolist()) == {100}
    few = np.repeat([0.2, 0.8], [300, 700])
    assert np.bincount(calibration_task.bins_of(few))[[0, -1]].tolist() == [300, 700]
    assert set(calibration_task.bins_of(np.full(50, 0.5)).tolist()) == {0}


def test_the_reliability_table_says_what_was_said_and_what_was() -> None:
    score, truth = np.repeat([0.25, 0.75], 100), np.arange(200) % 4 == 0
    rows = calibration_task.reliability(score, truth, calibration_task.bins_of(score))
    assert [(one["rows"], one["said"], one["was"]) for one in rows] == [(100, 0.25, 0.25), (100, 0.75, 0.25)]


def test_the_tiny_model_is_honest_and_its_brier_score_is_sklearns(tmp_path: Path) -> None:
    table = made_rows(1000)
    finding = found(calibration.CHECK, made_case(tmp_path, table))
    measures = by_metric(finding)
    main = measures["calibration_error"]
    assert finding.measures[0] == main
    assert float(main.figure or 1) < 2 * float(main.names["chance_percent"]) / 100
    score = tiny_answers(table["amount"].to_list(), table["job"].to_list())
    brier = measures["brier"]
    assert float(brier.figure or 0) == pytest.approx(brier_score_loss(table["risk"] == "bad", score), abs=1e-6)
    assert float(brier.low or 1) < float(brier.figure or 0) < float(brier.high or 0)
    assert sum(one["rows"] for one in told(finding)["reliability"]) == 1000
    assert "pilot" not in str(told(finding))


def test_few_rows_are_not_judged(tmp_path: Path) -> None:
    finding = found(calibration.CHECK, made_case(tmp_path, made_rows(29)))
    assert rules.judge(finding, ())[0].state == "undetermined"
    empty = found(calibration.CHECK, made_case(tmp_path, made_rows(0)))
    assert [one.why for one in empty.measures] == ["no_rows", "no_rows"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("check", "metric"), [("calibration", "calibration_error"), ("calibration", "brier"), ("accuracy", "auc_gain")]
)
def test_every_outcome_has_a_sentence_of_its_own(check: str, metric: str, language: str) -> None:
    names = dict.fromkeys(("chance_percent", "live_percent"), "x")
    keys = findings.sentences(check, metric, names, language)
    assert all(key.startswith(f"say.checks.{check}.{metric}.") for key in keys)


# ------------------------------------------------------------------ against what is live


def two_scores(seed: int, rows: int = 300) -> tuple[Any, Any, Any]:
    source = np.random.default_rng(seed)
    truth = source.random(rows) < 0.4
    good = truth + source.normal(size=rows)
    return truth, good, good + 0.8 * source.normal(size=rows)


def test_the_paired_interval_agrees_with_a_bootstrap_of_rows() -> None:
    truth, one, other = two_scores(1)
    interval = statistics.auc_difference(truth, one, other)
    assert interval.figure == pytest.approx(roc_auc_score(truth, one) - roc_auc_score(truth, other))
    source = np.random.default_rng(2)
    again = []
    for _ in range(1500):
        rows = source.integers(0, len(truth), len(truth))
        again.append(roc_auc_score(truth[rows], one[rows]) - roc_auc_score(truth[rows], other[rows]))
    assert [interval.low, interval.high] == pytest.approx(np.percentile(again, [2.5, 97.5]).tolist(), abs=0.012)


def test_the_same_answers_gain_nothing_for_certain() -> None:
    truth, one, _ = two_scores(3)
    assert statistics.auc_difference(truth, one, one) == statistics.Interval(0.0, 0.0, 0.0)


def test_the_paired_interval_holds_the_truth_as_often_as_it_says() -> None:
    truth, one, other = two_scores(99, 200_000)
    right = roc_auc_score(truth, one) - roc_auc_score(truth, other)
    held = 0
    for seed in range(400):
        found_ = statistics.auc_difference(*two_scores(seed, 200))
        held += found_.low <= right <= found_.high
    assert 0.92 <= held / 400 <= 0.98


def live_case(folder: Path, live: bytes) -> Case:
    case = made_case(folder, made_rows())
    (folder / "live.onnx").write_bytes(live)
    return replace(case, ground=credit.FakeGround(live=folder / "live.onnx"))


def turned(model: onnx.ModelProto) -> None:
    """A live model that ranks the other way round."""
    (weights,) = (one for one in model.graph.initializer if one.name == "weights")
    values = onnx.numpy_helper.to_array(weights)
    weights.CopyFrom(onnx.numpy_helper.from_array(-values, "weights"))


def test_a_better_model_than_the_live_one_gains(tmp_path: Path) -> None:
    finding = found(accuracy.CHECK, live_case(tmp_path, tiny_model(turned)))
    measures = by_metric(finding)
    auc, gain = float(measures["auc"].figure or 0), float(measures["auc_gain"].figure or 0)
    assert gain == pytest.approx(2 * auc - 1, abs=1e-6)
    assert measures["auc_gain"].names["live_percent"] == f"{100 * (1 - auc):.1f}"
    assert finding.measures[0].metric == "auc"


def other_columns(model: onnx.ModelProto) -> None:
    model.graph.input[0].name = model.graph.node[0].input[0] = "salary"


def other_question(model: onnx.ModelProto) -> None:
    onnx.helper.set_model_props(model, {"positive": "good"})


@pytest.mark.parametrize("bend", [other_columns, other_question])
def test_a_live_model_that_cannot_be_compared_is_left_out_and_said(tmp_path: Path, bend: Any) -> None:
    finding = found(accuracy.CHECK, live_case(tmp_path, tiny_model(bend)))
    assert set(by_metric(finding)) == {"auc", "accuracy"}
    assert "it asks for columns" in told(finding)["live"]


def test_a_live_file_that_is_no_model_stops_nothing(tmp_path: Path) -> None:
    assert set(by_metric(found(accuracy.CHECK, live_case(tmp_path, b"\x80\x04\x95.")))) == {"auc", "accuracy"}


def test_a_limit_on_a_gain_that_could_not_be_measured_is_not_passed_over(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    limit = (("auc_gain", Limit("at_least", "0", "recipe")),)
    finding = rules.complete(accuracy.CHECK, accuracy.CHECK.measure(case, progress=quiet, cancel=None), limit)
    assert rules.worst([one.state for one in rules.judge(finding, limit)]) == "undetermined"


def test_on_the_sample_both_figures_are_there_with_their_intervals(sample: Path) -> None:
    case = credit.credit_case(sample, sample / "fair")
    honest = by_metric(found(calibration.CHECK, case))["calibration_error"]
    assert 0 < float(honest.figure or 0) < 0.12
    live = replace(case, ground=credit.FakeGround(live=sample / "forest" / "model.onnx"))
    gain = by_metric(found(accuracy.CHECK, live))["auc_gain"]
    assert float(gain.low or 1) < float(gain.figure or 0) < float(gain.high or -1)
    assert abs(float(gain.figure or 1)) < 0.05


def test_rows_without_an_answer_are_counted(tmp_path: Path) -> None:
    table = made_rows(100).with_columns(risk=pl.when(pl.int_range(pl.len()) < 9).then(None).otherwise("risk"))
    assert told(found(accuracy.CHECK, made_case(tmp_path, table)))["rows_without_answer"] == 9
