"""How a run ended, said once: the pure decision, and `end.json`."""

from __future__ import annotations

import errno
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

from surefoot.payloads.agent import files
from surefoot.payloads.agent.guardrails import Stop

FORMAT = 1
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_RESERVE = 1 << 16


class Facts(NamedTuple):
    """What is known of a run when nothing of it runs any more.

    Attributes:
        stop: why it was stopped, None where it ended by itself.
        code: exit code of the command, None where it has none.
        signal: the signal that ended it.
        trouble: why the command could not be started at all.
        missing: declared outputs that are not there.
        changed: inputs that are not what they were.
    """

    stop: Stop | None = None
    code: int | None = None
    signal: int | None = None
    trouble: str = ""
    missing: Sequence[str] = ()
    changed: Sequence[str] = ()


def judge(facts: Facts) -> tuple[str, str]:
    """State and reason of an ended run: exit code 0, the declared outputs and untouched inputs make a success."""
    if facts.stop is not None:
        return facts.stop.state, facts.stop.reason
    for is_so, reason in (
        (bool(facts.trouble), "not-started"),
        (facts.signal is not None, "signal"),
        (facts.code != 0, "exit-code"),
        (bool(facts.changed), "inputs-changed"),
        (bool(facts.missing), "outputs-missing"),
    ):
        if is_so:
            return "failed", reason
    return "finished", ""


def hit_disk_limit(facts: Facts, *, used: int, limit: int) -> bool:
    """Whether a command failed at the limit of its disk: it may have hit the kernel's limit before our next look."""
    return used > limit or (facts.signal == signal.SIGXFSZ) or (used >= limit and facts.code != 0)


def document(facts: Facts, *, run: str, began: float, seconds: float) -> dict[str, Any]:
    """The part of `end.json` that every end has."""
    state, reason = judge(facts)
    return {
        "format": FORMAT,
        "run": run,
        "state": state,
        "reason": reason,
        "detail": facts.trouble,
        "exit_code": facts.code,
        "signal": facts.signal,
        "guardrail": dict(facts.stop.guardrail) if facts.stop and facts.stop.guardrail else None,
        "started_at": files.stamp(began),
        "ended_at": files.stamp(time.time()),
        "seconds": repr(round(seconds, 3)),
        "missing_outputs": list(facts.missing),
        "changed_inputs": list(facts.changed),
    }


def nothing_collected() -> dict[str, Any]:
    """The other part of `end.json`, of a run that left nothing."""
    return {
        "outputs": {},
        "refused_outputs": {},
        "peak_memory_bytes": 0,
        "cpu_seconds": "0.0",
        "left_behind": 0,
        "points": 0,
        "bad_lines": 0,
        "lost_lines": 0,
        "tracking": {"parameters": {}, "tags": {}, "artifacts": []},
    }


def reserve(folder: Path) -> None:
    """Sets some of the disk aside, so that a full disk cannot hide how the run ended."""
    handle = os.open(str(folder / ".end.reserve"), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.posix_fallocate(handle, 0, _RESERVE)
    except OSError as error:
        if error.errno in NO_SPACE:
            (folder / ".end.reserve").unlink()
            raise
    finally:
        os.close(handle)


def write(folder: Path, end: Mapping[str, Any]) -> None:
    """Writes `end.json`, durable; where even the reserve is too small, without the list of outputs."""
    with suppress(OSError):
        (folder / ".end.reserve").unlink()
    try:
        files.write_json(folder / "end.json", end, durable=True)
    except OSError:
        short = {**end, **nothing_collected(), "detail": "the disk is full"}
        if end["state"] == "finished":
            short.update(state="failed", reason="disk-full")
        files.write_json(folder / "end.json", short, durable=True)
