"""What has to be looked up in the data themselves, in a worker: the texts of a column, and whether examples are real.

A profile hides values that few rows share, and knows no rows. Where the data are not here any more, or may not be used
any more, nothing is found, and that is an answer too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from surefoot import workers
from surefoot.datasets.facts import Placed
from surefoot.errors import IncompleteError, InputRefusedError
from surefoot.releases.bounds import MOST_VALUES
from surefoot.releases.facts import RecordedEvent
from surefoot.workers import Limits
from surefoot.workers.scratch import scratch_folder

LIMITS = Limits(memory_bytes=8 * 2**30, cpu_seconds=600, wall_seconds=600.0)
_TASK = "surefoot.releases.shelf_task"
_EXAMPLES = "examples"


class Shelf(Protocol):
    """Where dataset versions are laid out from; the datasets' service is one."""

    @property
    def scratch(self) -> Path:
        """Where they are laid out for a while: private, and cleared of what a killed process left."""
        ...

    def materialise(self, version: str, folder: Path, *, held_back: bool = True) -> Placed:
        """Lays a version out in a folder; without `held_back`, also the rows that training is not given."""
        ...


def texts(shelf: Shelf | None, event: RecordedEvent, columns: Sequence[str]) -> dict[str, list[str]]:
    """Every text of each of these columns in a version, all sides; without those that have more than a hundred."""
    if shelf is None or not columns:
        return {}
    with _sides(shelf, event) as files:
        found = _ask("texts", {"columns": list(columns), "most": MOST_VALUES}, files)
    return {} if found is None else dict(found["texts"])


def real_rows(shelf: Shelf | None, event: RecordedEvent, vectors: bytes) -> tuple[int, int] | None:
    """How many of the example rows stand exactly so in a version, and of how many; None where that cannot be told."""
    if shelf is None:
        return None
    with _sides(shelf, event) as files:
        if not files:
            return None
        examples = next(iter(files.values())).with_name("examples.json")
        examples.write_bytes(vectors)
        found = _ask("real_rows", {}, {**files, _EXAMPLES: examples})
    return None if found is None else (int(found["real"]), int(found["rows"]))


@contextmanager
def _sides(shelf: Shelf, event: RecordedEvent) -> Iterator[Mapping[str, Path]]:
    """The version's tables by side; none where they cannot be had."""
    with scratch_folder(shelf.scratch) as folder:
        try:
            placed = shelf.materialise(f"{event.subject}@{event.sha256}", folder / "data", held_back=False)
        except (InputRefusedError, IncompleteError):
            yield {}
            return
        yield {side: path for side, path in placed.sides.items() if path.is_file()}


def _ask(task: str, request: Mapping[str, Any], files: Mapping[str, Path]) -> Mapping[str, Any] | None:
    if not files:
        return None
    try:
        return workers.run(f"{_TASK}:{task}", request, limits=LIMITS, files=files)
    except InputRefusedError:
        return None
