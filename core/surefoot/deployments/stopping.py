"""Stopping what runs: the order, its effect over the service's own port, and the kill where it has none.

None of it needs a catalog, a sound record or room on the disk: a model that has to be stopped is stopped first.
"""

import dataclasses
import secrets
import time
from contextlib import suppress

from surefoot.deployments import documents, probes
from surefoot.deployments.facts import Active, Stopped
from surefoot.deployments.places import Places
from surefoot.deployments.processes import Process
from surefoot.errors import Code, IncompleteError, NotConfirmedError, SurefootError
from surefoot.files import locked
from surefoot.payloads.service import places as wrapper
from surefoot.trail import Signer
from surefoot.trail.canonical import decimal

STOP_SECONDS = 10.0
_STEP = 0.05
_ASK_SECONDS = 1.0
_REFUSED = 503
_CLOSED = 0


def take_down(active: Active, *, began: float, within: float) -> tuple[float, str]:
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


def put_down(places: Places, active: Active, *, ws: str, signer: Signer, reason: str) -> Stopped:
    """Writes a signed order to stop, and returns when its effect was seen. Nothing is recorded.

    Where the order cannot be written (a full disk, a key that does not open), the process is killed at once.
    """
    order, within = f"stop_{secrets.token_hex(8)}", STOP_SECONDS
    began = time.monotonic()
    try:
        paper = documents.stop(ws, active, order=order, reason=reason, person=signer)
        places.activation(active.activation).write(wrapper.STOP_FILE, paper)
    except (OSError, SurefootError):
        within = 0.0
    seconds, seen = take_down(active, began=began, within=within)
    return Stopped(dataclasses.replace(active, stop=order), decimal(round(seconds, 3)), seen)


def stop_unrecorded(places: Places, environment: str, *, ws: str, signer: Signer, reason: str) -> Stopped:
    """Stops what runs in an environment where the record cannot be opened; the next verbs see that it is stopped.

    Raises:
        IncompleteError: nothing is active there. NotConfirmedError: it still answers, although it was killed.
    """
    place = places.environment(environment)
    with locked(place.lock):
        active = place.active()
        if active is None:
            raise IncompleteError(Code.NOTHING_DEPLOYED, environment=environment)
        stopped = put_down(places, active, ws=ws, signer=signer, reason=reason)
        with suppress(OSError, SurefootError):
            place.keep(stopped.active)
    if stopped.seen == "answers":
        raise NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment=environment, pid=active.pid)
    return stopped
