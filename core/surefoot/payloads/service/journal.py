"""The request log: one line a request, pseudonymised, each chained to the one before.

A line is ``JSON TAB hash LF`` with hash = SHA-256(hash of the line before ‖ JSON), hexadecimal; before the first line
of all stands the release digest. No input, no output, no address and no token is in it: the caller is a keyed hash of
the token's name, the body a keyed hash of its bytes (BLAKE2b, key in ``log.key``), so that a question "was it this
request?" can be answered and a list of people cannot be made. Lines go to the disk within a second and at the end.
"""

import errno
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec

from surefoot.payloads.service import places

_SEGMENT_BYTES = 16 * 2**20
_TAIL = 65_536


class Line(msgspec.Struct, omit_defaults=True):
    """One answered or refused request; `at` in milliseconds since 1970, `us` what it took."""

    seq: int
    at: int
    id: str
    route: str
    status: int
    us: int
    caller: str = ""
    rows: int = 0
    body: str = ""
    lease: int = 0


class Journal:
    """Appends lines.

    Attributes:
        is_writable: False while the disk takes no lines; nothing may be answered then.
        seq: the number of the next line.
    """

    def __init__(self, state: Path, *, first: str) -> None:
        self._folder = state / "log"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._key = _key(state / places.KEY_FILE)
        self._encode = msgspec.json.Encoder().encode
        self._waiting: list[bytes] = []
        self.is_writable = True
        self.seq = 0
        self._hash = first.encode()
        self._number = 0
        self._handle = self._recover()

    @property
    def head(self) -> str:
        """The hash of the last line."""
        return self._hash.decode()

    def alias(self, text: bytes) -> str:
        """A keyed hash, 128 bits."""
        return alias(text, self._key)

    def add(self, line: Line) -> None:
        """Adds a line; `seq` is set here."""
        line.seq = self.seq
        self.seq += 1
        data = self._encode(line)
        self._hash = hashlib.sha256(self._hash + data).hexdigest().encode()
        self._waiting.append(b"%b\t%b\n" % (data, self._hash))

    def flush(self) -> None:
        """Hands the waiting lines to the disk; may run beside `add` in another thread."""
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        start = os.lseek(self._handle, 0, os.SEEK_END)
        data = b"".join(lines)
        try:
            _write(self._handle, data)
        except OSError:
            self.is_writable = False
            self._waiting[:0] = lines
            # A line that was half written must not stand before the same line written again.
            with suppress(OSError):
                os.ftruncate(self._handle, start)
            return
        self.is_writable = True
        if start + len(data) > _SEGMENT_BYTES:
            self._begin_segment()

    def _begin_segment(self) -> None:
        """Goes on in the next file; where that cannot be made, the log is full, and answers wait until it can."""
        try:
            handle = self._opened(self._number + 1)
        except OSError:
            self.is_writable = False
            return
        os.close(self._handle)
        self._handle = handle
        self._number += 1

    def close(self) -> None:
        """Flushes and closes."""
        self.flush()
        os.close(self._handle)

    def _opened(self, number: int) -> int:
        path = self._folder / f"{number:06}.jsonl"
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def _recover(self) -> int:
        """Opens the newest segment, cut after its last whole line, to go on from there."""
        numbers = sorted((int(path.stem) for path in self._folder.glob("[0-9]*.jsonl")), reverse=True)
        self._number = numbers[0] if numbers else 0
        for number in numbers:
            handle = self._opened(number)
            last = _cut(handle)
            os.close(handle)
            if last:
                data, _, digest = last.partition(b"\t")
                self.seq, self._hash = msgspec.json.decode(data, type=Line).seq + 1, digest
                break
        return self._opened(self._number)


def alias(text: bytes, key: bytes) -> str:
    """A keyed hash, 128 bits."""
    return hashlib.blake2b(text, key=key, digest_size=16).hexdigest()


def _cut(handle: int) -> bytes:
    """Removes an unfinished last line and returns the last whole one, without its line feed."""
    size = os.lseek(handle, 0, os.SEEK_END)
    tail = os.pread(handle, _TAIL, max(0, size - _TAIL))
    whole = tail[: tail.rfind(b"\n") + 1]
    os.ftruncate(handle, size - len(tail) + len(whole))
    return whole.rstrip(b"\n").rsplit(b"\n", 1)[-1]


def _write(handle: int, data: bytes) -> None:
    if os.write(handle, data) != len(data):
        raise OSError(errno.ENOSPC, "short write")
    os.fsync(handle)


def _key(path: Path) -> bytes:
    if not path.exists():
        places.write_whole(path, secrets.token_bytes(32))
    return places.read_limited(path)
