"""The verbs of datasets: add, list, show, compare, check, lay out for use.

Promises: a version, once recorded, never changes and can be made again from its sources; foreign bytes are parsed in a
worker only; a refused source leaves nothing behind; the test side is not handed to training.
"""

import datetime as dt
import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.catalog import Catalog
from surefoot.datasets import comparing, looking, profiles, references, rules, tables
from surefoot.datasets import manifest as manifests
from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import Added, Change, DatasetVersion, Finding, Head, Health, Look, Placed, Plan
from surefoot.datasets.filesets import Filesets
from surefoot.datasets.kinds import Asked, Kind, Made, Room, Source, Watch
from surefoot.datasets.profiles import Profile
from surefoot.datasets.tabular import Tables
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import KEPT, locked
from surefoot.objects import Objects
from surefoot.trail import Draft, Recorder, Subject, ids
from surefoot.trail.canonical import Json
from surefoot.workers.facts import DEFAULT, Cancel, Limits, Progress, quiet

_NOBODY = Watch()
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
        self._recorder = recorder
        self._room = Room(objects, project, state, limits)
        self._reads = looking.Reads()

    @property
    def scratch(self) -> Path:
        """Where rows are laid out for a while (`workers.scratch`): private, cleared of what a killed process left."""
        return self._room.state / "scratch"

    def add(
        self, source: Path, plan: Plan | None = None, *, progress: Progress = quiet, cancel: Cancel | None = None
    ) -> Added:
        """Makes a version of what is in a file or a folder.

        Unchanged data with an unchanged plan are the version that is there: nothing is recorded.

        Args:
            source: a CSV, Parquet or JSON-lines file, or a folder of files of any kind.
            plan: what the owner says; what it leaves open was said before, or is guessed.
            progress: told how far it is.
            cancel: asked whether to stop.

        Raises:
            InputRefusedError: the source or the plan cannot be used; the error says where and why.
            CancelledError: `cancel` said so.
        """
        plan = rules.check_plan(plan or Plan())
        _refuse_own(source, self._room.project / KEPT)
        name = plan.name or rules.name_of(source.resolve().stem)
        watch = Watch(progress, cancel)
        with locked(self._room.state / "datasets.lock"):
            self._catalog.catch_up()
            before = self._before(name)
            plan = rules.continued(plan, before.last.plan if before.last else None)
            _refuse_expired(plan.expiry)
            with self._opened(source, name, plan, watch) as opened:
                place = self._room.place_of(source) if plan.storage == "referenced" else None
                request = manifests.request_digest(opened.identity(), rules.said(plan), place=place)
                known = [one for one in before.versions if one.request == request]
                if known:
                    return Added(known[-1], is_new=False, is_recorded=False)
                self._recorder.ready()
                made = opened.make(Asked(name, plan, watch))
            return self._record(made, plan, request, before)

    def look(
        self, source: Path, plan: Plan | None = None, *, progress: Progress = quiet, cancel: Cancel | None = None
    ) -> Look:
        """What `add` would make of a source; arguments as there. Nothing is recorded, and nothing is kept.

        Raises:
            InputRefusedError, CancelledError: as there.
        """
        plan = rules.check_plan(plan or Plan())
        _refuse_own(source, self._room.project / KEPT)
        name = plan.name or rules.name_of(source.resolve().stem)
        self._catalog.catch_up()
        before = self._before(name)
        plan = rules.continued(plan, before.last.plan if before.last else None)
        _refuse_expired(plan.expiry)
        seen = looking.seen(source, name, plan, room=self._room, watch=Watch(progress, cancel), reads=self._reads)
        body, same = _told(seen.manifest, seen.body, plan, before)
        last = same or before.last
        return Look(
            version=tables.from_body(body, id=before.id, version=body["version"], leaf="", recorded_at="", request=""),
            size=seen.size,
            profile=seen.profile,
            head=seen.head,
            reasons=seen.reasons,
            before=before.last,
            is_known=same is not None,
            shifts=() if last is None else comparing.shifts(last, seen.raw, self._room.objects),
        )

    def preview(self, version: DatasetVersion) -> Head | None:
        """The first rows of a version that training may see; None of a table whose data stay where they are.

        Raises:
            IncompleteError: the data are not here. InputRefusedError: they cannot be read.
        """
        return looking.first_rows(version, room=self._room)

    def profile(self, version: DatasetVersion) -> Profile:
        """What a version's columns hold, as it was recorded.

        Raises:
            IncompleteError: the profile is not here.
        """
        if version.profile is None:
            return Profile(version.rows)
        return profiles.read(self._room.objects.read(version.profile))

    def list(self) -> list[DatasetVersion]:
        """Every version of every dataset, by name and number."""
        self._catalog.catch_up()
        return tables.all_versions(self._catalog)

    def show(self, ref: str) -> DatasetVersion:
        """One version: `name` (the newest), `name@3`, `name@<start of its hash>`, or the same with an id.

        Raises:
            IncompleteError: there is none. InputRefusedError: several fit.
        """
        self._catalog.catch_up()
        return references.resolve(self._catalog, ref)

    def check(self, ref: str, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Health:
        """Whether a version is still what was recorded: every byte is hashed again, stored or referenced.

        Raises:
            IncompleteError: there is no such version.
            CancelledError: `cancel` said so.
        """
        version = self.show(ref)
        findings = _kind_of(version, self._room).check(version, Watch(progress, cancel))
        if version.expiry is not None and _is_over(version.expiry):
            findings.append(Finding("expired", version.expiry))
        return Health(version, tuple(findings))

    def diff(self, before: str, after: str) -> tuple[Change, ...]:
        """What differs between two versions, from their records and profiles alone.

        Raises:
            IncompleteError: there is no such version.
            IncompleteError: a profile is not here.
        """
        return comparing.compare(self.show(before), self.show(after), self._room.objects)

    def materialise(
        self,
        version: DatasetVersion | str,
        folder: Path,
        *,
        held_back: bool = True,
        progress: Progress = quiet,
        cancel: Cancel | None = None,
    ) -> Placed:
        """Lays a version out in a folder, read-only: `train.parquet` (and `validation.parquet`), `schema.json`.

        A folder of files becomes a folder a side.

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
        return lay_out(which, folder, room=self._room, held_back=held_back, watch=Watch(progress, cancel))

    @contextmanager
    def _opened(self, source: Path, name: str, plan: Plan, watch: Watch) -> Iterator[Source]:
        if source.is_dir():
            yield Filesets(self._room).opened(source, name, plan, watch)
            return
        with Tables(self._room).opened(source, watch) as file:
            yield file

    def _before(self, name: str) -> _Before:
        versions = tuple(tables.versions_of(self._catalog, name))
        return _Before(versions[-1].id if versions else ids.new("ds"), name, versions)

    def _record(self, made: Made, plan: Plan, request: str, before: _Before) -> Added:
        """Records a version, or new facts about one that is there."""
        told, same = _told(made.manifest, made.body, plan, before)
        version = str(told["version"])
        body: dict[str, Json] = {**told, "request": request}
        draft = Draft(type="asset.registered", subjects=(Subject(before.id, version),), body=body)
        (event,) = self._recorder.record(draft)
        self._catalog.catch_up()
        recorded = tables.from_body(body, id=before.id, version=version, leaf=event.leaf, recorded_at=event.at)
        return Added(recorded, is_new=same is None)


def _told(
    manifest: Mapping[str, Json], described: Mapping[str, Json], plan: Plan, before: _Before
) -> tuple[dict[str, Any], DatasetVersion | None]:
    """What is to be recorded of a version, and the version before that has the very same data."""
    version, last = manifests.digest(manifest), before.last
    same = next((one for one in reversed(before.versions) if one.version == version), None)
    return {
        **described,
        **{name: getattr(plan, name) for name in _PERMISSION},
        "name": before.name,
        "number": same.number if same else (last.number + 1 if last else 1),
        "version": version,
        "replaces": same.replaces if same else (last.version if last else None),
        "plan": rules.said(plan),
    }, same


def lay_out(
    version: DatasetVersion, folder: Path, *, room: Room, held_back: bool = True, watch: Watch = _NOBODY
) -> Placed:
    """As `Datasets.materialise`, for whoever has the version and no catalog, as the supervisor.

    Raises:
        InputRefusedError, IncompleteError: as there.
    """
    _refuse_expired(version.expiry)
    folder.mkdir(parents=True, exist_ok=True)
    return _kind_of(version, room).lay_out(version, folder, held_back=held_back, watch=watch)


def _kind_of(version: DatasetVersion, room: Room) -> Kind:
    return Filesets(room) if version.kind == "files" else Tables(room)


def _refuse_own(source: Path, kept: Path) -> None:
    """Refuses what holds the project's own record, or is a part of it: it changes while it is read."""
    try:
        source.is_dir()
        real, own = source.resolve(), kept.resolve()
    except (ValueError, RuntimeError) as error:  # a NUL byte in the name, or links that lead in a circle
        raise IncompleteError(Code.FILE_MISSING, path=shown(str(source))) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise IncompleteError(Code.FILE_MISSING, path=shown(str(source))) from error
        raise
    if own.is_relative_to(real) or real.is_relative_to(own):
        raise InputRefusedError(Code.SOURCE_OWN, path=source)


def _is_over(expiry: str) -> bool:
    return dt.date.fromisoformat(expiry) < dt.datetime.now(dt.UTC).date()


def _refuse_expired(expiry: str | None) -> None:
    if expiry is not None and _is_over(expiry):
        raise InputRefusedError(Code.DATASET_EXPIRED, expiry=expiry)
