"""Where objects lie, and reading them with their hash checked. Writes nothing."""

import hashlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from surefoot.errors import Code, IncompleteError, RecordBrokenError
from surefoot.objects import copying
from surefoot.objects.facts import digest_of
from surefoot.objects.packs import Pack, Place

_COARSE = 100_000_000  # nanoseconds
_TRIES = 3
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW


class Shelf:
    """The readable side of one store. Safe for many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packs = folder / "packs"
        self._lock = threading.Lock()
        self._known: dict[str, Pack] = {}
        self._listed: int | None = None
        self._checked: dict[str, tuple[int, int, int, int]] = {}

    def loose(self, name: str) -> Path:
        """Where a file of its own would lie."""
        return self.folder / name[:2] / name

    def size(self, name: str) -> int:
        """How many bytes an object has.

        Raises:
            IncompleteError: it is not in the store.
        """
        found = self._loose_size(name)
        if found is not None:
            return found
        packed = self._packed(digest_of(name))
        if packed is None:
            raise IncompleteError(Code.OBJECT_MISSING, sha256=name)
        return packed[1].length

    def has(self, name: str) -> bool:
        """Whether an object of this name lies here; says nothing of its bytes."""
        digest = digest_of(name)
        return self._loose_size(name) is not None or self._packed(digest) is not None

    def is_whole(self, name: str) -> bool:
        """Whether an object of this name lies here and its bytes are what the name says."""
        try:
            self.open(name).close()
        except (IncompleteError, RecordBrokenError):
            return False
        return True

    def read(self, name: str) -> bytes:
        """The bytes of an object, checked.

        Raises:
            IncompleteError: it is not in the store.
            RecordBrokenError: its bytes are not what the name says.
        """
        data = self._bytes(name)
        if hashlib.sha256(data).hexdigest() != name:
            raise RecordBrokenError(Code.OBJECT_DAMAGED, sha256=name)
        return data

    def holds(self, name: str, data: bytes) -> bool:
        """Whether these very bytes lie here under this name."""
        try:
            return self._bytes(name) == data
        except IncompleteError:
            return False

    def open(self, name: str) -> BinaryIO:
        """An object as an open file with a descriptor of its own, checked as a whole before it is handed out."""
        try:
            file = os.fdopen(os.open(self.loose(name), _READ), "rb")
        except FileNotFoundError:
            return _unnamed(self.read(name))
        try:
            self._check(name, file.fileno())
        except BaseException:
            file.close()
            raise
        return file

    def listed_packs(self) -> list[Pack]:
        """Every pack that can be searched, as the folder stands now."""
        try:
            stamp = os.stat(self.packs).st_mtime_ns  # noqa: PTH116 - asked for every object
        except FileNotFoundError:
            return []
        with self._lock:
            if stamp != self._listed:
                began = time.time_ns()
                self._known = dict(self._list(self._known))
                # Folder times are coarse: what changed a moment ago may change again and bear the same time.
                self._listed = stamp if began - stamp > _COARSE else None
            return list(self._known.values())

    def _list(self, known: dict[str, Pack]) -> Iterator[tuple[str, Pack]]:
        for path in sorted(self.packs.glob("*.pack")):
            if path.name in known:
                yield path.name, known[path.name]
                continue
            try:
                yield path.name, Pack(path)
            except (OSError, ValueError):
                # Neither it nor its index can be read: `check` names it; its objects count as missing.
                continue

    def _bytes(self, name: str) -> bytes:
        """The bytes of an object as they lie there, unchecked."""
        digest = digest_of(name)
        for _ in range(_TRIES):
            try:
                return _read_file(f"{self.folder}/{name[:2]}/{name}")
            except FileNotFoundError:
                packed = self._packed(digest)
            if packed is None:
                break
            # A pack that was merged into another since it was listed is gone: look again.
            with suppress(FileNotFoundError):
                return packed[0].read(packed[1])
        raise IncompleteError(Code.OBJECT_MISSING, sha256=name)

    def _loose_size(self, name: str) -> int | None:
        try:
            found = os.lstat(f"{self.folder}/{name[:2]}/{name}")
        except FileNotFoundError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def _packed(self, digest: bytes) -> tuple[Pack, Place] | None:
        for pack in self.listed_packs():
            place = pack.find(digest)
            if place is not None:
                return pack, place
        return None

    def _check(self, name: str, handle: int) -> None:
        """Hashes an open file, once a process as long as the file stays the same."""
        found = os.fstat(handle)
        # The change time cannot be set by anybody, so a file with the same four is the one that was hashed.
        stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if self._checked.get(name) == stamp:
            return
        if copying.sha256_of(handle) != name:
            raise RecordBrokenError(Code.OBJECT_DAMAGED, sha256=name)
        self._checked[name] = stamp


def _read_file(path: str) -> bytes:
    handle = os.open(path, _READ)
    try:
        return copying.read_all(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def _unnamed(data: bytes) -> BinaryIO:
    """A file without a name that holds these bytes: a packed object needs a descriptor to be handed to a worker."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    file.write(data)
    file.seek(0)
    return file
