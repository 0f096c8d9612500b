"""The graph beside the code that was trained: the same metric on both sides, from the run's own answers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from surefoot.checks import parity, rules
from surefoot.checks.facts import Case, Finding
from surefoot.checks.statistics import auc
from surefoot.errors import Code, InputRefusedError
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit
from tests.fakes.credit import credit_case, made_case, made_rows
from tests.fakes.findings import by_metric, found, told
from tests.fakes.models import tiny_answers

ROWS = made_rows(300)
OWN = tiny_answers(ROWS["amount"].to_list(), ROWS["job"].to_list())


def case_with(folder: Path, own: Any, rows: pl.DataFrame = ROWS) -> Case:
    case = made_case(folder, rows)
    table = pl.DataFrame({"row": np.arange(len(own)), "repeat": 0, "probability": own})
    table.write_parquet(folder / "own_answers.parquet")
    return replace(case, ground=credit.FakeGround(own=folder / "own_answers.parquet", trained=case.data.train))


def state(finding: Finding) -> dict[str, str]:
    return {one.measure.metric: one.state for one in rules.judge(finding, ())}


def test_both_sides_reach_the_same_figures_and_they_are_shown(tmp_path: Path) -> None:
    finding = found(parity.CHECK, case_with(tmp_path, OWN))
    assert set(state(finding).values()) == {"passed"}
    both = told(finding)["both_sides"]
    area = auc((ROWS["risk"] == "bad").to_numpy(), np.asarray(OWN)).figure
    assert float(both["auc"]["run"]) == pytest.approx(area)
    assert float(both["auc"]["graph"]) == pytest.approx(area, abs=1e-3)
    judged = rules.judge(finding, ())
    beside = rules.beside("parity", judged, finding.rows)
    assert [one.key.split(".")[3] for one in beside] == [parity.AUC, parity.ACCURACY]
    for language in LANGUAGES:
        said = [Words(language)(one.key, **one.values) for one in beside]
        assert Words(language).decimal(f"{100 * area:.2f} %") in said[0]


def test_a_graph_of_another_model_is_found_by_its_figures(tmp_path: Path) -> None:
    """The vectors may agree, and yet the run evaluated something else: its answers reach another figure."""
    finding = found(parity.CHECK, case_with(tmp_path, 1 - np.asarray(OWN)))
    assert state(finding) == {
        "max_difference": "passed",
        "share_over": "passed",
        "auc_difference": "failed",
        "accuracy_difference": "failed",
    }
    sentence = rules.sentence_of("parity", rules.judge(finding, ()), finding.rows)
    assert sentence.key == "say.checks.parity.auc_difference.failed"
    assert all(Words(language)(sentence.key, **sentence.values) for language in LANGUAGES)


def test_rows_that_only_one_side_knows_are_left_out(tmp_path: Path) -> None:
    known = ROWS.with_columns(risk=pl.when(pl.int_range(pl.len()) < 20).then(None).otherwise(pl.col("risk")))
    finding = found(parity.CHECK, case_with(tmp_path, OWN[:200], known))
    assert told(finding)["both_sides"]["rows"] == 180


def test_a_run_that_says_nothing_of_its_own_answers_is_replayed_alone(tmp_path: Path) -> None:
    finding = found(parity.CHECK, replace(made_case(tmp_path, ROWS), ground=credit.FakeGround()))
    assert set(by_metric(finding)) == {"max_difference", "share_over"}


def test_few_rows_are_not_judged(tmp_path: Path) -> None:
    finding = found(parity.CHECK, case_with(tmp_path, OWN[:20]))
    assert state(finding)["accuracy_difference"] == "undetermined"
    assert state(finding)["max_difference"] == "passed"


@pytest.mark.parametrize("own", [[2.0] * 300, [*OWN, 0.5]])
def test_answers_that_cannot_be_are_refused_by_their_name(tmp_path: Path, own: Any) -> None:
    with pytest.raises(InputRefusedError) as caught:
        found(parity.CHECK, case_with(tmp_path, own))
    assert (caught.value.code, caught.value.values["file"]) == (Code.CHECK_CLAIMS, "own_answers.parquet")


def test_the_evidence_holds_no_row(tmp_path: Path) -> None:
    assert "pilot" not in str(found(parity.CHECK, case_with(tmp_path, OWN)).evidence)


def test_the_samples_graph_does_as_its_script(sample: Path) -> None:
    for name in ("fair", "forest"):
        finding = found(parity.CHECK, credit_case(sample, sample / name))
        assert set(state(finding).values()) == {"passed"}, name
        assert told(finding)["both_sides"]["rows"] > 600
