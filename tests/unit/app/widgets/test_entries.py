"""A list written by hand: rows come, change and go, each is told, and the keyboard goes where one would write next."""

from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from surefoot_app.widgets.entries import Entries, Entry
from surefoot_app.widgets.fields import Select

COLUMNS = (Entry("Name", "depth", width=120), Entry("Rule", options=(("least", "at least"), ("most", "at most"))))


def made(qtbot: QtBot) -> tuple[Entries, list[object]]:
    entries = Entries(COLUMNS, name="x", add="Add", remove="Remove")
    told: list[object] = []
    entries.changed.connect(told.append)
    qtbot.addWidget(entries)
    entries.show()
    return entries, told


def field(entries: Entries, name: str) -> QLineEdit:
    found = entries.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def test_rows_that_are_set_are_shown_and_not_told(qtbot: QtBot) -> None:
    entries, told = made(qtbot)
    entries.set([("a", "most"), ("b", "least")])
    assert (told, entries.rows) == ([], (("a", "most"), ("b", "least")))
    rule = entries.findChild(Select, "x.0.1")
    assert isinstance(rule, Select)
    assert (field(entries, "x.1.0").text(), rule.current) == ("b", "most")
    assert field(entries, "x.0.0").accessibleName() == "Name 1"


def test_a_row_is_added_written_and_chosen(qtbot: QtBot) -> None:
    entries, told = made(qtbot)
    add = entries.findChild(QPushButton, "x.add")
    assert isinstance(add, QPushButton)
    add.click()
    qtbot.keyClicks(field(entries, "x.0.0"), "ab")
    rule = entries.findChild(Select, "x.0.1")
    assert isinstance(rule, Select)
    rule.chosen.emit("most")
    assert told == [(("", "least"),), (("a", "least"),), (("ab", "least"),), (("ab", "most"),)]


def test_the_row_whose_cross_is_pressed_goes(qtbot: QtBot) -> None:
    entries, told = made(qtbot)
    entries.set([("a", "most"), ("b", "least"), ("c", "least")])
    cross = entries.findChild(QToolButton, "x.1.remove")
    assert isinstance(cross, QToolButton)
    assert cross.accessibleName() == "Remove: b"
    cross.click()
    assert told == [(("a", "most"), ("c", "least"))]
    assert field(entries, "x.1.0").text() == "c"
