"""Carrying out an activation: papers, wrapper held, record, go, first answer; and none of it half.

Up to the record nothing has happened, and a failure leaves nothing. After it, whatever happens is recorded too: a
service that does not come up has an event that says so, and no process.
"""

import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.deployments import documents, handing, rules
from surefoot.deployments.documents import moment, now_ms
from surefoot.deployments.facts import Active, Deployed, Deployment, Environment, Hand, Handover, State
from surefoot.deployments.keeper import Keeper
from surefoot.deployments.places import ActivationPlace, EnvironmentPlace
from surefoot.deployments.processes import Process
from surefoot.deployments.raising import Held, held, refuse_taken_port
from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.files import KEPT, private_folder, refuse_taken, write_whole
from surefoot.payloads.service import places as wrapper
from surefoot.releases import capsule
from surefoot.releases.facts import Anchor, Release
from surefoot.releases.service import Releases
from surefoot.releases.verification import verify_capsule
from surefoot.trail import Draft, Subject, ids, roots
from surefoot.trail.canonical import decimal

_DRAIN_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Plan:
    """An activation that is allowed.

    Attributes:
        environment: where. release: what; signed.
        before: events that are recorded with it, before it.
        replaced: what is active there until then.
    """

    environment: Environment
    release: Release
    before: tuple[Draft, ...]
    replaced: Active | None


