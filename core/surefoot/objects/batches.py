"""One putting of many objects: what is small shares packs, what is large becomes a file of its own."""

import hashlib
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from surefoot.objects import copying
from surefoot.objects.drafts import draft
from surefoot.objects.facts import SMALL
from surefoot.objects.packs import PackWriter
from surefoot.objects.shelf import Shelf


class Batch:
    """Objects on their way into the store. What was put is durable after `keep`; else the drafts are dropped."""

    def __init__(self, shelf: Shelf, drafts: Path) -> None:
        self._shelf = shelf
        self._drafts = drafts
        self._stack = ExitStack()
        self._new: set[bytes] = set()
        self._waiting: list[tuple[bytes, bytes]] = []
        self._writer: PackWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def put(self, item: bytes | Path) -> str:
        """Takes one object and returns its name."""
        if isinstance(item, bytes):
            return self._put_small(item) if len(item) < SMALL else self._put_large(item)
        with copying.opened(item) as (handle, found):
            if found.st_size < SMALL:
                return self._put_small(copying.read_all(handle, found.st_size))
            return self._put_large(handle)

    def keep(self) -> None:
        """Makes durable what is still on its way."""
        if self._writer is not None:
            self._keep_pack(self._writer)
        for digest, data in self._waiting:
            self._put_large(data, name=digest.hex())
        self._waiting.clear()

    def _put_small(self, data: bytes) -> str:
        digest = hashlib.sha256(data).digest()
        name = digest.hex()
        # What is there already is compared: putting mends an object that was damaged.
        if digest in self._new or self._shelf.holds(name, data):
            return name
        self._new.add(digest)
        if self._writer is None and not self._waiting:
            # One alone becomes a file of its own: a pack of one would only slow every later search.
            self._waiting.append((digest, data))
            return name
        writer = self._writer or self._open_pack()
        writer.add(digest, data)
        if writer.is_full:
            self._keep_pack(writer)
        return name

    def _put_large(self, item: bytes | int, *, name: str = "") -> str:
        with draft(self._drafts) as target:
            if isinstance(item, bytes):
                copying.write_all(target.handle, item)
            else:
                copying.copy(item, target.handle)
            # The copy is hashed, not the user's file: whatever they do to theirs meanwhile, ours is what its name says.
            name = name or copying.sha256_and_sync(target.handle)
            if not self._shelf.is_whole(name):
                target.keep(self._shelf.loose(name))
        return name

    def _open_pack(self) -> PackWriter:
        writer = PackWriter(self._stack.enter_context(draft(self._drafts)))
        self._stack.callback(writer.close)
        for digest, data in self._waiting:
            writer.add(digest, data)
        self._waiting.clear()
        self._writer = writer
        return writer

    def _keep_pack(self, writer: PackWriter) -> None:
        writer.keep(self._shelf.packs, self._drafts)
        self._stack.close()
        self._writer = None
