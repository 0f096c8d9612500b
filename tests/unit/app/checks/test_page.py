"""The page of checks: what it shows, what is run from it, where it leads."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from surefoot.checks.pictures import picture
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.texts import Words
from surefoot_app.checks.page import ChecksPage
from surefoot_app.showing import judgements
from surefoot_app.showing.results import Acts, result_row
from surefoot_app.widgets.bars import BarRows, SpanBar
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.chart import LineChart
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.text import Text
from tests.fakes.checked import Project
from tests.fakes.desk import FakeSession, changed
from tests.gallery.checks import ENTRIES, FULL, JUDGEMENTS, UNCHECKED
from tests.unit.app.conftest import Making

WORDS = Words("en")


class _Asked:
    """A bench whose checks note what was asked for, and refuse it where told to."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses, self.asked = refuses, []  # type: ignore[var-annotated]
        self.checks = self

    def run(self, ref: str, kinds: Sequence[str] | None, *, progress: object, cancel: object) -> tuple[object, ...]:
        self.asked.append((ref, kinds))
        if self.refuses:
            raise InputRefusedError(Code.CHECK_REPLAY, detail="no-number")
        return ()

    def subjects(self, *, limit: int = 500) -> tuple[object, ...]:
        raise IncompleteError(Code.MODEL_UNKNOWN, ref="run_41")


def _page(desk_of: Making, qtbot: QtBot, bench: object = None, *, language: str = "en") -> ChecksPage:
    page = ChecksPage(desk_of(bench, language=language, is_silent=bench is None))
    qtbot.addWidget(page)
    page.resize(1244, 849)
    page.show()
    return page


def settle() -> None:
    """Lets layouts show what was put into them, and what lies in that."""
    for _ in range(3):
        QApplication.processEvents()


def _texts(page: ChecksPage) -> str:
    settle()
    return "\n".join(each.text() for each in page.findChildren(Text) if each.isVisibleTo(page))


