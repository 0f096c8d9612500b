"""Slots: at most four database files beside each other, each held by one process.

A slot is held by an flock on `N.lock`; the database `N.duckdb` itself is opened by nothing but DuckDB while it is in
use: a plain open and close in the same process would drop DuckDB's own lock (fcntl(2): closing any descriptor of a file
drops the process's record locks on it) and let a second writer in.

Each time a database is made sure of it gets a mark, `N.json`: what stat(2) says of it at that moment. That is when it
is closed, after many lines, and once a minute while very many are brought in. A database without its mark, or whose
inode, size or times differ from it, is not opened but deleted: it was left in the middle of a write, or something else
wrote to it. A process that is killed leaves DuckDB's log beside the marked database; the log is not believed but
deleted, and what it held is read from the record again. What remains to a damaged disk is found by DuckDB's block
checksums when it reads.
"""

import json
import os
import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.errors import SurefootError
from surefoot.files import locked, private_folder, write_whole

MOST = 4
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a database that nobody else uses as long as `hold` is open.

    Attributes:
        database: its file; None where all slots were taken, so that the database lies in memory.
        spill: folder for what does not fit into memory.
        hold: what gives the slot back when it is closed.
    """

    database: Path | None
    spill: Path
    hold: ExitStack

    @property
    def is_clean(self) -> bool:
        """Whether the database is the one that was whole here."""
        return self.database is not None and _whole_at(self.database) is not None

    def begin(self) -> None:
        """Goes back to what is marked: logs and spilt rows of a process that was killed are deleted."""
        if self.database is not None:
            for log in _logs_of(self.database):
                log.unlink(missing_ok=True)
        shutil.rmtree(self.spill, ignore_errors=True)

    def discard(self) -> None:
        """Deletes the database."""
        if self.database is not None:
            for path in (_mark_of(self.database), *_logs_of(self.database), self.database):
                path.unlink(missing_ok=True)
        shutil.rmtree(self.spill, ignore_errors=True)

    def mark(self) -> None:
        """Says that the database is whole: it is closed, or all was just written into it. One that has a log is not."""
        if self.database is None or _logs_of(self.database) or not self.database.is_file():
            return
        # Where the disk is full the mark before stays and does not fit, so the catalog is made again.
        with suppress(OSError, SurefootError):
            write_whole(_mark_of(self.database), json.dumps(_stamp(self.database)).encode(), mode=0o600)


def take(folder: Path) -> Slot:
    """Takes the first slot that nobody holds; memory where all are held.

    A slot without a clean database gets a copy of the newest clean one that nobody holds.
    """
    private_folder(folder)
    for number in range(MOST):
        hold = ExitStack()
        if hold.enter_context(locked(folder / f"{number}.lock", wait=False)):
            slot = Slot(folder / f"{number}.duckdb", folder / f"{number}.spill", hold)
            if not slot.is_clean:
                slot.discard()
                _copy_newest(folder, slot)
            return slot
        hold.close()
    return Slot(None, folder / f"memory-{os.getpid()}.spill", ExitStack())


def discard_free(folder: Path) -> None:
    """Deletes the databases of all slots that nobody holds: after an erasure they hold what has to be gone."""
    for number in range(MOST):
        with locked(folder / f"{number}.lock", wait=False) as is_held:
            if is_held:
                Slot(folder / f"{number}.duckdb", folder / f"{number}.spill", ExitStack()).discard()


def _copy_newest(folder: Path, slot: Slot) -> None:
    with ExitStack() as stack:
        whole: dict[Path, int] = {}
        for number in range(MOST):
            other = folder / f"{number}.duckdb"
            if other != slot.database and stack.enter_context(locked(folder / f"{number}.lock", wait=False)):
                at = _whole_at(other)
                if at is not None:
                    whole[other] = at
        if whole and slot.database is not None:
            # Nobody has this database open, here or elsewhere, so a plain open drops no lock.
            with suppress(OSError):
                shutil.copyfile(max(whole, key=lambda path: whole[path]), slot.database)
                slot.database.chmod(0o600)
                slot.mark()


def _whole_at(database: Path) -> int | None:
    """When a marked database was last written, in nanoseconds; None where it is not as it was marked."""
    try:
        found = json.loads(_mark_of(database).read_bytes())
        stamp = _stamp(database)
    except (OSError, ValueError):
        return None
    return int(stamp["mtime_ns"]) if found == stamp else None


def _stamp(database: Path) -> dict[str, Any]:
    found = database.lstat()
    return {
        "format": _FORMAT,
        "inode": found.st_ino,
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "ctime_ns": found.st_ctime_ns,
    }


def _mark_of(database: Path) -> Path:
    return database.with_suffix(".json")


def _logs_of(database: Path) -> list[Path]:
    """DuckDB's log, and what it makes of it while it brings it in."""
    return list(database.parent.glob(f"{database.name}.*"))
