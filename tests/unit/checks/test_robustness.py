"""Noise and attacks whose outcome can be computed, and rows that a model must survive."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest

from surefoot.checks import robustness, rules
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit, findings
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import by_metric, told
from tests.fakes.models import tiny_model

found = partial(findings.found, robustness.CHECK)


EDGE = 2000.0  # where the tiny model turns for whoever is no clerk


def spread(rows: int = 200) -> pl.DataFrame:
    """Amounts from 0 to 4000 in equal steps, so that ranges and distances to the edge are known."""
    amount = np.linspace(0, 4000, rows)
    return made_rows(rows).with_columns(amount=pl.Series(amount))


def near(table: pl.DataFrame, noise: float) -> Any:
    """How far each row lies from the edge, in units of the noise's reach."""
    amount = table["amount"].to_numpy()
    low, high = np.percentile(amount, [1, 99])
    return np.abs(amount - EDGE) / (noise * (high - low))


def test_noise_flips_as_many_decisions_as_geometry_says(tmp_path: Path) -> None:
    table = spread(400)
    figure = by_metric(found(made_case(tmp_path, table), noise="0.1"))["flipped_by_noise"]
    # A row at distance d < 1 from the edge crosses it in a share (1 - d) / 2 of draws.
    expected = np.clip((1 - near(table, 0.1)) / 2, 0, None).mean()
    assert float(figure.figure or 0) == pytest.approx(expected, abs=0.006)
    assert float(figure.low or 1) < float(figure.figure or 0) < float(figure.high or 0)


def test_the_attack_turns_those_near_the_edge_and_no_others(tmp_path: Path) -> None:
    table = spread(40)
    figure = by_metric(found(made_case(tmp_path, table), noise="0.2", attacked=40))["flipped_by_attack"]
    # Rows are looked at in a drawn order, all forty of them; one that lies just inside may be missed.
    assert float(figure.figure or 0) == pytest.approx((near(table, 0.2) < 1).mean(), abs=0.05)
    assert figure.smallest == 40


def test_without_a_number_that_varies_there_is_nothing_to_change(tmp_path: Path) -> None:
    finding = found(made_case(tmp_path, made_rows().with_columns(amount=pl.lit(5.0))))
    assert finding.measures[0].why == "no_numbers"
    assert by_metric(finding)["broken_answers"].figure == "0"


def test_few_rows_are_not_judged_and_none_are_said(tmp_path: Path) -> None:
    assert rules.judge(found(made_case(tmp_path, made_rows(20))), ())[0].state == "undetermined"
    assert [one.why for one in found(made_case(tmp_path, made_rows(0))).measures] == ["no_rows"]


def never_imputed(model: onnx.ModelProto) -> None:
    """A graph that lets missing amounts through, as one whose maker forgot them."""
    graph = model.graph
    imputer = graph.node[0]
    assert imputer.op_type == "Imputer"
    graph.node.insert(0, onnx.helper.make_node("Identity", ["amount"], ["known"]))
    graph.node.remove(imputer)


def test_a_model_that_answers_nan_is_caught_with_the_row_that_did_it(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    (tmp_path / "model.onnx").write_bytes(tiny_model(never_imputed))
    finding = found(case)
    judged = rules.judge(finding, ())
    assert rules.worst([one.state for one in judged]) == "failed"
    odd = {one["row"]: one["answer"] for one in told(finding)["odd_rows"]}
    assert odd["amount: missing"] == "no-number"
    assert odd["job: never seen"] == "answered"
    sentence = rules.sentence_of("robustness", judged, finding.rows)
    for language in LANGUAGES:
        assert "amount: missing" in Words(language)(sentence.key, **sentence.values)


def test_a_sound_model_answers_every_odd_row(tmp_path: Path) -> None:
    finding = found(made_case(tmp_path, made_rows()))
    assert {one["answer"] for one in told(finding)["odd_rows"]} == {"answered"}
    assert "everything missing" in {one["row"] for one in told(finding)["odd_rows"]}
    assert rules.worst([one.state for one in rules.judge(finding, ())]) == "passed"


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    case = made_case(tmp_path, spread(60))
    assert found(case).measures == found(case).measures


def test_the_evidence_holds_no_row(tmp_path: Path) -> None:
    table = made_rows()
    assert findings.holds_no_row(found(made_case(tmp_path, table)), table)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", robustness.CHECK.metrics)
def test_every_outcome_has_a_sentence(metric: str, language: str) -> None:
    names = dict.fromkeys(("noise_percent", "lost", "of", "first"), "x")
    assert findings.sentences("robustness", metric, names, language)


def test_the_sample_survives_odd_rows_and_small_changes(sample: Path) -> None:
    finding = found(credit.credit_case(sample, sample / "fair"), noise="0.02")
    measures = by_metric(finding)
    assert measures["broken_answers"].figure == "0"
    assert float(measures["flipped_by_noise"].figure or 1) < 0.03
    assert finding.rows == 295
