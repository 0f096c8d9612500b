"""A project's datasets over a recorder in memory, with a real catalog, a real store and real workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.catalog import Catalog
from surefoot.datasets import REDUCERS, Added, Datasets, DatasetVersion
from surefoot.datasets.plans import plan
from surefoot.objects import Objects
from surefoot.workers import Limits
from tests.fakes.recorder import FakeRecorder

LIMITS = Limits(wall_seconds=120)


@dataclass(frozen=True)
class Desk:
    """What a test of datasets needs at hand."""

    folder: Path
    recorder: FakeRecorder
    catalog: Catalog
    objects: Objects
    datasets: Datasets

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def file(self, name: str, content: str | bytes) -> Path:
        """Writes a source file."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def add(self, source: Path, **said: Any) -> Added:
        return self.datasets.add(source, plan(said))

    def table(self, content: str | bytes, **said: Any) -> Added:
        return self.add(self.file("table.csv", content), **said)

    def traces(self) -> dict[str, list[str]]:
        """All that an act could leave behind: events, objects, work in progress."""
        places = {"objects": self.folder / "project/.surefoot/objects", "scratch": self.folder / "state/scratch"}
        found = {
            name: sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())
            for name, place in places.items()
        }
        found["scratch"] = [path for path in found["scratch"] if path != ".lock"]
        return {**found, "events": [event.type for event in self.recorder.log]}


def warnings_of(version: DatasetVersion) -> dict[str, Any]:
    """The warnings of a version, key to values."""
    quality: Any = version.quality
    return {one["key"]: one["values"] for one in quality["warnings"]}


@contextmanager
def desk(folder: Path, *, limits: Limits = LIMITS) -> Iterator[Desk]:
    """A project's datasets in a folder of a test's own."""
    project, state, recorder = folder / "project", folder / "state", FakeRecorder()
    project.mkdir(parents=True, exist_ok=True)
    state.mkdir(exist_ok=True)
    objects = Objects(project / ".surefoot/objects")
    with Catalog.open(state / "catalog", recorder, REDUCERS) as catalog:
        datasets = Datasets(
            catalog=catalog, objects=objects, recorder=recorder, project=project, state=state, limits=limits
        )
        yield Desk(folder, recorder, catalog, objects, datasets)
