"""What this machine remembers of a feed, outside the project: a restored project must not bring its memory along.

A pin file has two slots of 64 bytes, 4096 bytes apart, each with a counter and a checksum. One of them holds the last
pin that was flushed and is left alone; the other takes every pin after it, until one of these is flushed and the two
change places. So a crash may spoil the newest memory, never all of it. All lines below a pin have been verified here,
signatures included, once; the leaf of the last of them fixes every one before it.
"""

import hashlib
import os
import struct
from dataclasses import dataclass, replace
from pathlib import Path

from surefoot.errors import Code, RecordBrokenError
from surefoot.files import write_whole

_SLOT = struct.Struct(">IIQQ32s8s")
_APART = 4096
_BLANK = b"\x00" * (_APART + _SLOT.size)


@dataclass(frozen=True, slots=True)
class Pin:
    """A remembered state.

    Attributes:
        size: number of verified lines. leaf: hash of the last one, hexadecimal (`ws` of an empty feed).
        length: bytes of the last segment that hold them. hlc: clock of the last one.
        turn: counts the writes, so that the newer slot is known. slot: where it lies.
        durable: whether it was written to be flushed.
    """

    size: int
    leaf: str
    length: int
    hlc: int
    turn: int = 0
    slot: int = 0
    durable: bool = False


def read(path: Path) -> Pin | None:
    """The newest good slot; None where nothing is remembered.

    Raises:
        RecordBrokenError: there is a memory and none of it is good.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        data = os.pread(handle, len(_BLANK), 0)
    finally:
        os.close(handle)
    slots = [_decoded(path.name, data, slot) for slot in (0, 1)]
    good = [pin for pin in slots if pin is not None]
    if not good:
        raise RecordBrokenError(Code.PIN_DAMAGED, path=path)
    return max(good, key=lambda pin: pin.turn)


def create(path: Path, pin: Pin) -> Pin:
    """Writes the first pin of a feed, durably."""
    new = replace(pin, turn=1, slot=0, durable=True)
    write_whole(path, (_encoded(path.name, new) + _BLANK)[: len(_BLANK)], mode=0o600)
    return new


def write(path: Path, pin: Pin, *, before: Pin, durable: bool, is_ours: bool) -> Pin:
    """Writes a pin after the one before it. Whoever writes holds the lock.

    Args:
        path: the file.
        pin: what to remember.
        before: the newest pin, as read.
        durable: whether to flush it.
        is_ours: whether this process wrote the one before; if not, nobody knows whether its flush was finished.

    Returns:
        The pin as it was written.

    Raises:
        OSError: it could not be written or flushed.
    """
    slot = 1 - before.slot if before.durable else before.slot
    new = Pin(pin.size, pin.leaf, pin.length, pin.hlc, before.turn + 1, slot, durable)
    data = _encoded(path.name, new)
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if before.durable and not is_ours:
            os.fsync(handle)
        if os.pwrite(handle, data, _APART * slot) != len(data):
            raise OSError(0, "short write", str(path))
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)
    return new


def _checksum(name: str, data: bytes) -> bytes:
    return hashlib.sha256(b"surefoot pin 1\n" + name.encode() + b"\n" + data).digest()[:8]


def _encoded(name: str, pin: Pin) -> bytes:
    turn = pin.turn << 1 | pin.durable
    data = _SLOT.pack(turn, pin.length, pin.size, pin.hlc, bytes.fromhex(pin.leaf), b"")[:-8]
    return data + _checksum(name, data)


def _decoded(name: str, whole: bytes, slot: int) -> Pin | None:
    data = whole[_APART * slot : _APART * slot + _SLOT.size]
    if len(data) != _SLOT.size or data[-8:] != _checksum(name, data[:-8]):
        return None
    turn, length, size, hlc, leaf, _ = _SLOT.unpack(data)
    return Pin(size, leaf.hex(), length, hlc, turn >> 1, slot, bool(turn & 1))
