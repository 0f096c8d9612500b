"""The real desktop on a screen that is not there, and a clock that says how late its window is."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from surefoot.files import private_folder
from surefoot.workbench import state_folder
from surefoot_app.__main__ import Desktop
from surefoot_app.bridge.settings import Settings
from surefoot_app.runs.page import RunsPage
from surefoot_app.theme.tokens import ROW

FRAMES, JUMPS = 200, 40
_LONGEST = 300.0  # seconds that anything may take
_BEAT = 0.004  # seconds
_MOMENT = 0.3  # seconds


class Screen:
    """A project, open in the whole desktop: Home, then the page of runs.

    Attributes:
        late: by how much a timer of 4 ms was late at worst since `watch`. worst: what was done then.
    """

    def __init__(self, app: QApplication, project: Path, kept: Path) -> None:
        self.app = app
        self.late, self.worst, self._doing = 0.0, "", ""
        self._beat = time.perf_counter()
        self._timer = QTimer(interval=int(_BEAT * 1000))
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.desktop = Desktop(Settings(kept), private_folder(state_folder()))
        self.desktop.window.resize(1440, 900)
        self.desktop.window.show()
        self.desktop.open(project)
        self.until(lambda: self.desktop.session.project is not None)

    def _grab(self) -> float:
        """Draws the table for the bench alone, and gives the seconds; the window would not have stopped for it."""
        start = time.perf_counter()
        self.table.viewport().grab()
        taken = time.perf_counter() - start
        self._beat += taken
        return taken

    def _tick(self) -> None:
        now = time.perf_counter()
        late, self._beat = now - self._beat - _BEAT, now
        if late > self.late:
            self.late, self.worst = late, self._doing

    def watch(self) -> None:
        """Begins anew to note how late the window is."""
        self.late, self._beat = 0.0, time.perf_counter()

    def until(self, is_so: Callable[[], bool]) -> float:
        """Lets the window live until something is so; returns the seconds. Waits as the application's own loop does."""
        start = time.perf_counter()
        while not is_so():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            if time.perf_counter() - start > _LONGEST:
                raise SystemExit(f"it never came: {self._doing}")
        return time.perf_counter() - start

    def settle(self) -> None:
        """Waits until nothing is asked and nothing waits to be told."""
        self.until(lambda: self.desktop.session.tasks.is_idle)
        self.app.processEvents()

    def open_runs(self) -> float:
        """Goes to the page of runs; returns the seconds until rows are drawn."""
        self._doing = "first paint"
        start = time.perf_counter()
        self.desktop.desk.go("runs")
        page = self.desktop.window.page("runs")
        assert isinstance(page, RunsPage)
        self.page = page
        self.table, self.model = page.list.table, page.list.model
        self.until(lambda: self.model.at(0) is not None)
        self._grab()
        return time.perf_counter() - start

    def frames(self, count: int = FRAMES) -> list[float]:
        """Seconds of single frames while the list is scrolled by three rows each."""
        self._doing = "scroll"
        bar, taken = self.table.verticalScrollBar(), []
        bar.setValue(0)
        for _ in range(count):
            bar.setValue(bar.value() + 3 * ROW)
            taken.append(self._grab())
            self.app.processEvents()
        return taken

    def jumps(self, chance: random.Random, count: int = JUMPS) -> list[float]:
        """Seconds until true rows stand at a place that was jumped to, and are drawn."""
        self._doing = "jump"
        bar, taken = self.table.verticalScrollBar(), []
        for _ in range(count):
            bar.setValue(chance.randrange(bar.maximum()))
            start = time.perf_counter()
            self._grab()
            self.until(lambda: self.model.at(self.page.list.seen()[1]) is not None)
            self._grab()
            taken.append(time.perf_counter() - start)
            self.app.processEvents()
        return taken

    def answered(self, doing: str, ask: Callable[[], object]) -> float:
        """Seconds until the list shows what it was asked for, drawn."""
        self._doing = doing
        source, start = self.page.list.source, time.perf_counter()
        before = source.found
        ask()
        self.until(lambda: source.found is not before)
        self._grab()
        return time.perf_counter() - start

    def look(self, doing: str, ask: Callable[[], object]) -> float:
        """Seconds that something takes which is answered at once, painted; then the window lives on for a moment."""
        self._doing = doing
        start = time.perf_counter()
        ask()
        self.app.processEvents()
        taken = time.perf_counter() - start
        self.until(lambda: time.perf_counter() - start > taken + _MOMENT)
        return taken
