"""Seeing that a stop took effect, over the service's own port, and making it take effect where it does not."""

import time

from surefoot.deployments import probes
from surefoot.deployments.facts import Active
from surefoot.deployments.processes import Process

STOP_SECONDS = 10.0
_STEP = 0.05
_ASK_SECONDS = 1.0
_REFUSED = 503
_CLOSED = 0


def take_down(active: Active, *, began: float, within: float = STOP_SECONDS) -> tuple[float, str]:
    """Asks the service until it refuses, and kills it where it does not do so in time.

    Args:
        active: what was told to stop.
        began: `time.monotonic()` when the order was on the disk.
        within: seconds until it is killed.

    Returns:
        Seconds from the order to the first refusal, and what was seen: `refuses`, `closed`, `killed`, or
        `answers` where nothing helped.
    """
    process = Process(active.pid, active.born)
    while time.monotonic() - began < within:
        if not process.is_alive:
            return time.monotonic() - began, "closed"
        answer = probes.ask(active.port, "/predict", body={}, seconds=_ASK_SECONDS)
        if answer.status == _REFUSED and answer.body.get("error") == "stopped":
            return time.monotonic() - began, "refuses"
        time.sleep(_STEP)
    process.kill()
    is_gone = not process.is_alive and probes.ask(active.port, "/predict", body={}).status == _CLOSED
    return time.monotonic() - began, "killed" if is_gone else "answers"
