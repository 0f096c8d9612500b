"""The pure decisions of the agent: the plan, the guardrails, the end."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from surefoot.payloads.agent import command, ending, files, guardrails, plan
from surefoot.payloads.agent.ending import Facts
from surefoot.payloads.agent.guardrails import Stop, Usage
from surefoot.payloads.agent.plan import Guardrails, PlanError
from tests.fakes.run_folder import make_run

RAILS = Guardrails(time_ms=1000, memory_bytes=100, disk_bytes=200, processes=5)


def test_a_plan_is_read_and_unknown_keys_are_left_alone(tmp_path: Path) -> None:
    told = plan.read(make_run(tmp_path / "run", seed=3, criteria=[], parameters={"a": 0.5}, guardrails={"cost": None}))
    assert (told.seed, told.parameters, told.guardrails.processes) == (3, {"a": 0.5}, plan.MOST_PROCESSES)


@pytest.mark.parametrize(
    "differing",
    [
        {"format": 2},
        {"command": []},
        {"command": [""]},
        {"command": None},
        {"command": ["a\0b"]},
        {"seed": "many"},
        {"parameters": 3},
        {"inputs": {"a": "../a"}},
        {"inputs": {"a": "/etc"}},
        {"inputs": ["a"]},
        {"outputs": ["../x"]},
        {"outputs": [""]},
        {"guardrails": {"time_ms": 0}},
        {"guardrails": {"memory_bytes": "much"}},
        {"environment": None},
    ],
)
def test_a_plan_that_is_off_is_refused(tmp_path: Path, differing: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        plan.read(make_run(tmp_path / "run", **differing))


@pytest.mark.parametrize("data", ["", "{", "[]", "null", "\ufeff{}"])
def test_bytes_that_are_no_plan_are_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "plan.json").write_text(data, encoding="utf-8")
    with pytest.raises(PlanError):
        plan.read(tmp_path)


def test_a_missing_guardrail_is_refused_and_never_taken_for_none(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "run")
    told = json.loads((folder / "plan.json").read_text())
    del told["guardrails"]["memory_bytes"]
    (folder / "plan.json").write_text(json.dumps(told))
    with pytest.raises(PlanError):
        plan.read(folder)


@pytest.mark.parametrize(
    ("usage", "name"),
    [
        (Usage(1000, 100, 200, 5), None),
        (Usage(1001, 100, 200, 5), "time"),
        (Usage(1000, 101, 200, 5), "memory"),
        (Usage(1000, 100, 201, 5), "disk"),
        (Usage(1000, 100, 200, 6), "processes"),
        (Usage(9999, 999, 999, 999), "processes"),
    ],
)
def test_a_guardrail_is_broken_above_its_limit(usage: Usage, name: str | None) -> None:
    stop = guardrails.broken(RAILS, usage)
    assert (stop.reason if stop else None) == name
    assert stop is None or (stop.state == "interrupted" and stop.is_hard == (name != "time"))


STOPPED = Stop("cancelled", "cancelled")


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        (Facts(code=0), "finished", ""),
        (Facts(code=1), "failed", "exit-code"),
        (Facts(signal=9), "failed", "signal"),
        (Facts(code=0, missing=["m"]), "failed", "outputs-missing"),
        (Facts(code=0, changed=["i"], missing=["m"]), "failed", "inputs-changed"),
        (Facts(trouble="no such file"), "failed", "not-started"),
        (Facts(stop=STOPPED, code=0), "cancelled", "cancelled"),
        (Facts(), "failed", "exit-code"),
    ],
)
def test_only_exit_code_zero_with_outputs_and_untouched_inputs_is_a_success(
    facts: Facts, state: str, reason: str
) -> None:
    assert ending.judge(facts) == (state, reason)


@pytest.mark.parametrize(
    ("facts", "used", "is_hit"),
    [
        (Facts(code=0), 11, True),
        (Facts(code=0), 10, False),
        (Facts(code=1), 10, True),
        (Facts(code=1), 9, False),
        (Facts(signal=signal.SIGXFSZ), 5, True),
    ],
)
def test_a_command_that_failed_at_the_limit_of_its_disk_has_hit_it(facts: Facts, used: int, is_hit: bool) -> None:
    assert ending.hit_disk_limit(facts, used=used, limit=10) == is_hit


@pytest.mark.parametrize(
    ("name", "variable"), [("german-credit", "GERMAN_CREDIT"), ("a.b c", "A_B_C"), ("ä1", "_1"), ("x", "X")]
)
def test_an_input_is_found_under_its_name_in_capitals(name: str, variable: str) -> None:
    assert command.variable(name) == variable


def test_an_end_that_does_not_fit_on_the_disk_is_told_without_its_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending.reserve(tmp_path)
    assert (tmp_path / ".end.reserve").stat().st_size == 1 << 16
    real, calls = files.write_json, []

    def full_at_first(path: Path, value: Any, *, durable: bool) -> None:
        calls.append(value)
        if len(calls) == 1:
            raise OSError(28, "no space")
        real(path, value, durable=durable)

    monkeypatch.setattr(files, "write_json", full_at_first)
    end = ending.document(Facts(code=0), run="run_x", began=0.0, seconds=1.0)
    ending.write(tmp_path, {**end, **ending.nothing_collected(), "outputs": {"m": {"sha256": "0", "size": 1}}})
    told = json.loads((tmp_path / "end.json").read_text())
    assert (told["state"], told["reason"], told["outputs"]) == ("failed", "disk-full", {})
    assert not (tmp_path / ".end.reserve").exists()
