"""What the two kinds of dataset, tables and folders of files, have in common: how one is made, laid out, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from surefoot.datasets.facts import DatasetVersion, Finding, Placed, Plan
from surefoot.errors import CancelledError, Code
from surefoot.objects import Objects
from surefoot.trail.canonical import Json
from surefoot.workers.facts import DEFAULT, Cancel, Limits, Progress, quiet


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks at long work: progress is told, cancel is asked."""

    progress: Progress = quiet
    cancel: Cancel | None = None

    def stop_if_asked(self) -> None:
        """Ends the work here, if somebody wants it to end.

        Raises:
            CancelledError: somebody does.
        """
        if self.cancel is not None and self.cancel():
            raise CancelledError(Code.CANCELLED)


@dataclass(frozen=True, slots=True)
class Room:
    """What the kinds work with.

    Attributes:
        objects: where data go. project: its folder. state: for locks and work in progress. limits: of the workers.
    """

    objects: Objects
    project: Path
    state: Path
    limits: Limits = field(default=DEFAULT)

    def place_of(self, path: Path) -> str:
        """Where a source lies: relative to the project if it lies in it, so that a moved project still finds it."""
        real, root = path.resolve(), self.project.resolve()
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else real.as_posix()

    def path_of(self, version: DatasetVersion) -> Path:
        """Where a referenced version's source lies."""
        return self.project / str(version.place)


@dataclass(frozen=True, slots=True)
class Asked:
    """A version to be made.

    Attributes:
        name: the dataset's. plan: what was said for it, now and before. watch: who looks.
    """

    name: str
    plan: Plan
    watch: Watch

    @property
    def is_referenced(self) -> bool:
        """Whether the source stays where it is."""
        return self.plan.storage == "referenced"


@dataclass(frozen=True, slots=True)
class Made:
    """A version before it is recorded: its manifest, and what else is to be recorded of it."""

    manifest: Mapping[str, Json]
    body: Mapping[str, Json]


class Source(Protocol):
    """An open source."""

    def identity(self) -> Json:
        """What the source is, as a value to be hashed: the same for the same data."""
        ...

    def make(self, asked: Asked) -> Made:
        """Makes a version of it.

        Raises:
            InputRefusedError, CancelledError: nothing is left behind.
        """
        ...


class Kind(Protocol):
    """One kind of dataset."""

    def lay_out(self, version: DatasetVersion, folder: Path, *, held_back: bool, watch: Watch) -> Placed:
        """Lays a version out in a folder that exists.

        Raises:
            InputRefusedError: a referenced source is not what it was.
            IncompleteError: the data are not here.
        """
        ...

    def check(self, version: DatasetVersion, watch: Watch) -> list[Finding]:
        """Finds what is not as it was recorded."""
        ...
