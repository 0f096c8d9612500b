"""A release whose check fails: why it is shut is seen, the way out that the screen names is gone by clicks."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Home, founded
from tests.e2e.test_own_table import ADD, TABLE
from tests.independent.checker import Checker
from tests.journeys.hands import Mouse
from tests.journeys.screen import Desktop, Screen, desktop

POLICY = """
[policy]
name = "better than chance"
[require.accuracy]
at_least = 0.6
[require.parity]
[approvals]
count = 1
roles = ["owner"]
"""
TOLD_LITTLE = ("telephone", "foreign_worker")
"""What the weaker of the two models learns from: next to nothing."""


@pytest.fixture
def judged(home: Path) -> Home:
    """A project with two runs, of which the policy lets one pass."""
    made = founded(home)
    shutil.copy(TABLE, made.project / "customers.csv")
    made.call(*ADD)
    made.call("experiment", "new", "risk", "--dataset", "customers")
    columns = TABLE.read_text(encoding="utf-8").splitlines()[0].split(",")
    dropped = ",".join(one for one in columns if one not in {*TOLD_LITTLE, "applicant_id", "credit_risk"})
    recipe = made.project / "experiments" / "risk.toml"
    asked = recipe.read_text(encoding="utf-8")
    asked = asked.replace('drop = "" ', f'drop = ["", "{dropped}"] ').replace("at_least = 0.70", "at_least = 0.1")
    recipe.write_text(asked, encoding="utf-8")
    (made.project / "policies" / "chance.toml").write_text(POLICY, encoding="utf-8")
    made.call("policy", "adopt", "policies/chance.toml")
    runs = made.json("experiment", "start", "risk")["runs"]
    for run, exit_code in zip(runs, (0, 3), strict=True):
        made.call("check", "run", run["run"], "--kind", "accuracy", "--kind", "parity", exit_code=exit_code)
    return made


@pytest.fixture
def shown(display: Screen, home: Path, judged: Home) -> Iterator[Desktop]:
    """The desktop on that project, with Home shown."""
    with desktop(display, str(judged.project), cwd=home) as running:
        running.see("Getting started", role="label")
        yield running


def gates(judged: Home, run: str) -> dict[str, str]:
    """How the gates of a run stand, by the command line; without a draft some are open still."""
    found: list[dict[str, Any]] = judged.json("release", "check", run, exit_code=3)["gates"]
    return {one["name"]: one["state"] for one in found}


def recorded(judged: Home) -> list[str]:
    """What is on record, a line a kind."""
    checker = Checker(judged.project / ".surefoot")
    assert checker.faults == []
    return [line["type"] for _, line in checker.later]


def test_a_shut_gate_says_why_and_leads_to_a_run_that_passes_it(judged: Home, shown: Desktop) -> None:
    runs = {run["name"]: run["run"] for run in judged.json("run", "list")["runs"]}
    standing = {name: gates(judged, run)["check.accuracy"] for name, run in runs.items()}
    worse, better = sorted(runs, key=lambda name: standing[name] == "passed")
    assert (standing[worse], standing[better]) == ("failed", "passed")
    before = recorded(judged)
    hand = Mouse(shown)
    hand.go("Releases")
    hand.press("New release")
    hand.pick("Runs that can be released", worse)
    shown.see(f"1. Candidate: {worse}")
    hand.press("Continue")
    hand.press("Continue")
    shown.see(part="Accuracy: failed")
    shown.see("Check: Accuracy", role="label")
    assert "enabled" not in shown.see("Continue", role="push button").states
    shown.see(part="Choose a run that passes", role="label")
    hand.press(shown.see(part="Runs that pass", role="push button").name)
    hand.press("Release this run")
    shown.see(f"1. Candidate: {better}")
    hand.press("Continue")
    hand.press("Continue")
    shown.gone("Check: Accuracy")
    hand.press("Continue")
    shown.see("What do you give up, for what?", role="text")
    assert recorded(judged) == before, "whoever only looks has nothing recorded"
    assert judged.json("release", "list")["releases"] == []
    assert judged.json("audit", "verify")["verdict"] == "PASS"
