"""A waiver, a scored file and a drill, by the commands of the command line's page, in one project.

The project is made once: a model that misses what its policy asks for, and that is released with that check waived.
Its life is one test, since each step stands on the one before.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from surefoot.trail import Trail
from tests.e2e.conftest import Home, founded
from tests.e2e.test_own_table import ADD, TABLE
from tests.independent.checker import Checker

POLICY = """
[policy]
name = "hard to please"
[require.accuracy]
at_least = 0.99
[require.parity]
[require.privacy]
[approvals]
count = 1
roles = ["owner"]
[waivers]
max_days = 30
"""
KEEP = ("--keep", "applicant_id", "--keep", "credit_risk")
REASON = "No better one before spring"


@dataclass(frozen=True, slots=True)
class Project:
    """A home, its run, and what `release waive` answered once it was allowed."""

    home: Home
    run: str
    waived: dict[str, Any]


@pytest.fixture
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    home = founded(tmp_path_factory.mktemp("gates"))
    shutil.copy(TABLE, home.project / "customers.csv")
    home.call(*ADD)
    home.call("experiment", "new", "risk", "--dataset", "customers")
    (run,) = home.json("experiment", "start", "risk")["runs"]
    (home.project / "policies" / "hard.toml").write_text(POLICY, encoding="utf-8")
    home.call("policy", "adopt", "policies/hard.toml")
    home.call("check", "run", run["run"], "--kind", "accuracy", "--kind", "parity", exit_code=3)
    yield home, run["run"]
    if home.is_serving():
        home.call("stop")


def made(home: Home, run: str) -> Project:
    """The run released with its check waived, and serving."""
    waived = home.json("release", "waive", run, "accuracy", "--reason", REASON, "--days", "30")
    home.call("check", "run", run, "--kind", "privacy")
    home.call("release", "draft", run, "--name", "risk")
    home.call("release", "approve", "risk@1.0.0", "--reason", "Better than the list of today")
    home.call("release", "sign", "risk@1.0.0")
    home.call("deploy", "risk@1.0.0")
    return Project(home, run, waived)


def bodies(home: Home, kind: str) -> list[Mapping[str, Any]]:
    """What the record says in its events of one type."""
    with Trail.open(home.project / ".surefoot", state=home.folder / ".local" / "state" / "surefoot") as trail:
        return [event.body or {} for event in trail.events(types={kind})]


NOT_WAIVED = (
    (("RUN", "accuracy", "--reason", "why", "--days", "31"), 3, "SF-2627"),
    (("RUN", "parity", "--reason", "why"), 3, "SF-2680"),
    (("RUN", "nosuch", "--reason", "why"), 8, "SF-2628"),
    (("RUN", "privacy", "--reason", "why"), 9, "SF-2682"),
    (("RUN", "fairness", "--reason", "why"), 8, "SF-2628"),
    (("RUN", "accuracy", "--end"), 9, "SF-2681"),
    (("risk@9.9.9", "accuracy", "--reason", "why"), 9, "SF-2605"),
    (("RUN", "accuracy", "--reason", ""), 2, "SF-3001"),
    (("RUN", "accuracy", "--reason", "why", "--days", "0"), 2, "SF-3001"),
    (("RUN", "accuracy"), 2, "SF-3001"),
)


def what_may_not_be_waived_is_refused_and_nothing_is_recorded(judged: tuple[Home, str]) -> None:
    home, run = judged
    for given, exit_code, code in NOT_WAIVED:
        words = tuple(run if word == "RUN" else word for word in given)
        assert home.json("release", "waive", *words, exit_code=exit_code)["error"]["code"] == code
        assert bodies(home, "waiver.given") == []


def a_waived_check_is_on_the_record_and_in_the_gates_and_never_passed(project: Project) -> None:
    home, waived = project.home, project.waived
    assert (waived["check"], waived["model"][:4], waived["actor"][:4]) == ("accuracy", "mod_", "per_")
    (body,) = bodies(home, "waiver.given")
    assert (body["check"], body["reason"], body["days"], body["until"]) == ("accuracy", REASON, 30, waived["until"])
    (gate,) = [one for one in home.json("release", "check", "risk@1.0.0")["gates"] if one["name"] == "check.accuracy"]
    assert (gate["state"], gate["values"]["until"]) == ("waived", waived["until"])
    told = home.call("release", "check", "risk@1.0.0").stdout
    assert re.search(
        rf"^! accuracy did not pass and is waived until {waived['until']} by .*: {REASON}$", told, re.MULTILINE
    )
    assert REASON in home.call("audit", "explain").stdout


def a_file_is_scored_row_by_row_and_the_record_names_both_files(project: Project) -> None:
    home = project.home
    scored = home.json("score", "customers.csv", "--out", "answers.csv", *KEEP)
    assert (scored["name"], scored["version"], scored["rows"], scored["refused"]) == ("risk", "1.0.0", 1000, 0)
    with (home.project / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["applicant_id"] for row in rows] == [f"A{number:04}" for number in range(1, 1001)]
    assert sum(row["label"] == row["credit_risk"] for row in rows) > 700
    assert all(0 <= float(row["probability"]) <= 1 and row["refused"] == "" for row in rows)
    copy = ("score", "customers.csv", "--out", "copy.csv", *KEEP, "--lang")
    for language, count in (("en", "1,000"), ("vi", "1.000")):
        assert f" {count} " in f" {home.call(*copy, language).stdout}"
        (home.project / "copy.csv").unlink()
    body, *_ = bodies(home, "release.scored")
    assert body["source"] == {"name": "customers.csv", "sha256": scored["source_sha256"]}
    assert body["output"] == {"name": "answers.csv", "sha256": scored["sha256"]}


def rows_that_cannot_be_scored_say_why_and_the_others_are_scored(project: Project) -> None:
    home = project.home
    whole = TABLE.read_text(encoding="utf-8").splitlines()[:4]
    first = whole[1].replace(",6,", ",a year,", 1)
    (home.project / "some.csv").write_text("\n".join([whole[0], first, *whole[2:]]) + "\n", encoding="utf-8")
    told = home.call("score", "some.csv", "--out", "some.jsonl", *KEEP).stdout
    assert told.splitlines()[0] == f"3 rows scored by risk 1.0.0: {home.project / 'some.jsonl'}"
    assert "1" in told.splitlines()[1]
    refused, *others = map(json.loads, (home.project / "some.jsonl").read_text(encoding="utf-8").splitlines())
    assert (refused["applicant_id"], refused["label"]) == ("A0001", None)
    assert "duration_months" in refused["refused"]
    assert "a year" not in refused["refused"]
    assert all(row["refused"] is None and row["label"] in {"good", "bad"} for row in others)


NOT_SCORED = (
    (("customers.csv", "--out", "customers.csv", *KEEP), 8, "SF-2784"),
    (("customers.csv", "--out", "more.csv"), 8, "SF-2780"),
    (("customers.csv", "--out", "more.xls", *KEEP), 8, "SF-2783"),
    (("gone.csv", "--out", "more.csv"), 9, "SF-1006"),
    (("customers.csv", "--out", "more.csv", "--environment", "moon", *KEEP), 9, "SF-2701"),
    (("customers.csv", "--out", "more.csv", "--release", "risk@2.0.0", *KEEP), 9, "SF-2605"),
    (("pickle.csv", "--out", "more.csv"), 8, "SF-2004"),
    (("customers.csv", "--out", "more.csv", "--keep", "surname", *KEEP), 8, "SF-2781"),
)


def what_cannot_be_scored_leaves_no_file_and_no_line(project: Project) -> None:
    home = project.home
    for words, exit_code, code in NOT_SCORED:
        (home.project / "pickle.csv").write_bytes(b"\x80\x04\x95\x00\x00\x00\x00")
        before, folder = len(bodies(home, "release.scored")), sorted(home.project.iterdir())
        assert home.json("score", *words, exit_code=exit_code)["error"]["code"] == code
        assert (len(bodies(home, "release.scored")), sorted(home.project.iterdir())) == (before, folder)


def a_drill_stops_a_service_for_real_and_leaves_it_answering(project: Project) -> None:
    home = project.home
    assert "No drill was held" in home.call("status").stdout
    drill = home.json("drill", "stop", "--reason", "The drill of November")
    assert drill["environment"] == "local"
    assert 0 < float(drill["stop_seconds"]) < 10
    assert 0 < float(drill["lift_seconds"]) < 60
    assert home.is_serving()
    (body,) = bodies(home, "drill.held")
    figures = (body["kind"], body["reason"], body["stop_seconds"], body["lift_seconds"])
    assert figures == ("stop", "The drill of November", drill["stop_seconds"], drill["lift_seconds"])
    assert len(bodies(home, "service.stopped")) == len(bodies(home, "service.lifted")) == 1
    (shown,) = home.json("status")["deployments"]
    assert shown["drill"] == drill
    again = home.call("drill", "stop", "local").stdout
    assert re.search(r"Stopped within [0-9.]+ s, answering again after [0-9.]+ s", again)
    assert home.is_serving()


def where_nothing_answers_no_drill_is_held(project: Project) -> None:
    home = project.home
    before = len(bodies(home, "drill.held"))
    assert home.json("drill", "stop", "moon", exit_code=9)["error"]["code"] == "SF-2791"
    home.call("stop")
    assert "already" in home.call("stop", "--reason", "Said afterwards").stdout
    assert [body.get("reason", "") for body in bodies(home, "service.stopped")][-2:] == ["", "Said afterwards"]
    assert home.json("drill", "stop", exit_code=9)["error"]["code"] == "SF-2791"
    assert len(bodies(home, "drill.held")) == before


def a_stopped_release_scores_nothing_until_the_stop_is_lifted(project: Project) -> None:
    home = project.home
    refused = home.json("score", "customers.csv", "--out", "late.csv", *KEEP, exit_code=3)["error"]
    assert refused["code"] == "SF-2703"
    assert not (home.project / "late.csv").exists()
    home.call("lift", "--reason", "The end of a test")
    home.call("score", "customers.csv", "--out", "late.csv", *KEEP)


def a_waiver_that_is_ended_closes_the_gate_of_its_check(project: Project) -> None:
    home = project.home
    ended = home.json("release", "waive", "risk@1.0.0", "accuracy", "--end", "--reason", "A better one is there")
    assert (ended["ended"], ended["waiver"]) == (True, project.waived["waiver"])
    gates = home.json("release", "check", project.run, exit_code=3)["gates"]
    assert {one["name"]: one["state"] for one in gates}["check.accuracy"] == "failed"
    assert home.json("release", "waive", "risk@1.0.0", "accuracy", "--end", exit_code=9)["error"]["code"] == "SF-2681"


def a_release_is_handed_over_by_command_and_a_stop_that_nobody_saw_leaves_with_6(project: Project) -> None:
    home, target = project.home, project.home.folder / "handed"
    for words in (("--target", "folder"), ("--out", str(target))):
        assert "SF-2720" in home.call("deploy", "risk@1.0.0", *words, exit_code=2).stderr
    assert "SF-2623" in home.call("deploy", "risk@1.0.0", "--target", "folder", "--out", ".", exit_code=8).stderr
    said = home.json("deploy", "risk@1.0.0", "--target", "folder", "--out", str(target))
    assert (said["state"], said["folder"]) == ("handed-over", str(target))
    assert (target / "README.md").is_file()
    assert home.json("status")["deployments"][0]["state"] == "handed-over"
    assert "SF-2718" in home.call("stop", "--reason", "nobody runs it", exit_code=6).stderr
    told = home.call("audit", "explain").stdout
    assert "was handed over" in told
    assert "nothing confirmed that" in told


def after_all_of_it_the_record_verifies(project: Project) -> None:
    assert project.home.json("audit", "verify")["verdict"] == "PASS"
    assert Checker(project.home.project / ".surefoot").faults == []


STEPS = (
    a_waived_check_is_on_the_record_and_in_the_gates_and_never_passed,
    a_file_is_scored_row_by_row_and_the_record_names_both_files,
    rows_that_cannot_be_scored_say_why_and_the_others_are_scored,
    what_cannot_be_scored_leaves_no_file_and_no_line,
    a_drill_stops_a_service_for_real_and_leaves_it_answering,
    where_nothing_answers_no_drill_is_held,
    a_stopped_release_scores_nothing_until_the_stop_is_lifted,
    a_waiver_that_is_ended_closes_the_gate_of_its_check,
    a_release_is_handed_over_by_command_and_a_stop_that_nobody_saw_leaves_with_6,
    after_all_of_it_the_record_verifies,
)


def test_gates_waivers_scores_drills_and_a_handover_by_their_commands(judged: tuple[Home, str]) -> None:
    """One project, in the order of its life; what is refused is tried on the way."""
    what_may_not_be_waived_is_refused_and_nothing_is_recorded(judged)
    project = made(*judged)
    for step in STEPS:
        step(project)
