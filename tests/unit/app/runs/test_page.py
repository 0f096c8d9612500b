"""The page of runs over invented runs: what it shows, hears and leaves as it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, IncompleteError
from surefoot_app.runs import acts, asking
from surefoot_app.runs.asking import PAGE, View
from surefoot_app.runs.choice import MOST, choice
from surefoot_app.runs.comparing import Sampled, Unlike
from surefoot_app.runs.model import PENDING, RunsModel
from surefoot_app.runs.page import RunsPage
from surefoot_app.shell.actions import ActionTable
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets import parallel
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.cells import CellRole
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.parallel import ParallelAxes, Strand
from surefoot_app.widgets.text import Text
from tests.fakes.desk import changed
from tests.gallery.runs import RUNS, made_run
from tests.unit.app.runs.conftest import FakeListing, FakeRuns


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> RunsPage:
    page = RunsPage(desk)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    return page


def press(page: RunsPage, name: str) -> None:
    button = page.findChild(Button, name)
    assert button is not None
    button.click()


def text(page: RunsPage, place: int, column: int) -> str:
    return str(page.list.model.data(page.list.model.index(place, column)))


def test_the_first_answer_fills_the_table(page: RunsPage) -> None:
    assert page.list.model.rowCount() == len(RUNS)
    assert text(page, 0, 1) == RUNS[0].name
    assert text(page, 3, 2) == "Failed"
    assert text(page, 4, 3).startswith("0.75")
    assert "200" in page.subtitle.text()


def test_a_model_over_pages_keeps_qt_s_rules(page: RunsPage, qtmodeltester: object) -> None:
    qtmodeltester.check(page.list.model)  # type: ignore[attr-defined]


def test_a_page_that_is_not_there_is_a_dot_and_is_asked_for_once(qtbot: QtBot, page: RunsPage, runs: FakeRuns) -> None:
    runs.listing = FakeListing([made_run(place) for place in range(3 * PAGE)])
    page.list.source.ask()
    qtbot.waitUntil(lambda: not page.compare._sampling.isActive())
    model, asked = page.list.model, len(runs.listing.pages)
    place = 2 * PAGE + 5
    assert [text(page, place, column) for column in range(3)] == ["", PENDING, PENDING]
    assert text(page, place, 2) == PENDING
    qtbot.waitUntil(lambda: model.at(place) is not None)
    assert runs.listing.pages[asked:] == [2 * PAGE]
    assert text(page, place, 1) == runs.listing.runs[place].name


def test_a_thousand_pages_are_not_kept(page: RunsPage, runs: FakeRuns) -> None:
    runs.listing = FakeListing([made_run(place) for place in range(40 * PAGE)])
    page.list.source.ask()
    for first in range(0, 40 * PAGE, PAGE):
        page.list.model.set_page(first, runs.listing.page(runs.listing.order(), first, PAGE))
    assert sum(1 for _ in page.list.model.rows()) == 24 * PAGE


def test_a_filter_that_means_nothing_is_told_beside_the_field_and_the_rows_stay(page: RunsPage) -> None:
    page.list.set_where("wrong > 1")
    assert page.list.filter.property("wrong") == "true"
    assert "wrong" in page.list._wrong.text()
    assert page.list._wrong.isVisible()
    assert page.list.model.rowCount() == len(RUNS)
    page.list.set_where("")
    assert page.list.filter.property("wrong") == "false"
    assert not page.list._wrong.isVisible()


def test_chips_and_no_match(page: RunsPage) -> None:
    page.list.set_chip("finished")
    assert page.list.model.rowCount() == sum(run.state == "finished" for run in RUNS)
    page.list.set_where("state = lost")
    state = page.list.findChild(EmptyState)
    assert [each.kind for each in page.list.findChildren(EmptyState) if each.isVisible()] == ["no-match"]
    assert state is not None
    press(page, "runs.clear")
    assert page.list.model.rowCount() == len(RUNS)


def test_a_project_without_runs_leads_to_experiments(page: RunsPage, runs: FakeRuns, desk: Desk) -> None:
    runs.listing = FakeListing([])
    page.list.source.ask()
    going = QSignalSpy(desk.going)
    press(page, "runs.plan")
    assert [each[0] for each in (going.at(at) for at in range(going.count()))] == ["experiments"]


def test_a_header_sorts_and_says_so(page: RunsPage) -> None:
    page.list.table.horizontalHeader().sectionClicked.emit(3)
    assert page.list.source.view.sort == "-metric.auc"
    assert page.list.model.headerData(3, Qt.Orientation.Horizontal) == "auc ↓"
    assert text(page, 0, 1) == RUNS[-1].name


def test_columns_are_chosen_and_come_back(page: RunsPage, desk: Desk, qtbot: QtBot) -> None:
    page.list.set_columns(("param.depth", "seed"))
    heads = [page.list.model.headerData(at, Qt.Orientation.Horizontal) for at in range(page.list.model.columnCount())]
    assert heads[3:] == ["depth", "Seed"]
    again = RunsPage(desk)
    qtbot.addWidget(again)
    assert again.list.source.shown_columns() == ("param.depth", "seed")


def test_space_pins_the_row_with_the_keyboard_and_eight_are_enough(page: RunsPage, desk: Desk) -> None:
    page.list.table.setCurrentIndex(page.list.model.index(4, 1))
    QTest.keyClick(page.list.table, Qt.Key.Key_Space)
    assert [(series, run.run) for series, run in choice(desk).pins] == [(0, RUNS[4].run)]
    assert page.list.model.data(page.list.model.index(4, 0), CellRole.DOT) == 0
    told = QSignalSpy(desk.told)
    for place in range(10, 10 + MOST):
        page.list.toggle_pin(place)
    assert len(choice(desk).pins) == MOST
    assert told.count() == 1
    page.list.toggle_pin(4)
    page.list.toggle_pin(30)
    assert choice(desk).series(RUNS[30].run) == 0


def test_return_opens_a_run_and_escape_comes_back_to_the_same_row(page: RunsPage) -> None:
    page.list.table.setCurrentIndex(page.list.model.index(7, 1))
    QTest.keyClick(page.list.table, Qt.Key.Key_Return)
    assert page.run.isVisible()
    assert page.heading.text() == RUNS[7].name
    assert page.run.log.toPlainText() == "epoch 1\nepoch 2"
    page.show_list()
    assert not page.run.isVisible()
    assert page.list.table.currentIndex().row() == 7


def test_fifty_live_values_change_cells_and_build_nothing_anew(page: RunsPage, runs: FakeRuns) -> None:
    runs.listing = FakeListing([made_run(place, state="running", metrics={}) for place in range(50)])
    page.list.source.ask()
    model = page.list.model
    resets, cells = QSignalSpy(model.modelReset), QSignalSpy(model.dataChanged)
    values = {run.run: {"auc": 0.5 + at / 100} for at, run in enumerate(runs.listing.runs)}
    assert model.set_live(values) == 50
    assert model.set_live(values) == 0
    assert (resets.count(), cells.count()) == (0, 50)
    assert text(page, 9, 3) == "0.5900"


def test_a_change_that_moves_no_run_keeps_place_and_selection(page: RunsPage, desk: Desk, qtbot: QtBot) -> None:
    page.list.table.setCurrentIndex(page.list.model.index(60, 1))
    page.list.table.verticalScrollBar().setValue(900)
    resets, listed = QSignalSpy(page.list.model.modelReset), QSignalSpy(page.list.listed)
    changed(desk, "run.finished")
    qtbot.waitUntil(lambda: listed.count() == 1)
    assert resets.count() == 0
    assert page.list.table.verticalScrollBar().value() == 900
    assert page.list.table.currentIndex().row() == 60


def test_a_new_run_moves_the_keyboard_with_its_run(page: RunsPage, desk: Desk, runs: FakeRuns, qtbot: QtBot) -> None:
    page.list.table.setCurrentIndex(page.list.model.index(5, 1))
    runs.listing = FakeListing([made_run(900), *RUNS])
    changed(desk, "run.requested")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == len(RUNS) + 1)
    assert page.list.table.currentIndex().row() == 6


def test_changes_of_other_things_ask_nothing(page: RunsPage, desk: Desk) -> None:
    changed(desk, "release.approved")
    assert not page.list.source._rest.isActive()


def test_a_run_says_why_an_act_cannot_be_done(desk: Desk, runs: FakeRuns) -> None:
    finished, running = RUNS[4], RUNS[1]
    assert acts.why_no_cancel(desk, finished) == "This run has ended"
    assert acts.why_no_cancel(desk, running) == ""
    assert acts.why_not_again(desk, running)
    assert acts.why_no_checks(desk, None) == "Choose a run first"
    acts.cancel(desk, running)
    assert runs.cancelled == [running.run]


def test_the_acts_fit_into_the_table_of_acts(desk: Desk) -> None:
    table = ActionTable()
    table.set(acts.actions(desk))
    assert all(action.text(desk.words) for action in table.all())
    assert not table.run("run.cancel")


def test_every_button_has_a_name(page: RunsPage) -> None:
    page.list.toggle_pin(2)
    page.list.toggle_pin(4)
    nameless = [each.objectName() for each in page.findChildren(Button) if not each.accessibleName()]
    assert nameless == []
    assert page.compare.axes.accessibleName()


def test_where_nothing_can_be_drawn_that_is_said(page: RunsPage) -> None:
    page.compare.segments.choose("curves")
    page.compare.show_sample(Sampled(RUNS[:1], 1))
    assert page.compare.axes.accessibleName().startswith("No lines are drawn")
    page.compare.show_sample(Sampled(RUNS[:1], 1, ("param.depth", "metric.auc"), ((2.0, 0.8),)))
    assert page.compare.axes.accessibleName() == "1 run as a line over depth, auc."
    page.compare.trade.show_runs([], [])
    assert page.compare.trade.scatter.accessibleName() == "No run has both figures yet."


def test_the_curves_of_a_run_that_has_ended_are_read_once(page: RunsPage, runs: FakeRuns) -> None:
    page.compare.segments.choose("curves")
    page.list.set_where("state = finished")
    for place in (0, 1):
        page.list.toggle_pin(place)
    page.compare.refresh()
    ended = [row.run.run for _, row in list(page.list.model.rows())[:2]]
    assert runs.drawn == ended
    assert len(page.compare.chart._plot.lines) == 2
    assert all(line.points for line in page.compare.chart._plot.lines)
    page.list.toggle_pin(0)
    assert set(page.compare._curves) == {ended[1]}, "what is not pinned any more is let go"
    page.list.set_where("state = running")
    page.list.toggle_pin(0)
    going = page.list.model.at(0)
    assert going is not None
    page.compare.refresh()
    assert runs.drawn == [*ended, going.run.run, going.run.run], "one that is going on has come further"


def test_a_chart_is_of_what_is_pinned_now(page: RunsPage, runs: FakeRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    page.compare.segments.choose("curves")
    page.list.set_where("state = finished")
    first, second = (row.run for _, row in list(page.list.model.rows())[:2])
    known = {first.run: "auc", second.run: "loss"}
    monkeypatch.setattr(runs, "curves", lambda run: {known[run]: [(1, 0.5), (2, 0.7)]})
    for place in (0, 1, 0):
        page.list.toggle_pin(place)
    assert [len(line.points) for line in page.compare.chart._plot.lines if line.name] == [2]
    page.compare.show_curves({first.run: {"auc": [(1.0, 0.5), (2.0, 0.7)]}})  # late, of one that was unpinned
    assert [len(line.points) for line in page.compare.chart._plot.lines if line.name] == [2]
    assert set(page.compare._curves) == {second.run}


def test_the_current_run_is_known_as_it_is_while_another_page_is_seen(
    page: RunsPage, desk: Desk, runs: FakeRuns
) -> None:
    place, going = next((at, row.run) for at, row in page.list.model.rows() if row.run.state == "running")
    page.list.table.setCurrentIndex(page.list.model.index(place, 1))
    assert choice(desk).current == going
    page.hide()
    at = runs.listing.runs.index(going)
    runs.listing.runs[at] = replace(going, state="finished")
    changed(desk, "run.finished")
    now = choice(desk).current
    assert now is not None
    assert (now.run, now.state) == (going.run, "finished")


def test_a_list_that_is_not_seen_asks_for_no_live_values(
    page: RunsPage, runs: FakeRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []

    def newest(ids: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        asked.append(ids)
        return {}

    monkeypatch.setattr(runs, "newest", newest)
    page.list.source.ask_live()
    assert len(asked) == 1
    page.hide()
    page.list.source.ask_live()
    assert len(asked) == 1


def test_the_legend_keeps_its_rows(page: RunsPage) -> None:
    page.compare.segments.choose("curves")
    for place in range(3):
        page.list.toggle_pin(place)
    legend = page.compare.legend
    rows = list(legend._rows)
    page.list.toggle_pin(0)
    assert legend._rows == rows
    second = page.list.model.at(1)
    assert second is not None
    assert rows[0].name.text == second.run.name
    assert [row.name.isVisibleTo(legend) for row in rows] == [True, True, False]


def test_a_brush_filters_the_table(page: RunsPage) -> None:
    page.compare.filtered.emit("state = failed")
    assert page.list.filter.text() == "state = failed"
    assert page.list.model.rowCount() == sum(run.state == "failed" for run in RUNS)


def test_a_brush_narrows_what_was_written_and_a_filter_of_one_s_own_takes_it_off(page: RunsPage) -> None:
    page.list.set_where("state = failed")
    axes = page.compare.axes
    axes.brushed.emit({"auc": (0.05, inf)})
    assert page.list.source.view.where == "(state = failed) and metric.auc >= 0.05"
    axes.brushed.emit({"auc": (0.1, inf)})
    assert page.list.source.view.where == "(state = failed) and metric.auc >= 0.1"
    axes.brushed.emit({})
    assert page.list.source.view.where == "state = failed"
    axes.brushed.emit({"auc": (0.1, inf)})
    axes.set(("auc",), [Strand((0.0,)), Strand((1.0,))], "two")
    axes._brushes[0] = (0.1, inf)
    page.list.set_where("state = finished")
    assert axes.ranges == {}


def test_axes_are_brushed_by_mouse_and_by_keys(qtbot: QtBot) -> None:
    axes = ParallelAxes("axes")
    qtbot.addWidget(axes)
    axes.resize(400, 220)
    axes.set(("a", "b"), [Strand((0.0, 1.0)), Strand((10.0, 3.0), 1), Strand((None, 2.0))], "three")
    told = QSignalSpy(axes.brushed)
    QTest.keyClick(axes, Qt.Key.Key_Up)
    assert axes.ranges == {"a": (0.5, inf)}, "the axis' end leaves nothing out"
    axes.set(("a", "b"), [Strand((0.5, 1.0)), Strand((10.0, 3.0), 1)], "two")  # as the filter leaves them
    assert axes.ranges == {"a": (0.5, inf)}
    assert axes._share_of(0, 0.5) == 0
    QTest.keyClick(axes, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert axes.ranges == {"a": (0.5, inf)}, "a key moves one edge alone"
    QTest.keyClick(axes, Qt.Key.Key_Delete)
    assert axes.ranges == {}
    x = round(axes._x(1))
    QTest.mousePress(axes, Qt.MouseButton.LeftButton, pos=axes.rect().topLeft() + axes.pos().__class__(x, 40))
    QTest.mouseMove(axes, axes.pos().__class__(x, 120))
    QTest.mouseRelease(axes, Qt.MouseButton.LeftButton, pos=axes.pos().__class__(x, 120))
    assert set(axes.ranges) == {"b"}
    assert told.count() == 4
    axes.grab()
    QTest.mouseClick(axes, Qt.MouseButton.LeftButton, pos=axes.pos().__class__(x, 60))
    assert axes.ranges == {}, "a press without a way takes it off"
    for _ in range(25):
        QTest.keyClick(axes, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert list(axes.ranges.values()) == [(-inf, 1.0)], "an edge that meets the other end stands for that end alone"


def test_many_lines_are_drawn_a_part_at_a_time_and_look_as_drawn_at_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(lines: list[Strand]) -> ParallelAxes:
        axes = ParallelAxes("axes")
        qtbot.addWidget(axes)
        axes.resize(300, 160)
        axes.set(("a", "b"), lines, "many")
        axes.show()
        return axes

    lines = [Strand((number % 17, number % 23)) for number in range(250)]
    axes = made(lines)
    axes.grab()
    assert axes._drawing.isActive(), "the window is served in between"
    axes.set(("a", "b", "c"), [Strand((1.0, 2.0, 3.0))], "other axes meanwhile")
    axes._on_drawing()
    axes.set(("a", "b"), lines, "many")
    qtbot.waitUntil(lambda: not axes._is_stale and not axes._drawing.isActive())
    monkeypatch.setattr(parallel, "_AT_ONCE", 1000)
    whole = made(lines)
    whole.grab()
    assert not whole._drawing.isActive()
    assert axes._mass.toImage() == whole._mass.toImage()


def test_nothing_in_the_model_asks_or_raises_when_it_is_empty() -> None:
    model = RunsModel(())
    assert (model.rowCount(), model.columnCount(), model.data(QModelIndex())) == (0, 0, None)
    model.refresh()
    model.set_live({"x": {}})


def test_pins_filters_sorting_and_columns_are_taken_back_by_name(page: RunsPage, desk: Desk) -> None:
    listed, undo = page.list, desk.undo
    listed.toggle_pin(2)
    listed.set_where("state = failed")
    listed.set_chip("finished")
    listed.set_sort("-metric.auc")
    listed.set_columns(("metric.gap",))
    told = []
    while undo.canUndo():
        told.append(undo.undoText())
        undo.undo()
    run = RUNS[2].name
    assert told == ["choose other columns", "sort the runs", "filter the runs", "filter the runs", f"pin {run}"]
    assert (listed.source.view, choice(desk).pins, listed.filter.text()) == (View(), (), "")
    assert (listed.chips.current, listed.model.rowCount()) == ("all", len(RUNS))
    while undo.canRedo():
        undo.redo()
    assert listed.source.view == View("state = failed", "finished", "-metric.auc", ("metric.gap",))
    assert [each.run for _, each in choice(desk).pins] == [RUNS[2].run]


def test_a_filter_that_is_written_is_taken_back_whole_and_one_that_was_whole_can_be_had_back(
    page: RunsPage, desk: Desk
) -> None:
    for text in ("st", "state", "state = failed", "state", "state = finished"):
        page.list.set_where(text)
    seen = []
    while desk.undo.canUndo():
        desk.undo.undo()
        seen.append(page.list.source.view.where)
    assert seen == ["state", "state = failed", ""]


def test_a_run_that_is_pinned_again_by_undo_is_as_it_is_now(page: RunsPage, desk: Desk) -> None:
    page.list.toggle_pin(1)
    page.list.toggle_pin(2)
    newer = replace(RUNS[1], state="interrupted")
    choice(desk).renew(newer)
    desk.undo.undo()
    desk.undo.undo()
    desk.undo.redo()
    assert choice(desk).pins == ((0, newer),)


def test_what_is_taken_back_is_shown(page: RunsPage, desk: Desk) -> None:
    page.list.toggle_pin(0)
    gone = QSignalSpy(desk.going)
    desk.undo.undo()
    assert [gone.at(at)[0] for at in range(gone.count())] == ["runs"]


def test_a_filter_that_was_set_before_the_last_look_is_known_stays(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[Callable[[], object]] = []
    read = desk.session.read
    monkeypatch.setattr(desk.session, "read", lambda *args, **told: waiting.append(lambda: read(*args, **told)))
    page = RunsPage(desk)
    qtbot.addWidget(page)
    asking.keep_view(desk.session.bench, View(sort="-metric.auc"))  # type: ignore[attr-defined]
    page.list.set_where("state = failed")
    while waiting:
        waiting.pop(0)()
    assert (page.list.source.view.where, page.list.source.view.sort) == ("state = failed", "-metric.auc")
    assert page.list.model.rowCount() == sum(run.state == "failed" for run in RUNS)


def test_a_first_question_that_fails_is_told_in_place_of_the_runs(desk: Desk, runs: FakeRuns, qtbot: QtBot) -> None:
    def away(**_how: object) -> object:
        raise IncompleteError(Code.PROJECT_AWAY, path="/projects/credit")

    order, runs.listing.order = runs.listing.order, away  # type: ignore[method-assign, assignment]
    page = RunsPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert any("SF-" in each.text() for each in page.list.findChildren(Text) if each.isVisible())
    runs.listing.order = order  # type: ignore[method-assign]
    page.list.source.ask()
    assert page.list.table.isVisible()


def test_a_comparison_that_is_not_wanted_any_more_is_not_shown_and_one_that_fails_says_so(
    page: RunsPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(desk.session, "read", lambda _question, **told: asked.append(told))
    table = page.compare.difference
    table.ask(RUNS[:2])
    table._all.setChecked(True)
    first, second = asked
    second["then"]([Unlike("parameter", "depth", ("1", "2")), Unlike("parameter", "rate", ("1", "1"))])
    first["then"]([Unlike("parameter", "depth", ("1", "2"))])
    assert table.table.model().rowCount() == 2
    table.ask(RUNS[:2])
    asked[-1]["failed"](IncompleteError(Code.PROJECT_AWAY, path="/projects/credit"))
    assert table._stack.currentIndex() == 3
    assert any("SF-" in each.text() for each in table.findChildren(Text))
