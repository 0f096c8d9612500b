"""What a worker is given and what it may use: limits, the request it works on, progress and cancel.

A task is a function `task(request: Request) -> dict` in an importable module. It runs in a process of its own that
ends with it; what it returns crosses back as JSON, files it makes go to `request.scratch` and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a stage's key, how much is done and how much there is (0: unknown)."""

Cancel: TypeAlias = Callable[[], bool]
"""Asked now and then; True stops the work."""

LEVEL = 1
"""The sandbox level workers reach today (formats.md §7: own process, empty environment, scratch home, rlimits)."""


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use. Going beyond one ends the worker and nothing else.

    Attributes:
        memory_bytes: address space; libraries reserve more than they use, so this is above what they may fill.
        cpu_seconds: processor time over all threads.
        wall_seconds: time on the clock.
        file_bytes: the largest file it may write.
        open_files: descriptors it may hold.
        reply_bytes: what it may send back, progress included.
        request_bytes: what it may be sent.
        level: the sandbox level that the task needs.
    """

    memory_bytes: int = 8 * 2**30
    cpu_seconds: int = 3600
    wall_seconds: float = 3600.0
    file_bytes: int = 64 * 2**30
    open_files: int = 256
    reply_bytes: int = 64 * 2**20
    request_bytes: int = 64 * 2**20
    level: int = 1


DEFAULT = Limits()


class Request(dict[str, Any]):
    """What a task is asked to do: a mapping, plus the things that are no JSON.

    Attributes:
        files: paths of the inputs by name; each leads to a descriptor that is open for reading only.
        scratch: the one folder the task may write to.
        progress: reports back; it never fails and may be called often.
        limits: what the task may use, so that it can set its libraries' own limits below them.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        scratch: Path,
        files: Mapping[str, Path] | None = None,
        progress: Progress = quiet,
        limits: Limits = DEFAULT,
    ) -> None:
        super().__init__(values)
        self.files = dict(files or {})
        self.scratch = scratch
        self.progress = progress
        self.limits = limits
