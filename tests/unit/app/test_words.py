"""The words of every state of every page: figures as the language writes them, one thing and more, no marks of code."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from surefoot.texts import LANGUAGES
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.chart import brief
from surefoot_app.widgets.text import Elided
from tests.gallery.states import STATES, Shown
from tests.unit.app.conftest import Making


def cells(view: QAbstractItemView) -> Iterator[str]:
    """What a table shows in its first rows."""
    model = view.model()
    for row in range(min(model.rowCount(), 30)):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            yield str(model.data(index, Qt.ItemDataRole.DisplayRole) or "")
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def said(root: QWidget) -> Iterator[str]:
    """All that a page says, and what it tells who listens."""
    for widget in (root, *root.findChildren(QWidget)):
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, Elided):
            yield widget.text
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(place) for place in range(widget.count()))
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from cells(widget)


def shown(state: Shown, desk: Desk, qtbot: QtBot) -> set[str]:
    page = state.build(desk)
    if not isinstance(page, QDialog):
        page.resize(1244, 849)
    page.show()
    qtbot.addWidget(page)
    return set(said(page)) - {""}


_POINT = re.compile(r"(?<![\w.,-])\d+\.\d+(?![\w.,]*\w)")
_THOUSANDS = re.compile(r"^[1-9]\d{0,2}(\.\d{3})+$")
# What is written with a point also there: what a person types into a field, wrote, or set for a run.
_TYPED = ("from = 0.01", "auc > 0.89", "We accept 0.004", "`auk > 0.9`", "auk > 0.9")


def with_a_point(text: str) -> list[str]:
    return [one for one in _POINT.findall(text) if not _THOUSANDS.match(one)]


@pytest.mark.parametrize("state", [one for one in STATES if not one.name.startswith("parts")], ids=lambda one: one.name)
def test_figures_have_a_decimal_comma_in_vietnamese(state: Shown, desk_of: Making, qtbot: QtBot) -> None:
    texts = shown(state, desk_of(language="vi", is_silent=True), qtbot)
    assert [text for text in texts if with_a_point(text) and not any(one in text for one in _TYPED)] == []


@pytest.mark.parametrize("state", STATES, ids=lambda one: one.name)
def test_one_thing_is_not_told_as_several(state: Shown, desk_of: Making, qtbot: QtBot) -> None:
    texts = shown(state, desk_of(is_silent=True), qtbot)
    assert [text for text in texts if re.search(r"(?<![\d.,])1 (?!is\b|was\b|has\b)[a-z]+s\b", text)] == []


def test_the_scan_knows_a_point_from_thousands() -> None:
    assert with_a_point("0.75 trong 1.284, 1.0.0, 12.5 %") == ["0.75", "12.5"]


def test_drawn_figures_follow_the_language_at_once(desk_of: Making) -> None:
    desk = desk_of()
    assert (brief(1234.5, 6), brief(0.0713)) == ("1,234.5", "0.0713")
    desk.set_language("vi")
    assert (brief(1234.5, 6), brief(0.0713)) == ("1.234,5", "0,0713")
    desk.set_language("en")
    assert brief(0.5) == "0.5"


_FOREIGN = "Expected `int` <= 72 - at `$.rows[0].duration`"  # what a library of a service said, as it said it


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda one: one.name)
def test_no_page_shows_marks_of_code_or_an_option(state: Shown, language: str, desk_of: Making, qtbot: QtBot) -> None:
    texts = {text.replace(_FOREIGN, "") for text in shown(state, desk_of(language=language, is_silent=True), qtbot)}
    assert [text for text in texts if "`" in text] == []
    # A command stands by itself, to be copied; no sentence has an option in it.
    assert [text for text in texts if re.search(r"(?<!\w)--[a-z]", text) and not text.startswith("surefoot ")] == []
