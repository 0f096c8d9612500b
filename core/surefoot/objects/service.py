"""The verbs of the store: put, read, copy out, check.

Promises: an object that was put is durable, whole and read-only; putting is safe for any number of processes at once;
a reader gets the bytes that the name stands for, or an error; nothing shares an inode with a user's file; a writer that
dies leaves nothing that a reader could see. The store never deletes an object.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from surefoot.errors import CancelledError, Code, InputRefusedError, RecordBrokenError
from surefoot.files import explained
from surefoot.objects import checking, copying
from surefoot.objects.batches import Batch
from surefoot.objects.drafts import draft, sweep
from surefoot.objects.facts import READ_LIMIT, Damage
from surefoot.objects.merging import merge_small
from surefoot.objects.shelf import Shelf
from surefoot.workers.facts import Cancel, Progress, quiet


class Objects:
    """One store in one folder. An instance may be used by many threads.

    Args:
        folder: `.surefoot/objects`; made when the first object is put.
    """

    def __init__(self, folder: Path) -> None:
        self._shelf = Shelf(folder)
        self._drafts = folder / "drafts"
        self._is_swept = False

    def put_bytes(self, data: bytes) -> str:
        """Stores these bytes, durably, and returns their SHA-256."""
        return self.put_many([data])[0]

    def put_file(self, path: Path) -> str:
        """Stores a copy of a plain file, durably, and returns its SHA-256.

        Raises:
            IncompleteError: there is no such file.
            InputRefusedError: it is a link, no plain file, cannot be read, or changed while it was read.
        """
        return self.put_many([path])[0]

    def put_many(self, items: Iterable[bytes | Path]) -> list[str]:
        """Stores many; those under 1 MiB share a pack and with it one fsync. Returns each SHA-256, in order.

        Raises:
            IncompleteError, InputRefusedError: as `put_file`; what came before may lie in the store.
        """
        if not self._is_swept:
            sweep(self._drafts)
            self._is_swept = True
        with Batch(self._shelf, self._drafts) as batch:
            names = [batch.put(item) for item in items]
            batch.keep()
        merge_small(self._shelf, self._drafts)
        return names

    def has(self, name: str) -> bool:
        """Whether an object of this name lies here. Its bytes are checked when it is read."""
        return self._shelf.has(name)

    def size(self, name: str) -> int:
        """How many bytes an object has.

        Raises:
            IncompleteError: it is not in the store.
        """
        return self._shelf.size(name)

    def read(self, name: str, *, limit: int = READ_LIMIT) -> bytes:
        """The bytes of an object, checked against its name.

        Raises:
            IncompleteError: it is not in the store.
            RecordBrokenError: its bytes are not what the name says.
            InputRefusedError: it has more than `limit` bytes.
        """
        size = self._shelf.size(name)
        if size > limit:
            raise InputRefusedError(Code.OBJECT_TOO_BIG, sha256=name, size=size, limit=limit)
        return self._shelf.read(name)

    def open(self, name: str) -> BinaryIO:
        """An object as an open file for reading, with a descriptor of its own; checked as a whole beforehand.

        Raises:
            IncompleteError, RecordBrokenError: as `read`.
        """
        return self._shelf.open(name)

    def copy_to(self, name: str, target: Path, *, mode: int = 0o644) -> None:
        """Copies an object out under a new name; the copy is checked, and there only when it is whole.

        An existing file of that name is replaced. The copy is the caller's: nothing is shared with the store.

        Raises:
            IncompleteError, RecordBrokenError: as `read`.
        """
        with self._shelf.open(name) as source, explained(target), draft(target.parent) as copied:
            copying.copy(source.fileno(), copied.handle)
            if copying.sha256_of(copied.handle) != name:
                raise RecordBrokenError(Code.OBJECT_DAMAGED, sha256=name)
            os.fchmod(copied.handle, mode)
            copied.keep(target, durable=False, mode=mode)

    def check(self, *, progress: Progress = quiet, cancel: Cancel | None = None) -> list[Damage]:
        """Reads every object and says which are damaged; makes lost indexes again.

        Raises:
            CancelledError: `cancel` said so.
        """
        damages: list[Damage] = []
        files = checking.files_of(self._shelf)
        for done, path in enumerate(files):
            if cancel is not None and cancel():
                raise CancelledError(Code.CANCELLED)
            progress("objects.check", done, len(files))
            damages += checking.damages_of(self._shelf, path, self._drafts)
        progress("objects.check", len(files), len(files))
        return damages
