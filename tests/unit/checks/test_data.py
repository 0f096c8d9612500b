"""Profiles, two of them, and the model file: what is found in each when it was put there on purpose."""

import importlib
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest
from scipy.stats import ks_2samp, kstwobign  # type: ignore[import-untyped]  # it has no stubs

from surefoot.checks import data, drift, rules, security
from surefoot.checks.facts import Case, Finding
from surefoot.errors import InputRefusedError
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import by_metric, found, sentences, told
from tests.fakes.models import tiny_model


def profile(rows: int = 1000, **columns: Any) -> dict[str, Any]:
    """A profile with columns of the form `type, missing, values or deciles`."""
    listed = []
    for name, (kind, missing, parts) in columns.items():
        key = "values" if isinstance(parts, dict) else "deciles"
        listed.append({"name": name, "type": kind, "missing": missing, "distinct": 2, key: parts})
    return {"format": 1, "rows": rows, "columns": listed, "warnings": [{"key": "no-key", "values": {}}]}


OLD = profile(sex=("text", 0, {"f": 500, "m": 500}), age=("number", 10, [str(20 + 5 * step) for step in range(11)]))


def case_with(folder: Path, **ground: Any) -> Case:
    return replace(made_case(folder, made_rows(50)), ground=credit.FakeGround(**ground))


def said(finding: Finding, language: str) -> str:
    kind = {data.MISSING: "data", drift.INDEX: "drift", security.MODEL: "security"}[finding.measures[0].metric]
    sentence = rules.sentence_of(kind, rules.judge(finding, ()), finding.rows)
    assert not sentence.key.startswith("say.checks.any")
    return Words(language)(sentence.key, **sentence.values)


# ------------------------------------------------------------------ data


def test_the_column_with_most_holes_is_named(tmp_path: Path) -> None:
    finding = found(data.CHECK, case_with(tmp_path, profile=OLD))
    assert [(one.metric, one.figure) for one in finding.measures] == [("missing_share", "0.01"), ("data_warnings", "1")]
    assert finding.measures[0].names == {"column": "age"}
    for language in LANGUAGES:
        assert "age" in said(finding, language)


def test_without_a_profile_nothing_is_claimed(tmp_path: Path) -> None:
    for check in (data.CHECK, drift.CHECK):
        finding = found(check, case_with(tmp_path, before={} if check is drift.CHECK else None))
        assert [one.why for one in finding.measures] == ["no_profile"]
        assert all(said(finding, language) for language in LANGUAGES)


# ------------------------------------------------------------------ drift


def test_a_first_version_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    finding = found(drift.CHECK, case_with(tmp_path, profile=OLD))
    assert [one.why for one in finding.measures] == ["first"]
    assert all(said(finding, language) for language in LANGUAGES)


def test_the_same_data_have_not_moved(tmp_path: Path) -> None:
    finding = found(drift.CHECK, case_with(tmp_path, profile=OLD, before=OLD))
    assert [one.figure for one in finding.measures] == ["0.0", "0.0", "0.0", "0"]
    assert [one.state for one in rules.judge(finding, ())] == ["passed"] * 4


def test_a_shift_that_was_built_in_is_measured_named_and_fails(tmp_path: Path) -> None:
    new = profile(sex=("text", 0, {"f": 200, "m": 800}), age=("number", 90, OLD["columns"][1]["deciles"]))
    finding = found(drift.CHECK, case_with(tmp_path, profile=new, before=OLD))
    index, apart, missing, columns = finding.measures
    # (0.2 - 0.5) ln(0.2 / 0.5) + (0.8 - 0.5) ln(0.8 / 0.5)
    assert float(index.figure or 0) == pytest.approx(0.41589, abs=1e-5)
    assert index.names["column"] == "sex"
    assert float(missing.figure or 0) == pytest.approx(0.08)
    assert missing.names["column"] == "age"
    assert (apart.figure, apart.names["column"]) == ("0.0", "age")
    assert columns.figure == "0"
    assert rules.judge(finding, ())[0].state == "failed"
    for language in LANGUAGES:
        assert "sex" in said(finding, language)


def test_columns_that_are_new_gone_or_of_another_type_are_counted(tmp_path: Path) -> None:
    new = profile(sex=("number", 0, {"0": 1, "1": 1}), income=("number", 0, ["1"] * 11))
    finding = found(drift.CHECK, case_with(tmp_path, profile=new, before=OLD))
    assert finding.measures[0].why == "no_column"
    assert (finding.measures[-1].figure, finding.measures[-1].names["columns"]) == ("3", "age, income, sex")


def test_numbers_that_moved_are_as_far_apart_as_two_samples_would_be(tmp_path: Path) -> None:
    """Read off the tenths of two profiles, and yet within two points of scipy's figure for the samples themselves."""
    source = np.random.default_rng(3)
    samples = [source.normal(0, 1, 5000), source.normal(0.5, 1.2, 4000)]
    tenths = [[repr(float(edge)) for edge in np.quantile(one, np.arange(11) / 10)] for one in samples]
    then, now = (profile(len(one), age=("number", 0, at)) for one, at in zip(samples, tenths, strict=True))
    finding = found(drift.CHECK, case_with(tmp_path, profile=now, before=then))
    apart = by_metric(finding)[drift.DISTANCE]
    assert float(apart.figure or 0) == pytest.approx(ks_2samp(*samples).statistic, abs=0.02)
    # What scipy calls one case in twenty: the distance whose p-value is 0.05.
    chance = kstwobign.ppf(0.95) * np.sqrt(1 / 5000 + 1 / 4000)
    assert float(apart.names["chance"]) == pytest.approx(100 * chance, abs=0.05)


