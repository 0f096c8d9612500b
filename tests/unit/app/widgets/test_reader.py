"""A screen reader asks for what is gone meanwhile, and the program goes on; it hears what is for what, and whole."""

import os
import subprocess
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from surefoot_app.widgets.boxes import column
from surefoot_app.widgets.fields import Choice
from surefoot_app.widgets.text import Text

# In a program of its own, since what Qt does of itself would end the tests.
PROGRAM = """
from PySide6.QtGui import QAccessible
from surefoot_app.__main__ import application
from surefoot_app.widgets.boxes import column, scrolled
from surefoot_app.widgets.text import Text
app = application(["surefoot-app"])
QAccessible.setActive(True)
area = scrolled(column(*(Text(f"Line {at}") for at in range(99))))
area.resize(200, 100)
area.show()
told = QAccessible.queryAccessibleInterface(area)
print(told.child(told.childCount()), told.child(99))
shown = [told.child(at) for at in range(told.childCount())]
print([one.object().objectName() for one in shown if not one.state().invisible])
print(shown[0].child(0).child(98).text(QAccessible.Text.Name))
"""


def test_a_part_that_scrolls_has_no_child_beyond_its_last_and_tells_of_those_it_has() -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False, env=env
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.splitlines() == [
        "None None",
        "['qt_scrollarea_viewport', 'qt_scrollarea_vcontainer']",
        "Line 98",
    ]


def heard(choice: Choice) -> list[str]:
    """What a reader is told that a choice is for."""
    told = QAccessible.queryAccessibleInterface(choice).relations(QAccessible.RelationFlag.Label)
    return [label.text(QAccessible.Text.Name) for label, _ in told]


def test_a_choice_says_what_it_is_for_wherever_it_is_laid(qtbot: QtBot) -> None:
    choice, first, second = Choice(), QWidget(), QWidget()
    choice.addItem("auc")
    choice.call("Metric 1")
    for place in (first, second):
        qtbot.addWidget(place)
        place.setLayout(column(choice))
        assert heard(choice) == ["Metric 1"]
    choice.call("Metric 2")
    assert heard(choice) == ["Metric 2"]
    assert [label.isVisibleTo(second) for label in second.findChildren(Text)] == [False]
    assert first.findChildren(Text) == []


def test_a_long_path_breaks_where_it_is_shown_and_is_whole_where_it_is_heard(qtbot: QtBot) -> None:
    path = f"/home/ada/{'9f86d081884c7d65' * 4}/token"
    text = Text(path, wrap=True)
    qtbot.addWidget(text)
    text.setFixedWidth(200)
    assert text.minimumSizeHint().width() <= 200
    assert text.text() == path
    assert QAccessible.queryAccessibleInterface(text).text(QAccessible.Text.Name) == path
    text.setText("Short")
    assert QAccessible.queryAccessibleInterface(text).text(QAccessible.Text.Name) == "Short"


def test_what_can_be_copied_holds_no_breaks(qtbot: QtBot) -> None:
    command = Text("surefoot run start churn-of-customers-by-region-and-month@2.0.1", wrap=True)
    qtbot.addWidget(command)
    assert "\u200b" in QLabel.text(command)
    command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    assert "\u200b" not in QLabel.text(command)
