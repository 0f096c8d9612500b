"""A switch of scheme, text size or language holds the window for a moment only, and reaches what nobody sees.

Every panel is there, over a real project. What is measured is the processor time of the GUI's own thread.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from surefoot_app.__main__ import FEATURES
from surefoot_app.bridge import formatting
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.finding import Finder
from surefoot_app.shell.palette import Palette
from surefoot_app.shell.window import Window
from surefoot_app.theme import theme
from surefoot_app.widgets.notices import Toast

LONGEST = 2 * 0.25  # seconds; twice the budget of ux.md §8.6
NAMES = [feature.id for feature in FEATURES]


def processed() -> None:
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def visit(window: Window) -> None:
    for name in NAMES:
        window.show_page(name)
        processed()


@pytest.fixture
def window(desk: Desk, qtbot: QtBot) -> Window:
    """With all panels visited, and Home shown."""
    desk.settings.mode = "light"
    made = Window(desk, FEATURES, welcome=lambda _desk: QWidget())
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    visit(made)
    made.show_page("home")
    processed()
    return made


def pictures(window: Window) -> dict[str, QImage]:
    found = {}
    for name in NAMES:
        window.show_page(name)
        processed()
        page = window.page(name)
        assert page is not None
        found[name] = page.grab().toImage()
    return found


def seconds(act: Callable[[], object]) -> float:
    """For how long an act holds the thread, until all is painted and what was there before has gone."""
    processed()
    began = time.thread_time()
    act()
    processed()
    return time.thread_time() - began


def test_a_switch_of_scheme_is_made_in_time(window: Window) -> None:
    taken = [seconds(lambda mode=mode: window.desk.set_theme(mode)) for mode in ("dark", "light", "dark")]  # type: ignore[misc]
    assert min(taken) < LONGEST


@pytest.mark.parametrize("shown", ["home", "runs"])
def test_a_switch_of_text_size_or_language_is_made_in_time(window: Window, shown: str) -> None:
    taken = []
    for act in (lambda: window.desk.set_scale(120), lambda: window.desk.set_language("vi")):
        visit(window)
        window.show_page(shown)
        taken.append(seconds(act))
    assert max(taken) < LONGEST


def test_each_page_looks_as_if_it_had_been_built_in_the_scheme_that_it_was_switched_to(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = SimpleNamespace(now=partial(lambda moment, _zone: moment, datetime.now(UTC)))
    monkeypatch.setattr(formatting, "datetime", still)  # or what is "2 min ago" in one picture is 3 in the next
    window.desk.retranslated.emit()
    visit(window)
    light = pictures(window)
    window.show_page("home")
    window.desk.set_theme("dark")
    switched = pictures(window)
    assert [name for name in NAMES if switched[name] == light[name]] == []
    window.desk.retranslated.emit()  # builds each anew
    visit(window)
    built = pictures(window)
    moving = {"deployments", "settings"}  # they tell what was answered meanwhile, and how much lies on the disk
    assert {name for name in NAMES if switched[name] != built[name]} <= moving


def test_a_page_that_was_hidden_has_the_new_text_size_and_the_new_words(window: Window) -> None:
    page = window.page("runs")
    assert page is not None
    before = page.heading.sizeHint().height()
    window.desk.set_scale(150)
    window.desk.set_language("vi")
    window.show_page("runs")
    again = window.page("runs")
    assert again is not None
    assert again.heading.sizeHint().height() > before
    assert again.heading.text() == window.desk.words("app.runs.title") == "Lượt chạy"
    assert theme().scale == 150


def test_pages_that_nobody_sees_are_gone_before_the_text_grows(window: Window) -> None:
    desk = window.desk
    hidden = [page for name in NAMES if name != "home" and (page := window.page(name)) is not None]
    assert len(hidden) == len(NAMES) - 1
    seen: list[object] = []

    def look() -> None:
        seen.append([page for page in hidden if shiboken6.isValid(page)])

    theme().changed.connect(look)
    desk.set_scale(110)
    theme().changed.disconnect(look)
    assert seen == [[]]


def test_nothing_of_the_window_before_is_left_after_a_switch(window: Window) -> None:
    def left() -> list[int]:
        processed()
        return [len(window.findChildren(kind)) for kind in (Finder, Palette, Toast, QWidget)]

    window.desk.set_language("vi")
    first = left()
    for language in ("en", "vi"):
        window.desk.set_language(language)
    assert left() == first
    assert first[:3] == [1, 1, 1]
