"""Sees that what starts and watches runs is alive while runs are going: starts it again, and says so."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.session import Project
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.notices import Problem

_PAUSE = 2000  # milliseconds between two looks
_PATIENCE = 8  # looks without an answer before that is a problem
_KEY = "supervisor"


class SupervisorWatch(QObject):
    """Looks every two seconds as long as runs are going, and not at all where none is."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._was_awake, self._silent = False, 0
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._look)
        desk.session.opened.connect(self._on_opened)
        desk.session.closed.connect(self._rest)
        desk.events.changed.connect(self._on_changed)
        desk.hindered.connect(lambda _reason: self._look())

    def _on_opened(self, _project: Project) -> None:
        self._rest()
        self._look()

    def _on_changed(self, change: Change) -> None:
        if change.touches("run"):
            self._look()

    def _look(self) -> None:
        # Where nothing can be recorded nobody could say how a run ended.
        if self._desk.session.project is not None and not self._desk.hindrance:
            self._desk.session.read(_attended, owner=self, then=self._on_looked, failed=self._on_failed)

    def _on_looked(self, found: tuple[bool | None, Path]) -> None:
        is_awake, log = found
        if is_awake is None:
            self._rest()
            return
        if is_awake:
            self._silent = 0
            self._desk.solve(_KEY)
        elif self._was_awake:
            self._desk.tell(self._desk.words("app.supervisor.woken"), "warn")
        else:
            self._silent += 1
        self._was_awake = is_awake
        if self._silent >= _PATIENCE:
            self._desk.trouble(Problem(_KEY, self._desk.words("app.supervisor.silent", log=log)))
        self._timer.start()

    def _on_failed(self, _error: SurefootError) -> None:
        self._timer.start()  # whoever asks for runs meets the same trouble and tells it

    def _rest(self) -> None:
        self._timer.stop()
        self._was_awake, self._silent = False, 0
        self._desk.solve(_KEY)


def _attended(bench: Workbench) -> tuple[bool | None, Path]:
    return bench.runs.attend(), bench.runs.supervisor_log
