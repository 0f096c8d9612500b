"""A short walk of the hand that does anything, over every panel, and much the same way each time.

Questions are answered at once from a real project; acts, and what looks at files, are refused. Walks in which they are
carried out, for as long as one likes and from any seed, are `sh packaging/monkey.sh`.
"""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, IncompleteError
from surefoot.workbench import Workbench
from surefoot_app.__main__ import FEATURES
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.standing import Stand
from surefoot_app.bridge.tasks import Task
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.window import Window
from tests.fakes.desk import PROJECT, FakeSession
from tests.unit.app.monkey import Monkey

STEPS = 150


def _refused(*_given: object) -> None:
    raise IncompleteError(Code.NO_PROJECT, path=".")


class _Reading(FakeSession):
    """Answers questions, refuses acts. A project that is left comes back at once."""

    def act(self, work: Any, **told: Any) -> Task[Any]:
        return super().act(_refused, **told)

    def aside(self, work: Any, **told: Any) -> Task[Any]:
        return super().aside(_refused, **told)

    def urgent(self, work: Any, **told: Any) -> Task[Any]:
        return super().urgent(_refused, **told)

    def keep(self, writing: Any, **told: Any) -> None:
        pass

    def open(self, folder: Path, *, owner: QObject, failed: Any = None, progress: Any = None) -> Task[Any]:
        self.project = PROJECT
        self.standing.begin(Stand())
        self.opened.emit(PROJECT)
        return Task(owner, then=None, failed=failed, progress=None)

    def close(self) -> None:
        self.project = None
        self.closed.emit()
        self.open(PROJECT.folder, owner=self)


@pytest.fixture
def window(bench: Workbench, tmp_path: Path, qtbot: QtBot) -> Window:
    session = _Reading(bench)
    settings = Settings(tmp_path / "desktop.ini")
    settings.language = "en"
    made = Window(Desk(session, Events(session), settings), FEATURES, welcome=lambda _desk: QWidget())
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_hand_that_does_anything_meets_no_fault(window: Window, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("age,job\n" + "20,clerk\n" * 50)
    monkey = Monkey(window, 7, files=(table, tmp_path / "missing.csv"), held=60)
    try:
        is_well = monkey.walk(steps=STEPS)
    finally:
        window.desk.session.shut()
        window.desk.session.tasks.deleteLater()
    assert is_well, monkey.told()
    assert monkey.count == STEPS
    assert set(window._pages) <= {feature.id for feature in FEATURES}
