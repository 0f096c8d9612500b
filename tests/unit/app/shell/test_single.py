"""One window a project, and reports of what nobody caught."""

import sys
import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot_app.shell.crash import CrashReports
from surefoot_app.shell.single import SingleInstance


def test_a_second_start_shows_the_first_one_s_window(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.take(tmp_path / "credit")
    with qtbot.waitSignal(first.raised):
        assert not second.take(tmp_path / "credit")
    assert second.take(tmp_path / "churn")
    first.release()
    assert second.take(tmp_path / "credit")
    second.release()


def test_what_is_held_can_be_taken_again(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.take(tmp_path / "credit")
    with qtbot.assertNotEmitted(first.raised, wait=100):
        assert first.take(tmp_path / "credit")
    first.release()
    assert second.take(tmp_path / "credit")
    assert not first.take(tmp_path / "credit")
    second.release()


def test_what_was_held_stays_held_where_another_project_is_taken(tmp_path: Path, qtbot: QtBot) -> None:
    first, second, third = (SingleInstance(tmp_path) for _ in range(3))
    assert first.take(tmp_path / "credit")
    assert second.take(None)
    assert not second.take(tmp_path / "credit")
    assert not third.take(None)
    first.release()
    second.release()


def test_a_fault_is_kept_told_and_offered_until_it_is_put_away(tmp_path: Path, qapp: QApplication) -> None:
    told: list[str] = []
    reports = CrashReports(tmp_path / "crashes")
    reports.install(told.append)
    try:
        sys.excepthook(ZeroDivisionError, ZeroDivisionError("by nothing"), None)
        thread = threading.Thread(target={}.__getitem__, args=("x",))
        thread.start()
        thread.join()
    finally:
        reports.uninstall()
    assert len(told) == 2
    later = CrashReports(tmp_path / "crashes")
    text = "".join(path.read_text(encoding="utf-8") for path in later.pending())
    assert "ZeroDivisionError: by nothing" in text
    assert "KeyError" in text
    later.seen()
    assert CrashReports(tmp_path / "crashes").pending() == ()


def test_a_start_that_ends_well_leaves_nothing(tmp_path: Path, qapp: QApplication) -> None:
    reports = CrashReports(tmp_path / "crashes")
    reports.install(print)
    assert reports.pending() == ()
    reports.uninstall()
    assert list((tmp_path / "crashes").iterdir()) == []
