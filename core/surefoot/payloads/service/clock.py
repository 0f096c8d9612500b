"""A clock that cannot be set back.

The present is never earlier than anything already known: the moment remembered from before a restart, the moment a
signed document was issued, and the start of this process plus what the monotonic clock counted since then (suspended
time included where the system can tell, `CLOCK_BOOTTIME`). A clock that is set forward ends leases early, never late.
"""

import time
from collections.abc import Callable


def wall_ms() -> int:
    """Milliseconds since 1970 by the system's clock."""
    return time.time_ns() // 1_000_000


def steady() -> float:
    """Seconds that only count upwards."""
    source = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(source)


class Clock:
    """The present in milliseconds since 1970, never going back.

    Args:
        least: the latest moment already known.
        wall, steady: where time is read from.
    """

    def __init__(
        self, least: int = 0, *, wall: Callable[[], int] = wall_ms, steady: Callable[[], float] = steady
    ) -> None:
        self._wall = wall
        self.steady = steady
        self._start = max(wall(), least)
        self._began = steady()

    def now(self) -> int:
        """The present."""
        counted = self._start + int((self.steady() - self._began) * 1000)
        present = self._wall()
        if present > counted:
            self._start, self._began = present, self.steady()
            return present
        return counted

    def is_at_least(self, moment: int) -> None:
        """Takes note that the present cannot be earlier than this."""
        if moment > self.now():
            self._start, self._began = moment, self.steady()
