"""A version that is checked again: whether all of its data are here, and as they were recorded."""

from surefoot.datasets.facts import Health
from surefoot.errors import CancelledError, SurefootError
from surefoot_app.bridge.tasks import Task
from surefoot_app.datasets.overview import unsound
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.progress import Progress


class Checking(Progress):
    """Checks versions, and tells what came of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.words("app.shell.cancel"), name="dataset.check.cancel")
        self._desk = desk
        self._is_going = False
        self._task: Task[Health] | None = None
        self.cancelled.connect(self._on_cancelled)

    def check(self, ref: str) -> None:
        """Begins to check a version, unless one is being checked."""
        if self._is_going:
            return
        self._is_going = True
        self.begin(self._desk.words("app.datasets.checking", ref=ref))
        self._task = self._desk.session.act(
            lambda bench, progress, cancel: bench.datasets.check(ref, progress=progress, cancel=cancel),
            owner=self, then=self._on_checked, failed=self._on_unchecked,
            progress=lambda stage, done, total: self.tell(self._desk.stage(stage, done, total), done, total),
            records=False,
        )  # fmt: skip

    def _on_cancelled(self) -> None:
        self.stopping(self._desk.words("app.datasets.stopping"))
        if self._task is not None:
            self._task.cancel()

    def _on_checked(self, health: Health) -> None:
        self._end()
        self._desk.tell(unsound(health, self._desk.words), "ok" if health.is_sound else "bad")

    def _on_unchecked(self, error: SurefootError) -> None:
        self._end()
        if not isinstance(error, CancelledError):
            self._desk.error(error)

    def _end(self) -> None:
        self._is_going = False
        self.end()
