"""Bringing a wrapper up in two steps: verified and held, then told to go and asked for a real answer.

Between the steps the caller records what is about to happen. Whatever goes wrong, no process is left behind.
"""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.deployments import probes
from surefoot.deployments.facts import Active, Address, Answer
from surefoot.deployments.places import ActivationPlace
from surefoot.deployments.probes import Example
from surefoot.deployments.processes import Process, found, launch
from surefoot.errors import Code, GateFailedError, InputRefusedError, NotConfirmedError, SurefootError
from surefoot.payloads.service import places as wrapper
from surefoot.payloads.service.environment import DIFFERS
from surefoot.releases import capsule as capsules

_HOLD_SECONDS = 120.0
_VERIFY_SECONDS = 60.0
_READY_SECONDS = 20.0
_STEP = 0.02
_REFUSED_ROW = 400
_OK = 200
_MOST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Held:
    """A wrapper that has verified everything and waits."""

    place: ActivationPlace
    capsule: Path
    process: Process
    at: Address

    def go(self, token: str) -> tuple[int, Example, Answer]:
        """Lets it serve; returns its port, and a row with the answer it gave.

        Raises:
            SurefootError: it did not come up, or answers something else than it was released with.
        """
        self.place.write(wrapper.GO_FILE, b"")
        said = _waited(self, "ready", _READY_SECONDS)
        port = int(str(said["port"]))
        example, answer = self._first_answer(port, token)
        return port, example, answer

    def _first_answer(self, port: int, token: str) -> tuple[Example, Answer]:
        """Sends rows that the model was released with until one is taken; its answer has to be the promised one.

        A row may lie outside the range that the signature allows; the first ten do not all.
        """
        answer = Answer(-1, {})
        for example in probes.examples(self.capsule):
            answer = probes.ask(port, "/predict", body={"rows": [example.row]}, token=token, at=self.at)
            if answer.status == _OK and example.fits(answer.body["predictions"][0]):
                return example, answer
            if answer.status != _REFUSED_ROW:
                break
        detail = str(answer.body.get("detail", ""))[:_MOST_DETAIL]
        raise NotConfirmedError(Code.WRAPPER_WRONG, status=answer.status, detail=detail, log=self.place.log)


@contextmanager
def held(place: ActivationPlace, capsule: Path, active: Active, *, port: int) -> Iterator[Held]:
    """Starts a wrapper that verifies and waits; where the block fails, it is killed.

    Raises:
        GateFailedError: it refuses capsule, lease or environment. NotConfirmedError: it says nothing.
    """
    # Two that share a state folder would both be told to go.
    found(place).kill()
    for name in (wrapper.GO_FILE, wrapper.STATUS_FILE):
        (place.state / name).unlink(missing_ok=True)
    process = launch(place, capsule, active, port=port, hold=_HOLD_SECONDS)
    wrapped = Held(place, capsule, process, active.address)
    try:
        _waited(wrapped, "verified", _VERIFY_SECONDS)
        yield wrapped
    except BaseException:
        process.kill()
        raise


def refuse_taken_port(port: int, host: str) -> None:
    """Looks, before anything is recorded, whether somebody else listens on a port.

    Raises:
        InputRefusedError: somebody does.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise InputRefusedError(Code.PORT_TAKEN, port=f"{host}:{port}") from error


def _waited(wrapped: Held, state: str, seconds: float) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while True:
        is_alive = wrapped.process.is_alive
        said = wrapped.place.said()
        if said.get("state") == state:
            return said
        if said.get("state") == "refused":
            raise _refused(wrapped, said)
        if not is_alive or time.monotonic() > until:
            raise NotConfirmedError(Code.WRAPPER_SILENT, state=state, log=wrapped.place.log)
        time.sleep(_STEP)


def _refused(wrapped: Held, said: dict[str, Any]) -> SurefootError:
    reason, detail = str(said.get("reason")), str(said.get("detail"))[:_MOST_DETAIL]
    if reason == "port":
        return InputRefusedError(Code.PORT_TAKEN, port=detail)
    if reason == "environment" and detail.startswith(DIFFERS):
        lock = wrapped.capsule / capsules.LOCK
        return GateFailedError(Code.PACKAGES_DIFFER, detail=detail, lock=lock, python=sys.executable)
    return GateFailedError(Code.WRAPPER_REFUSED, reason=reason, detail=detail, log=wrapped.place.log)
