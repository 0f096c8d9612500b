"""Moving bytes between files the cheapest way that shares nothing with the user's file.

A reflink (FICLONE, ioctl_ficlone(2)) shares blocks but not the inode and copies on write; copy_file_range(2) lets the
kernel copy; plain reads and writes are what is left. Never a hard link: it would make their edit ours.
"""

import errno
import fcntl
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surefoot.errors import Code, IncompleteError, InputRefusedError

CHUNK = 4 * 1024 * 1024  # bytes; larger ones fall out of the processor's cache before they are hashed
_FICLONE = 0x40049409
_CANNOT = {
    errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EBADF, errno.ETXTBSY,
}  # fmt: skip


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Opens a user's plain file for reading, never through a link and never waiting on a pipe.

    Raises:
        IncompleteError: there is no such file.
        InputRefusedError: it is a link, a folder, a device or a pipe, cannot be read, or changed meanwhile.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise IncompleteError(Code.FILE_MISSING, path=path) from error
    except OSError as error:
        raise InputRefusedError(Code.OBJECT_SOURCE, path=path, detail=error.strerror) from error
    try:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise InputRefusedError(Code.OBJECT_SOURCE, path=path, detail="not-plain")
        yield handle, before
        after = os.fstat(handle)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise InputRefusedError(Code.OBJECT_SOURCE, path=path, detail="changed")
    finally:
        os.close(handle)


def read_all(handle: int, size: int) -> bytes:
    """The bytes from the descriptor's place to the end of a file that had this size a moment ago."""
    data = os.read(handle, size + 1)
    if len(data) == size and size < CHUNK:
        return data
    parts = [data]
    while data:
        data = os.read(handle, CHUNK)
        parts.append(data)
    return b"".join(parts)


def reflink(source: int, target: int) -> bool:
    """Makes the target a copy-on-write clone of the source, where the file system can."""
    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError as error:
        if error.errno in _CANNOT:
            return False
        raise
    return True


def copy(source: int, target: int) -> None:
    """Copies a whole file into an empty one, in the kernel where it can."""
    if reflink(source, target):
        return
    try:
        while os.copy_file_range(source, target, CHUNK * 16):
            pass
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        # Both descriptors stand behind the last byte that went over, so this goes on from there.
        while data := os.read(source, CHUNK):
            write_all(target, data)


def sha256_of(handle: int) -> str:
    """SHA-256 of a whole file, in hexadecimal, from its first byte whatever the descriptor's place."""
    digest = hashlib.sha256()
    place = 0
    while data := os.pread(handle, CHUNK, place):
        digest.update(data)
        place += len(data)
    return digest.hexdigest()


def sha256_and_sync(handle: int) -> str:
    """SHA-256 of a file that was just written, while a second thread brings it to the disk.

    Raises:
        OSError: the disk refused the bytes.
    """
    failed: list[OSError] = []

    def sync() -> None:
        try:
            os.fsync(handle)
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=sync, name="surefoot-objects-fsync")
    thread.start()
    try:
        return sha256_of(handle)
    finally:
        thread.join()
        if failed:
            raise failed[0]


def write_all(target: int, data: bytes) -> None:
    """Writes all of the bytes, however many calls the system needs for it."""
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]
