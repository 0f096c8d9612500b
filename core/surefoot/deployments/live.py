"""What runs, asked while it runs: its figures, what it takes, an answer to a row, and what rolling back would bring.

Nothing here changes anything. Of what was handed over, the part that lies on this machine is asked.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from surefoot.deployments import handing, probes
from surefoot.deployments.choosing import Choice
from surefoot.deployments.facts import OK, Active, Answer, Earlier, Figures, StopInForce
from surefoot.deployments.places import Places
from surefoot.errors import Code, IncompleteError, SurefootError
from surefoot.payloads.service.documents import Port, Signature, parsed
from surefoot.releases import capsule

_SECONDS = 2.0
_FIGURE = re.compile(r'^surefoot_([a-z_]+)(?:\{status="(\d+)"\})? ([0-9.e+-]+)$', re.MULTILINE)


class Live:
    """Questions about what is active in an environment.

    Args:
        places: where deployments keep things. choice: which release may run where.
        catch_up: takes in what was recorded since.
    """

    def __init__(self, places: Places, choice: Choice, catch_up: Callable[[], object]) -> None:
        self._catch_up = catch_up
        self._places = places
        self._choice = choice

    def figures(self, environment: str) -> Figures | None:
        """What its service counts; None where it does not say."""
        active = self._active(environment)
        if not active.port:
            return None
        token, _ = self._places.environment(environment).token()
        status, told = probes.fetch(active.port, "/metrics", token=token, seconds=_SECONDS, at=active.address)
        return figures_of(told.decode(errors="replace")) if status == OK else None

    def inputs(self, environment: str) -> tuple[Port, ...]:
        """What its release takes, in the order of the model's inputs.

        Raises:
            IncompleteError: nothing is active there, or its capsule is not on this machine.
        """
        folder = self._capsule(self._active(environment))
        return parsed(_read(folder / capsule.SIGNATURE), Signature).inputs

    def example(self, environment: str) -> Mapping[str, Any]:
        """A row that its release was made with, ready to be sent; raises as `inputs`."""
        folder = self._capsule(self._active(environment))
        _read(folder / capsule.VECTORS)
        return next(iter(probes.examples(folder))).row

    def ask(self, environment: str, row: Mapping[str, Any]) -> Answer:
        """One row, sent as any caller would, with the token of the environment.

        Raises:
            IncompleteError: nothing is active there.
        """
        active = self._active(environment)
        token, _ = self._places.environment(environment).token()
        return probes.ask(active.port, "/predict", body={"rows": [row]}, token=token, at=active.address)

    def earlier(self, environment: str) -> Earlier | None:
        """What `rollback` would bring back, or what it would if that were not stopped; None where there is nothing."""
        self._catch_up()
        try:
            current = self._active(environment)
        except SurefootError:
            return None
        return self._choice.earlier(current)

    def stops(self, environment: str) -> tuple[StopInForce, ...]:
        """Stops in force, of whatever was active there."""
        self._catch_up()
        return self._choice.stops(environment)

    def _active(self, environment: str) -> Active:
        active = self._places.environment(environment).active()
        if active is None:
            raise IncompleteError(Code.NOTHING_DEPLOYED, environment=environment)
        return active

    def _capsule(self, active: Active) -> Path:
        return Path(active.folder) / handing.CAPSULE if active.folder else self._places.capsule(active.digest)


def figures_of(text: str) -> Figures:
    """The figures of a wrapper's /metrics; what is not there counts as nothing."""
    found = [(name, status, float(value)) for name, status, value in _FIGURE.findall(text)]
    plain = {name: value for name, status, value in found if not status}
    requests = {int(status): int(value) for name, status, value in found if name == "requests_total" and status}
    return Figures(
        requests, int(plain.get("rows_total", 0)), int(plain.get("in_flight", 0)), plain.get("lease_seconds", 0.0)
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise IncompleteError(Code.FILE_MISSING, path=path) from error
