"""The acts on runs that are going on: one a run at most, be it asked for by a button, a key or the palette."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from surefoot.errors import CancelledError, SurefootError
from surefoot.runs.facts import Run
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.bridge.tasks import Task
from surefoot_app.shell.desk import Desk

T = TypeVar("T")
_NAME = "runs-doing"


@dataclass(slots=True)
class Act:
    """An act that is going on.

    Attributes:
        stage, done, total: how far it is, as the library reports it. task: by which it is stopped.
    """

    stage: str = ""
    done: int = 0
    total: int = 0
    task: Task[Any] | None = None


class Doing(QObject):
    """Knows what is being done with which run; outlives the page, which a switch of language builds anew.

    Signals: `turned(run)` when an act on a run has begun or ended; `told(run)` when it has come further.
    """

    turned = Signal(str)
    told = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.setObjectName(_NAME)
        self._acts: dict[str, Act] = {}

    def of(self, run: str) -> Act | None:
        """The act on a run that is going on."""
        return self._acts.get(run)

    def act(self, run: Run, work: Callable[[Workbench, Progress, Cancel], T], *, then: Callable[[T], object]) -> None:
        """Has something done with a run; nothing where an act on it is going on already."""
        if run.run in self._acts:
            return
        act = self._acts[run.run] = Act()
        self.turned.emit(run.run)

        def progress(stage: str, done: int, total: int) -> None:
            act.stage, act.done, act.total = stage, done, total
            self.told.emit(run.run)

        def ended(found: T) -> None:
            self._end(run)
            then(found)

        def failed(error: SurefootError) -> None:
            self._end(run)
            if not isinstance(error, CancelledError):
                self._desk.error(error)

        act.task = self._desk.session.act(work, owner=self, then=ended, failed=failed, progress=progress)

    def stop(self, run: str) -> None:
        """Asks the act on a run to stop."""
        act = self._acts.get(run)
        if act is not None and act.task is not None:
            act.task.cancel()

    def _end(self, run: Run) -> None:
        del self._acts[run.run]
        self.turned.emit(run.run)


def doing(desk: Desk) -> Doing:
    """What a desk is doing with runs; made at the first question."""
    found = desk.findChild(Doing, _NAME)
    return found if found is not None else Doing(desk)
