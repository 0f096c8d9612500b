"""Known vulnerabilities of the packages of a run and of a service, looked up in a list that was imported."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from surefoot.advisories import Advice, Listing, reading_task
from surefoot.checks import rules, security, vulnerabilities
from surefoot.checks.facts import Case, Finding, Limit
from surefoot.releases import wrapper_packages
from surefoot.texts import LANGUAGES, Words
from surefoot.workers import Request
from tests.fakes import credit
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import by_metric, found, told
from tests.fakes.osv import GHSA, PYSEC, record, zipped

NONE = record("X-1", "somebody-elses", {"introduced": "0"})


def advice(folder: Path, *records: Mapping[str, Any], days: int = 1) -> Advice:
    """A list as an import makes it, so many days old."""
    day = datetime.now(UTC) - timedelta(days=days)
    dated = [{**one, "modified": day.isoformat()} for one in records]
    (folder / "all.zip").write_bytes(zipped(dated))
    request = Request({"now": datetime.now(UTC).isoformat()}, scratch=folder, files={"source": folder / "all.zip"})
    read = reading_task.read(request)
    listing = Listing("adv_x", "leaf", "", "all.zip", "a" * 64, "b" * 64, read["date"], read["records"], 1)
    return Advice(listing, folder / reading_task.LIST)


def case_with(folder: Path, **ground: Any) -> Case:
    return replace(made_case(folder, made_rows(50)), ground=credit.FakeGround(**ground))


def sentence(finding: Finding, language: str) -> str:
    one = rules.sentence_of("security", rules.judge(finding, ()), finding.rows)
    assert not one.key.startswith("say.checks.any")
    return Words(language)(one.key, **one.values)


def state(finding: Finding) -> str:
    return rules.worst([one.state for one in rules.judge(finding, ())])


def test_a_vulnerable_package_of_the_run_fails_with_its_names_severity_and_cure(tmp_path: Path) -> None:
    case = case_with(tmp_path, packages="sure-table==1.3\nother==1\n", advice=advice(tmp_path, GHSA, PYSEC))
    finding = found(security.CHECK, case)
    known = by_metric(finding)[vulnerabilities.KNOWN]
    assert (known.figure, state(finding)) == ("1", "failed"), "two records, one vulnerability"
    (hit,) = told(finding)["known_vulnerabilities"]["found"]
    assert hit == {
        "package": "sure-table",
        "version": "1.3",
        "ids": ["CVE-2026-1000", "GHSA-aaaa-bbbb-cccc", "PYSEC-2026-7"],
        "severity": "high",
        "fixed": "1.4.2",
    }
    for language in LANGUAGES:
        said = sentence(finding, language)
        assert "sure-table 1.3: CVE-2026-1000 (high) → 1.4.2" in said
        assert known.names["date"] in said


def test_a_vulnerable_package_of_the_service_is_found_too(tmp_path: Path) -> None:
    lock = "# python==3.11\nSure_Table==2.0.1 --hash=sha256:" + "a" * 64 + "\n"
    finding = found(security.CHECK, case_with(tmp_path, packages="b==1", wrapper=lock, advice=advice(tmp_path, GHSA)))
    assert by_metric(finding)[vulnerabilities.KNOWN].figure == "1"
    counted = told(finding)["known_vulnerabilities"]["packages"]
    assert counted == {"run": 1, "service": 1, "both": 2}, "the Python in a comment is no package"


def test_the_lock_of_a_service_made_here_is_looked_up() -> None:
    names = {name for name, _ in vulnerabilities.packages_in(wrapper_packages())}
    assert {"numpy", "onnxruntime", "uvicorn"} <= names
    assert "python" not in names


def test_sound_packages_pass_and_the_list_is_dated(tmp_path: Path) -> None:
    finding = found(security.CHECK, case_with(tmp_path, packages="sure-table==1.4.2", advice=advice(tmp_path, GHSA)))
    assert state(finding) == "passed"
    assert by_metric(finding)[vulnerabilities.KNOWN].figure == "0"
    assert by_metric(finding)[vulnerabilities.AGE].figure == "1"


@pytest.mark.parametrize(("days", "expected"), [(30, "passed"), (31, "failed")])
def test_a_list_older_than_thirty_days_is_said(tmp_path: Path, days: int, expected: str) -> None:
    finding = found(security.CHECK, case_with(tmp_path, packages="a==1", advice=advice(tmp_path, NONE, days=days)))
    assert state(finding) == expected
    if expected == "failed":
        assert all(str(days) in sentence(finding, language) for language in LANGUAGES)


def test_without_a_list_nothing_passes_and_it_says_how_to_get_one(tmp_path: Path) -> None:
    finding = found(security.CHECK, case_with(tmp_path, packages="a==1"))
    known = by_metric(finding)[vulnerabilities.KNOWN]
    assert (known.figure, known.why, state(finding)) == (None, "no_list", "undetermined")
    for language in LANGUAGES:
        assert "surefoot advisories import FILE" in sentence(finding, language)


def test_without_a_list_a_limit_of_recipe_or_policy_blocks(tmp_path: Path) -> None:
    finding = found(security.CHECK, case_with(tmp_path, packages="a==1"))
    judged = rules.judge(finding, [(vulnerabilities.KNOWN, Limit("at_most", "0", "recipe"))])
    states = {one.measure.metric: one.state for one in judged}
    assert states[vulnerabilities.KNOWN] == "undetermined"
    assert not rules.is_well(rules.worst([one.state for one in judged]))


def test_where_the_runs_packages_are_not_known_nothing_passes(tmp_path: Path) -> None:
    for packages in (None, "nothing of the kind"):
        finding = found(security.CHECK, case_with(tmp_path, packages=packages, advice=advice(tmp_path, GHSA)))
        assert by_metric(finding)[vulnerabilities.KNOWN].why == "no_packages"
        assert state(finding) == "undetermined"
        assert all(sentence(finding, language) for language in LANGUAGES)


def test_what_the_model_file_holds_is_told_before_a_list_that_is_missing(tmp_path: Path) -> None:
    finding = found(security.CHECK, case_with(tmp_path, packages="a==1"))
    broken = replace(finding, measures=(replace(finding.measures[0], figure="2"), *finding.measures[1:]))
    assert rules.worst([one.state for one in rules.judge(broken, ())]) == "failed"