class Activation:
    """Raises wrappers for a project's releases.

    Args:
        releases: the project's.
        person: the key of whoever gives the orders.
        keeper: knows the workspace, its state folder and the machine's key.
        project: the project's folder.
        leaf_of: finds the `release.activated` of an activation on the record.
    """

    def __init__(
        self,
        *,
        releases: Releases,
        person: Hand,
        keeper: Keeper,
        project: Path,
        leaf_of: Callable[[str], str | None],
    ) -> None:
        self._releases = releases
        self._person = person
        self._keeper = keeper
        self._project = project
        self._leaf_of = leaf_of

    def carry_out(self, place: EnvironmentPlace, plan: Plan) -> Deployed:
        """Lets a release answer in an environment, in place of what was there."""
        began = time.monotonic()
        folder = self._capsule(plan)
        port = self._port(plan)
        token, is_new = place.token()
        active = self._new(plan, folder)
        act = self._keeper.places.of(active)
        try:
            # Before there is a process, so that whoever comes after a crash knows where to look for one.
            place.begin(active)
            active = self._papers(act, active, token)
            with held(act, folder, active, port=port) as wrapped:
                active = self._recorded(place, active, plan, wrapped.process)
                active = self._keeper.end_replaced(place, active)
                active, deployed = self._answering(place, active, wrapped, token)
        except BaseException:
            # What cannot be said now lies in pending.json or active.json, and the next tick or verb says it.
            with suppress(OSError, SurefootError):
                self._clean_up(place, act)
            raise
        seconds = decimal(round(time.monotonic() - began, 3))
        return dataclasses.replace(deployed, token=token if is_new else None, seconds=seconds)

    def hand_over(self, place: EnvironmentPlace, plan: Plan, into: Handover) -> Deployed:
        """Writes a folder from which a release is run elsewhere, in place of what is active in an environment."""
        began = time.monotonic()
        folder = self._capsule(plan)
        port = plan.environment.port or handing.PORT
        active = dataclasses.replace(self._new(plan, folder), folder=str(into.folder.absolute()), port=port)
        refuse_taken(into.folder)
        handing.refuse_unhashed(folder, active)
        token, is_new = place.token()
        act = self._keeper.places.of(active)
        try:
            place.begin(active)
            self._keeper.places.point(active)
            handing.lay(Path(active.folder), folder, active, into.words)
            active = self._papers(act, active, token)
            active = self._recorded(place, active, plan, Process(0, ""))
            self._keeper.end_replaced(place, active)
        except BaseException:
            with suppress(OSError, SurefootError):
                self._clean_up(place, act)
            raise
        seconds = decimal(round(time.monotonic() - began, 3))
        deployment = Deployment(active, State.HANDED, "", "", str(place.token_file))
        return Deployed(deployment, token if is_new else None, seconds=seconds)

    def resume(self, place: EnvironmentPlace, stopped: Active, lifted: Draft) -> Deployed:
        """Lets a stopped release answer again, once `lifted` is recorded."""
        if stopped.folder:
            return self._handed_back(place, stopped, lifted)
        began = time.monotonic()
        act = self._keeper.places.of(stopped)
        folder = self._keeper.places.capsule(stopped.digest)
        token, _ = place.token()
        Process(stopped.pid, stopped.born).end(_DRAIN_SECONDS)
        before = (act.state / wrapper.GRANT_FILE).read_bytes()
        _remove_stops(act)
        active, paper = self._lifted(stopped, act.remembered())
        is_recorded = False
        try:
            act.write(wrapper.GRANT_FILE, paper)
            self._keeper.write(active, act)
            with held(act, folder, active, port=stopped.port) as wrapped:
                active = dataclasses.replace(active, pid=wrapped.process.pid, born=wrapped.process.born)
                self._person.recorder.record(lifted)
                is_recorded = True
                self._keeper.machine.recorder.record(rules.leased(active))
                place.keep(active)
                active, deployed = self._answering(place, active, wrapped, token)
        except BaseException:
            (act.state / wrapper.LEASE_FILE).unlink(missing_ok=True)
            if is_recorded:
                place.keep(self._keeper.ended(active, act, reason="did not come up"))
            else:
                act.write(wrapper.GRANT_FILE, before)
            raise
        return dataclasses.replace(deployed, seconds=decimal(round(time.monotonic() - began, 3)))

    def _handed_back(self, place: EnvironmentPlace, stopped: Active, lifted: Draft) -> Deployed:
        """Lets what was handed over run again; whoever runs it starts it."""
        began = time.monotonic()
        act = self._keeper.places.of(stopped)
        if not act.state.is_dir():
            raise IncompleteError(Code.HANDED_AWAY, environment=stopped.environment, path=stopped.folder)
        active, paper = self._lifted(stopped, act.remembered())
        self._person.recorder.record(lifted)
        self._keeper.machine.recorder.record(rules.leased(active))
        _remove_stops(act)
        act.write(wrapper.GRANT_FILE, paper)
        self._keeper.write(active, act)
        active = place.keep(active)
        deployment = Deployment(active, State.HANDED, "", "", str(place.token_file))
        return Deployed(deployment, None, seconds=decimal(round(time.monotonic() - began, 3)))

    def _lifted(self, stopped: Active, memory: Mapping[str, Any]) -> tuple[Active, bytes]:
        """What is active once its stops are lifted, and the grant that lifts them."""
        paper, grant = self._grant(stopped, lifts=_stops(memory, stopped))
        active = dataclasses.replace(
            stopped, service=ids.new("svc"), grant=grant, started="", stop="", stop_leaf="", is_ordered=False, ended=""
        )
        return rules.next_lease(active, now_ms(), seen=memory.get("lease_version", 0)), paper

    def _capsule(self, plan: Plan) -> Path:
        """The release's capsule, from the cache where every byte of it is still right, else made anew."""
        digest = plan.release.digest
        folder = self._keeper.places.capsule(digest)
        anchor = Anchor(self._keeper.ws, digest, plan.environment.name)
        if folder.exists():
            with suppress(InputRefusedError):
                verify_capsule(folder, anchor)
                return folder
            shutil.rmtree(folder)
        self._releases.materialise(plan.release.id, folder)
        return folder

    def _port(self, plan: Plan) -> int:
        """The declared port, else the one used before, else any; a taken one is noticed before anything happens."""
        used = plan.replaced.port if plan.replaced is not None else 0
        port = plan.environment.port or used
        is_ours = plan.replaced is not None and Process(plan.replaced.pid, plan.replaced.born).is_alive
        if port == 0 or (is_ours and port == used):
            return port
        try:
            refuse_taken_port(port, plan.environment.host)
        except InputRefusedError:
            if plan.environment.port:
                raise
            return 0
        return port

    def _new(self, plan: Plan, folder: Path) -> Active:
        release = plan.release
        longest = json.loads((folder / capsule.SETTINGS).read_bytes())["lease_ms"]
        return Active(
            environment=plan.environment.name,
            activation=ids.new("act"),
            leaf="",
            release=release.id,
            name=release.name,
            version=release.version,
            digest=release.digest,
            service=ids.new("svc"),
            lease_ms=min(plan.environment.lease_ms, int(longest)),
            host=plan.environment.host,
            certificate=plan.environment.certificate,
            private_key=plan.environment.private_key,
        )

    def _papers(self, act: ActivationPlace, active: Active, token: str) -> Active:
        """Writes all that the wrapper wants to see; none of it does anything yet."""
        private_folder(act.folder.parent)
        private_folder(act.folder)
        private_folder(act.state)
        founding = roots.read(self._project / KEPT / "trail")
        write_whole(act.anchor, documents.anchor(self._keeper.ws, active, list(founding.publics.values())))
        act.write(wrapper.ACCESS_FILE, documents.access(token))
        paper, grant = self._grant(active)
        act.write(wrapper.GRANT_FILE, paper)
        active = rules.next_lease(dataclasses.replace(active, grant=grant), now_ms())
        self._keeper.write(active, act)
        return active

    def _grant(self, active: Active, lifts: Sequence[str] = ()) -> tuple[bytes, str]:
        keeper = self._keeper.machine.signer
        return documents.grant(self._keeper.ws, active, person=self._person.signer, keeper=keeper, lifts=lifts)

    def _recorded(self, place: EnvironmentPlace, active: Active, plan: Plan, process: Process) -> Active:
        """Records what is about to happen, then takes note of it; from here on it is what is active.

        Until then pending.json says so: whoever comes after a crash knows of it, and what was active still is.
        """
        active = place.begin(dataclasses.replace(active, pid=process.pid, born=process.born))
        approved = plan.release.approved
        causes = [approved.leaf] if approved is not None else []
        if plan.replaced is not None:
            causes.append(plan.replaced.leaf)
        body = {**active.about(), "target": active.target, "grant": active.grant, "lease_ms": active.lease_ms}
        subject = Subject(active.activation, active.digest)
        draft = Draft("release.activated", (subject,), body, tuple(causes), "activated")
        leaf = self._person.recorder.record(*plan.before, draft)[-1].leaf
        active = place.begin(dataclasses.replace(active, leaf=leaf))
        self._keeper.machine.recorder.record(rules.leased(active))
        is_there = plan.replaced is not None and not plan.replaced.ended
        active = place.keep(dataclasses.replace(active, replaced=plan.replaced if is_there else None))
        place.finish()
        return active

    def _answering(self, place: EnvironmentPlace, active: Active, wrapped: Held, token: str) -> tuple[Active, Deployed]:
        """Lets it go, and says that it answers only after it did."""
        port, example, answer = wrapped.go(token)
        active = dataclasses.replace(active, port=port, since=moment(now_ms()))
        active = place.keep(self._keeper.started(active))
        deployment = Deployment(active, State.SERVING, "", str(wrapped.place.log), str(place.token_file))
        return active, Deployed(deployment, None, example.row, answer.body["predictions"][0])

    def _clean_up(self, place: EnvironmentPlace, act: ActivationPlace) -> None:
        """After a failure: an activation on the record gets an end on the record, any other leaves nothing."""
        active = self._keeper.settle(place, self._leaf_of)
        if active is not None and active.activation == act.folder.name:
            place.keep(self._keeper.ended(active, act, reason="did not come up"))


def _remove_stops(act: ActivationPlace) -> None:
    """Removes orders that a grant lifts by the ids under which the wrapper remembers them.

    One that it cannot verify would come back under another id at each look.
    """
    for name in (wrapper.PLAIN_STOP, wrapper.STOP_FILE):
        (act.state / name).unlink(missing_ok=True)


def _stops(memory: Mapping[str, Any], active: Active) -> list[str]:
    """Every stop that the wrapper has seen, and the one on the record."""
    return sorted({active.stop, *(str(each["stop"]) for each in memory.get("stops", ()))} - {""})
