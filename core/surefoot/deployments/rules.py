"""Pure decisions about deployments: the next lease, when to renew, the events that say what happened."""

import dataclasses
from typing import Any

from surefoot.deployments.documents import moment
from surefoot.deployments.facts import Active
from surefoot.trail import Draft, Subject


def next_lease(active: Active, now_ms: int, *, seen: int = 0) -> Active:
    """The same lease, one version later, from now on: never longer and never wider than the grant.

    `seen` is the version that the wrapper has seen, which may be ahead where somebody died before writing it down.
    """
    return dataclasses.replace(
        active,
        lease_version=max(active.lease_version, seen) + 1,
        lease_issued=now_ms,
        lease_expires=now_ms + active.lease_ms,
    )


def is_renewal_due(active: Active, now_ms: int) -> bool:
    """A lease is renewed when half of it is over, or when the clock says it was issued in the future."""
    return now_ms - active.lease_issued >= active.lease_ms // 2 or now_ms < active.lease_issued


def premises(active: Active) -> tuple[str, ...]:
    """What an event about a service rests on: its activation, and its start where there was one."""
    return (active.leaf, active.started) if active.started else (active.leaf,)


def service_event(kind: str, active: Active, *, mean: str = "created", **details: Any) -> Draft:
    """An event `service.<kind>` about what is active in an environment."""
    body = {**active.about(), **details}
    return Draft(f"service.{kind}", (Subject(active.service, active.digest),), body, premises(active), mean)


def reason_afterwards(active: Active, reason: str) -> Draft:
    """The event that says why something was stopped, after it was."""
    draft = service_event("stopped", active, mean="stopped", reason=reason, stop=active.stop, is_reason=True)
    return dataclasses.replace(draft, cause=(*draft.cause, active.stop_leaf))


def leased(active: Active) -> Draft:
    """The event that a lease was written."""
    return service_event(
        "leased",
        active,
        lease=active.lease_version,
        issued=moment(active.lease_issued),
        expires=moment(active.lease_expires),
        grant=active.grant,
    )


def plain_reason(said: dict[str, object]) -> str:
    """Why a wrapper does not serve, in its own words."""
    return f"{said.get('reason', '')}: {said.get('detail', '')}".strip(": ")
