"""The verbs of advisories: import a list of known vulnerabilities, say which one holds.

Nothing is fetched: people hand a list in. Its bytes are kept as they are and parsed in a worker only; what holds is the
list that was imported last. A refused list leaves nothing behind.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from surefoot import workers
from surefoot.advisories import reading_task, tables
from surefoot.advisories.facts import Listing
from surefoot.catalog import Catalog
from surefoot.datasets.sources import opened
from surefoot.errors import Code, InputRefusedError
from surefoot.objects import Objects
from surefoot.trail import Draft, Recorder, Subject
from surefoot.trail.canonical import Json
from surefoot.trail.ids import new
from surefoot.workers import Cancel, Limits, Progress, quiet
from surefoot.workers.scratch import scratch_folder

LIMITS = Limits(memory_bytes=8 * 2**30, cpu_seconds=1800, wall_seconds=1800.0, file_bytes=4 * 2**30, reply_bytes=2**24)
_TASK = "surefoot.advisories.reading_task:read"


class Advisories:
    """The lists of a project.

    Args:
        catalog: where they are looked up. objects: where they lie. recorder: a person's, who signs the import.
        scratch: where a worker may write for a while.
        limits: of the worker.
    """

    def __init__(
        self, *, catalog: Catalog, objects: Objects, recorder: Recorder, scratch: Path, limits: Limits = LIMITS
    ) -> None:
        self._catalog = catalog
        self._objects = objects
        self._recorder = recorder
        self._scratch = scratch
        self._limits = limits

    def add(self, source: Path, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Listing:
        """Imports a list: from now on it is what packages are looked up in.

        Args:
            source: a file of OSV records: a zip of JSON files, a JSON file or JSON lines.
            progress: told how far it is.
            cancel: asked whether to stop.

        Raises:
            InputRefusedError: it is no such list, goes beyond a limit, or says nothing of packages of PyPI.
            CancelledError: `cancel` said so.
        """
        if source.is_dir():
            # Its bytes are to be kept as they were handed in, and a folder has none of its own.
            raise reading_task.refused("folder", source.name)
        self._recorder.ready()
        request = {"now": datetime.now(UTC).isoformat()}
        with (
            opened(source, progress=progress, cancel=cancel) as file,
            scratch_folder(self._scratch) as folder,
        ):
            read = workers.run(
                _TASK,
                request,
                limits=self._limits,
                scratch=folder,
                files={"source": file.handle},
                progress=progress,
                cancel=cancel,
            )
            file.refuse_change()
            kept, made = self._objects.put_many([source.resolve(), folder / reading_task.LIST])
            if kept != file.sha256:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=source)
            event = self._recorder.record(_draft(read, file.recorded(referenced=False), made))[0]
        return Listing(
            id=event.subjects[0].id,
            leaf=event.leaf,
            at=event.at,
            name=source.name,
            source=kept,
            sha256=made,
            date=read["date"],
            records=read["records"],
            packages=read["packages"],
        )

    def current(self) -> Listing | None:
        """The list that holds: the one that was imported last; None where none was."""
        self._catalog.catch_up()
        return tables.newest(self._catalog)


def _draft(read: dict[str, Any], source: dict[str, Json], made: str) -> Draft:
    body: dict[str, Json] = {"format": 1, "kind": tables.KIND, "source": source}
    body |= {name: read[name] for name in ("date", "records", "skipped", "packages", "sandbox")}
    return Draft("asset.received", (Subject(new("adv"), made),), body)
