"""The hub of the desktop without a project behind it: questions are answered at once, by whatever bench is given.

A page is built over it as over the real one; `FakeSession` is one that has no threads.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot.workers.facts import quiet
from surefoot_app.bridge.events import Change, Events
from surefoot_app.bridge.session import Project, Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Task, Tasks
from surefoot_app.shell.desk import Desk

PROJECT = Project(Path("/projects/credit"), "credit", "5f" * 32, is_sample=False, is_solo=True)


class FakeSession(Session):
    """A session whose answers come from a bench of the test's own, at once and on this thread.

    Args:
        bench: what questions are asked of: an object with the rooms that the page asks, such as `runs`.
        project: the open one. is_silent: answers never come, as while a page loads.

    Attributes:
        asked: how many questions came. acts: how many acts.
    """

    def __init__(self, bench: object, project: Project | None = PROJECT, *, is_silent: bool = False) -> None:
        super().__init__(Tasks())
        self.project = project
        self.bench, self.is_silent = cast("Workbench", bench), is_silent
        self.asked = self.acts = 0

    def read(self, question: Any, *, owner: QObject, then: Any, failed: Any = None) -> Task[Any]:
        self.asked += 1
        return self._answer(lambda: question(self.bench), owner, then, failed)

    def keep(self, writing: Any, *, owner: QObject, then: Any, failed: Any = None, state: Path | None = None) -> None:
        self._answer(lambda: writing(self.bench.own_state), owner, then, failed)

    def act(
        self,
        work: Any,
        *,
        owner: QObject,
        then: Any = None,
        failed: Any = None,
        progress: Any = None,
        records: bool = True,
    ) -> Task[Any]:
        self.acts += 1
        return self._answer(lambda: work(self.bench, progress or quiet, lambda: False), owner, then, failed)

    def aside(self, work: Any, *, owner: QObject, then: Any, failed: Any = None, progress: Any = None) -> Task[Any]:
        return self._answer(lambda: work(self.bench, progress or quiet, lambda: False), owner, then, failed)

    def urgent(self, work: Any, *, owner: QObject, then: Any, failed: Any = None, otherwise: Any = None) -> Task[Any]:
        self.acts += 1
        return self._answer(lambda: work(self.bench), owner, then, failed)

    def _answer(self, work: Callable[[], Any], owner: QObject, then: Any, failed: Any) -> Task[Any]:
        task = Task[Any](owner, then=then, failed=failed, progress=None)
        if self.is_silent:
            return task
        try:
            found = work()
        except SurefootError as error:
            if failed is not None:
                failed(error)
            else:
                self.tasks.fault.emit(error)
        else:
            if then is not None:
                then(found)
        return task


def fake_desk(
    bench: object, folder: Path, *, language: str = "en", project: Project | None = PROJECT, is_silent: bool = False
) -> Desk:
    """A hub over a fake session.

    Args:
        bench: as for `FakeSession`. folder: where its settings lie. language, project, is_silent: see there.
    """
    settings = Settings(folder / "desktop.ini")
    settings.language = language
    session = FakeSession(bench, project, is_silent=is_silent)
    return Desk(session, Events(session), settings)


def changed(desk: Desk, *types: str) -> None:
    """Tells the pages of a desk that lines of these types were appended."""
    desk.events.changed.emit(Change(frozenset(types)))
