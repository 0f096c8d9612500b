"""Files on their way into the store: whole and durable under their name, or not there at all.

A draft lies in `drafts/` under a random name and is locked (flock) for as long as its writer lives. So a draft that
can be locked has lost its writer, and the next writer sweeps it away. A minute's grace covers the moment between a
draft's creation and its lock.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from surefoot.files import explained, sync_folder

READ_ONLY = 0o444
_GRACE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class StoreDraft:
    """A file that is being written.

    Attributes:
        handle: its open descriptor, for reading and writing.
        path: where it lies until it is kept.
    """

    handle: int
    path: Path

    def keep(self, target: Path, *, durable: bool = True, mode: int = READ_ONLY) -> None:
        """Gives the draft its name for good, replacing what bore it. With `durable` off a crash may lose it."""
        with explained(target):
            if not target.parent.is_dir():
                target.parent.mkdir(parents=True, exist_ok=True)
                sync_folder(target.parent.parent)
            os.fchmod(self.handle, mode)
            if durable:
                os.fsync(self.handle)
            self.path.replace(target)
            if durable:
                sync_folder(target.parent)


@contextmanager
def draft(folder: Path) -> Iterator[StoreDraft]:
    """Opens a new draft in a folder; at the end of the block it is gone unless it was kept."""
    path = folder / secrets.token_hex(16)
    with explained(path):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with explained(path):
            yield StoreDraft(handle, path)
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def sweep(folder: Path) -> int:
    """Removes the drafts whose writers are gone, and says how many there were."""
    swept = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _GRACE and _is_abandoned(path):
                path.unlink()
                swept += 1
    return swept


def _is_abandoned(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
