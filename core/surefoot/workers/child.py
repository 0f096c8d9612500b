"""The other side: started by `run` as `python -I -m surefoot.workers.child`, does one task, and ends.

It limits itself before it imports the task, so that nothing foreign runs without limits. It talks back over one
pipe, a JSON line each: `{"progress": […]}`, and at the end `{"done": …}` or `{"error": …}`.
"""

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surefoot.errors import Code, SurefootError
from surefoot.workers.facts import Limits, Request

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PROGRESS_SECONDS = 0.05
_VALUE_LENGTH = 500
_DETAIL_LENGTH = 300


@dataclass(slots=True)
class Line:
    """The pipe back to the parent."""

    handle: int
    last: float = field(default=0.0)

    def send(self, message: Mapping[str, Any]) -> None:
        """Sends one message, whole."""
        data = json.dumps(message, ensure_ascii=False, allow_nan=False, default=str).encode() + b"\n"
        while data:
            data = data[os.write(self.handle, data) :]

    def progress(self, stage: str, done: int, total: int) -> None:
        """Reports progress, at most twenty times a second."""
        now = time.monotonic()
        if now - self.last >= _PROGRESS_SECONDS:
            self.last = now
            self.send({"progress": [stage, done, total]})


def limit(limits: Limits, parent: int) -> None:
    """Puts this process under its limits; they cannot be raised again.

    The number of processes is not limited: the kernel counts those of the whole user, threads included. A worker's
    children end with its group instead.
    """
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        # The soft limit ends it by SIGXCPU, which says why; the hard one by SIGKILL, should it ignore that.
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(what)
        top = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, top), top))
    os.umask(0o077)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask to die with it
        sys.exit(1)


def find(task: str) -> Callable[[Request], dict[str, Any]]:
    """The function that a name `package.module:function` stands for."""
    module, _, name = task.partition(":")
    found: Callable[[Request], dict[str, Any]] = getattr(importlib.import_module(module), name)
    return found


def explain(error: BaseException) -> dict[str, Any]:
    """An error as a message: its code and values, in plain words where it is not one of ours."""
    if isinstance(error, SurefootError):
        values = {name: _plain(value) for name, value in error.values.items()}
        return {"kind": type(error).__name__, "code": error.code.value, "values": values}
    # DuckDB's own limit speaks before ours does. It is told by name, so that no library is imported for it.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return {"kind": "InputRefusedError", "code": Code.WORKER_MEMORY.value, "values": {}}
    full = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    if isinstance(error, OSError) and error.errno in full:
        return {"kind": "InputRefusedError", "code": Code.WORKER_DISK.value, "values": {}}
    detail = f"{type(error).__name__}: {error}".splitlines()[0][:_DETAIL_LENGTH]
    return {"kind": "SurefootError", "code": Code.WORKER_FAILED.value, "values": {"detail": detail}}


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int) else str(value)[:_VALUE_LENGTH]


def main() -> None:
    """Reads the order from standard input, does the task, answers."""
    order = json.load(sys.stdin)
    line = Line(int(sys.argv[1]))
    limits = Limits(**order["limits"])
    limit(limits, order["parent"])
    request = Request(
        order["request"],
        scratch=Path(order["scratch"]),
        files={name: Path(place) for name, place in order["files"].items()},
        progress=line.progress,
        limits=limits,
    )
    try:
        answer = {"done": find(order["task"])(request)}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the door of the process: everything crosses as a code
        answer = {"error": explain(error)}
    line.send(answer)
    sys.stdout.flush()
    # Nothing is left to do, and some libraries take long, print or crash while they are torn down.
    os._exit(0)


if __name__ == "__main__":
    main()
