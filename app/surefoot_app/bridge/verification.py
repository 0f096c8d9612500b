"""Verifies the record of a project in a process of its own: of a million runs that takes minutes.

In this one it would take the interpreter from the window for all that time, and a window that is closed would wait for
it. Here it gets what the machine has left over, and can be stopped at once.
"""

import sys
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from surefoot.errors import Code, SurefootError
from surefoot.trail import Report

_TASK = "surefoot_app.bridge.verification_task"
_PATIENCE = 2000  # milliseconds that a process which is killed may take to go


class Verification(QObject):
    """One verification at a time. Signals: `verified(Report)`; `failed(error)` where there is no report."""

    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        self._is_wanted = False
        self._process.finished.connect(lambda _code, _status: self._on_finished())

    def begin(self, record: Path, pins: Path) -> None:
        """Verifies a project's `.surefoot` against what the state folder remembers; ends the one before."""
        self.stop()
        self._is_wanted = True
        self._process.start(sys.executable, ["-m", _TASK, str(record), str(pins)])

    def stop(self) -> None:
        """Ends it; nobody is told."""
        self._is_wanted = False
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_PATIENCE)

    def _on_finished(self) -> None:
        if not self._is_wanted:
            return
        self._is_wanted = False
        try:
            report = msgspec.json.decode(self._process.readAllStandardOutput().data(), type=Report)
        except msgspec.DecodeError:
            said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
            self.failed.emit(SurefootError(Code.INTERNAL, detail=said[-1] if said else "no report"))
        else:
            self.verified.emit(report)
