"""The verbs of datasets: add, list, show, compare, check, lay out for use.

Promises: a version, once recorded, never changes and can be made again from its sources; foreign bytes are parsed in a
worker only; a refused source leaves nothing behind; the test side is not handed to training.
"""

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.catalog import Catalog
from surefoot.datasets import manifest as manifests
from surefoot.datasets import placing, quality, references, rules, tables
from surefoot.datasets.facts import Added, DatasetVersion, Placed, Plan
from surefoot.datasets.sources import Source, opened
from surefoot.errors import Code, InputRefusedError
from surefoot.files import locked
from surefoot.objects import Objects
from surefoot.trail import Draft, Recorder, Subject, ids
from surefoot.trail.canonical import Json, encode
from surefoot.workers import run
from surefoot.workers.facts import DEFAULT, Cancel, Limits, Progress, quiet
from surefoot.workers.scratch import scratch_folder

_IMPORT = "surefoot.datasets.importing:read_table"
_PERMISSION = ("owner", "purpose", "legal_basis", "jurisdiction", "expiry")


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known of a dataset when a version is added to it."""

    id: str
    name: str
    versions: tuple[DatasetVersion, ...]

    @property
    def last(self) -> DatasetVersion | None:
        return self.versions[-1] if self.versions else None


class Datasets:
    """The datasets of one project.

    Args:
        catalog: where versions are looked up. objects: where data go. recorder: who records.
        project: the project's folder; sources are named relative to it where they lie in it.
        state: the workspace's folder in the user's state folder, for locks and work in progress.
        limits: of the workers.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        objects: Objects,
        recorder: Recorder,
        project: Path,
        state: Path,
        limits: Limits = DEFAULT,
    ) -> None:
        self._catalog = catalog
        self._objects = objects
        self._recorder = recorder
        self._project = project
        self._state = state
        self._limits = limits

    def add(
        self, source: Path, plan: Plan | None = None, *, progress: Progress = quiet, cancel: Cancel | None = None
    ) -> Added:
        """Makes a version of what is in a file or a folder.

        Unchanged data with an unchanged plan are the version that is there: nothing is recorded.

        Args:
            source: a CSV, Parquet or JSON-lines file.
            plan: what the owner says; what it leaves open was said before, or is guessed.
            progress: told how far it is.
            cancel: asked whether to stop.

        Raises:
            InputRefusedError: the source or the plan cannot be used; the error says where and why.
            CancelledError: `cancel` said so.
        """
        plan = rules.check_plan(plan or Plan())
        name = plan.name or rules.name_of(source.resolve().stem)
        with locked(self._state / "datasets.lock"):
            self._catalog.catch_up()
            before = self._before(name)
            plan = rules.continued(plan, before.last.plan if before.last else None)
            self._refuse_expired(plan.expiry)
            with opened(source, progress=progress, cancel=cancel) as one:
                return self._add_table(one, plan, before, progress=progress, cancel=cancel)

    def list(self) -> list[DatasetVersion]:
        """Every version of every dataset, by name and number."""
        self._catalog.catch_up()
        return tables.all_versions(self._catalog)

    def show(self, ref: str) -> DatasetVersion:
        """One version: `name` (the newest), `name@3`, `name@<start of its hash>`, or the same with an id.

        Raises:
            InputRefusedError: there is none, or several fit.
        """
        self._catalog.catch_up()
        return references.resolve(self._catalog, ref)

    def materialise(
        self,
        version: DatasetVersion | str,
        folder: Path,
        *,
        held_back: bool = True,
        progress: Progress = quiet,
        cancel: Cancel | None = None,
    ) -> Placed:
        """Lays a version out in a folder: `train.parquet` (and `validation.parquet`), `schema.json`, read-only.

        Args:
            version: which one.
            folder: made if need be.
            held_back: keep the test side back, as for training; off for checks.
            progress: told how far it is.
            cancel: asked whether to stop.

        Raises:
            InputRefusedError: the permission has ended, or a referenced source is not what it was.
            IncompleteError: the data are not here.
        """
        which = self.show(version) if isinstance(version, str) else version
        self._refuse_expired(which.expiry)
        folder.mkdir(parents=True, exist_ok=True)
        if which.data is None:
            return self._from_source(which, folder, held_back=held_back, progress=progress, cancel=cancel)
        sides = {}
        for side in placing.wanted(which.data, held_back=held_back):
            sides[side] = folder / f"{side}.parquet"
            self._objects.copy_to(str(which.data[side]), sides[side], mode=placing.READ_ONLY)
        return placing.placed(which, folder, sides)

    def _from_source(
        self, which: DatasetVersion, folder: Path, *, held_back: bool, progress: Progress, cancel: Cancel | None
    ) -> Placed:
        """Reads a referenced source again; what comes of it is the same, or it is refused."""
        path = self._project / str(which.place)
        with (
            opened(path, progress=progress, cancel=cancel) as source,
            scratch_folder(self._state / "scratch") as scratch,
        ):
            if source.sha256 != which.sources[0]["sha256"]:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=path)
            read = self._read(
                source, scratch, rules.plan_from(which.plan), which.name, progress=progress, cancel=cancel
            )
            source.refuse_change()
            if manifests.digest(manifests.of_table(read, which.sources[0])) != which.version:
                raise InputRefusedError(Code.SOURCE_CHANGED, path=path)
            sides = {}
            for side in placing.wanted(read["sides"], held_back=held_back):
                sides[side] = folder / f"{side}.parquet"
                shutil.copyfile(scratch / read["sides"][side], sides[side])
                sides[side].chmod(placing.READ_ONLY)
        return placing.placed(which, folder, sides)

    def _before(self, name: str) -> _Before:
        versions = tuple(tables.versions_of(self._catalog, name))
        return _Before(versions[-1].id if versions else ids.new("ds"), name, versions)

    def _refuse_expired(self, expiry: str | None) -> None:
        today = dt.datetime.now(dt.UTC).date()
        if expiry is not None and dt.date.fromisoformat(expiry) < today:
            raise InputRefusedError(Code.DATASET_EXPIRED, expiry=expiry)

    def _add_table(
        self, source: Source, plan: Plan, before: _Before, *, progress: Progress, cancel: Cancel | None
    ) -> Added:
        is_referenced = plan.storage == "referenced"
        where = self._place(source.path) if is_referenced else None
        facts: dict[str, Json] = {"sha256": source.sha256, "size": source.stamp.size, "place": where}
        request = manifests.request_digest([facts], rules.said(plan))
        known = [one for one in before.versions if one.request == request]
        if known:
            return Added(known[-1], is_new=False)
        with scratch_folder(self._state / "scratch") as scratch:
            read = self._read(source, scratch, plan, before.name, progress=progress, cancel=cancel)
            source.refuse_change()
            manifest = manifests.of_table(read, facts)
            body = self._body(manifest, read, plan, before)
            body |= {
                "request": request,
                "sources": [source.recorded(referenced=is_referenced)],
                "storage": plan.storage or "stored",
                "place": where,
                "data": None if is_referenced else self._stored(source, scratch, read["sides"]),
            }
            return self._record(manifests.digest(manifest), body, before)

    def _read(
        self, source: Source, scratch: Path, plan: Plan, name: str, *, progress: Progress, cancel: Cancel | None
    ) -> dict[str, Any]:
        asked = {"plan": rules.said(plan), "name": name, "write": True}
        files = {"source": source.handle}
        return run(_IMPORT, asked, limits=self._limits, scratch=scratch, files=files, progress=progress, cancel=cancel)

    def _stored(self, source: Source, scratch: Path, sides: Mapping[str, str]) -> dict[str, Json]:
        """Puts the source and its sides into the store; returns the objects of the sides."""
        if self._objects.put_file(source.path.resolve()) != source.sha256:
            raise InputRefusedError(Code.SOURCE_CHANGED, path=source.path)
        stored = self._objects.put_many(scratch / file for file in sides.values())
        return dict(zip(sides, stored, strict=True))

    def _body(
        self, manifest: Mapping[str, Json], read: Mapping[str, Any], plan: Plan, before: _Before
    ) -> dict[str, Json]:
        roles = read["roles"]
        kept, profile = self._objects.put_many([encode(dict(manifest)), encode(read["profile"])])
        split = {**read["split"], "counts": read["counts"]}
        return {
            "name": before.name,
            "kind": "table",
            "manifest": kept,
            "profile": profile,
            "rows": read["rows"],
            "columns": read["columns"],
            "target": manifests.target_of(roles),
            **{name: roles[name] for name in ("key", "group", "time", "subject", "protected", "special", "confidence")},
            **{name: getattr(plan, name) for name in _PERMISSION},
            "quality": quality.summary(read["profile"]),
            "split": split,
            "sandbox": read["sandbox"],
            "plan": rules.said(plan),
        }

    def _record(self, version: str, body: dict[str, Json], before: _Before) -> Added:
        """Records a version, unless it is there with the same facts."""
        same = [one for one in before.versions if one.version == version]
        last = before.last
        body["number"] = same[-1].number if same else (last.number + 1 if last else 1)
        body["replaces"] = same[-1].replaces if same else (last.version if last else None)
        body["version"] = version
        (event,) = self._recorder.record(
            Draft(type="asset.registered", subjects=(Subject(before.id, version),), body=body)
        )
        self._catalog.catch_up()
        made = tables.from_body(body, id=before.id, version=version, leaf=event.leaf, recorded_at=event.at)
        return Added(made, is_new=not same)

    def _place(self, path: Path) -> str:
        """Where a source lies: relative to the project where it lies in it, so that a moved project still finds it."""
        real = path.resolve()
        root = self._project.resolve()
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else real.as_posix()