def test_the_model_of_the_list_is_sound(desk_of: Making, qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    qtmodeltester.check(page._rows)


def test_a_failed_check_stands_open_with_its_evidence_and_others_closed(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    assert [kind for kind, made in page._pane._rows.items() if made.is_open] == ["fairness"]
    assert page.findChildren(BarRows)
    assert len(page.findChildren(SpanBar)) == 5
    said = _texts(page)
    assert "It cannot show whether a gap is unjust" in said
    assert WORDS("say.checks.origin.policy") in said


def test_a_row_opens_and_closes_by_keyboard(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    button = page.findChild(Button, "check.privacy")
    assert button is not None
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert page._pane._rows["privacy"].is_open
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not page._pane._rows["privacy"].is_open


def test_a_curve_is_drawn_for_what_was_promised_and_what_was(desk_of: Making, qtbot: QtBot) -> None:
    from_gallery = next(one for one in JUDGEMENTS if one.kind == "accuracy")
    made = judgements.Judgement(from_gallery.row, picture("calibration", {"found": {"reliability": [
        {"said": "0.1", "was": "0.2"}, {"said": "0.9", "was": "0.7"}
    ]}}))  # fmt: skip
    row = result_row(desk_of(is_silent=True), made, Acts())
    qtbot.addWidget(row)
    row.turn()
    assert len(row.findChildren(LineChart)) == 1
    assert any("90" in each.text() and "70" in each.text() for each in row.findChildren(Text))


def test_a_result_whose_record_names_no_figure_opens_all_the_same(desk_of: Making, qtbot: QtBot) -> None:
    known = next(one for one in JUDGEMENTS if one.kind == "accuracy").row
    assert known.result is not None
    made = judgements.Judgement(replace(known, result=replace(known.result, judged=())))
    row = result_row(desk_of(is_silent=True), made, Acts())
    qtbot.addWidget(row)
    row.turn()
    assert any(each.text() == WORDS("app.checks.evidence") for each in row.findChildren(Text))


def test_checks_are_run_and_while_they_run_nothing_else_is(desk_of: Making, qtbot: QtBot) -> None:
    bench = _Asked()
    page = _page(desk_of, qtbot, bench)
    page.show_opened(FULL)
    page.run(["fairness"])
    page.run(None)
    assert bench.asked == [("run_41", ["fairness"]), ("run_41", None)]
    silent = _page(desk_of, qtbot)
    silent.show_entries(ENTRIES)
    silent.show_opened(FULL)
    silent.run(None)
    silent.run(None)
    assert isinstance(silent._desk.session, FakeSession)
    assert silent._desk.session.acts == 1
    assert not silent._run_all.button.isEnabled()
    assert WORDS("app.checks.going") in _texts(silent)
    silent._pane.end()


def test_why_a_check_could_not_run_is_told_above_the_results(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot, _Asked(refuses=True))
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    page.run(None)
    assert "SF-2506" in _texts(page)
    assert page._run_all.button.isEnabled()


def test_ways_lead_on_from_a_run(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    for name, wanted in (
        ("open-run", ["run", "run_41"]),
        ("checks.release", ["candidate", "run_41"]),
        ("check.passing.run_39", ["check", "run_39"]),
        ("open-dataset", ["dataset", "german-credit@3"]),
    ):
        button = page.findChild(Button, name)
        assert button is not None, name
        with qtbot.waitSignal(page._desk.opening) as opening:
            button.click()
        assert opening.args == wanted


def test_an_empty_project_leads_to_its_runs_and_a_filter_can_match_nothing(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(())
    button = page.findChild(Button, "checks.to-runs")
    assert button is not None
    with qtbot.waitSignal(page._desk.going) as going:
        button.click()
    assert going.args == ["runs"]
    page.show_entries(ENTRIES)
    page._text.setText("no such")
    page._text.returnPressed.emit()
    settle()
    assert "no-match" in [each.kind for each in page.findChildren(EmptyState) if each.isVisibleTo(page)]


def test_a_run_that_was_never_checked_says_what_comes_first(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    page.show_opened(UNCHECKED)
    assert WORDS("app.checks.unchecked_why") in _texts(page)


def test_without_the_right_to_read_it_says_so(desk_of: Making, qtbot: QtBot) -> None:
    page = _page(desk_of, qtbot)
    page._on_trouble(InputRefusedError(Code.NO_RIGHT, path="/projects/credit"))
    settle()
    kinds = [each.kind for each in page.findChildren(EmptyState) if each.isVisibleTo(page)]
    assert kinds == ["no-permission"]


def test_the_page_reads_anew_when_a_check_was_recorded(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    page = _page(desk_of, qtbot, project.bench)
    assert page._entries[0].state == "unchecked"
    project.check("accuracy")
    changed(page._desk, "check.passed")
    assert page._entries[0].state == "passed"
    changed(page._desk, "release.proposed")


def test_the_run_that_was_asked_for_is_shown_in_whatever_order_the_answers_come(
    desk_of: Making, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, answers = desk_of(is_silent=True), list[Callable[[object], object]]()
    monkeypatch.setattr(desk.session, "read", lambda _question, *, then, **_more: answers.append(then))
    page = ChecksPage(desk)
    qtbot.addWidget(page)
    page.show_object("check", UNCHECKED.entry.run)
    listed, first = answers
    listed(ENTRIES)
    assert answers == [listed, first], "the list opens none of its own"
    page.show_object("check", FULL.entry.run)
    answers[2](FULL)
    first(UNCHECKED)
    assert page._chosen == FULL.entry.run


def test_an_answer_that_fails_late_keeps_the_run_that_is_wanted(
    desk_of: Making, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, asked = desk_of(is_silent=True), list[dict[str, Callable[[object], object]]]()
    monkeypatch.setattr(desk.session, "read", lambda _question, **told: asked.append(told))
    page = ChecksPage(desk)
    qtbot.addWidget(page)
    page.show_object("check", UNCHECKED.entry.run)
    page.show_object("check", FULL.entry.run)
    with qtbot.assertNotEmitted(desk.troubled):
        asked[1]["failed"](InputRefusedError(Code.RUN_UNKNOWN, ref="x"))
    asked[2]["then"](FULL)
    assert page._chosen == FULL.entry.run


def test_a_key_checks_the_run_that_is_shown_and_shows_another_one_first(
    desk_of: Making, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(desk_of, qtbot)
    page.show_entries(ENTRIES)
    page.show_opened(FULL)
    ran: list[object] = []
    wanted: list[str] = []
    monkeypatch.setattr(page, "run", ran.append)
    monkeypatch.setattr(page, "_open", wanted.append)
    QTest.keyClick(page._table, Qt.Key.Key_R)
    assert (ran, wanted) == ([None], [])
    other = next(place for place, one in enumerate(ENTRIES) if one.run != FULL.entry.run)
    page._table.selectRow(other)
    page.show_opened(FULL)  # as when something was recorded
    assert page._table.currentIndex().row() == other, "the keyboard stays"
    QTest.keyClick(page._table, Qt.Key.Key_R)
    assert (ran, wanted) == ([None], [ENTRIES[other].run])


def test_what_cannot_be_opened_at_first_leaves_the_first_of_the_list(
    desk_of: Making, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _page(desk_of, qtbot)
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(page._desk.session, "read", lambda _question, **told: asked.append(told))
    page.show_object("check", "chk_superseded")
    page.show_entries(ENTRIES)
    asked[0]["failed"](IncompleteError(Code.MODEL_UNKNOWN, ref="chk_superseded"))
    assert page._wanted == ENTRIES[0].run
    asked[-1]["failed"](IncompleteError(Code.MODEL_UNKNOWN, ref=ENTRIES[0].run))
    assert len(asked) == 2, "that is not tried for ever"