def test_where_a_profile_lists_the_values_the_distance_is_exact(tmp_path: Path) -> None:
    then = profile(100, steps=("integer", 0, {"2": 60, "10": 40}))
    now = profile(100, steps=("integer", 0, {"2": 20, "9": 50, "10": 30}))
    samples = ([2] * 60 + [10] * 40, [2] * 20 + [9] * 50 + [10] * 30)
    apart = by_metric(found(drift.CHECK, case_with(tmp_path, profile=now, before=then)))[drift.DISTANCE]
    assert float(apart.figure or 0) == pytest.approx(ks_2samp(*samples).statistic)
    assert float(apart.figure or 0) == pytest.approx(0.4)


def test_texts_have_no_distance(tmp_path: Path) -> None:
    kinds = profile(sex=("text", 0, {"1": 500, "2": 500}))
    finding = found(drift.CHECK, case_with(tmp_path, profile=kinds, before=kinds))
    assert drift.DISTANCE not in by_metric(finding)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_of_a_distance_has_a_sentence(language: str) -> None:
    keys = sentences("drift", drift.DISTANCE, {"column": "age", "chance": "2.9"}, language)
    ours = "say.checks.drift.ks_distance"  # a distance has no interval, and so is never close
    assert [key for key in keys if not key.endswith("close")] == [
        f"{ours}.{one}" for one in ("passed", "failed", "unlimited")
    ]


# ------------------------------------------------------------------ security


def talkative(model: onnx.ModelProto) -> None:
    model.doc_string = "see /home/ada/secret"
    text = np.asarray(["x" * 5000], dtype=object)
    model.graph.initializer.append(onnx.numpy_helper.from_array(text, "left"))
    onnx.helper.set_model_props(model, {"key": "AKIA" + "A" * 16})


def test_what_was_put_into_a_model_file_is_found_and_not_repeated(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows(50))
    (tmp_path / "model.onnx").write_bytes(tiny_model(talkative))
    finding = found(security.CHECK, case)
    assert set(told(finding)["model"]["findings"]) == {
        "a text as long as a message",
        "a place of a machine or an address",
        "a key or a password",
        "1 pieces that no answer needs",
    }
    assert rules.judge(finding, ())[0].state == "failed"
    assert "ada" not in str(told(finding))
    assert "AKIA" not in str(told(finding))
    assert all(said(finding, language) for language in LANGUAGES)


def test_a_plain_model_holds_nothing_and_vulnerabilities_are_said_not_to_be_checked(tmp_path: Path) -> None:
    finding = found(security.CHECK, made_case(tmp_path, made_rows(50)))
    assert finding.measures[0].figure == "0"
    assert told(finding)["known_vulnerabilities"] == "not checked"
    assert rules.worst([one.state for one in rules.judge(finding, ())]) == "undetermined", "never passed"
    assert "not checked" in said(finding, "en")
    assert "surefoot advisories import FILE" in said(finding, "vi")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows(50))
    (tmp_path / "model.onnx").write_bytes(b"\x80\x04\x95.")
    with pytest.raises(InputRefusedError):
        found(security.CHECK, case)


def test_what_states_no_licence_has_none_also_where_a_library_reads_packages_in_its_own_way() -> None:
    importlib_metadata = importlib.import_module("importlib_metadata")  # as keyring does; it reads in place of Python's
    found_here = [one.metadata for one in importlib_metadata.distributions()]
    name, version = next((one["Name"], one["Version"]) for one in found_here if "License-Expression" not in one)
    assert f"{name}=={version}" in security.licences_of(f"{name}=={version}\n")


def test_licences_are_those_that_the_same_version_states_here(tmp_path: Path) -> None:
    version = metadata.version("numpy")
    packages = f"# CPython\nnumpy=={version}\nnumpy==0.0.1\nno-such-package==1.0\n"
    assert security.licences_of(packages)["no-such-package==1.0"] == ""
    assert security.licences_of(packages)["numpy==0.0.1"] == ""
    assert "BSD" in security.licences_of(packages)[f"numpy=={version}"]
    case = case_with(tmp_path, packages=packages)
    allowed = found(security.CHECK, case, forbidden=["GPL"]).measures[1]
    assert (allowed.figure, allowed.names["of"], allowed.names["unknown"]) == ("0", "3", "2")
    finding = found(security.CHECK, case, forbidden=["BSD"])
    assert finding.measures[1].figure == "1"
    assert [one.state for one in rules.judge(finding, ())][:2] == ["passed", "failed"]
    assert all("numpy" in said(finding, language) for language in LANGUAGES)


def test_gpl_is_not_found_in_lgpl() -> None:
    judged = security._judged({"a==1": "LGPL-3.0-only", "b==1": "GPL-2.0", "c==1": ""}, ["gpl"])
    assert (judged.figure, judged.names["packages"]) == ("1", "b==1 (GPL-2.0)")


def test_the_sample_models_hold_nothing_else(sample: Path) -> None:
    for name in ("fair", "forest"):
        finding = found(security.CHECK, credit.credit_case(sample, sample / name))
        assert told(finding)["model"]["findings"] == []
    assert pl.read_parquet(sample / "test.parquet").height == 295
