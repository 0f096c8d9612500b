"""The page of deployments on a real project: what it shows, its keys, a try, the way back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton

from surefoot.deployments.facts import Answer
from surefoot.errors import CancelledError, Code, IncompleteError
from surefoot.workbench import Workbench
from surefoot_app.deployments import ordering
from surefoot_app.deployments.details import Details
from surefoot_app.deployments.matrix import CellButton, Pulse
from surefoot_app.deployments.ordering import DeploySheet, OrderSheet, TokenSheet
from surefoot_app.deployments.page import DeploymentsPage
from surefoot_app.deployments.stopping import StopSheet
from surefoot_app.deployments.trial import TrialForm
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.empty import EmptyState
from tests.fakes.desk import FakeSession, changed, fake_desk
from tests.fakes.looking import named, only, texts
from tests.gallery.deployments import BAD, BARRED, EMPTY, FORM, FULL, GOOD, LIVE, UNSIGNED, _token


def test_what_runs_is_shown_with_its_facts_and_a_form_that_gets_an_answer(desk: Desk, qtbot: Any) -> None:
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    cell = named(page, "deployment.cell.local")
    assert "german-credit 1.0.1: serving" in cell.accessibleName()
    assert "Roll back to german-credit 1.0.0" in texts(page)
    named(page, "deployment.ask").click()
    assert "The model answered" in named(page, "deployment.answer").accessibleName()
    age = named(page, "deployment.input.age")
    assert isinstance(age, QLineEdit)
    age.setText("-4")
    qtbot.keyClick(age, Qt.Key.Key_Return)
    assert "did not take this row" in named(page, "deployment.answer").accessibleName()
    age.setText("old")
    qtbot.keyClick(age, Qt.Key.Key_Return)
    assert "cannot be read" in texts(page)


def test_figures_are_counted_anew_while_the_page_is_seen_and_only_then(
    desk: Desk, qtbot: Any, bench: Workbench
) -> None:
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    before = only(page, Details)
    bench.deployments.live.ask("local", bench.deployments.live.example("local"))
    only(page, Pulse).timeout.emit()
    assert isinstance(desk.session, FakeSession)
    asked = desk.session.asked
    page.show()
    only(page, Pulse).timeout.emit()
    assert desk.session.asked == asked + 1
    assert only(page, Details) is before
    assert "answered" in only(page, CellButton).accessibleName()


def test_a_page_that_is_not_seen_asks_for_no_figures(desk: Desk, qtbot: Any) -> None:
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    assert isinstance(desk.session, FakeSession)
    asked = desk.session.asked
    only(page, Pulse).timeout.emit()
    assert desk.session.asked == asked


@pytest.mark.parametrize(("found", "goes"), [(EMPTY, "sheet"), (UNSIGNED, "releases")])
def test_where_nothing_runs_one_act_leads_on(found: Any, goes: str, tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    assert only(page, EmptyState).kind == "loading"
    page.show_overview(found)
    assert only(page, EmptyState).kind == "nothing"
    went: list[str] = []
    desk.going.connect(went.append)
    named(page, "deployment.new").click()
    assert (page.findChild(DeploySheet) is not None) == (goes == "sheet")
    assert went == ([] if goes == "sheet" else ["releases"])


def test_an_act_of_another_page_comes_with_the_release_it_is_about(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    page.show_object("deployment-new", "rel_3")  # before anything is known
    page.show_overview(FULL)
    sheet = only(page, DeploySheet)
    assert named(sheet, "deploy.release").currentText() == "churn-of-customers@2.0.1"
    assert named(sheet, "deploy.environment").currentText() == "staging"
    sheet.reject()


def test_a_release_that_was_signed_since_the_last_look_is_looked_for(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    page.show_overview(EMPTY)
    page.show_object("deployment-new", "rel_3")
    assert page.findChild(DeploySheet) is None
    page.show_overview(FULL)
    sheet = only(page, DeploySheet)
    assert named(sheet, "deploy.release").currentText() == "churn-of-customers@2.0.1"
    sheet.reject()


def test_where_what_ran_before_is_stopped_that_is_said(tmp_path: Path, qtbot: Any) -> None:
    told: list[str] = []
    desk = fake_desk(None, tmp_path, is_silent=True)
    desk.told.connect(lambda text, _tone: told.append(text))
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    for one, said in (
        (replace(LIVE, earlier=BARRED, stopped_by="Ada Lovelace"), "Ada Lovelace stopped it on 4 Feb 2026"),
        (replace(LIVE, earlier=None), "Nothing ran here before"),
    ):
        page.show_overview(replace(FULL, standings={"production": one}))
        assert said in texts(only(page, Details))
        assert "Roll back to" not in texts(page)
        page.show_object("deployment-rollback", "")
        assert said in told[-1]


def test_arrows_choose_among_the_cells(tmp_path: Path, qtbot: Any) -> None:
    page = DeploymentsPage(fake_desk(None, tmp_path, is_silent=True))
    qtbot.addWidget(page)
    page.show_overview(FULL)
    page.resize(1200, 900)
    page.show()
    page.activateWindow()
    first = named(page, "deployment.cell.production")
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert not first.isChecked()
    named(page, "deployment.cell.staging").click()
    assert "Lift the stop" in texts(only(page, Details))


def test_a_lease_a_stop_and_a_drill_are_acts_with_a_reason_where_they_cannot_be_done(
    tmp_path: Path, qtbot: Any
) -> None:
    details = Details(fake_desk(None, tmp_path, is_silent=True), LIVE, is_solo=False)
    qtbot.addWidget(details)
    assert not named(details, "deployment.drill").isEnabled()
    assert "Two people are needed" in named(details, "deployment.drill").accessibleDescription()
    with qtbot.waitSignal(details.asked) as caught:
        named(details, "deployment.stop").click()
    assert caught.args == ["stop"]


def test_what_was_written_and_answered_in_the_form_stays_while_the_record_grows(tmp_path: Path, qtbot: Any) -> None:
    page = DeploymentsPage(fake_desk(None, tmp_path, is_silent=True))
    qtbot.addWidget(page)
    page.show()
    page.show_overview(FULL)
    form = only(page, TrialForm)
    form.show_form(FORM)
    amount = named(page, "deployment.input.amount")
    amount.setText("777")
    form.show_answer(GOOD)
    amount.setFocus()
    page.show_overview(FULL)
    assert page.focusWidget() is amount
    drilled = replace(LIVE, drill=None)
    page.show_overview(replace(FULL, standings={**FULL.standings, "production": drilled}))
    assert named(page, "deployment.input.amount").text() == "777"
    qtbot.waitUntil(lambda: named(page, "deployment.answer").isVisible())
    active = replace(LIVE.deployment.active, digest="00" * 32)
    other = replace(LIVE, deployment=replace(LIVE.deployment, active=active))
    page.show_overview(replace(FULL, standings={**FULL.standings, "production": other}))
    assert page.findChild(QLineEdit, "deployment.input.amount") is None
    page.show_overview(EMPTY)
    page.show_overview(FULL)
    qtbot.waitUntil(lambda: only(page, Details).isVisible())


def test_another_change_of_the_record_asks_anew(desk: Desk, qtbot: Any) -> None:
    page = DeploymentsPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert isinstance(desk.session, FakeSession)
    asked = desk.session.asked
    changed(desk, "run.finished")
    assert desk.session.asked == asked
    changed(desk, "service.stopped")
    assert desk.session.asked > asked


def test_an_order_tells_its_error_in_its_own_place_and_stays_open(tmp_path: Path, qtbot: Any) -> None:
    def refuse(_bench: Workbench, _reason: str) -> None:
        raise IncompleteError(Code.NOTHING_TO_ROLL_BACK, environment="local")

    desk = fake_desk(object(), tmp_path)
    order = ordering.Order("Back?", "", "Go back", "Going", "surefoot rollback local", refuse)
    ended: list[object] = []
    sheet = OrderSheet(desk, order, ended=ended.append)
    qtbot.addWidget(sheet)
    named(sheet, "order.copy").click()
    assert QApplication.clipboard().text() == "surefoot rollback local"
    named(sheet, "sheet.act").click()
    assert f"({Code.NOTHING_TO_ROLL_BACK.value})" in texts(sheet)
    assert named(sheet, "sheet.act").isEnabled()
    assert ended == []


def test_an_order_that_has_begun_keeps_its_sheet_and_is_given_once(tmp_path: Path, qtbot: Any) -> None:
    begun: list[Any] = []
    desk = _waiting(tmp_path, begun)
    done: list[str] = []
    ended: list[object] = []
    order = ordering.Order("Back?", "", "Go back", "Going", "surefoot", lambda _bench, reason: done.append(reason))
    sheet = OrderSheet(desk, order, ended=ended.append)
    qtbot.addWidget(sheet)
    sheet.open()
    sheet.give()
    sheet.give()
    (work, then, _failed) = begun.pop()
    assert begun == []
    found = work(None, None, None)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    named(sheet, "sheet.cancel").click()
    assert sheet.isVisible()
    assert named(sheet, "sheet.act").accessibleDescription() == "Going"
    then(found)
    assert (done, ended, sheet.isVisible()) == ([""], [None], False)


def test_an_order_that_waits_is_taken_back_with_its_sheet(tmp_path: Path, qtbot: Any) -> None:
    begun: list[Any] = []
    desk = _waiting(tmp_path, begun)
    done: list[str] = []
    order = ordering.Order("Back?", "", "Go back", "Going", "surefoot", lambda _bench, reason: done.append(reason))
    sheet = OrderSheet(desk, order, ended=lambda _found: None)
    qtbot.addWidget(sheet)
    sheet.open()
    sheet.give()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    with pytest.raises(CancelledError):
        begun[0][0](None, None, None)
    assert done == []


def _waiting(folder: Path, begun: list[Any]) -> Desk:
    """A desk whose acts wait in a list until the test has them begin."""
    desk = fake_desk(None, folder)

    def act(work: Any, *, owner: Any, then: Any = None, failed: Any = None, **_others: Any) -> None:
        begun.append((work, then, failed))

    desk.session.act = act  # type: ignore[method-assign,assignment] # of the test's own
    return desk


def test_rolling_back_brings_the_release_that_the_sheet_names(tmp_path: Path) -> None:
    asked: list[tuple[str, str | None]] = []

    class Rooms:
        def rollback(self, name: str, *, to: str | None = None, reason: str = "") -> None:
            asked.append((name, to))

    bench: Any = type("Bench", (), {"deployments": Rooms()})()
    order = ordering.rollback(fake_desk(None, tmp_path, is_silent=True), LIVE, "–")
    order.work(bench, "")
    assert asked == [("production", "rel_0")]
    assert order.command == "surefoot rollback production --to credit@1.3.0"


def test_what_is_chosen_while_a_deployment_goes_lets_nobody_give_it_again(tmp_path: Path, qtbot: Any) -> None:
    sheet = DeploySheet(fake_desk(None, tmp_path, is_silent=True), FULL, ended=lambda _found: None)
    qtbot.addWidget(sheet)
    sheet.give()
    named(sheet, "deploy.release").setCurrentText("churn-of-customers@2.0.1")
    assert not named(sheet, "sheet.act").isEnabled()
    sheet._on_failed(IncompleteError(Code.NOTHING_DEPLOYED, environment="staging"))
    assert named(sheet, "sheet.act").isEnabled()


def test_a_release_is_deployed_where_it_may_run_or_handed_over_as_a_folder(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(object(), tmp_path)
    sheet = DeploySheet(desk, FULL, ended=lambda _found: None)
    qtbot.addWidget(sheet)
    places = named(sheet, "deploy.environment")
    assert isinstance(places, QComboBox)
    assert [places.itemText(place) for place in range(places.count())] == ["production", "local"]
    named(sheet, "deploy.release").setCurrentText("churn-of-customers@2.0.1")
    assert [places.itemText(place) for place in range(places.count())] == ["staging"]
    named(sheet, "deploy.target.folder").click()
    assert named(sheet, "sheet.act").accessibleDescription() == "Choose a folder"
    named(sheet, "deploy.folder").setText("/tmp/away")
    named(sheet, "order.copy").click()
    wanted = "surefoot deploy churn-of-customers@2.0.1 staging --target folder --out /tmp/away"
    assert QApplication.clipboard().text() == wanted
    assert named(sheet, "sheet.act").isEnabled()


def test_a_token_is_shown_once_and_copied_whole(tmp_path: Path, qtbot: Any) -> None:
    sheet = _token(fake_desk(None, tmp_path, is_silent=True))
    assert isinstance(sheet, TokenSheet)
    qtbot.addWidget(sheet)
    named(sheet, "token.copy").click()
    assert QApplication.clipboard().text().startswith("sf_")


def test_a_form_without_a_project_behind_it_loads_and_a_refusal_is_no_answer(tmp_path: Path, qtbot: Any) -> None:
    form = TrialForm(fake_desk(None, tmp_path, is_silent=True), "local")
    qtbot.addWidget(form)
    assert not named(form, "deployment.ask").isEnabled()
    form.show_form(FORM)
    assert named(form, "deployment.ask").isEnabled()
    assert isinstance(named(form, "deployment.input.purpose"), QComboBox)
    form.show_answer(BAD)
    assert "did not take" in named(form, "deployment.answer").accessibleName()
    form.show_answer(Answer(0, {}))
    assert "Nothing listens" in named(form, "deployment.answer").accessibleName()


def test_every_button_of_the_page_has_a_name_and_is_large_enough(tmp_path: Path, qtbot: Any) -> None:
    page = DeploymentsPage(fake_desk(None, tmp_path, language="vi", is_silent=True))
    qtbot.addWidget(page)
    page.show_overview(FULL)
    page.resize(1200, 900)
    page.show()
    buttons = [each for each in page.findChildren(QPushButton) if each.isVisible()]
    assert buttons
    assert [each.objectName() for each in buttons if not each.accessibleName() or each.height() < 24] == []


def test_a_stop_is_asked_for_by_its_key_whatever_page_was_there_before(tmp_path: Path, qtbot: Any) -> None:
    page = DeploymentsPage(fake_desk(None, tmp_path, is_silent=True))
    qtbot.addWidget(page)
    page.show_object("deployment-stop", "")
    assert page.findChild(StopSheet) is None
    page.show_overview(FULL)
    assert page.findChild(StopSheet) is not None
