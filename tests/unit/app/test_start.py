"""The desktop starts as its users start it: on a project, without one, and a second time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surefoot.workbench import Workbench

# The program as it is, with a hand that closes the window when what was waited for has happened.
PROGRAM = """
import gc
import sys
from surefoot_app.start import load
main = load()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from surefoot_app import __main__ as start

class Watched(start.Desktop):
    def __init__(self, *given):
        super().__init__(*given)
        print("started", flush=True)
        if sys.argv[-1] == "welcome":
            QTimer.singleShot(0, self.end)
        self.session.opened.connect(lambda project: (print("opened", project.name, flush=True), self.end()))

    def end(self):
        heavy = sorted({"pyqtgraph", "pandas", "sklearn"} & set(sys.modules))
        print("shown", self.window.isVisible(), heavy, gc.isenabled(), flush=True)
        QApplication.quit()

start.Desktop = Watched
sys.exit(main(["surefoot-app", *sys.argv[1:-1]]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"), ("HOME", "home")):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path


def _start(*words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    given = [sys.executable, "-c", PROGRAM, *words]
    return subprocess.run(given, capture_output=True, text=True, timeout=120, check=False, env=env)


def test_it_opens_the_project_that_is_named_and_the_same_one_the_next_time(home: Path) -> None:
    folder = home / "credit"
    Workbench.create(folder, name="credit", person="Ada", passphrase="a long passphrase of ours").close()
    first = _start(str(folder), "project")
    assert first.stdout.splitlines() == ["started", "opened credit", "shown True [] True"], first.stderr[-2000:]
    assert first.returncode == 0
    second = _start("project")
    assert "opened credit" in second.stdout
    assert list((home / "state" / "surefoot" / "crashes").iterdir()) == []


def test_without_a_project_it_greets(home: Path) -> None:
    done = _start("welcome")
    assert (done.returncode, done.stdout.splitlines()) == (0, ["started", "shown True [] True"]), done.stderr[-2000:]
