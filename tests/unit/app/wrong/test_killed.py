"""The program is killed half-way through guided work: at the next start the draft is offered where it was left."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from surefoot.workbench import Workbench
from surefoot_app.datasets.page import DatasetsPage
from surefoot_app.experiments.page import ExperimentsPage
from surefoot_app.releases import steps
from surefoot_app.releases.page import LIST, ReleasesPage
from surefoot_app.widgets.buttons import Button
from tests.fakes.checked import laid
from tests.unit.app.wrong.conftest import PASSPHRASE, Starting

# The program as it is, with a hand that answers something, says when the draft is on the disk, and waits to be killed.
PROGRAM = """
import sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from surefoot_app import __main__ as start

WHICH, RUN, FILE = sys.argv[2:5]
HAND = None

class Hand:
    def __init__(self, desktop):
        self.desktop = desktop
        desktop.desk.go(WHICH)
        self.page = desktop.window.page(WHICH)
        if WHICH == "releases":
            self.page.begin(RUN)
        else:
            self.page.new()
        self.timer = QTimer(interval=50, timeout=self.look)
        self.timer.start()

    def look(self):
        wizard = self.page._wizard
        if wizard is None or WHICH == "releases" and wizard._found is None:
            return
        self.timer.stop()
        wizard._file.kept.connect(self.told)
        getattr(self, WHICH)(wizard)

    def told(self):
        wizard = self.page._wizard
        if wizard.draft.step == self.last and not wizard._file.is_due:
            print("kept", flush=True)

    def datasets(self, wizard):
        self.last = 2
        wizard.findChild(QLineEdit, "dataset.source").setText(FILE)
        wizard.findChild(QLineEdit, "dataset.source").editingFinished.emit()
        wizard._stepper.go(2)
        wizard.answer({"owner": "Ada", "purpose": "learn"})

    def experiments(self, wizard):
        self.last = 3
        wizard._on_changed({"name": "left-behind", "goal": "to see"})
        wizard._stepper.go(3)

    def releases(self, wizard):
        self.last = 3
        wizard._stepper.weighing._edit.setPlainText("We accept less for more, at length.")
        wizard._stepper.go(3)

class Watched(start.Desktop):
    def __init__(self, *given):
        super().__init__(*given)
        self.session.opened.connect(lambda _project: QTimer.singleShot(0, self.begin))

    def begin(self):
        self.hand = Hand(self)

start.Desktop = Watched
sys.exit(start.main(["surefoot-app", sys.argv[1]]))
"""


@contextmanager
def killed_at(project: Path, which: str, run: str = "-", file: str = "-") -> Iterator[None]:
    """A desktop with a draft on the disk, killed."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", PROGRAM, str(project), which, run, file]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert process.stderr is not None
        assert said == "kept\n", process.stderr.read()[-3000:]
    yield


@pytest.fixture
def table(home: Path) -> Path:
    path = home / "table.csv"
    path.write_text("id,answer\n" + "".join(f"{i},{i % 2}\n" for i in range(50)))
    return path


def test_a_dataset_is_gone_on_with_where_it_was_left(start: Starting, project: Path, table: Path, qtbot: QtBot) -> None:
    with killed_at(project, "datasets", file=str(table)):
        desktop = start(project)  # the lock of the one that was killed is in nobody's way
    desktop.window.show_page("datasets")
    page = desktop.window.page("datasets")
    assert isinstance(page, DatasetsPage)
    qtbot.waitUntil(lambda: page.findChild(Button, "dataset.go_on") is not None, timeout=20_000)
    go_on = page.findChild(Button, "dataset.go_on")
    assert go_on is not None
    go_on.click()
    qtbot.waitUntil(lambda: page._wizard is not None, timeout=20_000)
    assert page._wizard is not None
    draft = page._wizard.draft
    assert (draft.source, draft.owner, draft.purpose, draft.step) == (str(table), "Ada", "learn", 2)
    owner = page._wizard.findChild(QLineEdit, "dataset.owner")
    assert owner is not None
    assert (owner.text(), owner.isVisible()) == ("Ada", True)
    qtbot.waitUntil(lambda: desktop.session.tasks.is_idle, timeout=30_000)


def test_an_experiment_is_gone_on_with_where_it_was_left(start: Starting, project: Path, qtbot: QtBot) -> None:
    with killed_at(project, "experiments"):
        desktop = start(project)
    desktop.window.show_page("experiments")
    page = desktop.window.page("experiments")
    assert isinstance(page, ExperimentsPage)
    qtbot.waitUntil(lambda: page.findChild(Button, "experiments.new") is not None, timeout=20_000)
    new = page.findChild(Button, "experiments.new")
    assert new is not None
    new.click()
    qtbot.waitUntil(lambda: page._wizard is not None, timeout=20_000)
    assert page._wizard is not None
    draft = page._wizard.draft
    assert (draft.name, draft.goal, draft.step) == ("left-behind", "to see", 3)


def test_a_release_is_gone_on_with_where_it_was_left(start: Starting, home: Path, qtbot: QtBot) -> None:
    with laid(home) as made:
        made.checked()
        project, run = made.bench.project, made.story.run
    with killed_at(project, "releases", run=run):
        desktop = start(project)
    desktop.window.show_page("releases")
    page = desktop.window.page("releases")
    assert isinstance(page, ReleasesPage)
    qtbot.waitUntil(lambda: page._rows.at(0) is not None, timeout=20_000)
    assert page._stack.currentIndex() == LIST
    row = page._rows.at(0)
    assert row is not None
    assert row.state == "draft"
    page._on_opened(0)
    qtbot.waitUntil(lambda: page._wizard.draft.run == run, timeout=20_000)
    assert page._wizard.draft.trade_off == "We accept less for more, at length."
    assert page._wizard.draft.step == steps.STEPS.index(steps.STEPS[3])


def test_a_draft_that_was_cut_off_is_dropped_and_the_page_begins_anew(
    start: Starting, project: Path, qtbot: QtBot
) -> None:
    with Workbench.open(project, unlock=lambda: PASSPHRASE) as bench:
        drafts = bench.own_state / "drafts"
    drafts.mkdir(parents=True)
    (drafts / "dataset.json").write_bytes(b'{"source":"/tmp/x')  # as a machine that lost its power may leave it
    desktop = start(project)
    desktop.window.show_page("datasets")
    page = desktop.window.page("datasets")
    assert isinstance(page, DatasetsPage)
    page.new()
    qtbot.waitUntil(lambda: page._wizard is not None, timeout=20_000)
    assert page._wizard is not None
    assert page._wizard.draft.source == ""
