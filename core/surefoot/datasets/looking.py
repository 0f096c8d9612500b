"""Looks that leave nothing behind: at a source before it is added, and at the first rows of a version."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from surefoot.datasets import manifest as manifests
from surefoot.datasets import profiles, rules, sources
from surefoot.datasets.facts import SIDES, DatasetVersion, Head, Plan
from surefoot.datasets.filesets import Filesets, FolderSource
from surefoot.datasets.folders import read_listing
from surefoot.datasets.kinds import Room, Watch
from surefoot.datasets.placing import HELD_BACK
from surefoot.datasets.profiles import Profile
from surefoot.datasets.sources import Stamp
from surefoot.datasets.tabular import TableSource, described
from surefoot.trail.canonical import Json, encode
from surefoot.workers import run
from surefoot.workers.scratch import scratch_folder

K = TypeVar("K")
V = TypeVar("V")
_UNREAD: Mapping[str, Any] = {"name": None, "owner": None, "jurisdiction": None, "expiry": None, "storage": None}
"""Answers that change nothing of what the worker makes of a file; of the name only the salt of a split is made."""
_KEPT = 8
_HEAD = "surefoot.datasets.heads:read_head"
SHOWN = 200
"""Rows, or files, that a look shows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a source: its manifest and the facts of it that would be recorded, its size, what it holds."""

    manifest: Mapping[str, Json]
    body: Mapping[str, Json]
    size: int
    profile: Profile
    raw: Mapping[str, Any]
    head: Head
    reasons: Mapping[str, str]


class Reads:
    """What was read of the last files, kept in memory: an answer that changes nothing of what is read reads nothing.

    A file is known by its place and its stamp; whoever adds it reads it all the same.
    """

    def __init__(self) -> None:
        self._hashes: dict[tuple[Path, Stamp], str] = {}
        self._reads: dict[tuple[Path, Stamp, bytes], Mapping[str, Any]] = {}

    @contextmanager
    def opened(self, source: Path, room: Room, watch: Watch) -> Iterator[TableSource]:
        """Opens a file; hashes it unless that was done.

        Raises:
            InputRefusedError, CancelledError: as `sources.opened`.
        """
        path = source.resolve()
        with sources.opened(
            source, progress=watch.progress, cancel=watch.cancel, known=lambda stamp: self._hashes.get((path, stamp))
        ) as file:
            _keep(self._hashes, (path, file.stamp), file.sha256)
            yield TableSource(room, file)

    def read(self, table: TableSource, name: str, plan: Plan, *, watch: Watch) -> Mapping[str, Any]:
        """What the worker makes of it; as it was, where only such answers differ as change nothing of it.

        Raises:
            InputRefusedError, CancelledError: as `TableSource.read`.
        """
        plan = replace(plan, **_UNREAD)
        asked = encode({"plan": rules.said(plan), "salt": plan.salt or name})
        place = (table.file.path.resolve(), table.file.stamp, asked)
        found = self._reads.get(place)
        if found is None:
            with scratch_folder(table.room.state / "scratch") as scratch:
                found = table.read(scratch, plan, name=name, watch=watch, head=SHOWN, is_kept=False)
        _keep(self._reads, place, found)
        return found


def _keep(kept: dict[K, V], key: K, value: V) -> None:
    """Keeps the last few, the newest at the end."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _KEPT:
        del kept[next(iter(kept))]


def seen(source: Path, name: str, plan: Plan, *, room: Room, watch: Watch, reads: Reads) -> Seen:
    """Reads a source as `add` does, or remembers what was read of it, and leaves nothing behind.

    Raises:
        InputRefusedError, CancelledError: as there.
    """
    if source.is_dir():
        # As referenced, since what is to be stored is stored while it is hashed.
        folder = Filesets(room).opened(source, name, replace(plan, storage="referenced"), watch)
        return _seen_folder(folder, plan)
    with reads.opened(source, room, watch) as table:
        read = reads.read(table, name, plan, watch=watch)
        file: dict[str, Json] = {"sha256": table.file.sha256, "size": table.file.stamp.size}
        body = {**described(read, plan), "sources": [table.file.recorded(referenced=False)]}
        return Seen(
            manifests.of_table(read, file), body, table.file.stamp.size, profiles.read(read["profile"]),
            read["profile"], head_of(read["head"]), read["reasons"],
        )  # fmt: skip


def _seen_folder(folder: FolderSource, plan: Plan) -> Seen:
    manifest, profile, body = folder.described(plan)
    rows = tuple((file.path, str(file.size)) for file in folder.files[:SHOWN])
    size = sum(file.size for file in folder.files)
    return Seen(manifest, body, size, profiles.read(profile), profile, Head(("path", "size"), rows, 2), {})


def head_of(answer: Mapping[str, Any]) -> Head:
    """The rows that a worker sent."""
    return Head(tuple(answer["names"]), tuple(tuple(row) for row in answer["rows"]), int(answer["columns"]))


def first_rows(version: DatasetVersion, *, room: Room) -> Head | None:
    """The first rows of a version that training may see; None of one whose data stay where they are.

    Raises:
        IncompleteError: the data are not here. InputRefusedError: they cannot be read.
    """
    if version.data is None:
        return None
    if version.kind == "files":
        return _files(version, room=room)
    side = _shown(list(version.data))
    with room.objects.open(version.data[side]) as file:
        return head_of(run(_HEAD, {"count": SHOWN}, limits=room.limits, files={"rows": file.fileno()}))


def _files(version: DatasetVersion, *, room: Room) -> Head:
    data = version.data or {}
    rows = []
    with room.objects.open(data[_shown(list(data))]) as lines:
        for number, file in enumerate(read_listing(lines)):
            if number == SHOWN:
                break
            rows.append((file.path, str(file.size)))
    return Head(("path", "size"), tuple(rows), 2)


def _shown(sides: Sequence[str]) -> str:
    """The first side that is not held back: nobody looks at the questions of an exam."""
    return next(side for side in SIDES if side in sides and side != HELD_BACK)
