"""Packs: many small objects in one file, so that they cost one fsync.

`<name>.pack` is 8 bytes of magic, then for each object its 32-byte SHA-256, its length (8 bytes, big-endian) and its
bytes. `<name>.idx` is 8 bytes of magic, then a record of 48 bytes an object (digest, place, length) in the order of
their digests. The name is the SHA-256 of these records, so an index proves itself, and binds every object's content.
The index is derived: where it is missing or damaged it is made again from the pack.
"""

import hashlib
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from surefoot.objects.copying import write_all
from surefoot.objects.drafts import StoreDraft, draft

PACK_MAGIC = b"SFPACK1\n"
INDEX_MAGIC = b"SFPIDX1\n"
FULL_BYTES = 512 * 1024 * 1024
FULL_OBJECTS = 200_000

_HEAD = struct.Struct(">32sQ")
_RECORD = struct.Struct(">32sQQ")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object lies in a pack: first byte and length."""

    start: int
    length: int


class PackWriter:
    """Writes objects into the draft of a pack, one after the other. Used by one thread."""

    def __init__(self, target: StoreDraft) -> None:
        self._target = target
        self._file = os.fdopen(os.dup(target.handle), "wb", buffering=1024 * 1024)
        self._file.write(PACK_MAGIC)
        self._end = len(PACK_MAGIC)
        self._records: list[bytes] = []

    def add(self, digest: bytes, data: bytes) -> None:
        """Appends one object."""
        self._file.write(_HEAD.pack(digest, len(data)))
        self._file.write(data)
        self._records.append(_RECORD.pack(digest, self._end + _HEAD.size, len(data)))
        self._end += _HEAD.size + len(data)

    @property
    def is_full(self) -> bool:
        """Whether the next object should go into a new pack."""
        return self._end >= FULL_BYTES or len(self._records) >= FULL_OBJECTS

    def keep(self, folder: Path, drafts: Path) -> Path:
        """Makes the pack durable under its name (one fsync) and writes its index beside it."""
        self._file.flush()
        records = b"".join(sorted(self._records))
        path = folder / f"{hashlib.sha256(records).hexdigest()}.pack"
        self._target.keep(path)
        write_index(path, records, drafts)
        return path

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()


def write_index(pack: Path, records: bytes, drafts: Path) -> None:
    """Writes a pack's index from its records. It need not be durable: a lost one is made again."""
    with draft(drafts) as target:
        write_all(target.handle, INDEX_MAGIC + records)
        target.keep(pack.with_suffix(".idx"), durable=False)


def objects_of(file: BinaryIO) -> Iterator[tuple[bytes, Place]]:
    """Walks over the objects of an open pack: digest and place of each.

    Raises:
        ValueError: the file is not a pack, or ends in the middle of an object.
    """
    size = os.fstat(file.fileno()).st_size
    if file.read(len(PACK_MAGIC)) != PACK_MAGIC:
        raise ValueError("changed")
    end = len(PACK_MAGIC)
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size:
            raise ValueError("cut short")
        digest, length = _HEAD.unpack(head)
        start = end + _HEAD.size
        end = start + length
        if end > size:
            raise ValueError("cut short")
        yield digest, Place(start, length)
        file.seek(end)


class Pack:
    """A pack that can be searched and read. Its index is mapped, not loaded; safe for many threads.

    Raises:
        ValueError: neither the index nor the pack's own heads are whole.
        OSError: the pack cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._index = _mapped(path) or INDEX_MAGIC + remade_records(path)
        self._count = (len(self._index) - len(INDEX_MAGIC)) // _RECORD.size

    def find(self, digest: bytes) -> Place | None:
        """Where an object lies in this pack, by bisection; None where it does not."""
        low, high = 0, self._count
        index, width, first = self._index, _RECORD.size, len(INDEX_MAGIC)
        while low < high:
            middle = (low + high) // 2
            start = first + middle * width
            if index[start : start + 32] < digest:
                low = middle + 1
            else:
                high = middle
        if low == self._count:
            return None
        found, place, length = _RECORD.unpack_from(index, first + low * width)
        return Place(place, length) if found == digest else None

    def places(self) -> Iterator[tuple[bytes, Place]]:
        """Every object: digest and place, in the order of digests."""
        for number in range(self._count):
            digest, start, length = _RECORD.unpack_from(self._index, len(INDEX_MAGIC) + number * _RECORD.size)
            yield digest, Place(start, length)

    def read(self, place: Place) -> bytes:
        """The bytes at a place; fewer where the pack was cut short."""
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            return os.pread(handle, place.length, place.start)
        finally:
            os.close(handle)


def is_index_whole(pack: Path) -> bool:
    """Whether a pack's index lies beside it and is the one that the pack is named by."""
    return _mapped(pack) is not None


def remade_records(pack: Path) -> bytes:
    """The records of an index, made from the pack itself.

    Raises:
        ValueError: the pack's heads are not those that it is named by.
        OSError: the pack cannot be opened.
    """
    with pack.open("rb") as file:
        records = b"".join(sorted(_RECORD.pack(d, place.start, place.length) for d, place in objects_of(file)))
    if hashlib.sha256(records).hexdigest() != pack.stem:
        raise ValueError("changed")
    return records


def _mapped(pack: Path) -> mmap.mmap | None:
    """A pack's index, mapped; None where it is missing or not whole."""
    try:
        with pack.with_suffix(".idx").open("rb") as file:
            index = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    if index[: len(INDEX_MAGIC)] != INDEX_MAGIC:
        return None
    with memoryview(index) as view:
        return index if hashlib.sha256(view[len(INDEX_MAGIC) :]).hexdigest() == pack.stem else None
