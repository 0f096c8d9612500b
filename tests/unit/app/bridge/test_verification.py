"""A record is verified beside the window, and the window never waits for it."""

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment
from pytestqt.qtbot import QtBot

from surefoot.errors import SurefootError
from surefoot.trail import Report, Verdict
from surefoot_app.bridge.verification import Verification


def test_a_record_that_is_not_there_is_reported_as_such(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    verification = Verification(owner)
    with qtbot.waitSignal(verification.verified, timeout=20_000) as told:
        verification.begin(tmp_path / ".surefoot", tmp_path)
    assert told.args is not None
    assert isinstance(told.args[0], Report)
    assert told.args[0].verdict is Verdict.FAIL
    assert (verification._process.exitStatus(), verification._process.exitCode()) == (
        QProcess.ExitStatus.NormalExit,
        0,
    )


def test_what_is_stopped_tells_nothing_and_is_gone_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    verification = Verification(owner)
    verification.begin(tmp_path / ".surefoot", tmp_path)
    began = time.monotonic()
    with qtbot.assertNotEmitted(verification.verified, wait=300), qtbot.assertNotEmitted(verification.failed, wait=300):
        verification.stop()
    assert time.monotonic() - began < 2


def test_a_process_that_ends_without_a_report_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    verification = Verification(owner)
    without = QProcessEnvironment.systemEnvironment()
    without.insert("PYTHONHOME", str(tmp_path))  # an interpreter that finds nothing
    verification._process.setProcessEnvironment(without)
    with qtbot.waitSignal(verification.failed, timeout=20_000) as told:
        verification.begin(tmp_path, tmp_path)
    assert told.args is not None
    assert isinstance(told.args[0], SurefootError)


def test_another_that_is_asked_for_meanwhile_follows_also_one_that_failed(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    verification = Verification(owner)
    without = QProcessEnvironment.systemEnvironment()
    without.insert("PYTHONHOME", str(tmp_path))
    verification._process.setProcessEnvironment(without)
    with qtbot.waitSignals([verification.failed, verification.failed], timeout=20_000):
        verification.begin(tmp_path, tmp_path)
        verification.again()
        verification.again()
    with qtbot.assertNotEmitted(verification.failed, wait=300):
        assert verification._process.state() is QProcess.ProcessState.NotRunning


def test_what_was_never_begun_or_was_stopped_is_not_verified_again(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QObject()
    verification = Verification(owner)
    verification.again()
    verification.begin(tmp_path, tmp_path)
    verification.stop()
    verification.again()
    assert verification._process.state() is QProcess.ProcessState.NotRunning


def test_a_process_that_cannot_be_started_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = QObject()
    verification = Verification(owner)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with qtbot.waitSignal(verification.failed) as told:
        verification.begin(tmp_path, tmp_path)
    assert told.args is not None
    assert isinstance(told.args[0], SurefootError)
    with qtbot.waitSignal(verification.failed):
        verification.again()
