"""Tables: made in a worker, kept as one Parquet file a side."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.datasets import manifest as manifests
from surefoot.datasets import placing, quality, rules
from surefoot.datasets.facts import DatasetVersion, Finding, Placed, Plan
from surefoot.datasets.kinds import Asked, Made, Room, Watch
from surefoot.datasets.sources import Opened, opened
from surefoot.errors import Code, IncompleteError, InputRefusedError, RecordBrokenError
from surefoot.trail.canonical import Json, encode
from surefoot.workers import run
from surefoot.workers.scratch import scratch_folder

_IMPORT = "surefoot.datasets.importing:read_table"
_ROLES = ("key", "group", "time", "subject", "protected", "special", "confidence")


@dataclass(frozen=True, slots=True)
class TableSource:
    """A file that holds a table."""

    room: Room
    file: Opened

    def identity(self) -> Json:
        """Its digest and size."""
        return {"sha256": self.file.sha256, "size": self.file.stamp.size}

    def make(self, asked: Asked) -> Made:
        """Reads it in a worker and keeps what comes of it.

        Raises:
            InputRefusedError, CancelledError: nothing is left behind.
        """
        with scratch_folder(self.room.state / "scratch") as scratch:
            read = self.read(scratch, asked.plan, name=asked.name, watch=asked.watch)
            manifest = manifests.of_table(read, {"sha256": self.file.sha256, "size": self.file.stamp.size})
            body = described(read, asked.plan)
            kept = self.room.objects.put_many([encode(manifest), encode(read["profile"])])
            body |= {
                "manifest": kept[0],
                "profile": kept[1],
                "sources": [self.file.recorded(referenced=asked.is_referenced)],
                "data": None if asked.is_referenced else self._stored(scratch, read["sides"]),
                "place": self.room.place_of(self.file.path) if asked.is_referenced else None,
            }
        return Made(manifest, body)

    def read(
        self, scratch: Path, plan: Plan, *, name: str, watch: Watch, head: int = 0, is_kept: bool = True
    ) -> dict[str, Any]:
        """What the worker makes of it, with its first rows; where it is kept, its Parquet files lie in the scratch."""
        read = run(
            _IMPORT,
            {"plan": rules.said(plan), "name": name, "write": is_kept, "head": head},
            limits=self.room.limits,
            scratch=scratch,
            files={"source": self.file.handle},
            progress=watch.progress,
            cancel=watch.cancel,
        )
        self.file.refuse_change()
        return read

    def _stored(self, scratch: Path, sides: Mapping[str, str]) -> dict[str, Json]:
        """Puts the source and its sides into the store; returns the objects of the sides."""
        objects = self.room.objects
        if objects.put_file(self.file.path.resolve()) != self.file.sha256:
            raise InputRefusedError(Code.SOURCE_CHANGED, path=self.file.path)
        return dict(zip(sides, objects.put_many(scratch / file for file in sides.values()), strict=True))


def described(read: Mapping[str, Any], plan: Plan) -> dict[str, Json]:
    """What the record says of a table, from what the worker returned."""
    roles = read["roles"]
    return {
        "kind": "table",
        "rows": read["rows"],
        "columns": read["columns"],
        "target": manifests.target_of(roles),
        **{name: roles[name] for name in _ROLES},
        "quality": quality.summary(read["profile"]),
        "split": {**read["split"], "counts": read["counts"]},
        "storage": plan.storage or "stored",
        "sandbox": read["sandbox"],
    }


@dataclass(frozen=True, slots=True)
class Tables:
    """The kind of dataset that is a table."""

    room: Room

    @contextmanager
    def opened(self, path: Path, watch: Watch) -> Iterator[TableSource]:
        """Opens and hashes a file.

        Raises:
            InputRefusedError, CancelledError: as `sources.opened`.
        """
        with opened(path, progress=watch.progress, cancel=watch.cancel) as file:
            yield TableSource(self.room, file)

    def lay_out(self, version: DatasetVersion, folder: Path, *, held_back: bool, watch: Watch) -> Placed:
        """A Parquet file a side, and the schema.

        Raises:
            InputRefusedError: a referenced source is not what it was.
            IncompleteError: the data are not here.
        """
        if version.data is None:
            return self._again(version, folder, held_back=held_back, watch=watch)
        sides = {}
        for side in placing.wanted(version.data, held_back=held_back):
            sides[side] = folder / f"{side}.parquet"
            self.room.objects.copy_to(version.data[side], sides[side], mode=placing.READ_ONLY)
        return placing.placed(version, folder, sides)

    def _again(self, version: DatasetVersion, folder: Path, *, held_back: bool, watch: Watch) -> Placed:
        """Reads a referenced source again; what comes of it is the same, or it is refused."""
        path = self.room.path_of(version)
        with self.opened(path, watch) as source, scratch_folder(self.room.state / "scratch") as scratch:
            if source.file.sha256 != version.sources[0]["sha256"]:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=path)
            read = source.read(scratch, rules.plan_from(version.plan), name=version.name, watch=watch)
            if manifests.digest(manifests.of_table(read, version.sources[0])) != version.version:
                raise InputRefusedError(Code.IMPORT_DIFFERS, dataset=version.ref)
            sides = {}
            for side in placing.wanted(read["sides"], held_back=held_back):
                sides[side] = folder / f"{side}.parquet"
                shutil.copyfile(scratch / read["sides"][side], sides[side])
                sides[side].chmod(placing.READ_ONLY)
        return placing.placed(version, folder, sides)

    def check(self, version: DatasetVersion, watch: Watch) -> list[Finding]:
        """Whether each object, or the referenced source, is what it was."""
        if version.data is None:
            return self._check_source(version, watch)
        found = []
        for name in (version.version, str(version.profile), str(version.sources[0]["sha256"]), *version.data.values()):
            watch.stop_if_asked()
            found += damage(self.room, name)
        return found

    def _check_source(self, version: DatasetVersion, watch: Watch) -> list[Finding]:
        path = self.room.path_of(version)
        try:
            with self.opened(path, watch) as source:
                is_same = source.file.sha256 == version.sources[0]["sha256"]
        except (IncompleteError, InputRefusedError) as error:
            if error.code == Code.SOURCE_CHANGED:
                return [Finding("changed", str(path))]
            return [Finding("gone", str(path))]
        return [] if is_same else [Finding("changed", str(path))]


def damage(room: Room, name: str) -> list[Finding]:
    """What is wrong with an object, if anything."""
    try:
        room.objects.open(name).close()
    except IncompleteError:
        return [Finding("gone", name)]
    except RecordBrokenError:
        return [Finding("damaged", name)]
    return []
