"""What this machine remembers of a feed, outside the project: a restored project must not bring its memory along.

A pin file has two slots of 64 bytes, 4096 bytes apart and written in turn, each with a counter and a checksum: a crash
may spoil the one being written, the other still holds. All lines below a pin have been verified here, signatures
included, once; the leaf of the last of them fixes every one before it.
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
        turn: counts the writes, so that the newer slot is known.
    """

    size: int
    leaf: str
    length: int
    hlc: int
    turn: int = 0


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
    slots = [_decoded(path.name, data[start : start + _SLOT.size]) for start in (0, _APART)]
    good = [pin for pin in slots if pin is not None]
    if not good:
        raise RecordBrokenError(Code.PIN_DAMAGED, path=path)
    return max(good, key=lambda pin: pin.turn)


def create(path: Path, pin: Pin) -> Pin:
    """Writes the first pin of a feed, durably."""
    new = replace(pin, turn=1)
    write_whole(path, _BLANK[:_APART] + _encoded(path.name, new), mode=0o600)
    return new


def write(path: Path, pin: Pin, *, durable: bool) -> Pin:
    """Writes a pin into the older slot. Whoever writes holds the lock and gives the turn of the newest pin.

    Returns:
        The pin with its new turn.

    Raises:
        OSError: it could not be written or flushed.
    """
    new = replace(pin, turn=pin.turn + 1)
    slot = _encoded(path.name, new)
    handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if os.pwrite(handle, slot, _APART * (new.turn % 2)) != len(slot):
            raise OSError(0, "short write", str(path))
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)
    return new


def _checksum(name: str, data: bytes) -> bytes:
    return hashlib.sha256(b"surefoot pin 1\n" + name.encode() + b"\n" + data).digest()[:8]


def _encoded(name: str, pin: Pin) -> bytes:
    data = _SLOT.pack(pin.turn, pin.length, pin.size, pin.hlc, bytes.fromhex(pin.leaf), b"")[:-8]
    return data + _checksum(name, data)


def _decoded(name: str, data: bytes) -> Pin | None:
    if len(data) != _SLOT.size or data[-8:] != _checksum(name, data[:-8]):
        return None
    turn, length, size, hlc, leaf, _ = _SLOT.unpack(data)
    return Pin(size, leaf.hex(), length, hlc, turn)
