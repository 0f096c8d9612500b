"""Whole files, scored by a release that may run: by the service's own code, without a service.

The file is read in a worker, a piece at a time, and what is made of it appears under its name when all of it is there,
is on the record, and the release may still run. A file that exists is never written over.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot import workers
from surefoot.catalog import Catalog
from surefoot.datasets import sources
from surefoot.deployments import environments
from surefoot.deployments.choosing import Choice
from surefoot.deployments.facts import DEFAULT_ENVIRONMENT
from surefoot.deployments.places import Places
from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError
from surefoot.files import explained, sync_folder
from surefoot.releases import capsule
from surefoot.releases.facts import Release
from surefoot.releases.service import Releases
from surefoot.trail import Draft, Recorder, Subject
from surefoot.workers import Cancel, Limits, Progress, quiet
from surefoot.workers.scratch import scratch_folder

FORMS = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_TASK = "surefoot.deployments.scoring_task:score"
_DAY = 86_400
_LIMITS = Limits(memory_bytes=4 * 2**30, cpu_seconds=_DAY, wall_seconds=float(_DAY))
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be scored, and by what.

    Attributes:
        source: the file. target: the file to make; its ending says the form.
        environment: where the release has to be allowed. ref: a release; None for the one that is active there.
        keep: columns that are passed through.
    """

    source: Path
    target: Path
    environment: str = DEFAULT_ENVIRONMENT
    ref: str | None = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored file.

    Attributes:
        release: by which. target: where it lies. rows: how many there are. refused: how many of them have no answer.
        source_sha256, sha256: of what was read and of what was written. leaf: of the event.
    """

    release: Release
    target: Path
    rows: int
    refused: int
    source_sha256: str
    sha256: str
    leaf: str


def beside(source: Path) -> Path:
    """Where the answers go if nobody says: beside the file, in its form."""
    ending = source.suffix if source.suffix.lower() in FORMS else ".csv"
    return source.with_name(f"{source.stem}.scored{ending}")


class Scoring:
    """Scores files by releases of one project.

    Args:
        catalog: with the reducers of deployments. releases: the project's.
        recorder: records with the key of whoever scores. project: its folder.
        places: where services and their states lie.
    """

    def __init__(
        self, catalog: Catalog, releases: Releases, project: Path, *, recorder: Recorder, places: Places
    ) -> None:
        self._catalog = catalog
        self._releases = releases
        self._recorder = recorder
        self._project = project
        self._places = places
        self._scratch = places.state / "scratch"
        self._choice = Choice(catalog, releases)

    def score(self, wish: Wish, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Scored:
        """Scores a file and records that it was done.

        Raises:
            IncompleteError: no such file, environment or release, or nothing is active there.
            GateFailedError: the release may not run there, by now or at all.
            InputRefusedError: the file cannot be read, not by this model, or the target is taken. Nothing is left.
            CancelledError: `cancel` said so.
        """
        form = _form(wish.target)
        release = self._allowed(wish)
        self._recorder.ready()
        with (
            sources.opened(wish.source, progress=progress, cancel=cancel) as file,
            scratch_folder(self._scratch) as scratch,
        ):
            self._releases.materialise(release.id, scratch / "capsule")
            parts = capsule.answering(scratch / "capsule")
            told = workers.run(
                _TASK,
                {"form": form, "keep": list(wish.keep)},
                limits=_LIMITS,
                scratch=_made(scratch / "work"),
                files={"source": file.handle, **parts},
                progress=progress,
                cancel=cancel,
            )
            file.refuse_change()
            with _beside(scratch / "work" / told["file"], wish.target) as (draft, sha256):
                # It may have been stopped while rows were scored, which can take hours.
                self._allowed(wish, meant=release.id)
                if cancel is not None and cancel():
                    raise CancelledError(Code.CANCELLED)
                event = _event(wish, release, {**told, "sha256": sha256, "source": file.sha256})
                leaf = self._recorder.record(event)[0].leaf
                _name(draft, wish.target)
        return Scored(release, wish.target, told["rows"], told["refused"], file.sha256, sha256, leaf)

    def _allowed(self, wish: Wish, meant: str | None = None) -> Release:
        """The release that is meant, if it may run there now."""
        where = environments.named(self._project, wish.environment)
        self._catalog.catch_up()
        active = self._places.environment(wish.environment).active()
        ref = meant or wish.ref
        if ref is None:
            if active is None:
                raise IncompleteError(Code.NOTHING_DEPLOYED, environment=wish.environment)
            ref = active.release
        return self._choice.allowed(ref, where, active)


def _event(wish: Wish, release: Release, told: dict[str, Any]) -> Draft:
    """The event `release.scored`: by which release, from which bytes to which, and how many rows were refused."""
    body = {
        "name": release.name,
        "version": release.version,
        "environment": wish.environment,
        "source": {"name": wish.source.name, "sha256": told["source"]},
        "output": {"name": wish.target.name, "sha256": told["sha256"]},
        "rows": told["rows"],
        "refused": told["refused"],
        "kept": list(wish.keep),
        "sandbox": told["sandbox"],
    }
    cause = () if release.approved is None else (release.approved.leaf,)
    return Draft("release.scored", (Subject(release.id, release.digest),), body, cause)


def _form(target: Path) -> str:
    """The form that a file's ending stands for; refuses a place that is taken before anything is done."""
    form = FORMS.get(target.suffix.lower())
    if form is None:
        raise InputRefusedError(Code.SCORE_FORM, path=target, known=", ".join(FORMS))
    sources.check_file_name(target.name)
    if target.exists() or target.is_symlink():
        raise InputRefusedError(Code.SCORE_TAKEN, path=target)
    return form


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def _beside(made: Path, target: Path) -> Iterator[tuple[Path, str]]:
    """A durable copy beside the target, and its SHA-256; gone when the block ends, whatever it was given as a name."""
    with explained(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{secrets.token_hex(6)}.scoring")
        try:
            with made.open("rb") as source, draft.open("xb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
            with draft.open("rb") as file:
                sha256 = sources.sha256_of(file.fileno(), os.fstat(file.fileno()).st_size)
            yield draft, sha256
        finally:
            draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """Gives a whole file its name, if that is still free: a link fails where a rename would write over."""
    try:
        os.link(draft, target)
    except FileExistsError as error:
        raise InputRefusedError(Code.SCORE_TAKEN, path=target) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise InputRefusedError(Code.SCORE_TAKEN, path=target) from error
        draft.rename(target)
    sync_folder(target.parent)
