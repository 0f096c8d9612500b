"""The keeper: renews the leases of what runs, records what happened to it. The supervisor calls it every tick.

It has the machine's key, which decides nothing: it can repeat a lease within what a person granted, and state what it
sees. It reads the state folder and never the catalog, and gives way to a verb that is at work on an environment.
"""

import dataclasses
import shutil
import time
from collections.abc import Callable
from typing import Any

from surefoot.deployments import documents, rules
from surefoot.deployments.documents import now_ms
from surefoot.deployments.facts import Active, Hand
from surefoot.deployments.places import ActivationPlace, EnvironmentPlace, Places
from surefoot.deployments.processes import Process, found, process_of
from surefoot.deployments.windows import Windows
from surefoot.errors import SurefootError
from surefoot.files import locked
from surefoot.payloads.service import places as wrapper

_MOST_DETAIL = 300
_REST_SECONDS = 0.5
_DRAIN_SECONDS = 8.0


class Keeper:
    """Keeps every service of one workspace.

    Args:
        ws: the workspace.
        places: where its services lie.
        machine: the machine's key.

    Attributes:
        windows: of the request logs.
    """

    def __init__(self, *, ws: str, places: Places, machine: Hand) -> None:
        self.ws = ws
        self.places = places
        self.machine = machine
        self.windows = Windows(machine.recorder.record)
        self._rest_until = 0.0
        self._is_needed = False

    def tick(self) -> bool:
        """Looks after every service, at most twice a second; returns whether one still runs and needs the keeper.

        Raises:
            SurefootError, OSError: one could not be looked after; the others were.
        """
        if time.monotonic() < self._rest_until:
            return self._is_needed
        self._rest_until = time.monotonic() + _REST_SECONDS
        self._is_needed, failures = False, []
        for place in self.places.environments():
            try:
                with locked(place.lock, wait=False) as is_ours:
                    # Somebody else holds it: a deployment, a stop; there will be something to keep afterwards.
                    self._is_needed |= self._keep(place) if is_ours else True
            except (SurefootError, OSError) as error:
                # One environment's trouble is no other's.
                self._is_needed = True
                failures.append(error)
        if failures:
            raise failures[0]
        return self._is_needed

    def renew(self, active: Active, place: ActivationPlace) -> Active:
        """Records the next lease, then writes it, so that no lease is in force that the record does not know."""
        renewed = rules.next_lease(active, now_ms(), seen=place.remembered().get("lease_version", 0))
        self.machine.recorder.record(rules.leased(renewed))
        self.write(renewed, place)
        return renewed

    def write(self, active: Active, place: ActivationPlace) -> None:
        """Writes the lease that `active` describes."""
        place.write(wrapper.LEASE_FILE, documents.lease(self.ws, active, keeper=self.machine.signer))

    def started(self, active: Active) -> Active:
        """Records that a service began to answer."""
        draft = rules.service_event("started", active, url=active.url, pid=active.pid)
        return dataclasses.replace(active, started=self.machine.recorder.record(draft)[0].leaf)

    def ended(self, active: Active, place: ActivationPlace, *, reason: str) -> Active:
        """Takes the lease of a service that has ended away, so that nobody starts it by hand, and records the end."""
        if active.folder and place.state.is_dir():
            # Whoever runs it goes on as long as the lease that it has read: it has to be withdrawn.
            last = rules.next_lease(active, now_ms(), seen=place.remembered().get("lease_version", 0))
            paper = documents.lease(self.ws, last, keeper=self.machine.signer, releases=())
            place.write(wrapper.LEASE_FILE, paper)
        else:
            (place.state / wrapper.LEASE_FILE).unlink(missing_ok=True)
        self.windows.close_all(active, place)
        said = place.said()
        details: dict[str, Any] = {
            name: said[name] for name in ("log_lines", "log_head") if isinstance(said.get(name), int | str)
        }
        self.machine.recorder.record(rules.service_event("ended", active, reason=reason, **details))
        return dataclasses.replace(active, ended=reason)

    def settle(
        self, environment: EnvironmentPlace, leaf_of: Callable[[str], str | None] | None = None
    ) -> Active | None:
        """Brings to its end what somebody left half done, tells of a stop that is not on the record yet.

        Args:
            environment: where; its lock is held.
            leaf_of: finds the `release.activated` of an activation; without it, what is not known stays pending.

        Returns:
            What is active there.
        """
        self._settle_pending(environment, leaf_of)
        active = environment.active()
        return None if active is None else self._told(environment, self.end_replaced(environment, active))

    def end_replaced(self, environment: EnvironmentPlace, active: Active) -> Active:
        """Ends what `active` takes the place of, its answers under way finished first, and forgets it."""
        old = active.replaced
        if old is None:
            return active
        Process(old.pid, old.born).end(_DRAIN_SECONDS)
        self.ended(old, self.places.of(old), reason="replaced")
        return environment.keep(dataclasses.replace(active, replaced=None))

    def _settle_pending(self, environment: EnvironmentPlace, leaf_of: Callable[[str], str | None] | None) -> None:
        """Whoever was activating it is gone: it never answered, and where the record knows of it, it says so."""
        pending, active = environment.pending(), environment.active()
        if pending is None:
            return
        if active is None or active.activation != pending.activation:
            place = self.places.of(pending)
            process_of(pending, place).kill()
            # Without a number it was not even verified, so nobody can have recorded it.
            is_told = bool(pending.leaf) or (pending.pid == 0 and not pending.folder)
            if not is_told and leaf_of is None:
                return
            leaf = pending.leaf if is_told or leaf_of is None else leaf_of(pending.activation)
            if leaf:
                self.ended(dataclasses.replace(pending, leaf=leaf), place, reason="did not come up")
            else:
                shutil.rmtree(place.folder, ignore_errors=True)
        environment.finish()

    def _told(self, environment: EnvironmentPlace, active: Active) -> Active:
        """Records a stop that nobody has recorded: the wrapper's own, a file's, or a person's that could not be."""
        seen, detail = self.places.of(active).stop_seen()
        stop = active.stop or seen
        if not stop or active.stop_leaf:
            return active
        tripped = rules.service_event(
            "guardrail-tripped", active, guardrail="stop", reason=detail[:_MOST_DETAIL], stop=stop
        )
        leaf = self.machine.recorder.record(tripped)[0].leaf
        return environment.keep(dataclasses.replace(active, stop=stop, stop_leaf=leaf))

    def _keep(self, environment: EnvironmentPlace) -> bool:
        active = self.settle(environment)
        if active is None or active.ended:
            return False
        place = self.places.of(active)
        said = place.said()
        if active.folder:
            return self._keep_handed(environment, active, place)
        if not Process(active.pid, active.born).is_alive:
            environment.keep(self._buried(active, place, said))
            return False
        if not active.started and not active.stop and said.get("state") == "verified":
            # Whoever deployed it recorded it and did not live to say go. The next tick sees whether it came up.
            place.write(wrapper.GO_FILE, b"")
        if not active.started and said.get("state") == "ready":
            # Whoever deployed it did not live to say so.
            active = dataclasses.replace(active, port=int(str(said["port"])), since=documents.moment(now_ms()))
            active = environment.keep(self.started(active))
        if not active.stop and rules.is_renewal_due(active, now_ms()):
            environment.keep(self.renew(active, place))
        self.windows.close_due(active, place, now_ms())
        return True

    def _keep_handed(self, environment: EnvironmentPlace, active: Active, place: ActivationPlace) -> bool:
        """Looks after what was handed over, as long as its folder lies where it was written."""
        is_over = now_ms() >= active.lease_expires
        if not place.state.is_dir():
            if is_over:
                environment.keep(self.ended(active, place, reason="lease ended"))
            return not is_over
        said = place.said()
        if not active.started and said.get("state") == "ready":
            active = dataclasses.replace(active, port=int(str(said["port"])), since=documents.moment(now_ms()))
            active = environment.keep(self.started(active))
        if not active.stop and rules.is_renewal_due(active, now_ms()):
            environment.keep(self.renew(active, place))
        self.windows.close_due(active, place, now_ms())
        return True

    def _buried(self, active: Active, place: ActivationPlace, said: dict[str, object]) -> Active:
        """What is recorded of a process that is gone: it said so itself, or it died."""
        # A lift that was cut short may have left one that nobody told to go.
        found(place).kill()
        if said.get("state") == "ended":
            return self.ended(active, place, reason=str(said.get("reason", "")))
        detail = f"last heard of: {said.get('state', 'nothing')}"
        tripped = rules.service_event("guardrail-tripped", active, guardrail="process", reason=detail)
        self.machine.recorder.record(tripped)
        return self.ended(active, place, reason="died")
