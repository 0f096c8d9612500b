"""Every state of every page: named for who listens, reached by keyboard, nothing cut, also large and in Vietnamese."""

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from surefoot_app import theme
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.text import Text
from tests.gallery.states import STATES, Shown
from tests.unit.app import auditing
from tests.unit.app.conftest import Making


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_page_can_be_heard_reached_and_read(
    state: Shown, language: str, scale: int, desk_of: Making, qtbot: QtBot
) -> None:
    theme.theme().apply(scale=scale)
    page = state.build(desk_of(language=language, is_silent=True))
    if not isinstance(page, QDialog):
        page.resize(1244, 849)  # a window of 1440 x 900 without rail and bar
    page.show()
    qtbot.addWidget(page)
    assert auditing.faults(page) == {}


def test_the_audit_finds_what_is_wrong(desk_of: Making) -> None:
    desk_of()
    page = QWidget()
    page.resize(400, 300)
    nameless, small = Button("", name="", act=None), Button("Go", name="go")
    for button in (nameless, small):
        button.setParent(page)
    small.setFixedSize(20, 20)
    cut = Text("A sentence that is much longer than its place", parent=page)
    cut.setFixedWidth(30)
    for number in range(2):
        Button("Do it", name=f"act.{number}", kind="primary", parent=page)
    page.show()
    found = auditing.faults(page)
    assert set(found) == {"nameless", "small", "clipped", "filled"}
    page.close()
    page.deleteLater()
