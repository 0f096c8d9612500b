"""Files of the run's folder: written whole or not at all, never through a link, measured without following one."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from pathlib import Path
from typing import IO, Any, Callable, Mapping


def write_json(path: Path, value: Mapping[str, Any], *, durable: bool) -> None:
    """Writes a JSON file that is there with all its bytes or not there; `durable` waits for the disk.

    The command runs as the same user: whatever it put in the way under that name is removed.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
    handle = os.open(str(draft), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, sort_keys=True)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if path.is_dir() and not path.is_symlink():
            remove(path)
        draft.replace(path)
    except OSError:
        _try(os.unlink, str(draft))
        raise
    if durable:
        sync_folder(path.parent)


def open_plain(path: Path) -> IO[bytes]:
    """Opens a file that the command could have put something else in place of: no link is followed, no pipe waited for.

    Raises:
        OSError: there is no plain file.
    """
    handle = os.open(str(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    raise OSError(errno.EINVAL, "it is no plain file")


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(str(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def used(*paths: Path) -> int:
    """The bytes that files and folders take, as their lengths say; links are not followed, what vanishes counts 0."""
    total = 0
    todo = [str(path) for path in paths if not path.is_symlink()]
    while todo:
        path = todo.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except NotADirectoryError:
            total += os.lstat(path).st_size
        except OSError:
            continue
    return total


def stamp(seconds: float) -> str:
    """A moment as RFC 3339 in UTC with milliseconds."""
    whole = int(seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((seconds - whole) * 1000):03d}Z"


def remove(folder: Path) -> None:
    """Removes a folder with all that is in it, as far as the system lets us; links are removed, never followed."""
    for path, folders, names in os.walk(str(folder)):
        for name in folders:
            _try(os.chmod, os.path.join(path, name), 0o700)  # noqa: PTH118 - a tool may have left it read-only
        for name in names:
            _try(os.unlink, os.path.join(path, name))  # noqa: PTH118
    for path, folders, _names in os.walk(str(folder), topdown=False):
        for name in folders:
            inner = os.path.join(path, name)  # noqa: PTH118
            _try(os.unlink if os.path.islink(inner) else os.rmdir, inner)  # noqa: PTH114
    _try(os.rmdir, str(folder))


def _try(act: Callable[..., None], *values: object) -> None:
    try:
        act(*values)
    except OSError:
        return
