"""What is seen hears of the record at once, what is not seen hears of it when it is seen again."""

from PySide6.QtWidgets import QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from surefoot_app.bridge.events import Change
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from tests.fakes.desk import changed


def test_a_page_behind_another_one_is_told_once_of_all_that_it_missed(desk: Desk, qtbot: QtBot) -> None:
    stack, told = QStackedWidget(), list[Change]()
    qtbot.addWidget(stack)
    first, second = QWidget(), QWidget()
    stack.addWidget(first)
    stack.addWidget(second)
    Following(desk, first, told.append)
    stack.show()
    changed(desk, "run.finished")
    assert told == [Change(frozenset({"run.finished"}))]
    stack.setCurrentWidget(second)
    changed(desk, "run.started")
    changed(desk, "check.passed")
    assert len(told) == 1
    stack.setCurrentWidget(first)
    assert told[1:] == [Change(frozenset({"run.started", "check.passed"}))]
    stack.setCurrentWidget(second)
    stack.setCurrentWidget(first)
    assert len(told) == 2
