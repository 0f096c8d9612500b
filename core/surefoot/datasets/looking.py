"""Looks that leave nothing behind: at a source before it is added, and at the first rows of a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from surefoot.datasets import manifest as manifests
from surefoot.datasets import profiles
from surefoot.datasets.facts import SIDES, DatasetVersion, Head, Plan
from surefoot.datasets.filesets import Filesets, FolderSource
from surefoot.datasets.folders import read_listing
from surefoot.datasets.kinds import Room, Watch
from surefoot.datasets.placing import HELD_BACK
from surefoot.datasets.profiles import Profile
from surefoot.datasets.tabular import Tables, described
from surefoot.trail.canonical import Json
from surefoot.workers import run
from surefoot.workers.scratch import scratch_folder

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


def seen(source: Path, name: str, plan: Plan, *, room: Room, watch: Watch) -> Seen:
    """Reads a source as `add` does, and keeps nothing.

    Raises:
        InputRefusedError, CancelledError: as there.
    """
    if source.is_dir():
        # As referenced, since what is to be stored is stored while it is hashed.
        folder = Filesets(room).opened(source, name, replace(plan, storage="referenced"), watch)
        return _seen_folder(folder, plan)
    with Tables(room).opened(source, watch) as table, scratch_folder(room.state / "scratch") as scratch:
        read = table.read(scratch, plan, name=name, watch=watch, head=SHOWN, is_kept=False)
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
