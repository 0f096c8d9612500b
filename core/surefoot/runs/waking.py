"""Wakes the supervisor: starts it as a process of its own where none is running.

It outlives whoever woke it. Its words go to `supervisor.log` in the state folder, which is begun anew when it has
grown beyond 1 MiB.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from surefoot.files import explained, locked

LOCK = "supervisor.lock"
LOG = "supervisor.log"
_LARGEST_LOG = 2**20


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
        self._children: list[int] = []

    def is_awake(self) -> bool:
        """Whether a supervisor is running; one that is only just starting is not yet."""
        with locked(self._lock, wait=False) as is_free:
            return not is_free

    def wake(self) -> bool:
        """Makes sure that there is a supervisor. Returns whether one was started."""
        self._children = [pid for pid in self._children if not _has_ended(pid)]
        # One of ours that is still coming up holds no lock yet; a second one would only make it slower.
        if self._children or self.is_awake():
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
        self._children.append(pid)
        return True


def own_command(*words: str) -> tuple[str, ...]:
    """The command that runs a module of this installation with this Python."""
    return (sys.executable, "-m", *words)


def _has_ended(pid: int) -> bool:
    """Whether a child has ended; takes note of it, so that it does not stay as a zombie."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return True
