"""What the record says of a stop whose effect was seen; and what is left of it where the record cannot be told."""

import dataclasses
from contextlib import suppress

from surefoot.deployments import rules
from surefoot.deployments.facts import Stopped
from surefoot.deployments.keeper import Keeper
from surefoot.deployments.places import EnvironmentPlace
from surefoot.errors import SurefootError
from surefoot.trail import Recorder


def record_stop(
    place: EnvironmentPlace, stopped: Stopped, reason: str, *, recorder: Recorder, keeper: Keeper
) -> Exception | None:
    """Takes note of a stop and records it; returns what kept the record from being told."""
    active = stopped.active
    with suppress(OSError, SurefootError):
        place.keep(active)
    facts = {"reason": reason, "stop": active.stop, "seconds": stopped.seconds, "seen": stopped.seen}
    try:
        event = recorder.record(rules.service_event("stopped", active, mean="stopped", **facts))[0]
    except (OSError, SurefootError) as error:
        return error
    # The rest can wait for the keeper: the stop is in force and on the record.
    with suppress(OSError, SurefootError):
        active = place.keep(dataclasses.replace(active, stop_leaf=event.leaf, is_ordered=True))
        active = keeper.end_replaced(place, active)
        if stopped.seen == "killed":
            place.keep(keeper.ended(active, keeper.places.of(active), reason="killed"))
    return None
