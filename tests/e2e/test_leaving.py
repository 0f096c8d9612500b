"""Ctrl-C: what is told is true of what goes on, what was recorded and what was not."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.independent.checker import Checker


@pytest.fixture
def slow(home: Home) -> Home:
    """A project with an experiment that takes longer than anybody waits."""
    home.call("experiment", "new", "slow", "--template", "plain-command")
    for path in (home.project / "train" / "slow").iterdir():
        path.write_text("#!/bin/sh\necho it has begun\nsleep 120\n", encoding="utf-8")
    recipe = home.project / "experiments" / "slow.toml"
    recipe.write_text(re.sub(r"seed = \[.*?\]", "seed = 1", recipe.read_text(encoding="utf-8")), encoding="utf-8")
    return home


def logs(home: Home) -> list[Path]:
    """The logs of commands that have said something."""
    return [path for path in (home.project / ".surefoot" / "runs").glob("*/log.txt") if path.stat().st_size]


def test_leaving_an_experiment_says_that_the_run_goes_on_and_how_to_follow_and_stop_it(slow: Home) -> None:
    code, told = slow.interrupted("experiment", "start", "slow", when=lambda: bool(logs(slow)))
    assert code == 130
    assert "SF-3006" in told
    (run,) = slow.json("run", "list")["runs"]
    assert run["state"] == "running"
    commands = re.findall(r"`surefoot ([^`]+)`", told)
    assert f"run log {run['run']} --follow" in commands
    assert f"run cancel {run['run']}" in commands

    code, told = slow.interrupted("run", "log", run["run"], "--follow")
    assert (code, "SF-3006" in told) == (130, True), told

    slow.call("run", "cancel", run["run"])
    (run,) = slow.json("run", "list")["runs"]
    assert run["state"] == "cancelled"


def test_two_presses_end_it_at_once_and_leave_a_record_that_verifies(slow: Home) -> None:
    code, told = slow.interrupted("experiment", "start", "slow", when=lambda: bool(logs(slow)), times=2)
    assert (code, "SF-30" in told) == (130, True), told
    (run,) = slow.json("run", "list")["runs"]
    slow.call("run", "cancel", run["run"])
    assert Checker(slow.project / ".surefoot").faults == []


def test_leaving_a_dataset_that_is_read_records_nothing(home: Home) -> None:
    rows = "".join(f"{number},{number % 97},{number % 2}\n" for number in range(2_000_000))
    (home.project / "large.csv").write_text("id,a,b\n" + rows, encoding="utf-8")
    before = home.json("audit", "verify")["sizes"]
    scratch = home.folder / ".local" / "state" / "surefoot"
    code, told = home.interrupted("dataset", "add", "large.csv", when=lambda: any(scratch.glob("*/datasets.lock")))
    assert (code, "SF-3002" in told) == (130, True), told
    assert home.json("audit", "verify")["sizes"] == before
    assert home.json("dataset", "list")["datasets"] == []
