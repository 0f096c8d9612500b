"""Folders of files: listed without following anything, hashed, and known again by stamp where that is safe.

Nothing is parsed: a file is its bytes. The listing, a canonical JSON line `[path,size,sha256]` a file in the order of
the paths' bytes, is what a version of a folder is made of.
"""

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from surefoot.datasets.kinds import Watch
from surefoot.datasets.sources import check_file_name, sha256_of
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.files import write_whole
from surefoot.workers.handles import kind_of, open_input

_SURE_NS = 2_000_000_000
"""A file that was written less than this before it was hashed may be written again without its time changing."""


class Entry(NamedTuple):
    """A file in a folder.

    Attributes:
        path: relative, with `/`. size: bytes. mtime_ns, inode: by which it is known again.
    """

    path: str
    size: int
    mtime_ns: int
    inode: int


_PATH = attrgetter("path")


def walk(folder: Path) -> list[Entry]:
    """All files under a folder, in the order of their paths' bytes.

    Raises:
        InputRefusedError: a link, a pipe, a device or a name that is no text; or there are no files at all.
    """
    found: list[Entry] = []
    waiting = [(os.fspath(folder), "")]
    while waiting:
        place, prefix = waiting.pop()
        for one in _scan(place):
            path = prefix + one.name
            status = one.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                waiting.append((one.path, f"{path}/"))
            elif stat.S_ISREG(status.st_mode):
                found.append(Entry(path, status.st_size, status.st_mtime_ns, status.st_ino))
            elif stat.S_ISLNK(status.st_mode):
                raise InputRefusedError(Code.FOLDER_LINK, path=one.path)
            else:
                raise InputRefusedError(Code.INPUT_KIND, path=one.path, kind=kind_of(status.st_mode))
    if not found:
        raise InputRefusedError(Code.FOLDER_EMPTY, path=folder)
    for entry in found:
        if not entry.path.isascii():
            check_file_name(entry.path)
    # UTF-8 bytes and code points sort alike.
    return sorted(found, key=_PATH)


def _scan(place: str) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(place) as entries:
            return list(entries)
    except PermissionError as error:
        raise InputRefusedError(Code.INPUT_UNREADABLE, path=place) from error
    except FileNotFoundError as error:
        raise IncompleteError(Code.FILE_MISSING, path=place) from error


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a version."""

    path: str
    size: int
    sha256: str

    def line(self) -> bytes:
        """Its line in the listing; the same bytes as `canonical.encode` makes of [path, size, sha256]."""
        return _ENCODER.encode((self.path, self.size, self.sha256)) + b"\n"


_ENCODER = msgspec.json.Encoder()


def listing_of(files: Iterable[Listed]) -> bytes:
    """The listing of files that are in order."""
    return b"".join(file.line() for file in files)


def read_listing(lines: Iterable[bytes]) -> Iterator[Listed]:
    """The files of a listing."""
    decoder = msgspec.json.Decoder(tuple[str, int, str])
    for line in lines:
        yield Listed(*decoder.decode(line))


def hash_of(folder: Path, entry: Entry, watch: Watch) -> str:
    """SHA-256 of a file in a folder.

    Raises:
        InputRefusedError: it cannot be read, or is another by now.
    """
    watch.stop_if_asked()
    path = folder / entry.path
    handle = open_input(path)
    try:
        digest = sha256_of(handle, entry.size, cancel=watch.cancel)
        status = os.fstat(handle)
    finally:
        os.close(handle)
    if (status.st_size, status.st_mtime_ns, status.st_ino) != (entry.size, entry.mtime_ns, entry.inode):
        raise InputRefusedError(Code.SOURCE_CHANGED, path=path)
    return digest


class Stamps:
    """What files looked like when they were hashed: a private file in the state folder that saves reading them again.

    Losing it costs time and nothing else. A file that was written shortly before it was hashed is not remembered,
    since a second write may leave its time as it is. `check` never relies on stamps.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self._path = path
        self._folder = str(folder.resolve())
        self._began_ns = time.time_ns()

    def known(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Path to digest, for the files that look as they did."""
        kept: dict[str, tuple[int, int, int, str]] = {}
        with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
            stored = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
            if stored.folder == self._folder:
                kept = stored.files
        found = {}
        for entry in entries:
            one = kept.get(entry.path)
            if one is not None and one[:3] == entry[1:]:
                found[entry.path] = one[3]
        return found

    def keep(self, entries: Sequence[Entry], listed: Sequence[Listed]) -> None:
        """Remembers what was hashed."""
        files = {
            entry.path: (entry.size, entry.mtime_ns, entry.inode, file.sha256)
            for entry, file in zip(entries, listed, strict=True)
            if entry.mtime_ns < self._began_ns - _SURE_NS
        }
        write_whole(self._path, msgspec.json.encode(_Kept(folder=self._folder, files=files)), mode=0o600)


class _Kept(msgspec.Struct):
    folder: str
    files: dict[str, tuple[int, int, int, str]]


def digest_of(listing: bytes) -> str:
    """SHA-256 of a listing."""
    return hashlib.sha256(listing).hexdigest()
