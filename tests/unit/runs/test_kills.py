"""kill -9 of supervisor, keeper, agent and command, alone and together: what the record says afterwards is true."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from surefoot.runs.facts import Run
from tests.fakes.runs import Yard, experiment

T = TypeVar("T")
pytestmark = pytest.mark.slow

SLOW = """
echo began >> "$MARK"
echo '{"step": 1, "auc": 0.5}' >> "$SUREFOOT_OUTPUT/metrics.jsonl"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$MARK.go" ] && break; sleep 0.2; done
echo done > "$SUREFOOT_OUTPUT/result.txt"
"""


def until(look: Callable[[], T], seconds: float = 60) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come to that")


def read_json(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    return {}


def started(yard: Yard, script: str = SLOW) -> tuple[str, dict[str, Any]]:
    """Starts a run; returns it with what its agent says of itself once the command is running."""
    mark = yard.project / "mark"
    recipe = experiment(yard, f"MARK='{mark}'\n{script}")
    (run,) = yard.runs.start(recipe).runs
    path = yard.runs.folder / run / "state.json"
    until(lambda: mark.exists() and read_json(path).get("command"))
    until(lambda: list(yard.trail.events(types={"run.started"})))
    until(lambda: yard.runs.live(run))
    return run, read_json(path)


def supervisors(yard: Yard) -> list[int]:
    """The processes that supervise this project."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"supervise" in words and os.fsencode(yard.project) in words:
                found.append(int(folder.name))
    return found


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def ended(yard: Yard, run: str) -> Run:
    return yard.runs.wait([run], seconds=90)[0]


def began(yard: Yard) -> int:
    return (yard.project / "mark").read_text().count("began")


def test_a_killed_supervisor_costs_nothing(yard: Yard) -> None:
    run, _ = started(yard)
    kill(*until(lambda: supervisors(yard)))
    until(lambda: not supervisors(yard))
    (yard.project / "mark.go").touch()
    found = ended(yard, run)
    assert (found.state, found.metrics["auc"]["last"], began(yard)) == ("finished", "0.5", 1)
    assert yard.story(run) == ["run.requested", "run.started", "run.finished"]


def test_a_supervisor_that_is_killed_again_and_again_does_not_make_a_run_run_twice(yard: Yard) -> None:
    mark = yard.project / "mark"
    recipe = experiment(yard, f"MARK='{mark}'\n{SLOW}")
    (run,) = yard.runs.start(recipe).runs
    for pause in (0.0, 0.1, 0.4):
        with suppress(AssertionError):
            kill(*until(lambda: supervisors(yard), seconds=5))
        time.sleep(pause)
        yard.runs.list()
    (yard.project / "mark.go").touch()
    assert (ended(yard, run).state, began(yard)) == ("finished", 1)


@pytest.mark.parametrize("victim", ["agent", "keeper"])
def test_a_killed_agent_ends_the_run_and_its_command(yard: Yard, victim: str) -> None:
    run, state = started(yard)
    kill(state["agent"][0] if victim == "agent" else state["pid"])
    found = ended(yard, run)
    assert (found.state, found.why) == ("interrupted", "agent-killed")
    assert found.meets is None
    assert is_gone(state["command"])


def test_everything_killed_at_once_is_lost_and_nothing_goes_on(yard: Yard) -> None:
    run, state = started(yard)
    kill(*until(lambda: supervisors(yard)), state["pid"], state["agent"][0])
    found = ended(yard, run)
    assert (found.state, found.why, found.meets) == ("lost", "lost", None)
    assert is_gone(state["command"])
    assert found.metrics["auc"]["last"] == "0.5"
    assert began(yard) == 1


def test_a_killed_command_has_failed_by_a_signal(yard: Yard) -> None:
    run, state = started(yard)
    kill(state["command"])
    found = ended(yard, run)
    assert (found.state, found.signal, found.why) == ("failed", 9, "signal")


def test_a_run_is_cancelled_within_seconds_even_with_no_supervisor(yard: Yard) -> None:
    run, state = started(yard, SLOW.replace("sleep 0.2", "sleep 20"))
    kill(*until(lambda: supervisors(yard)))
    before = time.monotonic()
    found = yard.runs.cancel(run)
    assert found.state == "cancelled"
    assert time.monotonic() - before < 20
    assert is_gone(state["command"])
