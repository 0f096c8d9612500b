"""A version that is checked again: whether all of its data are here, and as they were recorded."""

from surefoot.datasets.facts import Health
from surefoot.errors import SurefootError
from surefoot_app.datasets.overview import unsound
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.progress import Progress


class Checking(Progress):
    """Checks versions, and tells what came of it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.words("app.shell.cancel"), name="dataset.check.cancel")
        self._desk = desk

    def check(self, ref: str) -> None:
        """Begins to check a version."""
        self.begin(self._desk.words("app.datasets.checking", ref=ref))
        task = self._desk.session.act(
            lambda bench, progress, cancel: bench.datasets.check(ref, progress=progress, cancel=cancel),
            owner=self, then=self._on_checked, failed=self._on_unchecked,
            progress=lambda stage, done, total: self.tell(self._desk.stage(stage, done, total), done, total),
            records=False,
        )  # fmt: skip
        self.cancelled.connect(task.cancel)

    def _on_checked(self, health: Health) -> None:
        self.end()
        self._desk.tell(unsound(health, self._desk.words), "ok" if health.is_sound else "bad")

    def _on_unchecked(self, error: SurefootError) -> None:
        self.end()
        self._desk.error(error)
