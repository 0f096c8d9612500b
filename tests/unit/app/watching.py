"""What the monkey watches beside the window: what fails in threads, where the window's thread stands, what is held."""

import logging
import resource
import sys
import threading
import traceback
from pathlib import Path
from typing import Self


class Heard(logging.Handler):
    """What the thread door tells of work that nobody foresaw to fail."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(record.getMessage())


class Sampled:
    """Looks where the thread stands when it is held for too long."""

    def __init__(self, after: float) -> None:
        self._thread, self.stack = threading.get_ident(), ""
        self._timer = threading.Timer(after, self._look)

    def _look(self) -> None:
        frame = sys._current_frames().get(self._thread)
        self.stack = "".join(traceback.format_stack(frame, limit=14))

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_given: object) -> None:
        self._timer.cancel()


def memory() -> int:
    """What this process holds, in bytes; nothing where the system does not say."""
    place = Path("/proc/self/statm")
    return int(place.read_text().split()[1]) * resource.getpagesize() if place.exists() else 0
