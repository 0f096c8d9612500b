"""Checks ask a model about raw rows, whether its preprocessing is inside or stands before it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from onnx import ModelProto

from surefoot.checks import accuracy, calibration, explanation, parity, robustness, security
from surefoot.checks.facts import Case, Check
from surefoot.workers import quiet
from tests.fakes.credit import FakeGround, made_case, made_rows, settled
from tests.fakes.models import tiny_halves, tiny_vectors


@pytest.fixture
def whole(tmp_path: Path) -> Case:
    return made_case(tmp_path, made_rows())


def behind(case: Case, halves: tuple[bytes, bytes]) -> Case:
    """The case with the model in two files."""
    before, after = (case.onnx.with_name(name) for name in ("before.onnx", "after.onnx"))
    before.write_bytes(halves[0])
    after.write_bytes(halves[1])
    return replace(case, onnx=after, preprocessing=before)


@pytest.mark.parametrize(
    "check",
    [accuracy.CHECK, calibration.CHECK, explanation.CHECK, parity.CHECK, robustness.CHECK],
    ids=lambda one: one.kind,
)
def test_every_figure_is_the_same_in_one_file_and_in_two(whole: Case, check: Check) -> None:
    case = replace(whole, settings=settled(check))
    found = [check.measure(one, progress=quiet, cancel=None) for one in (case, behind(case, tiny_halves()))]
    assert found[0].measures == found[1].measures
    assert any(one.figure is not None for one in found[1].measures)


def test_the_gain_over_what_is_live_is_measured_through_its_own_preprocessing(whole: Case) -> None:
    live = behind(whole, tiny_halves())
    case = replace(whole, ground=FakeGround(live=live.onnx, live_preprocessing=live.preprocessing))
    (gain,) = (
        one for one in accuracy.CHECK.measure(case, progress=quiet, cancel=None).measures if one.metric == "auc_gain"
    )
    assert gain.figure is not None
    assert float(gain.figure) == 0


def test_parity_finds_preprocessing_that_computes_otherwise(whole: Case) -> None:
    vectors = json.loads(tiny_vectors())
    vectors["inputs"]["amount"][5] = 4000.0
    whole.vectors.write_text(json.dumps(vectors))
    finding = parity.CHECK.measure(behind(whole, tiny_halves()), progress=quiet, cancel=None)
    assert finding.measures[1].figure not in {None, "0", "0.0"}


def test_what_preprocessing_carries_is_found_and_the_file_is_named(whole: Case) -> None:
    before, after = tiny_halves()
    noted = ModelProto.FromString(before)
    noted.metadata_props.add(key="note", value="/home/ada/secret")
    case = behind(replace(whole, settings=settled(security.CHECK)), (bytes(noted.SerializeToString()), after))
    finding = security.CHECK.measure(case, progress=quiet, cancel=None)
    assert finding.measures[0].figure == "1"
    assert finding.measures[0].names["findings"] == "preprocessing.onnx: a place of a machine or an address"
