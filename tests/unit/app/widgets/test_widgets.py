"""The parts say what was pressed, show what they are given, and tell why they cannot."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QProgressBar, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from surefoot_app.theme.tokens import ROW
from surefoot_app.widgets.boxes import Page, cleared, column
from surefoot_app.widgets.buttons import Button, IconButton, ReasonedButton
from surefoot_app.widgets.chart import Line, LineChart, ticks
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import Choice, Field, FilterLine, Select
from surefoot_app.widgets.notices import Problem, ProblemsStrip, Toast
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.sheet import Sheet
from surefoot_app.widgets.stepper import Stepper, StepperWords
from surefoot_app.widgets.table import Rows, Table
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.why import Why, WhyPane
from tests.gallery.parts import COLUMNS, RUNS

WORDS = StepperWords("Back", "Save and close", "Continue", "Why", "Steps")


def test_a_model_of_rows_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    rows = Rows(COLUMNS, RUNS)
    qtmodeltester.check(rows)
    rows.set_rows(RUNS[:3])
    assert rows.rowCount() == 3
    assert rows.data(rows.index(9, 9)) is None


def _table(qtbot: QtBot) -> Table:
    table = Table("runs", "Runs")
    rows = Rows(COLUMNS, RUNS)
    rows.setParent(table)
    table.set_model(rows, COLUMNS)
    table.resize(900, 400)
    qtbot.addWidget(table)
    table.show()
    table.setFocus()
    return table


def test_a_table_has_rows_of_34_pixels_and_figures_under_figures(qtbot: QtBot) -> None:
    table = _table(qtbot)
    assert table.rowHeight(0) == ROW
    auc = next(place for place, column in enumerate(COLUMNS) if column.title == "AUC")
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    assert table.model().headerData(auc, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == right
    assert table.model().index(0, auc).data(Qt.ItemDataRole.TextAlignmentRole) == right


def test_return_opens_a_row_and_a_letter_is_handed_on(qtbot: QtBot) -> None:
    table = _table(qtbot)
    table.setCurrentIndex(table.model().index(4, 0))
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    with qtbot.waitSignal(table.keyed) as keyed:
        qtbot.keyClick(table, Qt.Key.Key_Space)
    with qtbot.waitSignal(table.keyed) as letter:
        qtbot.keyClick(table, Qt.Key.Key_C)
    assert (opened.args, keyed.args, letter.args) == ([4], [" "], ["C"])


def test_a_button_that_cannot_be_pressed_says_why_beside_it(qtbot: QtBot) -> None:
    both = ReasonedButton(Button("Sign", name="release.sign"), reason="2 people have to approve first")
    qtbot.addWidget(both)
    both.show()
    said = next(each for each in both.findChildren(Text) if each.isVisible())
    assert (both.button.isEnabled(), said.text()) == (False, "2 people have to approve first")
    assert both.button.accessibleDescription() == "2 people have to approve first"
    both.set_reason("")
    with qtbot.waitSignal(both.pressed):
        qtbot.mouseClick(both.button, Qt.MouseButton.LeftButton)
    assert not said.isVisible()


def test_an_icon_alone_has_a_name(qtbot: QtBot) -> None:
    button = IconButton("bell", "Notices", name="notices")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Notices", "Notices")


def _stepper(qtbot: QtBot) -> Stepper:
    stepper = Stepper(("One", "Two", "Three"), WORDS, last="Make it")
    qtbot.addWidget(stepper)
    stepper.resize(1200, 700)
    stepper.show()
    qtbot.waitExposed(stepper)
    return stepper


def test_a_step_has_a_name_also_before_anybody_said_how_far_it_is(qtbot: QtBot) -> None:
    stepper = Stepper(("One", "Two"), WORDS, last="Make it")
    qtbot.addWidget(stepper)
    assert [step.accessibleName() for step in stepper._steps] == ["1. One", "2. Two"]


def test_what_goes_away_with_the_keyboard_in_it_gives_it_to_the_page(qtbot: QtBot) -> None:
    whole, page = QWidget(), Page("Runs")
    other, inside = Button("Other", name="other"), Button("Inside", name="inside")
    whole.setLayout(column(page, other))
    page.body.addWidget(inside)
    qtbot.addWidget(whole)
    whole.show()
    inside.setFocus()
    cleared(page.body)
    assert whole.focusWidget() is page
    reasoned = ReasonedButton(Button("Act", name="act"))
    page.body.addWidget(reasoned)
    reasoned.button.setFocus()
    reasoned.set_reason("It is being done")
    assert whole.focusWidget() is page
    other.setFocus()
    cleared(page.body)
    assert whole.focusWidget() is other, "what is led elsewhere by hand stays there"


def test_a_key_that_moves_goes_from_the_page_to_its_list(qtbot: QtBot) -> None:
    page, field = Page("Runs"), QLineEdit()
    page.body.addWidget(field)
    page.body.addWidget(table := _table(qtbot))
    qtbot.addWidget(page)
    page.show()
    page.setFocus()
    page.activateWindow()
    qtbot.waitUntil(page.hasFocus)
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert page.focusWidget() is page, "nothing was chosen that it could be about"
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert page.focusWidget() is table
    assert table.currentIndex().row() == 0
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 1
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert page.focusWidget() is field


def test_a_stepper_goes_on_and_back_by_keyboard(qtbot: QtBot) -> None:
    stepper = _stepper(qtbot)
    with qtbot.waitActive(stepper):
        stepper.activateWindow()
    qtbot.keyClick(stepper, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: stepper.current == 1)
    qtbot.keyClick(stepper, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: stepper.current == 0)


def test_a_stepper_stays_where_there_is_a_reason_and_says_it(qtbot: QtBot) -> None:
    stepper = _stepper(qtbot)
    stepper.set_reason("Choose a run first")
    qtbot.keyClick(stepper, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    forward = stepper.findChild(Button, "stepper.forward")
    assert forward is not None
    assert (stepper.current, forward.isEnabled()) == (0, False)
    assert "Choose a run first" in [each.text() for each in stepper.findChildren(Text) if each.isVisible()]


def test_the_last_step_has_its_act_and_any_step_can_be_gone_to(qtbot: QtBot) -> None:
    stepper = _stepper(qtbot)
    stepper.go(2)
    forward = stepper.findChild(Button, "stepper.forward")
    assert forward is not None
    assert forward.text() == "Make it"
    with qtbot.waitSignal(stepper.finished):
        forward.click()
    stepper.set_state(1, "again", "Check again")
    step = stepper.findChild(QWidget, "step.2")
    assert step is not None
    assert step.accessibleName() == "2. Two: Check again"


def test_a_hash_is_short_and_copied_whole(qtbot: QtBot) -> None:
    facts = FactsList((Fact("Model", "ab" * 32, "hash", copies="Copy"), Fact("Run", "credit/3", "link", ("run", "r3"))))
    qtbot.addWidget(facts)
    assert "abababab" in [each.text() for each in facts.findChildren(Text)]
    copy, link = facts.findChild(IconButton, "copy"), facts.findChild(Button, "open-run")
    assert copy is not None
    assert link is not None
    copy.click()
    assert QGuiApplication.clipboard().text() == "ab" * 32
    with qtbot.waitSignal(facts.followed) as followed:
        link.click()
    assert followed.args == ["run", "r3"]


def test_a_chart_can_be_read_as_a_sentence_and_as_a_table(qtbot: QtBot) -> None:
    chart = LineChart("Loss", words=("View as table", "View as chart"), axes=("step", "loss"))
    qtbot.addWidget(chart)
    chart.resize(400, 300)
    chart.show()
    chart.set([Line("train", [(1, 0.9), (12345, 0.5)])], "Train falls from 0.9 to 0.5.")
    switch, table = chart.findChild(Button, "chart.switch"), chart.findChild(Table)
    assert switch is not None
    assert table is not None
    switch.click()
    assert table.isVisible()
    assert [table.model().index(1, place).data() for place in range(3)] == ["train", "12,345", "0.5"]
    assert switch.text() == "View as chart"
    assert any(child.accessibleName() == "Train falls from 0.9 to 0.5." for child in chart.findChildren(QWidget))


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0.69, 0.91, [0.7, 0.75, 0.8, 0.85, 0.9]), (3, 3, [3])],
)
def test_ticks_are_round(low: float, high: float, wanted: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(wanted)


def test_a_filter_is_asked_when_the_keys_rest_and_at_once_at_return(qtbot: QtBot) -> None:
    line = FilterLine("Filter", name="filter")
    qtbot.addWidget(line)
    heard: list[str] = []
    line.asked.connect(heard.append)
    qtbot.keyClicks(line, "auc > 0.8")
    assert heard == []
    qtbot.waitUntil(lambda: heard == ["auc > 0.8"])
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert heard == ["auc > 0.8"] * 2


def test_a_field_says_what_is_wrong_and_takes_it_back(qtbot: QtBot) -> None:
    edit = QLineEdit()
    field = Field("Name", edit, name="name", hint="As others read it")
    qtbot.addWidget(field)
    field.show()
    field.set_wrong("A name is needed")
    assert edit.property("wrong") == "true"
    assert "A name is needed" in [each.text() for each in field.findChildren(Text) if each.isVisible()]
    field.set_wrong("")
    assert "" not in [each.text() for each in field.findChildren(Text) if each.isVisible()]
    assert (edit.accessibleName(), edit.accessibleDescription()) == ("Name", "As others read it")


def test_a_choice_tells_the_key_that_was_picked(qtbot: QtBot) -> None:
    select, segments = Select((("a", "First"), ("b", "Second")), name="s"), Segments((("x", "X"), ("y", "Y")), name="t")
    qtbot.addWidget(select)
    qtbot.addWidget(segments)
    select.choose("b")
    assert (select.current, segments.current) == ("b", "x")
    button = segments.findChild(Button, "t.y")
    assert button is not None
    with qtbot.waitSignal(segments.chosen) as chosen:
        button.click()
    assert (chosen.args, segments.current) == (["y"], "y")


def test_work_that_ends_at_once_shows_nothing_and_long_work_can_be_stopped(qtbot: QtBot) -> None:
    progress = Progress("Cancel")
    qtbot.addWidget(progress)
    progress.begin("Reading")
    progress.end()
    assert not progress.isVisible()
    progress.begin("Reading")
    qtbot.waitUntil(progress.isVisible)
    cancel = progress.findChild(Button, "cancel")
    assert cancel is not None
    assert not cancel.isVisible()
    qtbot.waitUntil(cancel.isVisible)
    with qtbot.waitSignal(progress.cancelled):
        cancel.click()
    progress.end()


def test_the_wheel_over_a_choice_scrolls_the_form_and_changes_no_answer(qtbot: QtBot) -> None:
    choice, other = Choice(), Button("Other", name="other")
    choice.addItems(["yes", "no"])
    whole = QWidget()
    whole.setLayout(column(choice, other))
    qtbot.addWidget(whole)
    with qtbot.waitActive(whole):
        whole.show()
        whole.activateWindow()
    for holder, said in ((other, "yes"), (choice, "no")):
        holder.setFocus()
        middle, none, down = QPointF(choice.rect().center()), QPoint(), QPoint(0, -120)
        keys = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase)
        QApplication.sendEvent(choice, QWheelEvent(middle, middle, none, down, *keys, False))
        assert choice.currentText() == said


@pytest.mark.parametrize("total", [1, 7, 1 << 31, 5 << 40])
def test_progress_is_shown_of_any_amount(qtbot: QtBot, total: int) -> None:
    progress = Progress("Cancel")
    qtbot.addWidget(progress)
    bar = progress.findChild(QProgressBar)
    assert bar is not None
    progress.tell("Reading", total // 2, total)
    assert bar.value() == 1000 * (total // 2) // total
    progress.tell("Reading", total + 1, total)
    assert (bar.value(), bar.maximum()) == (1000, 1000)
    progress.tell("Reading", 3, 0)
    assert (bar.minimum(), bar.maximum()) == (0, 0)


def test_a_toast_is_one_and_can_be_put_away(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    toast = Toast(window, close="Close")
    toast.tell("First", "ok")
    toast.tell("Second", "warn")
    assert toast.accessibleName() == "Second"
    assert window.rect().contains(toast.geometry())
    assert window.height() - toast.geometry().bottom() > 57, "the act at the foot can be pressed beside it"
    close = toast.findChild(IconButton)
    assert close is not None
    close.click()
    assert not toast.isVisible()
    toast._timer.stop()


def test_a_problem_stays_until_it_is_solved_and_offers_what_solves_it(qtbot: QtBot) -> None:
    strip, done = ProblemsStrip(close="Close"), []
    qtbot.addWidget(strip)
    strip.put(Problem("a", "One", "warn", ("Try again", lambda: done.append(1))))
    strip.put(Problem("a", "One, still", "warn", ("Try again", lambda: done.append(1))))
    assert list(strip.problems) == ["a"]
    act = strip.findChild(Button, "problem.a")
    assert act is not None
    act.click()
    strip.solve("a")
    assert (done, strip.isVisible()) == ([1], False)


def test_a_sheet_names_its_act_and_leaves_at_escape(qtbot: QtBot) -> None:
    sheet = Sheet("Stop this model", act="Stop", cancel="Leave it on", detail="People get no answer.", kind="danger")
    qtbot.addWidget(sheet)
    sheet.open()
    assert sheet.act.button.text() == "Stop"
    with qtbot.waitSignal(sheet.rejected):
        qtbot.keyClick(sheet, Qt.Key.Key_Escape)


def test_what_is_taken_out_of_a_layout_is_let_go(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = column(Text("a"), column(Text("b")))
    holder.setLayout(layout)
    cleared(layout)
    assert layout.count() == 0
    qtbot.waitUntil(lambda: holder.findChildren(Text) == [])


def test_the_reasons_stand_close_together_however_high_the_pane_is(qtbot: QtBot) -> None:
    pane = WhyPane("Why this matters")
    qtbot.addWidget(pane)
    parts = (("", "One sentence."), ("What you can do", "Another sentence."))
    pane.set(Why("Check", parts), (Button("Do it", name="do"),))
    pane.resize(pane.width(), 900)
    pane.show()
    spare = [text.height() - text.heightForWidth(text.width()) for text in pane.findChildren(Text)]
    assert max(spare) <= 1


def test_a_sheet_begins_at_its_field_and_return_does_what_it_asks(qtbot: QtBot) -> None:
    done: list[str] = []
    sheet = Sheet("Lift the stop", act="Lift it", cancel="Leave it", do=lambda: done.append("lifted"))
    qtbot.addWidget(sheet)
    reason, copy = QLineEdit(), Button("Copy", name="copy")
    sheet.body.addWidget(reason)
    sheet.body.addWidget(copy)
    with qtbot.waitExposed(sheet):
        sheet.show()
    assert sheet.focusWidget() is reason
    walked = []
    for _ in range(3):
        QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Tab)
        walked.append(sheet.focusWidget().objectName())
    assert walked == ["copy", "sheet.cancel", "sheet.act"], "the order of reading"
    reason.setFocus()
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert done == ["lifted"]
    assert sheet.isVisible()


def test_a_sheet_without_a_field_begins_at_its_act_and_one_that_chose_is_left_alone(qtbot: QtBot) -> None:
    bare = Sheet("Stop", act="Stop it", cancel="Leave it")
    chosen = Sheet("Waive", act="Waive it", cancel="Leave it")
    days, why = QLineEdit(), QLineEdit()
    chosen.body.addWidget(days)
    chosen.body.addWidget(why)
    why.setFocus()
    for sheet, focus in ((bare, bare.act.button), (chosen, why)):
        qtbot.addWidget(sheet)
        with qtbot.waitExposed(sheet):
            sheet.show()
        assert sheet.focusWidget() is focus
