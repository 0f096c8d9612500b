"""Wakes the supervisor: starts it as a process of its own where none is running.

It outlives whoever woke it. Its words go to `supervisor.log` in the state folder, which is begun anew when it has
grown beyond 1 MiB.
"""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from surefoot.files import explained, locked

LOCK = "supervisor.lock"
LOG = "supervisor.log"
_LARGEST_LOG = 2**20
_TOO_SHORT, _PAUSE = 1.0, 2.0


class Waker:
    """Whoever needs a supervisor has one of these.

    Args:
        state: the project's state folder, where lock and log lie.
        spawn: the command that becomes the supervisor; the command line knows it.
    """

    def __init__(self, state: Path, spawn: Sequence[str]) -> None:
        self.log = state / LOG
        self._lock = state / LOCK
        self._spawn = tuple(spawn)
        self._children: dict[int, float] = {}
        self._not_before = 0.0

    def is_awake(self) -> bool:
        """Whether a supervisor is running; one that is only just starting is not yet."""
        if not self._lock.exists():  # there never was one, and asking makes nothing
            return False
        with locked(self._lock, wait=False) as is_free:
            return not is_free

    def wake(self) -> bool:
        """Makes sure that there is a supervisor. Returns whether one was started."""
        self._take_note()
        # One of ours that is still coming up holds no lock yet; a second one would only make it slower.
        if self._children or time.monotonic() < self._not_before or self.is_awake():
            return False
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
        is_long = self.log.exists() and self.log.stat().st_size > _LARGEST_LOG
        flags |= os.O_TRUNC if is_long else os.O_APPEND
        with explained(self.log):
            pid = os.posix_spawn(
                self._spawn[0],
                self._spawn,
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, str(self.log), flags, 0o600),
                    (os.POSIX_SPAWN_DUP2, 1, 2),
                ],
                setsid=True,
            )
        self._children[pid] = time.monotonic()
        return True

    def _take_note(self) -> None:
        """Reaps those that have ended; after one that fell over at once there is a pause before the next."""
        now = time.monotonic()
        for pid, began in [(pid, began) for pid, began in self._children.items() if _has_ended(pid)]:
            del self._children[pid]
            if now - began < _TOO_SHORT:
                self._not_before = now + _PAUSE


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; takes note of it, so that it does not stay as a zombie."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return True
