"""A file that a dataset is made from: opened once, hashed through that descriptor, and known again later."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from surefoot.errors import CancelledError, Code, InputRefusedError
from surefoot.trail.canonical import Json
from surefoot.workers import open_input
from surefoot.workers.facts import Cancel, Progress, quiet

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known without reading it: a change of any of them means a change of the file."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, handle: int) -> "Stamp":
        """The stamp of an open file."""
        stat = os.fstat(handle)
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ino)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open source.

    Attributes:
        path: where it is. handle: open for reading. stamp: when it was opened. sha256: of its bytes.
    """

    path: Path
    handle: int
    stamp: Stamp
    sha256: str

    def recorded(self, *, referenced: bool) -> dict[str, Json]:
        """The source as the record holds it; where it lies counts for one that stays there."""
        found: dict[str, Json] = {"name": self.path.name, "size": self.stamp.size, "sha256": self.sha256}
        if referenced:
            found |= {"mtime_ns": str(self.stamp.mtime_ns), "inode": str(self.stamp.inode)}
        return found

    def refuse_change(self) -> None:
        """Makes sure that nobody wrote to it since it was opened.

        Raises:
            InputRefusedError: somebody did.
        """
        if Stamp.of(self.handle) != self.stamp:
            raise InputRefusedError(Code.SOURCE_CHANGED, path=self.path)


def _unknown(_stamp: Stamp) -> str | None:
    return None


@contextmanager
def opened(
    path: Path,
    *,
    progress: Progress = quiet,
    cancel: Cancel | None = None,
    known: Callable[[Stamp], str | None] = _unknown,
) -> Iterator[Opened]:
    """Opens and hashes a source, unless its hash is `known` by its stamp.

    Raises:
        InputRefusedError: it is no readable regular file, or its name cannot be kept.
        CancelledError: `cancel` said so.
    """
    check_file_name(path.name)
    handle = open_input(path)
    try:
        stamp = Stamp.of(handle)
        sha256 = known(stamp) or sha256_of(handle, stamp.size, progress=progress, cancel=cancel)
        source = Opened(path, handle, stamp, sha256)
        source.refuse_change()
        yield source
    finally:
        os.close(handle)


def sha256_of(handle: int, size: int, *, progress: Progress = quiet, cancel: Cancel | None = None) -> str:
    """SHA-256 of the first `size` bytes of an open file, wherever its position is.

    No more is read than there was, so a file that grows while it is read does not keep us for ever.
    """
    digest = hashlib.sha256()
    done = 0
    while piece := os.pread(handle, min(_PIECE, size - done), done):
        digest.update(piece)
        done += len(piece)
        progress("datasets.hash", done, size)
        if cancel is not None and cancel():
            raise CancelledError(Code.CANCELLED)
    return digest.hexdigest()


def check_file_name(name: str) -> None:
    """Refuses a file name that is no text, since it could not be written the same elsewhere.

    Raises:
        InputRefusedError: FILE_NAME.
    """
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise InputRefusedError(Code.FILE_NAME, path=ascii(name), detail="not-utf8") from error
