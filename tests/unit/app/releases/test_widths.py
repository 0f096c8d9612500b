"""In the smaller window nothing of checks and releases is wider than where it scrolls: it would be cut, unreachable."""

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea
from pytestqt.qtbot import QtBot

from surefoot.texts import LANGUAGES
from tests.gallery import checks, releases
from tests.gallery.states import STATES, Shown
from tests.unit.app.conftest import Making

_OURS = {name for room in (checks, releases) for name, _ in room.STATES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [one for one in STATES if one.name in _OURS], ids=lambda state: state.name)
def test_nothing_is_wider_than_its_place(state: Shown, language: str, desk_of: Making, qtbot: QtBot) -> None:
    page = state.build(desk_of(language=language, is_silent=True))
    qtbot.addWidget(page)
    if not isinstance(page, QDialog):
        page.resize(1084, 749)  # a window of 1280 x 800 without rail and bar
    page.show()
    for _ in range(3):
        QApplication.processEvents()
    shown = [(area.widget(), area) for area in page.findChildren(QScrollArea) if area.isVisibleTo(page)]
    widths = [(inner.minimumSizeHint().width(), area.viewport().width()) for inner, area in shown if inner is not None]
    assert [pair for pair in widths if pair[0] > pair[1]] == []
