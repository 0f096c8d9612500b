"""From a run to a signed release through the page, on a real project; what cannot be done is told."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from surefoot.texts import Words
from surefoot_app.bridge.drafts import folder
from surefoot_app.releases import drafts, steps
from surefoot_app.releases.page import LIST, POLICY, SIGNED, WIZARD
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Pill
from tests.fakes.checked import WEIGHED, Project
from tests.unit.app.conftest import Making
from tests.unit.app.releases.acting import page_of, press, texts

WORDS = Words("en")


def test_the_whole_way_through_the_page(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    project.checked()
    page = page_of(desk_of, qtbot, project)
    press(page, "release.first")
    wizard = page._wizard
    wizard._stepper.choosing._on_run(0)
    wizard._stepper.go(steps.WEIGHED)
    edit = page.findChild(QPlainTextEdit, "release.weighed")
    assert edit is not None
    edit.setPlainText(WEIGHED)
    wizard._stepper.go(steps.PACKAGE)
    press(page, "release.propose")
    release = project.bench.releases.list()[0]
    assert (release.state, release.proposed.body["trade_off"]) == ("proposed", WEIGHED)
    wizard._stepper.go(steps.APPROVALS)
    act = page.findChild(Button, "release.approve")
    assert act is not None
    assert not act.isEnabled()
    reason = page.findChild(QPlainTextEdit, "release.reason")
    assert reason is not None
    reason.setPlainText("I have read the card.")
    press(page, "release.approve")
    pills = [each.word for each in wizard._stepper.approving.findChildren(Pill)]
    assert WORDS("app.releases.self_approved") in pills
    wizard._stepper.go(steps.SIGN)
    assert wizard._stepper._forward_button.button.isEnabled()
    wizard.sign()
    assert page._stack.currentIndex() == SIGNED
    assert project.bench.releases.list()[0].state == "signed"
    assert drafts.kept(folder(project.bench)) == ()
    wizard._file.stop()


def test_a_draft_is_kept_on_each_change_and_goes_on_where_one_left(
    desk_of: Making, qtbot: QtBot, project: Project
) -> None:
    project.checked()
    page = page_of(desk_of, qtbot, project)
    page.begin(project.story.run)
    page._wizard._stepper.go(steps.WEIGHED)
    edit = page.findChild(QPlainTextEdit, "release.weighed")
    assert edit is not None
    edit.setPlainText(WEIGHED)
    page._wizard.leave()
    assert page._stack.currentIndex() == LIST
    (kept,) = drafts.kept(folder(project.bench))
    assert (kept.run, kept.trade_off, kept.step) == (project.story.run, WEIGHED, steps.WEIGHED)
    page._on_opened(0)
    assert page._stack.currentIndex() == WIZARD
    assert page._wizard._stepper.current == steps.WEIGHED
    assert edit.toPlainText() == WEIGHED
    page._wizard.discard()
    assert drafts.kept(folder(project.bench)) == ()
    with qtbot.waitSignal(page._desk.opening) as opened:
        page._desk.undo.undo()
    page.show_object(*opened.args)
    assert edit.toPlainText() == WEIGHED
    assert page._stack.currentIndex() == WIZARD


def test_what_is_written_while_the_draft_is_kept_is_kept_too_and_nobody_is_led_back(
    desk_of: Making, qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.checked()
    page = page_of(desk_of, qtbot, project)
    page.begin(project.story.run)
    wizard, waiting = page._wizard, list[Callable[[], object]]()
    keep = wizard._file.keep
    monkeypatch.setattr(wizard._file, "keep", lambda then: keep(lambda: waiting.append(then)))
    wizard.leave()
    edit = page.findChild(QPlainTextEdit, "release.weighed")
    assert edit is not None
    edit.setPlainText(WEIGHED)
    waiting.pop(0)()
    assert page._stack.currentIndex() == WIZARD
    (kept,) = drafts.kept(folder(project.bench))
    assert kept.trade_off == WEIGHED
    page.show_policy()
    waiting.pop(0)()
    assert page._stack.currentIndex() == POLICY
    assert waiting == []


def test_what_cannot_be_done_is_told_above_the_steps(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    page = page_of(desk_of, qtbot, project)
    page.begin(project.story.run)
    page._wizard._propose()
    assert "SF-" in texts(page)
    assert not page._wizard._going.is_busy
    page._wizard._file.stop()


def test_a_proposal_can_be_refused_and_then_no_longer_signed(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    project.checked()
    release = project.bench.releases.draft(project.story.run, trade_off=WEIGHED)
    page = page_of(desk_of, qtbot, project)
    page.show_object("release", release.id)
    assert page._wizard._stepper.current == steps.APPROVALS
    page._wizard._refuse("The gap is too large.")
    found = page._wizard._found
    assert found is not None
    gate = found.gate("approvals")
    assert gate is not None
    assert gate.why == "gate.approvals_refused"
    assert "Ada Lovelace" in texts(page)
    page._wizard._file.stop()


def test_a_step_that_is_read_anew_and_is_the_same_leaves_the_keyboard_where_it_is(
    desk_of: Making, qtbot: QtBot, project: Project
) -> None:
    project.checked()
    page = page_of(desk_of, qtbot, project)
    page.begin(project.story.run)
    wizard = page._wizard
    wizard._stepper.go(steps.DATA)
    act = page.findChild(Button, "open-dataset")
    assert act is not None
    act.setFocus()
    wizard.ask()
    assert page.focusWidget() is act
    wizard._file.stop()


def test_the_end_of_an_act_goes_to_the_draft_that_it_was_begun_for(
    desk_of: Making, qtbot: QtBot, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(desk_of, qtbot, project)
    wizard, state = page._wizard, folder(project.bench)
    page.begin(project.story.run)
    first = wizard.draft
    wizard._file.keep()
    ends: list[Any] = []
    monkeypatch.setattr(wizard._going, "carry_out", lambda _work, **told: ends.append(told))
    wizard._propose()
    wizard.leave()
    page.begin(project.story.run)
    second = wizard.draft
    assert second.key != first.key
    ends[0]["then"](SimpleNamespace(id="rel_of_the_first"))
    assert wizard.draft == second
    kept = {one.key: one.release for one in drafts.kept(state)}
    assert kept[first.key] == "rel_of_the_first"
    assert kept.get(second.key, "") == ""
    drafts.let_go(state, first)
    assert first.key not in {one.key for one in drafts.kept(state)}
    wizard._file.stop()


def test_a_reason_is_not_offered_for_another_release(desk_of: Making, qtbot: QtBot, project: Project) -> None:
    project.checked()
    page = page_of(desk_of, qtbot, project)
    wizard = page._wizard
    page.begin(project.story.run)
    wizard._stepper.approving._reason.setPlainText("I have read this card.")
    wizard.ask()
    assert wizard._stepper.approving._reason.toPlainText() == "I have read this card."
    page.begin(project.story.run)
    assert wizard._stepper.approving._reason.toPlainText() == ""
    wizard._file.stop()
