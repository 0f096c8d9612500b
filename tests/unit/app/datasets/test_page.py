"""The page of datasets: the list, a version, the steps up to a signed version, over a real project."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from surefoot.datasets.facts import Plan
from surefoot.errors import CancelledError, Code, InputRefusedError
from surefoot.texts import LANGUAGES
from surefoot.workbench import Workbench
from surefoot_app.bridge.drafts import write
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets import overview
from surefoot_app.datasets.draft import Draft
from surefoot_app.datasets.overview import Overview
from surefoot_app.datasets.page import DatasetsPage
from surefoot_app.datasets.wizard import DatasetWizard
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.drop import DropZone
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine, Select
from surefoot_app.widgets.notices import Problem
from surefoot_app.widgets.table import Table
from surefoot_app.widgets.text import Text
from tests.fakes.desk import changed
from tests.gallery.datasets import STATES
from tests.unit.app.conftest import Making
from tests.unit.app.datasets.conftest import PASSPHRASE, TABLE


def _page(desk: Desk, qtbot: QtBot) -> DatasetsPage:
    page = DatasetsPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    return page


def _press(page: QWidget, name: str) -> None:
    button = page.findChild(Button, name)
    assert button is not None, name
    button.click()


def _texts(page: QWidget) -> list[str]:
    return [one.text() for one in page.findChildren(Text) if one.isVisible()]


def _wizard(page: DatasetsPage) -> DatasetWizard:
    assert page._wizard is not None
    return page._wizard


def _rested(wizard: DatasetWizard) -> None:
    """As if nothing had been typed for a while."""
    wizard._file._timer.stop()
    wizard._file._on_rest()


def _choose(wizard: QWidget, name: str, key: str) -> None:
    select = wizard.findChild(Select, name)
    assert select is not None, name
    select.choose(key)
    select.chosen.emit(key)


def _type(wizard: QWidget, name: str, text: str) -> None:
    edit = wizard.findChild(QLineEdit, name)
    assert edit is not None, name
    edit.setText(text)
    edit.textEdited.emit(text)


def _drop(wizard: QWidget, path: Path) -> None:
    zone = wizard.findChild(DropZone)
    assert zone is not None
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    zone.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def _holding(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """From now on answers come when they are called for."""
    waiting: list[Callable[[], object]] = []
    read = desk.session.read
    monkeypatch.setattr(desk.session, "read", lambda *args, **named: waiting.append(lambda: read(*args, **named)))
    return waiting


def _reason(wizard: DatasetWizard) -> str:
    return wizard._stepper._forward_button.button.accessibleDescription()


def test_the_list_opens_a_version_by_the_keyboard_and_comes_back_to_it(
    desk_of: Making, bench: Workbench, qtbot: QtBot
) -> None:
    page = _page(desk_of(bench), qtbot)
    table = page.findChild(Table, "datasets.table")
    assert table is not None
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert page.heading.text() == "credit@2"
    _press(page, "datasets.back")
    assert page.heading.text() == "Datasets"
    assert page._list is not None
    assert page._list._table.currentIndex().row() == 0


def test_each_tab_shows_what_was_recorded(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    page = _page(desk_of(bench), qtbot)
    page.show_object("dataset", "credit@2")
    view = page._view
    assert view is not None
    for tab in ("preview", "columns", "split", "used", "differences"):
        _press(page, f"dataset.tab.{tab}")
    rows, columns = page.findChild(Table, "dataset.rows"), page.findChild(Table, "dataset.columns")
    changes = page.findChild(Table, "dataset.changes")
    assert rows is not None
    assert columns is not None
    assert changes is not None
    assert rows.model().rowCount() == dict(_counts(page))["train"]
    assert columns.model().rowCount() == 5
    assert changes.model().index(0, 0).data() == "source"
    assert any(one.kind == "nothing" for one in view.findChildren(EmptyState))


def _counts(page: DatasetsPage) -> list[tuple[str, int]]:
    assert page._view is not None
    counts = page._view.opened.version.split["counts"]
    assert isinstance(counts, dict)
    return [(side, int(str(rows))) for side, rows in counts.items()]


def test_a_link_to_the_version_before_leads_there_and_the_tab_stays(
    desk_of: Making, bench: Workbench, qtbot: QtBot
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    desk.opening.connect(page.show_object)
    page.show_object("dataset", "credit@2")
    _press(page, "open-dataset")
    assert page.heading.text() == "credit@1"
    _press(page, "dataset.tab.split")
    view = page._view
    changed(desk, "run.requested")
    assert page._view is view, "nothing of it is new"
    bench.datasets.add(bench.project.parent / "credit.csv", Plan(owner="Somebody else"))
    changed(desk, "asset.registered")
    assert page._view is not None
    assert page._view is not view
    assert page._view.tabs.current == "split"


def test_a_version_that_is_not_there_is_told_and_the_list_stays(
    desk_of: Making, bench: Workbench, qtbot: QtBot
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    with qtbot.waitSignal(desk.troubled) as told:
        page.show_object("dataset", "nothing@1")
    assert "SF-2001" in told.args[0].text
    assert page._list is not None


def test_a_check_of_its_bytes_is_told(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.show_object("dataset", "credit@2")
    with qtbot.waitSignal(desk.told) as well:
        _press(page, "dataset.check")
    assert well.args[1] == "ok"
    for path in (bench.project / ".surefoot" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    with qtbot.waitSignal(desk.told) as ill:
        _press(page, "dataset.check")
    assert ill.args[1] == "bad"


def test_a_version_is_checked_once_at_a_time_and_a_check_that_is_stopped_is_no_error(
    desk_of: Making, bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.show_object("dataset", "credit@2")
    begun: list[Any] = []

    def act(_work: Any, **told: Any) -> SimpleNamespace:
        begun.append(told)
        return SimpleNamespace(cancel=lambda: told["failed"](CancelledError(Code.CANCELLED)))

    monkeypatch.setattr(desk.session, "act", act)
    _press(page, "dataset.check")
    _press(page, "dataset.check")
    assert len(begun) == 1
    with qtbot.assertNotEmitted(desk.troubled):
        page._checking.cancelled.emit()
    _press(page, "dataset.check")
    assert len(begun) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_led_through_six_steps_to_a_signed_version(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot, language: str
) -> None:
    desk = desk_of(bench, language=language)
    page = _page(desk, qtbot)
    words = desk.words
    page.new()
    wizard = _wizard(page)
    assert _reason(wizard) == words("app.datasets.need_source")
    _drop(wizard, place / "table.csv")
    _rested(wizard)
    head = wizard.findChild(Table, "dataset.head")
    assert head is not None
    assert head.model().rowCount() == 120
    wizard._stepper.go(1)
    why = words("say.dataset.reason.unique-name")
    assert why.casefold() in [text.casefold() for text in _texts(wizard)]
    wizard._stepper.go(2)
    assert _reason(wizard) == words("app.datasets.need_owner")
    for name, text in (("owner", "Risk"), ("purpose", "Judge credit")):
        _type(wizard, f"dataset.{name}", text)
    assert _reason(wizard) == words("app.datasets.need_legal_basis")
    _choose(wizard, "dataset.legal_basis", "contract")
    assert _reason(wizard) == ""
    _rested(wizard)
    wizard._stepper.go(5)
    assert _reason(wizard) == ""
    wizard._stepper._press_forward()
    assert page._wizard is None
    assert page.heading.text() == "table@1"
    version = bench.datasets.show("table")
    assert (version.owner, version.legal_basis) == ("Risk", "contract")
    assert version.target == {"column": "risk", "positive": "bad"}
    assert drafts.kept(bench.own_state / "drafts") is None


def test_a_source_that_was_changed_since_it_was_shown_is_shown_anew_before_it_is_signed(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    desk, told = desk_of(bench), list[str]()
    desk.told.connect(lambda text, _tone: told.append(text))
    page = _page(desk, qtbot)
    path = place / "table.csv"
    page.show_steps(Draft(source=str(path), owner="Risk", purpose="Judge credit", legal_basis="contract"))
    wizard = _wizard(page)
    _rested(wizard)
    wizard._stepper.go(5)
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    wizard._stepper._press_forward()
    assert told == [desk.words("app.datasets.source_changed")]
    assert page._wizard is wizard
    assert [one.name for one in bench.datasets.list()].count("table") == 0
    assert wizard._look is not None
    assert wizard._look.version.rows == 119
    wizard._stepper._press_forward()
    assert bench.datasets.show("table").rows == 119


def test_a_source_that_was_mended_is_read_again_where_one_comes_back_to_it(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    page, path = _page(desk_of(bench), qtbot), place / "table.csv"
    whole = path.read_text()
    path.write_bytes(b"a,b\n\xff\xfe,1\n")
    page.show_steps(Draft(source=str(path)))
    wizard = _wizard(page)

    def seen() -> int:
        return 0 if wizard._look is None else wizard._look.version.rows

    assert seen() == 0
    path.write_text(whole)
    wizard._stepper.go(1)
    wizard._stepper.go(0)
    assert seen() == 120


def test_what_is_wrong_is_told_beside_its_field(desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot) -> None:
    (place / "latin.csv").write_bytes("a,b\nné,1\nmé,2\n".encode("latin-1"))
    page = _page(desk_of(bench), qtbot)
    page.show_steps(Draft(source=str(place / "latin.csv")))
    wizard = _wizard(page)
    encoding = wizard._bodies[0].fields["encoding"]
    assert encoding.isVisible()
    assert "SF-2005" in encoding._wrong.text()
    assert wizard.findChild(Table, "dataset.head") is None
    _choose(wizard, "dataset.encoding", "latin-1")
    (place / "latin.csv").write_bytes(TABLE.replace("seen", "é").encode("latin-1"))
    _rested(wizard)
    assert encoding._wrong.text() == ""
    assert wizard.findChild(Table, "dataset.head") is not None
    wizard._stepper.go(3)
    _type(wizard, "dataset.test", "much")
    _rested(wizard)
    assert "SF-2018" in wizard._bodies[3].fields["test"]._wrong.text()
    assert "much" in _reason(wizard)


def test_a_guess_is_changed_by_one_choice_and_what_follows_is_seen(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    page = _page(desk_of(bench), qtbot)
    page.show_steps(Draft(source=str(place / "table.csv"), step=1))
    wizard = _wizard(page)
    wizard._bodies[1].choose(4)  # type: ignore[attr-defined] # of the step of columns
    _choose(wizard, "dataset.role", "feature")
    _rested(wizard)
    assert wizard.draft.target == ""
    assert wizard._look is not None
    assert wizard._look.version.target is None
    assert "no-target" in {one.key for one in wizard._look.version.warnings}
    wizard._bodies[1].choose(2)  # type: ignore[attr-defined] # of the step of columns
    _choose(wizard, "dataset.type", "text")
    _rested(wizard)
    assert next(one["type"] for one in wizard._look.version.columns if one["name"] == "amount") == "text"


def test_cells_that_do_not_fit_are_read_as_text_by_one_press(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    (place / "mixed.csv").write_text(TABLE.replace(",100,", ",n.a.,", 1), encoding="utf-8")
    page = _page(desk_of(bench), qtbot)
    page.show_steps(Draft(source=str(place / "mixed.csv"), step=1))
    wizard = _wizard(page)
    assert "SF-2012" in " ".join(_texts(wizard))
    _press(wizard, "dataset.as_text")
    _rested(wizard)
    assert wizard._look is not None
    assert wizard.draft.types == (("amount", "text"),)


def test_a_draft_is_left_and_gone_on_with_or_discarded(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.new()
    _wizard(page)._bodies[0].take(place / "table.csv")  # type: ignore[attr-defined] # of the step of the source
    _press(page, "stepper.leave")
    assert page._wizard is None
    _press(page, "dataset.go_on")
    assert _wizard(page).draft.source == str(place / "table.csv")
    _press(page, "stepper.leave")
    _press(page, "dataset.discard")
    assert page.findChild(Button, "dataset.discard") is None
    assert drafts.kept(bench.own_state / "drafts") is None
    with qtbot.waitSignal(desk.opening) as opened:
        desk.undo.undo()
    page.show_object(*opened.args)
    assert _wizard(page).draft.source == str(place / "table.csv")


def test_a_draft_that_comes_back_takes_the_place_of_no_other(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    for name in ("one", "two"):
        page.new()
        _wizard(page).answer({"name": name})
        _press(_wizard(page), "stepper.leave")
        if name == "one":
            _press(page, "dataset.discard")
    with qtbot.assertNotEmitted(desk.opening), qtbot.waitSignal(desk.told):
        desk.undo.undo()
    kept = drafts.kept(bench.own_state / "drafts")
    assert kept is not None
    assert kept.name == "two"
    qtbot.waitUntil(desk.undo.canUndo)
    _press(page, "dataset.discard")
    assert desk.undo.undoText() == "discard the draft “two”"
    desk.undo.undo()
    assert desk.undo.undoText() == "discard the draft “one”"


def test_another_version_does_away_with_no_draft_before_it_is_answered(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    desk, folder = desk_of(bench), bench.own_state / "drafts"
    page = _page(desk, qtbot)
    page.new()
    _wizard(page).answer({"name": "half-done"})
    _press(page, "stepper.leave")
    page.show_object("dataset", "credit@2")
    _press(page, "dataset.again")
    assert _wizard(page).draft.name == "credit"
    _wizard(page)._stepper.go(2)
    _press(page, "stepper.leave")
    kept = drafts.kept(folder)
    assert kept is not None
    assert kept.name == "half-done", "nothing was answered in the others"
    page.show_object("dataset", "credit@2")
    _press(page, "dataset.again")
    with qtbot.waitSignal(desk.told) as told:
        _wizard(page).answer({"owner": "Somebody else"})
    assert "half-done" in told.args[0]
    _press(page, "stepper.leave")
    _press(page, "dataset.discard")
    desk.undo.undo()
    assert desk.undo.undoText() == "discard the draft “half-done”"
    _press(page, "stepper.leave")


def test_another_version_goes_on_with_what_was_left_of_it(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    page = _page(desk_of(bench), qtbot)
    page.show_object("dataset", "credit@2")
    _press(page, "dataset.again")
    _wizard(page).answer({"owner": "Somebody else"})
    _press(page, "stepper.leave")
    page.show_object("dataset", "credit@2")
    _press(page, "dataset.again")
    assert _wizard(page).draft.owner == "Somebody else"


def test_steps_without_an_answer_leave_no_draft(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    page = _page(desk_of(bench), qtbot)
    page.new()
    wizard = _wizard(page)
    assert not wizard._file.is_due
    wizard._stepper.go(1)
    assert not wizard._file.is_due
    _press(page, "stepper.leave")
    assert drafts.kept(bench.own_state / "drafts") is None


def test_what_was_just_typed_is_kept_when_the_steps_go(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    page, folder = _page(desk_of(bench), qtbot), bench.own_state / "drafts"

    def name() -> str:
        kept = drafts.kept(folder)
        return "" if kept is None else kept.name

    page.new()
    _type(_wizard(page), "dataset.name", "typed")
    page.hide()
    assert name() == "typed"
    page.show()
    _type(_wizard(page), "dataset.name", "typed-anew")
    page.new()
    assert _wizard(page).draft.name == "typed-anew", "the draft at hand is gone on with"
    page.take(str(place / "table.csv"))
    assert (_wizard(page).draft.name, _wizard(page).draft.source) == ("typed-anew", str(place / "table.csv"))
    page.show_object("dataset", "credit@2")
    assert name() == "typed-anew"


def test_a_version_below_the_steps_does_not_take_their_place(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.show_object("dataset", "credit@2")
    _press(page, "dataset.again")
    heading = page.heading.text()
    bench.datasets.add(bench.project.parent / "credit.csv", Plan(owner="Somebody else"))
    changed(desk, "asset.registered")
    assert page.heading.text() == heading
    assert page.findChild(Button, "dataset.copy") is not None
    assert page.findChild(Button, "dataset.check") is None


def test_an_answer_that_comes_late_shows_nothing_that_is_not_wanted_any_more(
    desk_of: Making, bench: Workbench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    waiting = _holding(desk, monkeypatch)
    page.show_object("dataset", "credit@2")
    page.show_steps(Draft())
    waiting.pop()()
    assert page._view is None
    page.show_object("dataset", "credit@2")
    page.back()
    for answer in reversed(waiting):
        answer()
    assert page._view is None
    assert page._list is not None
    waiting.clear()
    page.new()
    page.show_object("dataset", "credit@2")
    for answer in reversed(waiting):
        answer()
    assert page._wizard is None
    assert page.heading.text() == "credit@2"
    waiting.clear()
    page.show_object("dataset", "credit@1")
    changed(desk, "run.requested")  # asks anew, and not for the one before
    for answer in waiting:
        answer()
    assert page.heading.text() == "credit@1"
    page.show_object("dataset", "nothing@1")
    page.show_object("dataset", "credit@2")
    with qtbot.assertNotEmitted(desk.troubled):
        waiting[-2]()
    waiting[-1]()
    assert page.heading.text() == "credit@2"


def test_the_list_stays_as_it_is_while_the_record_grows(desk_of: Making, bench: Workbench, qtbot: QtBot) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.show_object("dataset", "credit@1")
    page.back()
    shown, table = page._list, page.findChild(Table, "datasets.table")
    filtering = page.findChild(FilterLine, "datasets.filter")
    assert shown is not None
    assert table is not None
    assert filtering is not None
    assert table.currentIndex().row() == 1
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    filtering.setFocus()
    qtbot.keyClicks(filtering, "cre")
    bench.datasets.add(bench.project.parent / "table.csv", Plan(name="another"))
    changed(desk, "asset.registered")
    assert page._list is shown
    assert filtering.hasFocus()
    assert filtering.text() == "cre"
    assert (table.model().rowCount(), table.currentIndex().row()) == (2, 1)
    assert page.subtitle.text() == "2 datasets, 3 versions"
    filtering.clear()
    shown.fill()
    assert (table.model().rowCount(), table.currentIndex().row()) == (3, 2)


def test_an_answer_is_taken_back_while_its_steps_are_shown(
    desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot
) -> None:
    desk = desk_of(bench)
    page = _page(desk, qtbot)
    page.show_steps(Draft(source=str(place / "table.csv"), step=1))
    wizard = _wizard(page)
    wizard.answer({"target": "amount"})
    wizard.answer({"types": (("amount", "text"),)})
    assert desk.undo.undoText() == "answer at “Columns”"
    desk.undo.undo()
    assert (wizard.draft.target, wizard.draft.types, wizard._stepper.current) == ("amount", (), 1)
    assert drafts.kept(bench.own_state / "drafts") is None
    wizard._on_left()
    kept = drafts.kept(bench.own_state / "drafts")
    assert kept is not None
    assert kept.types == ()
    assert not desk.undo.canUndo()


def test_the_command_is_copied(desk_of: Making, bench: Workbench, place: Path, qtbot: QtBot) -> None:
    page = _page(desk_of(bench), qtbot)
    page.show_steps(Draft(source=str(place / "table.csv"), owner="Risk"))
    _press(page, "dataset.copy")
    assert QGuiApplication.clipboard().text() == f"surefoot dataset add {place / 'table.csv'} --owner Risk"


def test_an_empty_project_has_one_act_and_a_filter_that_fits_nothing_says_so(
    desk_of: Making, bench: Workbench, qtbot: QtBot
) -> None:
    page = _page(desk_of(bench), qtbot)
    assert page._list is not None
    page._list.filter("nothing of this name")
    assert [one.kind for one in page.findChildren(EmptyState) if one.isVisible()] == ["no-match"]
    page.show_overview(Overview(()))
    first = page.findChild(Button, "datasets.first")
    assert first is not None
    qtbot.waitUntil(first.isVisible)
    filled = [one for one in page.findChildren(Button) if one.isVisible() and one.property("kind") == "primary"]
    assert filled == [first]


@pytest.mark.parametrize(("name", "build"), STATES, ids=[name for name, _ in STATES])
def test_every_state_has_one_filled_button_at_most_and_names_for_all(
    name: str, build: object, desk_of: Making, qtbot: QtBot
) -> None:
    assert callable(build)
    page = build(desk_of(is_silent=True))
    qtbot.addWidget(page)
    page.show()
    filled = [one for one in page.findChildren(Button) if one.isVisible() and one.property("kind") == "primary"]
    assert len(filled) <= 1, name
    controls = [*page.findChildren(Button), *page.findChildren(QLineEdit), *page.findChildren(Select)]
    assert [one.objectName() for one in controls if one.isVisible() and not one.accessibleName()] == []


@pytest.fixture
def real(place: Path, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    session = Session(Tasks())
    desk = Desk(session, Events(session), Settings(tmp_path / "desktop.ini"))
    session.passphrase_wanted.connect(lambda: session.give_passphrase(PASSPHRASE))
    with qtbot.waitSignal(session.opened, timeout=20_000):
        desk.open_project(place / "project", owner=desk)
    yield desk
    session.shut()
    session.tasks.deleteLater()


def test_a_large_file_does_not_block_and_reading_is_stopped_by_a_press(real: Desk, place: Path, qtbot: QtBot) -> None:
    large = place / "large.csv"
    with large.open("w", encoding="utf-8") as file:
        file.write("id,a,b,c\n")
        for start in range(0, 900_000, 30_000):
            file.write("".join(f"r{n},{n % 97},{n % 13},{n}\n" for n in range(start, start + 30_000)))
    page = _page(real, qtbot)
    gaps: list[float] = []
    last = [time.perf_counter()]

    def tick() -> None:
        gaps.append(time.perf_counter() - last[0])
        last[0] = time.perf_counter()

    timer = QTimer(interval=5)
    timer.timeout.connect(tick)
    page.show_steps(Draft(source=str(large)))
    timer.start()
    wizard = _wizard(page)
    qtbot.waitUntil(wizard._progress.isVisible, timeout=20_000)
    qtbot.waitUntil(wizard._progress._cancel.isVisible, timeout=20_000)
    wizard._progress._cancel.click()
    qtbot.waitUntil(lambda: not wizard._is_looking, timeout=20_000)
    timer.stop()
    assert _reason(wizard) == real.words("app.datasets.need_look_again")
    assert sorted(gaps)[len(gaps) // 2] < 0.05, "the window answers while the file is read"
    _press(page, "stepper.leave")
    qtbot.waitUntil(lambda: page._list is not None, timeout=20_000)
    qtbot.waitUntil(lambda: real.session.tasks.is_idle, timeout=20_000)


@pytest.mark.parametrize("is_refused", [False, True])
def test_what_came_too_late_to_be_stopped_is_told_where_the_steps_were_left(
    real: Desk, place: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, *, is_refused: bool
) -> None:
    page, free, told, troubled = _page(real, qtbot), threading.Event(), list[str](), list[Problem]()
    real.told.connect(lambda text, _tone: told.append(text))
    real.troubled.connect(troubled.append)
    draft = Draft(source=str(place / "table.csv"), owner="Risk", purpose="Judge", legal_basis="contract", step=5)
    page.show_steps(draft)
    wizard, added = _wizard(page), overview.added
    qtbot.waitUntil(lambda: wizard._look is not None, timeout=20_000)

    def slow(bench: Workbench, draft: Draft, look: Any, progress: Any, _cancel: Any) -> Any:
        free.wait(20)
        if is_refused:
            raise InputRefusedError(Code.DISK_FULL, path="here")
        return added(bench, draft, look, progress, lambda: False)

    monkeypatch.setattr(overview, "added", slow)
    wizard.add()
    _press(page, "stepper.leave")
    with qtbot.waitSignal(wizard.destroyed, timeout=20_000):
        pass
    free.set()
    qtbot.waitUntil(lambda: real.session.tasks.is_idle and bool(told or troubled), timeout=20_000)
    state = real.session.own_state
    assert state is not None
    assert (drafts.kept(state / "drafts") is not None) == is_refused
    assert [one.key for one in troubled] == ([Code.DISK_FULL.value] if is_refused else [])
    assert any("table@1" in text for text in told) != is_refused


def test_what_was_answered_since_is_not_let_go_with_what_was_added(tmp_path: Path) -> None:
    left = Draft(source="a.csv", owner="Risk", step=3)
    write(tmp_path / drafts.FILE, left)
    drafts.let_go(tmp_path, replace(left, owner="Another"))
    assert drafts.kept(tmp_path) == left
    drafts.let_go(tmp_path, replace(left, step=5, seen=(0, 5)))
    assert drafts.kept(tmp_path) is None
    drafts.let_go(tmp_path, left)


def test_a_version_is_signed_with_the_passphrase_that_the_shell_asks_for(real: Desk, place: Path, qtbot: QtBot) -> None:
    page = _page(real, qtbot)
    draft = Draft(source=str(place / "table.csv"), owner="Risk", purpose="Judge", legal_basis="contract", step=5)
    page.show_steps(draft)
    wizard = _wizard(page)
    qtbot.waitUntil(lambda: wizard._look is not None, timeout=20_000)
    with qtbot.waitSignal(real.session.passphrase_wanted, timeout=20_000):
        wizard.add()
    qtbot.waitUntil(lambda: page._view is not None, timeout=20_000)
    assert page.heading.text() == "table@1"
    qtbot.waitUntil(lambda: real.session.tasks.is_idle, timeout=20_000)
