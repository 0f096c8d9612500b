"""Verifies the record of a project in a process of its own: of a million runs that takes minutes.

In this one it would take the interpreter from the window for all that time, and a window that is closed would wait for
it. Here it gets what the machine has left over, and can be stopped at once.
"""

import sys
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from surefoot.errors import Code, SurefootError
from surefoot.trail import Report, Verdict

_TASK = "surefoot_app.bridge.verification_task"
_PATIENCE = 2000  # milliseconds that a process which is killed may take to go


class Verification(QObject):
    """One verification at a time. Signals: `verified(Report)`; `failed(error)` where there is no report.

    Attributes:
        report: the last one of this record; None before. error: why there is none, or none anew; None where there is.
    """

    verified = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.report: Report | None = None
        self.error: SurefootError | None = None
        self._process = QProcess(self)
        self._record: tuple[str, str] | None = None
        self._is_wanted = self._is_due = self._is_second = False
        self._process.finished.connect(lambda _code, _status: self._on_finished())
        self._process.errorOccurred.connect(self._on_error)

    def begin(self, record: Path, pins: Path) -> None:
        """Verifies a project's `.surefoot` against what the state folder remembers; ends the one before."""
        self.stop()
        self._record = str(record), str(pins)
        self._start()

    def again(self) -> None:
        """Verifies the same record once more, after the one that is going on; not where it was stopped."""
        if self._is_wanted:
            self._is_due = True
        elif self._record is not None:
            self._start()

    def stop(self) -> None:
        """Ends it; nobody is told."""
        self.report = self.error = self._record = None
        self._is_wanted = self._is_due = False
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(_PATIENCE)

    def _start(self, *, is_second: bool = False) -> None:
        self._is_wanted, self._is_second = True, is_second
        self._process.start(sys.executable, ["-m", _TASK, *(self._record or ())])

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._is_wanted:  # after any other one it has finished too
            self._is_wanted = self._is_due = False
            self._fail(self._process.errorString())

    def _on_finished(self) -> None:
        if not self._is_wanted:
            return
        self._is_wanted = False
        try:
            report = msgspec.json.decode(self._process.readAllStandardOutput().data(), type=Report)
        except msgspec.DecodeError:
            said = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
            self._fail(said[-1] if said else "no report")
        else:
            self._take(report)
        if self._is_due and not self._is_wanted:
            self._is_due = False
            self.again()

    def _take(self, report: Report) -> None:
        if report.verdict is Verdict.FAIL and not self._is_second:
            # The folder may have been away for a moment; a damage that is none would hold up all acts.
            self._start(is_second=True)
            return
        self.report, self.error = report, None
        self.verified.emit(report)

    def _fail(self, detail: str) -> None:
        self.error = SurefootError(Code.INTERNAL, detail=detail)
        self.failed.emit(self.error)
