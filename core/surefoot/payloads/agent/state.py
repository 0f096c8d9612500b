"""The heartbeat, `state.json`: who carries the run out, and since when it was last heard of.

It names the keeper by process id, start time and boot, so that a recycled id is never taken for ours.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from surefoot.payloads.agent import files, processes

FORMAT = 1


class State:
    """The heartbeat of one run. Made once by the keeper; the agent, its copy, goes on writing it."""

    def __init__(self, folder: Path, run: str) -> None:
        """Claims the folder.

        Raises:
            FileExistsError: a run was started in this folder before.
            OSError: the folder cannot be written to, or the disk is full.
        """
        now = files.stamp(time.time())
        self._path = folder / "state.json"
        self._next = 0.0
        self._facts = {
            "format": FORMAT,
            "run": run,
            "state": "starting",
            "pid": os.getpid(),
            "started": processes.started(os.getpid()),
            "boot": processes.boot(),
            "since": now,
            "last": now,
            "agent": None,
            "command": None,
        }
        handle = os.open(str(self._path), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._facts, file)
        except OSError:
            self.withdraw()
            raise

    def withdraw(self) -> None:
        """Gives the folder back: nothing was started in it."""
        self._path.unlink()

    def agent_is_here(self) -> None:
        """Names this process as the agent, beside its keeper."""
        self._facts["agent"] = [os.getpid(), processes.started(os.getpid())]

    def write(self, state: str, *, command: int | None = None, every: float = 0.0) -> None:
        """Says that the run is alive; with `every`, at most that often in seconds. A full disk is no reason to fail."""
        if every and time.monotonic() < self._next:
            return
        now = files.stamp(time.time())
        if state != self._facts["state"]:
            self._facts["since"] = now
        self._facts.update(state=state, last=now, command=command or self._facts["command"])
        self._next = time.monotonic() + max(every, 1.0)
        try:
            files.write_json(self._path, self._facts, durable=False)
        except OSError:
            self._next = 0.0
