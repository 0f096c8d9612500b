"""Files that survive a crash: whole or absent, flushed, locked, never through a link.

Every room that writes a file of ours writes it through here, so that the rules stand once: a new file appears
under its name only when its bytes are on the disk; a lock is held by an open descriptor and dies with its process.
"""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from surefoot.errors import Code, InputRefusedError, SurefootError

KEPT = ".surefoot"
"""The folder in a project that holds what Surefoot keeps; everything else there is the user's."""

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NOT_PLAIN = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENODEV, errno.EACCES, errno.EPERM}
_NO_RIGHT = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns the two failures of writing that a user can mend into errors that say how.

    Raises:
        SurefootError: the disk is full, or the place cannot be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise SurefootError(Code.DISK_FULL, path=path) from error
        if error.errno in _NO_RIGHT:
            raise InputRefusedError(Code.NOT_WRITABLE, path=path) from error
        raise


def place_at(text: str) -> Path:
    """The place that somebody wrote, `~` being a home; taken as written where nobody is called so."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def open_plain(path: Path) -> BinaryIO | None:
    """Opens a file that lies where foreign code could write; None where there is no plain file that we may read.

    No link is followed and no pipe waited for, so a reader is neither led elsewhere nor held up.

    Raises:
        OSError: nobody can say, since the system is short of something; ask again.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NOT_PLAIN:
            return None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    return os.fdopen(handle, "rb")


def refuse_taken(folder: Path) -> None:
    """Looks whether a folder is new, or empty.

    Raises:
        InputRefusedError: it is neither.
    """
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise InputRefusedError(Code.FOLDER_TAKEN, folder=folder)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable (fsync of the directory)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Writes a file that is either there with all its bytes, durable, or not there.

    An existing file of that name is replaced in one step.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def private_folder(path: Path) -> Path:
    """Makes a folder that only its owner can enter (0700) and returns it."""
    with explained(path):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o700)
    return path


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Holds an exclusive lock (flock) on a file of its own for the length of the block.

    Yields:
        True while the lock is held; False, at once, where `wait` is off and somebody else holds it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with explained(path):
        try:
            handle = os.open(path, flags, 0o600)
        except FileNotFoundError:
            # The folder is made only where it lacks: this is on the path of every append.
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, flags, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
