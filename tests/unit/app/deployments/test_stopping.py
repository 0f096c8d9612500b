"""Stopping from the window: two presses, seconds that count, a reason afterwards, and the truth where it is unsure."""

import threading
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from surefoot.audit.facts import Wanted
from surefoot.deployments.facts import State, Stopped
from surefoot.errors import CancelledError, Code, NotConfirmedError
from surefoot.workbench import Workbench
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.deployments import ordering, standing
from surefoot_app.deployments.ordering import OrderSheet
from surefoot_app.deployments.stopping import StopSheet
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.notices import Problem
from tests.fakes.desk import FakeSession, fake_desk
from tests.fakes.looking import named, texts
from tests.gallery.deployments import LIVE


def test_a_stop_is_seen_its_reason_is_asked_after_it_and_it_can_be_lifted_again(
    desk: Desk, qtbot: Any, bench: Workbench
) -> None:
    sheet = StopSheet(desk, standing.overview(bench).standings["local"])
    qtbot.addWidget(sheet)
    assert not named(sheet, "stop.reason").isVisibleTo(sheet)
    named(sheet, "sheet.act").click()
    assert sheet.phase == "seen"
    assert bench.deployments.status("local")[0].state is State.STOPPED
    reason = named(sheet, "stop.reason")
    assert isinstance(reason, QLineEdit)
    assert not named(sheet, "sheet.act").isEnabled()
    reason.setText("It refused too many")
    named(sheet, "sheet.act").click()
    assert sheet.result() == StopSheet.DialogCode.Accepted
    bench.catalog.catch_up()
    told = [one for one in bench.audit.lines.newest(Wanted()) if one.type == "service.stopped"]
    assert [(one.body or {}).get("reason") for one in told[:2]] == ["It refused too many", ""]
    ended: list[object] = []
    lift = OrderSheet(desk, ordering.lift(desk, standing.overview(bench).standings["local"]), ended=ended.append)
    qtbot.addWidget(lift)
    named(lift, "sheet.act").click()
    assert len(ended) == 1
    assert bench.deployments.status("local")[0].state is State.SERVING


def test_seconds_are_counted_and_the_sheet_stays_until_the_end_is_known(tmp_path: Path, qtbot: Any) -> None:
    sheet = StopSheet(fake_desk(None, tmp_path, is_silent=True), LIVE)
    qtbot.addWidget(sheet)
    sheet.open()
    named(sheet, "sheet.act").click()
    assert "0.0 s" in texts(sheet)
    qtbot.waitUntil(lambda: "0.1 s" in texts(sheet) or "0.2 s" in texts(sheet))
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.isVisible()
    assert not named(sheet, "sheet.act").isEnabled()


def test_a_stop_that_nothing_confirmed_is_told_as_such(tmp_path: Path, qtbot: Any) -> None:
    class Deaf:
        deployments: Any = None

    def stop(_environment: str) -> None:
        raise NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment="production", pid=4711)

    bench = Deaf()
    bench.deployments = type("Rooms", (), {"stop": staticmethod(stop)})()
    sheet = StopSheet(fake_desk(bench, tmp_path), LIVE)
    qtbot.addWidget(sheet)
    sheet.open()
    named(sheet, "sheet.act").click()
    assert sheet.phase == "unsure"
    said = texts(sheet)
    assert "Nobody saw it stop." in said
    assert Code.STOP_NOT_CONFIRMED.value in said
    assert not named(sheet, "stop.reason").isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_reason_is_recorded_once_however_often_the_act_is_pressed(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    sheet = StopSheet(desk, LIVE)
    qtbot.addWidget(sheet)
    sheet._on_stopped(Stopped(LIVE.deployment.active, "0.31", "refuses"))
    named(sheet, "stop.reason").setText("It refused too many")
    act = named(sheet, "sheet.act")
    assert isinstance(desk.session, FakeSession)
    for _ in range(2):
        qtbot.keyClick(named(sheet, "stop.reason"), Qt.Key.Key_Return)
        act.click()
    assert (desk.session.acts, act.isEnabled()) == (1, False)
    sheet._on_reason_failed(NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment="production", pid=4711))
    assert act.isEnabled()


def test_a_reason_that_was_not_recorded_is_told_also_where_the_sheet_was_closed(
    tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    told: list[Problem] = []
    desk.troubled.connect(told.append)
    sheet = StopSheet(desk, LIVE)
    sheet._on_stopped(Stopped(LIVE.deployment.active, "0.31", "refuses"))
    named(sheet, "stop.reason").setText("It refused too many")
    assert isinstance(desk.session, FakeSession)
    ends: list[Any] = []
    monkeypatch.setattr(desk.session, "act", lambda _work, **named: ends.append(named))
    named(sheet, "sheet.act").click()
    shiboken6.delete(sheet)
    error = NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment="production", pid=4711)
    assert shiboken6.isValid(ends[0]["owner"])
    ends[0]["failed"](error)
    ends[0]["failed"](CancelledError(Code.CANCELLED))  # whoever gave the passphrase up knows
    assert [one.key for one in told] == [Code.STOP_NOT_CONFIRMED.value]
    ends[0]["then"](None)


def test_a_stop_does_not_wait_for_the_acts_before_it(bench: Workbench, qtbot: Any) -> None:
    session = Session(Tasks())
    with qtbot.waitSignal(session.opened, timeout=20_000):
        session.open(bench.project, owner=session)
    is_over = False
    session.act(lambda _bench, _progress, cancel: _wait(lambda: is_over or cancel()), owner=session)
    stopped: list[object] = []
    session.urgent(lambda wb: wb.deployments.status("local"), owner=session, then=stopped.append)
    qtbot.waitUntil(lambda: len(stopped) == 1, timeout=20_000)
    is_over = True
    session.shut()


def _wait(is_over: Any) -> None:
    tick = threading.Event()
    while not is_over():
        tick.wait(0.01)
