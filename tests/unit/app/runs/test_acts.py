"""What is done with a run: with the one that is shown, once at a time, to its own end."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot.errors import CancelledError, Code, IncompleteError
from surefoot_app.runs import acts, telling
from surefoot_app.runs.choice import choice
from surefoot_app.runs.doing import doing
from surefoot_app.runs.page import RunsPage
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.buttons import Button
from tests.fakes.desk import changed
from tests.gallery.runs import RUNS
from tests.unit.app.runs.conftest import FakeRuns

RUNNING, FINISHED = RUNS[1], RUNS[4]


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> RunsPage:
    page = RunsPage(desk)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    return page


class Held:
    """A session whose acts end when the test says so."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun: list[dict[str, Any]] = []
        self.stopped = 0
        monkeypatch.setattr(desk.session, "act", self._act)

    def _act(self, _work: Callable[..., Any], **told: Any) -> Any:
        self.begun.append(told)
        return SimpleNamespace(cancel=self._cancel, is_cancelled=self.stopped > 0)

    def _cancel(self) -> None:
        self.stopped += 1


@pytest.fixture
def held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(desk, monkeypatch)


def button(page: RunsPage, name: str) -> Button:
    found = page.run.findChild(Button, name)
    assert found is not None
    return found


def test_acts_are_for_the_run_that_is_shown_and_then_for_that_of_the_list(
    page: RunsPage, desk: Desk, runs: FakeRuns
) -> None:
    first = page.list.current()
    assert first is not None
    assert choice(desk).current == first.run
    page.show_object("run", RUNNING.run)
    assert choice(desk).current == RUNNING
    changed(desk, "run.finished")  # the list asks anew below it
    assert choice(desk).current == RUNNING
    cancel = next(action for action in acts.actions(desk) if action.id == "run.cancel")
    cancel.run()
    assert runs.cancelled == [RUNNING.run]
    page.show_list()
    assert choice(desk).current == first.run


def test_no_run_is_acted_on_while_the_one_to_show_is_not_known(page: RunsPage, desk: Desk) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(desk.session, "read", lambda *_args, **_told: None)
        page.show_object("run", RUNNING.run)
    assert choice(desk).current is None
    assert acts.why_no_cancel(desk, choice(desk).current) == desk.words("app.runs.choose_first")


def test_an_act_is_asked_for_once_and_ends_by_its_own_end(page: RunsPage, desk: Desk, held: Held) -> None:
    page.show_object("run", FINISHED.run)
    button(page, "run.checks").click()
    assert not button(page, "run.checks").isEnabled()
    assert not button(page, "run.reproduce").isEnabled()
    assert button(page, "run.release").isEnabled()
    acts.check(desk, FINISHED)
    assert len(held.begun) == 1
    acts.cancel(desk, RUNNING)
    held.begun[1]["then"](RUNNING)  # something else has ended
    assert doing(desk).of(FINISHED.run) is not None
    held.begun[0]["progress"]("checks", 1, 3)
    held.begun[0]["then"](3)
    assert button(page, "run.checks").isEnabled()
    button(page, "run.checks").click()
    assert len(held.begun) == 3
    held.begun[2]["failed"](CancelledError(Code.CANCELLED))
    assert button(page, "run.checks").isEnabled()


def test_an_act_outlives_the_page_and_is_found_again_on_the_next(desk: Desk, held: Held, qtbot: QtBot) -> None:
    page = RunsPage(desk)  # a switch of language lets it go
    page.show_object("run", FINISHED.run)
    button(page, "run.checks").click()
    with qtbot.waitSignal(page.destroyed):
        page.deleteLater()
    held.begun[0]["progress"]("checks", 1, 3)
    later = RunsPage(desk)
    qtbot.addWidget(later)
    later.show()
    later.show_object("run", FINISHED.run)
    assert not button(later, "run.checks").isEnabled()
    later.run._stop()
    assert held.stopped == 1
    held.begun[0]["then"](3)
    assert button(later, "run.checks").isEnabled()


def test_a_key_that_is_held_down_asks_once(page: RunsPage, desk: Desk, held: Held) -> None:
    page.list.table.setCurrentIndex(page.list.model.index(4, 1))
    for is_repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "r", is_repeated)
        QApplication.sendEvent(page.list.table, event)
    assert len(held.begun) == 1


def test_of_a_long_log_the_end_is_shown(desk: Desk, runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = b"".join(b"line %06d\n" % number for number in range(90_000))

    def log(_ref: str, *, offset: int = 0) -> tuple[bytes, int]:
        piece = whole[offset : offset + 2**18]
        return piece, offset + len(piece)

    monkeypatch.setattr(runs, "log", log)
    said = telling.log(SimpleNamespace(runs=runs), FINISHED.run, 0)  # type: ignore[arg-type]
    assert said.text.endswith("line 089999\n")
    assert (said.offset, len(said.text)) == (len(whole), 256 * 1024)


def test_the_log_of_a_run_that_was_opened_meanwhile_comes(
    page: RunsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Callable[[], object]] = []
    read = desk.session.read
    monkeypatch.setattr(desk.session, "read", lambda *args, **told: waiting.append(lambda: read(*args, **told)))
    page.show_object("run", RUNNING.run)
    page.show_object("run", FINISHED.run)
    while waiting:
        waiting.pop(0)()
    assert page.run.log.toPlainText() == "epoch 1\nepoch 2"


def test_a_run_that_could_not_be_read_is_shown_once_it_can(
    page: RunsPage, desk: Desk, runs: FakeRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.show_object("run", FINISHED.run)
    show = runs.show

    def away(_ref: str) -> Any:
        raise IncompleteError(Code.PROJECT_AWAY, path="/projects/credit")

    monkeypatch.setattr(runs, "show", away)
    changed(desk, "check.passed")
    assert page.run.findChild(Button, "run.checks") is None
    monkeypatch.setattr(runs, "show", show)
    page.run._follow()
    assert button(page, "run.checks").isEnabled()
