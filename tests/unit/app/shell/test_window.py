"""The window shows pages, leads to objects, tells, and builds itself anew in another language. It knows no feature."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from surefoot.cli.table import VERBS
from surefoot.errors import Code, SurefootError
from surefoot.texts import LANGUAGES, Words
from surefoot_app.__main__ import FEATURES, appear
from surefoot_app.shell.actions import Action, ActionTable
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found
from surefoot_app.shell.sheets import PassphraseSheet, ShortcutsSheet
from surefoot_app.shell.status import Status
from surefoot_app.shell.topbar import StatusPill
from surefoot_app.shell.window import Window
from surefoot_app.theme import theme
from surefoot_app.widgets.boxes import Page
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.notices import Problem
from surefoot_app.widgets.why import WhyPane
from tests.unit.app import auditing
from tests.unit.app.conftest import Making


class _Page(Page):
    built = 0

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.words("app.runs.title"))
        type(self).built += 1
        self.shown: list[tuple[str, str]] = []
        self.body.addWidget(FilterLine("Filter", name="runs.filter"))

    def show_object(self, kind: str, ref: str) -> None:
        self.shown.append((kind, ref))


TWO = (
    Feature("home", "app.home.title", "house", lambda desk: Page(desk.words("app.home.title")), group=0),
    Feature(
        "runs", "app.runs.title", "play", _Page, opens=("run",),
        objects=lambda _bench: (Found("run", "r7", "lucky-ibex"),),
    ),
)  # fmt: skip


def _welcome(_desk: Desk) -> QWidget:
    made = QWidget()
    made.setObjectName("welcome")
    return made


Opening = Callable[..., Window]


@pytest.fixture
def window_of(desk_of: Making, qtbot: QtBot) -> Opening:
    _Page.built = 0

    def make(**settings: object) -> Window:
        window = Window(desk_of(**settings), TWO, welcome=_welcome)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    return make


def test_a_page_that_is_shown_has_the_keyboard_and_so_says_its_name(window_of: Opening) -> None:
    window = window_of()
    window.show_page("runs")
    focus = QApplication.focusWidget()
    assert isinstance(focus, Page)
    assert focus.accessibleName() == window.desk.words("app.runs.title")


def test_a_window_that_would_reach_beyond_the_screen_takes_all_of_it(desk_of: Making, qtbot: QtBot) -> None:
    window = Window(desk_of(), TWO, welcome=_welcome)
    qtbot.addWidget(window)
    assert window.screen().availableSize().height() < window.height(), "the screen of tests is small"
    appear(window)
    assert window.isMaximized()


def test_a_page_is_built_when_it_is_first_shown(window_of: Opening) -> None:
    window = window_of()
    assert _Page.built == 0
    window.desk.go("runs")
    window.desk.go("home")
    window.desk.go("runs")
    assert _Page.built == 1
    assert window.page("runs") is window._stack.currentWidget()


def test_an_object_is_shown_on_the_page_that_opens_its_kind(window_of: Opening) -> None:
    window = window_of()
    window.desk.open("run", "r7")
    window.desk.open("planet", "mars")
    page = window._stack.currentWidget()
    assert isinstance(page, _Page)
    assert page.shown == [("run", "r7")]


@pytest.mark.parametrize("is_in_front", [True, False])
def test_long_work_that_ends_marks_a_window_in_the_background(
    window_of: Opening, monkeypatch: pytest.MonkeyPatch, *, is_in_front: bool
) -> None:
    marked: list[QWidget] = []
    window = window_of()
    monkeypatch.setattr(QApplication, "alert", marked.append)
    monkeypatch.setattr(window, "isActiveWindow", lambda: is_in_front)
    window.desk.tell("The checks are done")
    assert marked == ([] if is_in_front else [window])


def test_a_number_leads_to_a_panel_and_ctrl_k_to_the_palette(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window._stack.currentWidget(), _Page)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window._finder.palette.isVisible()
    texts = [
        window._finder.palette._model.index(place, 0).data()
        for place in range(window._finder.palette._model.rowCount())
    ]
    assert any(text.startswith("lucky-ibex") for text in texts)
    window._finder.palette.reject()


def test_the_filter_and_the_regions_are_reached_by_keyboard(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    window.desk.go("runs")
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(QApplication.focusWidget(), FilterLine)
    places = set()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        places.add(next(name for name in ("_rail", "_top", "_stack") if getattr(window, name).isAncestorOf(focus)))
    assert places == {"_rail", "_top", "_stack"}


def test_a_switch_of_language_is_seen_at_once_on_the_same_page(window_of: Opening) -> None:
    window = window_of()
    window.desk.go("runs")
    window.desk.trouble(Problem("p", "In the way"))
    window.desk.set_language("vi")
    page = window._stack.currentWidget()
    assert isinstance(page, _Page)
    assert page.heading.text() == "Lượt chạy"
    home = window._rail.findChild(Button, "go.home")
    assert home is not None
    assert home.text().strip() == "Trang chủ"
    assert "p" in window._strip.problems
    assert window.desk.settings.language == "vi"


def test_without_a_project_there_is_the_welcome_page_and_no_rail(window_of: Opening) -> None:
    window = window_of(project=None)
    current = window._stack.currentWidget()
    assert current is not None
    assert (current.objectName(), window._rail.isVisible(), window._top.isVisible()) == ("welcome", False, False)
    window.desk.go("runs")
    assert window._stack.currentWidget() is current


def test_the_rail_collapses_to_icons_that_keep_their_names(window_of: Opening) -> None:
    window = window_of()
    window.toggle_rail()
    button = window._rail.findChild(Button, "go.runs")
    assert button is not None
    assert (window._rail.width(), button.text(), button.accessibleName()) == (56, "", "Runs")
    assert window.desk.settings.is_rail_narrow
    window.toggle_rail()
    assert window._rail.width() == 196


def test_a_state_in_the_top_bar_is_replaced_taken_away_and_leads_on(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    window.desk.status(Status("runs", "1 active", goes="runs"))
    window.desk.status(Status("runs", "2 active", goes="runs"))

    def pills() -> list[StatusPill]:
        return [pill for pill in window._top.findChildren(StatusPill) if pill.isVisible()]

    qtbot.waitUntil(lambda: [pill.accessibleName() for pill in pills()] == ["2 active"])
    pills()[0].click()
    assert isinstance(window._stack.currentWidget(), _Page)
    window.desk.status(Status("runs", ""))
    qtbot.waitUntil(lambda: not window._top.findChildren(StatusPill))


def test_a_notice_is_a_toast_and_a_line_under_the_bell(window_of: Opening) -> None:
    window = window_of()
    window.desk.tell("Run credit/3 has finished")
    assert window._toast.isVisible()
    assert [act.text() for act in window._top.bell.menu().actions()] == ["Run credit/3 has finished"]
    window._toast._timer.stop()


def test_an_error_that_nobody_awaits_is_told_in_the_strip(window_of: Opening) -> None:
    window = window_of()
    window.desk.session.tasks.fault.emit(SurefootError(Code.CATALOG_UNUSABLE, detail="x"))
    told = window.desk.words.error(SurefootError(Code.CATALOG_UNUSABLE, detail="x"))
    assert told.do in window._strip.problems["SF-1401"].text


def test_undo_names_what_it_undoes(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    undo = next(action for action in window.actions_table.all() if action.id == "edit.undo")
    assert undo.why_disabled() != ""
    window.desk.undo.did("rename run to calm-heron", lambda: None, lambda: None)
    assert (undo.text(window.desk.words), undo.why_disabled()) == ("Undo: rename run to calm-heron", "")
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.desk.undo.canUndo()


def test_another_project_has_nothing_to_undo(desk_of: Making) -> None:
    desk = desk_of(is_silent=True)
    desk.undo.did("pin calm-heron", lambda: None, lambda: None)
    desk.session.opened.emit(desk.session.project)
    assert not desk.undo.canUndo()
    desk.undo.did("pin calm-heron", lambda: None, lambda: None)
    desk.session.closed.emit()
    assert not desk.undo.canUndo()


def test_the_scheme_is_switched_by_its_button(window_of: Opening) -> None:
    window = window_of()
    window.actions_table.run("view.theme")
    assert theme().tokens.is_dark
    assert window.desk.settings.mode == "dark"


def test_an_act_that_cannot_be_done_is_not_done() -> None:
    table, done = ActionTable(), []
    table.set((Action("run.start", "play", lambda: done.append(1), why_disabled=lambda: "No recipe yet"),))
    assert (table.run("run.start"), done) == (False, [])


def test_two_acts_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.b"):
        ActionTable().set((Action("a.b", "play", print, "Ctrl+N"), Action("c.d", "play", print, "Ctrl+N")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_act_has_a_text_an_icon_and_a_verb_that_exists(language: str, desk_of: Making, qtbot: QtBot) -> None:
    desk = desk_of(language=language, is_silent=True)
    window = Window(desk, FEATURES, welcome=lambda _desk: QWidget())
    qtbot.addWidget(window)
    verbs = {" ".join(verb.words) for verb in VERBS}
    for action in window.actions_table.all():
        assert action.text(Words(language))
        assert not action.verb or action.verb in verbs


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_itself_can_be_heard_reached_and_read(
    window_of: Opening, language: str, scale: int, qtbot: QtBot
) -> None:
    theme().apply(scale=scale)
    window = window_of(language=language)
    window.resize(1440, 900)
    window.desk.status(Status("audit", window.desk.words("app.home.audit_verified"), "ok", "shield-check"))
    assert auditing.faults(window) == {}
    for sheet in (
        ShortcutsSheet(window.desk.words, window.actions_table.all(), window),
        PassphraseSheet(window.desk.words, window),
    ):
        sheet.open()
        assert auditing.faults(sheet) == {}
        sheet.close()
        sheet.deleteLater()


def test_the_passphrase_is_asked_for_and_handed_over(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    window.desk.session.passphrase_wanted.emit()
    sheet = window.findChild(PassphraseSheet)
    assert sheet is not None
    assert not sheet.act.button.isEnabled()
    qtbot.keyClicks(sheet._edit, "open sesame")
    sheet.act.button.click()
    assert window.desk.session.passphrase._said.get(timeout=5) == "open sesame"


def test_f1_shows_and_hides_the_reasons_of_a_page(window_of: Opening, qtbot: QtBot) -> None:
    window = window_of()
    window.show_page("home")
    assert not window.actions_table.run("view.why"), "a page without reasons says so"
    page = window.page("home")
    assert page is not None
    pane = WhyPane("Why")
    page.body.addWidget(pane)
    qtbot.waitUntil(pane.isVisible)
    window.actions_table.run("view.why")
    assert not pane.isVisible()
    window.actions_table.run("view.why")
    assert pane.isVisible()


def test_ctrl_n_makes_what_the_page_makes_and_nothing_elsewhere(window_of: Opening) -> None:
    window = window_of()
    made: list[str] = []
    acts = [*window.actions_table.all(), Action("runs.new", "plus", lambda: made.append("run"))]
    window.actions_table.set(acts)
    window.show_page("home")
    assert not window.actions_table.run("page.new")
    window.show_page("runs")
    assert window.actions_table.run("page.new")
    assert made == ["run"]


def test_ctrl_shift_p_leads_to_the_problems(window_of: Opening) -> None:
    window = window_of()
    assert not window.actions_table.run("view.problems")
    window.desk.trouble(Problem("x", "Something is in the way"))
    assert window.actions_table.run("view.problems")
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.accessibleName()
