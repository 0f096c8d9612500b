"""The act of a release that goes on, one at a time: how far it is, and a way to stop it where it can be stopped."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel
from surefoot.workers.facts import Progress as Told
from surefoot_app.bridge.tasks import Task
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.progress import Progress

Work = Callable[[Workbench, Told, Cancel], Any]
_STOPPABLE = frozenset({"check"})  # the rest is recorded in one go, and asks nobody whether to stop


class Going(Progress):
    """Carries acts out.

    Attributes:
        is_busy: whether one is going on.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.words("app.shell.cancel"), name="release.cancel", parent=parent)
        self._desk = desk
        self._task: Task[Any] | None = None
        self.is_busy = False
        self.cancelled.connect(self._on_cancelled)

    def carry_out(
        self, work: Work, *, stage: str, then: Callable[[Any], object], failed: Callable[[SurefootError], object]
    ) -> None:
        """Begins an act; `stage` is the last word of the key of what is said meanwhile."""
        self.is_busy = True
        self.begin(self._desk.words(f"app.releases.doing_{stage}"), can_stop=stage in _STOPPABLE)
        self._task = self._desk.session.act(
            work,
            owner=self,
            then=lambda found: self._end(then, found),
            failed=lambda error: self._end(failed, error),
            progress=self._tell,
        )

    def _end(self, tell: Callable[[Any], object], found: Any) -> None:
        self.is_busy = False
        self.end()
        tell(found)

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.tell(self._desk.stage(stage, done, total), done, total)

    def _on_cancelled(self) -> None:
        self.stopping(self._desk.words("app.shell.stopping"))
        if self._task is not None:
            self._task.cancel()
