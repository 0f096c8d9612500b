"""Stopping what runs: the order, its effect over the service's own port, and the kill where it has none.

None of it needs a catalog, a sound record or room on the disk: a model that has to be stopped is stopped first.
"""

import dataclasses
import secrets
import time
from contextlib import suppress
from pathlib import Path

from surefoot.deployments import documents, probes
from surefoot.deployments.facts import Active, Answer, Stopped
from surefoot.deployments.places import ActivationPlace, Places
from surefoot.deployments.processes import Process, process_of
from surefoot.errors import Code, IncompleteError, NotConfirmedError, SurefootError
from surefoot.files import locked, write_whole
from surefoot.payloads.service import places as wrapper
from surefoot.trail import Signer
from surefoot.trail.canonical import decimal

STOP_SECONDS = 10.0
_STEP = 0.05
_ASK_SECONDS = 1.0
_CLOSE_SECONDS = 5.0
_REFUSED = 503
_CLOSED = 0


def take_down(active: Active, place: ActivationPlace, *, began: float, within: float) -> tuple[float, str]:
    """Asks the service until it refuses, and kills it where it does not do so in time.

    Args:
        active: what was told to stop.
        place: its folder.
        began: `time.monotonic()` when the order was on the disk.
        within: seconds until it is killed.

    Returns:
        Seconds from the order to the first refusal, and what was seen: `refuses`, `closed`, `killed`, `unseen` (of
        what was handed over and has not answered the order), or `answers` where nothing helped.
    """
    process = Process(active.pid, active.born)
    while time.monotonic() - began < within:
        seen = _seen_down(active, place)
        if seen:
            return time.monotonic() - began, seen
        time.sleep(_STEP)
    if active.folder:
        return time.monotonic() - began, "unseen"
    was_alive = process.is_alive
    process.kill()
    seen = "killed" if was_alive else "closed"
    is_gone = not process.is_alive and _is_closed_within(active, _CLOSE_SECONDS)
    return time.monotonic() - began, seen if is_gone else "answers"


def _is_closed_within(active: Active, seconds: float) -> bool:
    """Waits until nothing listens: threads of a killed process may hold its socket a moment longer than it lives."""
    until = time.monotonic() + seconds
    while _asked(active).status != _CLOSED:
        if time.monotonic() > until:
            return False
        time.sleep(_STEP)
    return True


def put_down(places: Places, active: Active, *, ws: str, signer: Signer, reason: str) -> Stopped:
    """Writes a signed order to stop, and returns when its effect was seen. Nothing is recorded.

    Where the order cannot be written (a full disk, a key that does not open), the process is killed at once. So is
    whatever an interrupted deployment left behind there. What is seen to be stopped already stays as it is.
    """
    _kill_leftovers(places, active)
    folder = places.of(active)
    process, port = process_of(active, folder), active.port or folder.said().get("port")
    port = port if isinstance(port, int) else 0
    active = dataclasses.replace(active, pid=process.pid, born=process.born, port=port)
    seen = _seen_down(active, folder) if active.stop else ""
    if seen:
        return Stopped(active, "0", seen, is_new=False)
    # Without a port it has not been told to go, or nobody knows where it answers.
    is_asked = active.port and (not active.folder or active.started)
    order, within = active.stop or f"stop_{secrets.token_hex(8)}", STOP_SECONDS if is_asked else 0.0
    began = time.monotonic()
    try:
        paper = documents.stop(ws, active, order=order, reason=reason, person=signer)
        write_whole(order_file(places, active), paper, mode=0o600)
    except (OSError, SurefootError):
        within = 0.0
        _take_lease(folder)
    seconds, seen = take_down(active, folder, began=began, within=within)
    return Stopped(dataclasses.replace(active, stop=order), decimal(round(seconds, 3)), seen)


def order_file(places: Places, active: Active) -> Path:
    """Where the order to stop it lies; beside the token, to be carried, where its folder was carried away."""
    folder = places.of(active)
    is_away = active.folder and not folder.state.is_dir()
    return (places.environment(active.environment).folder if is_away else folder.state) / wrapper.STOP_FILE


def _kill_leftovers(places: Places, active: Active) -> None:
    """What was to be replaced and may answer still, and what was to replace it; the keeper records their end."""
    for each in (active.replaced, places.environment(active.environment).pending(any_version=True)):
        if each is not None and each.activation != active.activation:
            place = places.of(each)
            process_of(each, place).kill()
            _take_lease(place)


def _take_lease(place: ActivationPlace) -> None:
    """So that nobody starts it again by hand."""
    with suppress(OSError):
        (place.state / wrapper.LEASE_FILE).unlink(missing_ok=True)


def _seen_down(active: Active, place: ActivationPlace) -> str:
    """What is seen of a service that is down (`refuses`, `closed`); empty where it is not."""
    if active.folder:
        return "refuses" if place.said().get("stop") else ""
    if not Process(active.pid, active.born).is_alive:
        return "closed"
    answer = _asked(active)
    return "refuses" if answer.status == _REFUSED and answer.body.get("error") == "stopped" else ""


def _asked(active: Active) -> Answer:
    return probes.ask(active.port, "/predict", body={}, seconds=_ASK_SECONDS, at=active.address)


def stop_unrecorded(places: Places, environment: str, *, ws: str, signer: Signer, reason: str) -> Stopped:
    """Stops what runs in an environment where the record cannot be opened; the next verbs see that it is stopped.

    Raises:
        IncompleteError: nothing is active there. NotConfirmedError: it still answers, although it was killed.
    """
    place = places.environment(environment)
    with locked(place.lock):
        active = place.active(any_version=True)
        if active is None:
            raise IncompleteError(Code.NOTHING_DEPLOYED, environment=environment)
        stopped = put_down(places, active, ws=ws, signer=signer, reason=reason)
        with suppress(OSError, SurefootError):
            place.keep(stopped.active)
    if stopped.seen == "answers":
        raise NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment=environment, pid=active.pid)
    return stopped
