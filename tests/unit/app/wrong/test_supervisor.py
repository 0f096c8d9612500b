"""The supervisor is killed while runs are live and the window is open: it is said, it is started again."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from surefoot.runs.waking import Waker
from surefoot.workbench import Workbench
from surefoot_app.__main__ import Desktop
from surefoot_app.runs import watch as watching
from surefoot_app.runs.watch import SupervisorWatch
from surefoot_app.widgets.notices import ProblemsStrip
from tests.unit.app.wrong.conftest import Starting

RECIPE = """
[experiment]
name = "x"
[run]
command = ["sh", "train.sh"]
outputs = ["result.txt"]
[environment]
kind = "own"
"""
SCRIPT = """
echo '{{"step": 1, "auc": 0.5}}' >> "$SUREFOOT_OUTPUT/metrics.jsonl"
echo began >> '{mark}'
for _ in $(seq 300); do [ -e '{mark}.go' ] && break; sleep 0.1; done
echo done > "$SUREFOOT_OUTPUT/result.txt"
"""
pytestmark = pytest.mark.slow


@pytest.fixture
def running(home: Path) -> Iterator[Path]:
    """A project of which a run is going on until `mark.go` is there."""
    project = home / "credit"
    with Workbench.create(project, name="credit", person="Ada", sample=True) as bench:
        code = project / "train" / "x"
        code.mkdir(parents=True)
        (code / "train.sh").write_text(SCRIPT.format(mark=project / "mark"))
        (project / "experiments").mkdir(exist_ok=True)
        recipe = project / "experiments" / "x.toml"
        recipe.write_text(RECIPE)
        bench.runs.start(recipe)
    yield project
    (project / "mark.go").touch()
    for pid in supervisors(project):
        os.kill(pid, signal.SIGKILL)


def supervisors(project: Path) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"supervise" in words and os.fsencode(project) in words:
                found.append(int(folder.name))
    return found


def states(desktop: Desktop, qtbot: QtBot) -> list[str]:
    found: list[list[str]] = []
    desktop.session.read(_states, owner=desktop.window, then=found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=10_000)
    return found[0]


def _states(bench: Workbench) -> list[str]:
    return [run.state for run in bench.runs.list()]


def problem(desktop: Desktop) -> str:
    strip = desktop.window.findChild(ProblemsStrip)
    assert strip is not None
    found = strip.problems.get("supervisor")
    return "" if found is None else found.text


def kill(project: Path) -> None:
    for pid in supervisors(project):
        os.kill(pid, signal.SIGKILL)


def test_a_killed_supervisor_is_told_and_started_again_and_the_run_ends_as_it_ended(
    start: Starting, running: Path, qtbot: QtBot
) -> None:
    desktop = start(running)
    notices: list[str] = []
    desktop.desk.told.connect(lambda text, _tone: notices.append(text))
    qtbot.waitUntil(lambda: states(desktop, qtbot) == ["running"], timeout=60_000)
    watch = desktop.window.findChild(SupervisorWatch) or desktop.desk.findChild(SupervisorWatch)
    assert watch is not None
    qtbot.waitUntil(lambda: watch._was_awake, timeout=20_000)
    first = set(supervisors(running))  # one of them may wait for the other to end
    kill(running)
    qtbot.waitUntil(lambda: any("was started again" in text for text in notices), timeout=20_000)
    qtbot.waitUntil(lambda: bool(set(supervisors(running)) - first), timeout=20_000)
    qtbot.waitUntil(lambda: watch._was_awake, timeout=20_000)
    (running / "mark.go").touch()
    qtbot.waitUntil(lambda: states(desktop, qtbot) == ["finished"], timeout=60_000)
    assert (running / "mark").read_text() == "began\n"  # it did not run twice
    assert len(notices) == 1
    qtbot.waitUntil(lambda: not watch._timer.isActive(), timeout=20_000)


def test_one_that_does_not_start_is_a_problem_until_it_does(
    start: Starting, running: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Waker, "wake", lambda _waker: False)  # as where its program is broken
        patch.setattr(watching, "_PAUSE", 50)
        desktop = start(running)
        qtbot.waitUntil(lambda: states(desktop, qtbot) == ["running"], timeout=60_000)
        kill(running)
        qtbot.waitUntil(lambda: "supervisor.log" in problem(desktop), timeout=20_000)
    qtbot.waitUntil(lambda: problem(desktop) == "", timeout=30_000)
    (running / "mark.go").touch()
    qtbot.waitUntil(lambda: states(desktop, qtbot) == ["finished"], timeout=60_000)
