"""Processes as the kernel shows them: who they are, who descends from us, what they hold, and how to end them all.

Linux. As a child subreaper (prctl(2)) a process becomes the parent of every orphan below it, so that a daemon that
left its session and its parent is still found, killed and reaped here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress
from typing import Callable, NamedTuple

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_PAGE = os.sysconf("SC_PAGE_SIZE")
_LIBC = ctypes.CDLL(None, use_errno=True)


class Ended(NamedTuple):
    """A process that ended below us: exit code or signal, CPU seconds and the most memory one of its tree held."""

    pid: int
    code: int | None
    signal: int | None
    cpu_seconds: float
    peak_bytes: int


def adopt_orphans() -> None:
    """Makes this process the parent of every orphan below it."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int, number: int) -> None:
    """Asks the kernel for a signal when the parent dies, and raises it at once where it is dead already."""
    _LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def boot() -> str:
    """The id of this boot of the machine: a process's start time means something within one boot only."""
    return _text("/proc/sys/kernel/random/boot_id").strip()


def started(pid: int) -> int | None:
    """When a process started, in clock ticks since the boot (proc(5), field 22); None where it is gone or a zombie."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 and fields[0] not in "ZX" else None  # noqa: PLR2004 - field 22 of proc(5)


def below(pid: int) -> list[int]:
    """All living descendants of a process, nearest first."""
    found = [pid]
    for parent in found:
        try:
            threads = os.listdir(f"/proc/{parent}/task")  # noqa: PTH208 - runs ten times a second
        except OSError:
            continue
        for thread in threads:
            found += [int(child) for child in _text(f"/proc/{parent}/task/{thread}/children").split()]
    return found[1:]


def memory(pids: list[int], *, suspect: int) -> int:
    """The memory that processes hold, in bytes.

    The sum of their resident sets counts a page that two of them share twice, which is cheap to read and too much;
    only where it exceeds `suspect` is each page shared out (proportional set size) before anybody is accused.
    """
    resident = sum(int((_text(f"/proc/{pid}/statm").split() or ["0", "0"])[1]) for pid in pids) * _PAGE
    if resident <= suspect or len(pids) == 1:
        return resident
    return min(resident, sum(_proportional(pid) for pid in pids))


def _proportional(pid: int) -> int:
    for line in _text(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - pathlib costs more than the read
            return file.read()
    except OSError:
        return ""


def reap() -> Ended | None:
    """Takes note of one process below us that has ended, without waiting; None where there is none."""
    try:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    if pid == 0:
        return None
    return Ended(
        pid=pid,
        code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_bytes=usage.ru_maxrss * 1024,
    )


def tell(pids: list[int], number: int) -> None:
    """Sends a signal to each of them; who is gone is no error."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def end_all(note: Callable[[Ended], None], *, patience: float = 30.0) -> bool:
    """Kills everything below us until nothing is left, and reaps it.

    Each round first kills whole groups, which the kernel does in one step, so that a bomb of forks has no time to grow;
    then stops and kills each process that is left, whatever group it went to.

    Args:
        note: told of each process that ended.
        patience: seconds after which a process that the kernel will not end (uninterruptible) is given up.

    Returns:
        Whether nothing is left.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        family = below(os.getpid())
        for group in {_group(pid) for pid in family} - {0, os.getpgrp()}:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        tell(family, signal.SIGSTOP)
        tell(family, signal.SIGKILL)
        ended = reap()
        while ended is not None:
            note(ended)
            ended = reap()
        if not _has_children():
            return True
        time.sleep(0.002)
    return False


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
