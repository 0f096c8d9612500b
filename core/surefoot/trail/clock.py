"""The clocks of a line: claimed time, hybrid logical clock, and the machine's own time since it started."""

import hashlib
import secrets
import time
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import LARGEST

_DAY, _JUMP = 86_400_000, 60_000  # milliseconds
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_STARTED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> int:
    """Microseconds since 1970, as the machine's clock has it."""
    return time.time_ns() // 1000


def text_of(microseconds: int) -> str:
    """RFC 3339 in UTC with milliseconds and Z."""
    seconds, rest = divmod(microseconds, 1_000_000)
    try:
        day = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError) as error:
        raise InputRefusedError(Code.CLOCK_ABSURD) from error
    return f"{day}.{rest // 1000:03}Z"


def next_hlc(microseconds: int, largest_seen: int) -> int:
    """The next value of the hybrid logical clock: never stands, never goes back, whatever the machine's clock does.

    Raises:
        InputRefusedError: it would leave the numbers a line can hold.
    """
    value = max(microseconds, largest_seen + 1)
    if not 0 < value < LARGEST:
        raise InputRefusedError(Code.CLOCK_ABSURD)
    return value


class Told(Protocol):
    """What a line says of time."""

    @property
    def at(self) -> str:
        """Claimed time."""
        ...

    @property
    def boot(self) -> tuple[str, int]:
        """Name of the machine's start, and milliseconds since it."""
        ...


def fault(before: Told | None, line: Told) -> str | None:
    """What is odd about a line's time, if anything: ahead of now, behind the line before, or off the machine's own."""
    at = _milliseconds(line.at)
    if at > now() // 1000 + _DAY:
        return "its time lies in the future"
    if before is None:
        return None
    passed = at - _milliseconds(before.at)
    if line.boot[0] == before.boot[0] and abs(passed - (line.boot[1] - before.boot[1])) > _JUMP:
        return f"the machine's clock jumped by {(passed - line.boot[1] + before.boot[1]) // 1000} s before this line"
    return "it is earlier than the line before it" if passed < 0 else None


@lru_cache(maxsize=64)  # lines of one append have one time, and each is looked at again with the line after it
def _milliseconds(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:  # a day that no calendar has
        return LARGEST


class Boot:
    """This start of the machine, under a name that differs from workspace to workspace."""

    def __init__(self, ws: str) -> None:
        try:
            raw = _BOOT_ID.read_bytes()
        except OSError:  # no such file on this system: this process stands for the start
            raw = secrets.token_bytes(16)
        self._id = hashlib.sha256(ws.encode() + b"\n" + raw).hexdigest()[:16]

    def read(self) -> tuple[str, int]:
        """Its name, and milliseconds since it."""
        return self._id, time.clock_gettime_ns(_STARTED) // 1_000_000
