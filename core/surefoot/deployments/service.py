"""The verbs of deployments: deploy, status, stop, lift, roll back.

An act that lets something run is recorded before it takes effect: the wrapper is verified and held, the record says
what is about to happen, then it goes. An order to stop is the other way round: it takes effect first, and what is
recorded is the effect that was seen, with its seconds.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from surefoot.catalog import Catalog
from surefoot.deployments import certificates, documents, environments, rules, tables
from surefoot.deployments.activation import Activation, Plan
from surefoot.deployments.choosing import Choice
from surefoot.deployments.drills import Drills
from surefoot.deployments.facts import (
    DEFAULT_ENVIRONMENT,
    Active,
    Deployed,
    Deployment,
    Environment,
    Hand,
    Handover,
    Lifted,
    State,
    Stopped,
)
from surefoot.deployments.keeper import Keeper
from surefoot.deployments.live import Live
from surefoot.deployments.places import EnvironmentPlace
from surefoot.deployments.scoring import Scoring
from surefoot.deployments.seeing import seen
from surefoot.deployments.stop_record import record_stop
from surefoot.deployments.stopping import order_file, put_down
from surefoot.errors import (
    ApprovalMissingError,
    Code,
    IncompleteError,
    NotConfirmedError,
    RecordBrokenError,
)
from surefoot.files import KEPT, locked
from surefoot.payloads.service import places as wrapper
from surefoot.releases.service import Releases
from surefoot.trail import Draft, Subject, roots


class Deployments:
    """What runs where, of one project.

    Args:
        catalog: with `tables.REDUCERS` among its reducers.
        releases: the project's releases.
        person: the key of whoever gives the orders.
        keeper: knows the workspace, its state folder and the machine's key.
        project: the project's folder.
        spawn: starts the supervisor where none runs; it keeps what is deployed.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        releases: Releases,
        person: Hand,
        keeper: Keeper,
        project: Path,
        spawn: Callable[[], object],
    ) -> None:
        self._catalog = catalog
        self._releases = releases
        self._person = person
        self._keeper = keeper
        self._project = project
        self._spawn = spawn
        self._choice = Choice(catalog, releases)
        self._activation = Activation(
            releases=releases, person=person, keeper=keeper, project=project, leaf_of=self._leaf_of
        )

    @property
    def scoring(self) -> Scoring:
        """Whole files, scored without a service."""
        recorder, places = self._person.recorder, self._keeper.places
        known = (self._catalog, self._releases, self._project)
        return Scoring(*known, recorder=recorder, places=places)

    @property
    def live(self) -> Live:
        """What runs, asked while it runs."""
        return Live(self._keeper.places, self._choice, self._catalog.catch_up)

    @property
    def drills(self) -> Drills:
        """Stops that are practised."""
        founding = roots.read(self._project / KEPT / "trail")
        return Drills(self, self._catalog, recorder=self._person.recorder, founding=founding)

    def environments(self) -> tuple[Environment, ...]:
        """Where releases may run, as surefoot.toml says.

        Raises:
            InputRefusedError: the file cannot be read.
        """
        return tuple(environments.read(self._project / environments.FILE).values())

    def deploy(self, ref: str, environment: str = DEFAULT_ENVIRONMENT, *, into: Handover | None = None) -> Deployed:
        """Activates a signed release in an environment and returns when it has answered a real request.

        Args:
            ref: the release.
            environment: where.
            into: where it is handed over to instead, to be run by somebody else; nothing is asked then.

        Raises:
            IncompleteError: there is no such release or environment, or the release is not signed; or it is to be
                handed over and its lock does not say by which hashes to recognise its packages.
            GateFailedError: it is not allowed there, is stopped there, or the wrapper refuses it.
            InputRefusedError: the port or the folder is taken. NotConfirmedError: it did not come up; nothing is left
                running.
        """
        where = self._environment(environment)
        with self._held(environment) as place:
            release = self._choice.allowed(ref, where, place.active())
            plan = Plan(where, release, self._declaration(where), place.active())
            activation = self._activation
            deployed = activation.carry_out(place, plan) if into is None else activation.hand_over(place, plan, into)
        self._spawn()
        return deployed

    def rollback(self, environment: str = DEFAULT_ENVIRONMENT, *, to: str | None = None, reason: str = "") -> Deployed:
        """Activates another release that was active before; needs one person.

        Args:
            environment: where.
            to: a release; by default the last one before the current that is not stopped.
            reason: why, for the record.

        Raises:
            IncompleteError: nothing is active there, or nothing was before it. Others as `deploy`.
        """
        where = self._environment(environment)
        with self._held(environment) as place:
            current = self._current(place, environment)
            release = self._choice.allowed(to or self._choice.before(current), where, current)
            if release.digest == current.digest:
                raise IncompleteError(Code.NOTHING_TO_ROLL_BACK, environment=environment)
            body = {**current.about(), "to": release.id, "reason": reason}
            subject = Subject(current.activation, current.digest)
            causes = (current.leaf, release.approved.leaf) if release.approved is not None else (current.leaf,)
            back = Draft("release.rolled-back", (subject,), body, causes, "withdrawn")
            plan = Plan(where, release, (*self._declaration(where), back), current)
            deployed = self._activation.carry_out(place, plan)
        self._spawn()
        return deployed

    def stop(self, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Stopped:
        """Stops what runs in an environment, and returns when it was seen to refuse; needs one person.

        Raises:
            IncompleteError: nothing is active there.
            NotConfirmedError: it still answers, although it was killed; the record says so.
            RecordBrokenError: it is stopped, and the record could not be told.
        """
        # Neither a catalog nor a sound record is needed to stop: the effect comes first, whatever else is broken.
        with self._alone(environment) as place:
            active = self._current(place, environment, any_version=True)
            stopped = put_down(
                self._keeper.places, active, ws=self._keeper.ws, signer=self._person.signer, reason=reason
            )
            if not stopped.is_new and active.is_ordered:
                return stopped
            failure = record_stop(place, stopped, reason, recorder=self._person.recorder, keeper=self._keeper)
        if stopped.seen == "answers":
            raise NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment=environment, pid=active.pid) from failure
        if stopped.seen == "unseen":
            order = order_file(self._keeper.places, active)
            until = documents.moment(active.lease_expires)
            raise NotConfirmedError(Code.STOP_UNSEEN, environment=environment, path=order, until=until) from failure
        if failure is not None:
            raise RecordBrokenError(Code.STOP_NOT_RECORDED, environment=environment, detail=failure) from failure
        return stopped

    def say_why(self, environment: str, reason: str) -> None:
        """Records why something was stopped, by whoever stopped first and gave the reason afterwards.

        Raises:
            IncompleteError: nothing there is stopped.
        """
        with self._alone(environment) as place:
            active = self._current(place, environment)
            if not active.stop or not active.stop_leaf:
                raise IncompleteError(Code.NOTHING_TO_LIFT, environment=environment)
            event = self._person.recorder.record(rules.reason_afterwards(active, reason))[0]
            place.keep(dataclasses.replace(active, stop_leaf=event.leaf))

    def lift(self, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Deployed:
        """Lifts the stop of what is stopped in an environment, and returns when it answers again.

        One person may do so only where there is only one, and the record marks it for ever.

        Raises:
            IncompleteError: it is not stopped. ApprovalMissingError: two persons are needed. Others as `deploy`.
        """
        self._environment(environment)
        _refuse_alone(self._project, environment)
        with self._held(environment) as place:
            deployed = self._lift_active(place, environment, reason)
        self._spawn()
        return deployed

    def lift_release(self, ref: str, environment: str = DEFAULT_ENVIRONMENT, *, reason: str = "") -> Deployed | Lifted:
        """Lifts the stop of a release. Where something else is active there by now, nothing starts.

        The same persons are needed as for `lift`: what follows may be `deploy`, which one person does.

        Raises:
            IncompleteError: there is no such release, or it is not stopped there. Others as `lift`.
        """
        self._environment(environment)
        _refuse_alone(self._project, environment)
        with self._held(environment) as place:
            active, digest = place.active(), self._releases.show(ref).digest
            if active is None or active.digest != digest:
                stop = self._choice.stopped(digest, environment)
                body = {"environment": environment, "release": stop.release, "name": stop.name, "version": stop.version}
                body |= {"stop": stop.stop, "reason": reason}
                subject, causes = Subject(stop.service, stop.digest), (stop.activation, stop.leaf)
                self._person.recorder.record(Draft("service.lifted", (subject,), body, causes, "lifted"))
                return Lifted(environment, stop)
            deployed = self._lift_active(place, environment, reason)
        self._spawn()
        return deployed

    def _lift_active(self, place: EnvironmentPlace, environment: str, reason: str) -> Deployed:
        active = self._current(place, environment)
        stop = tables.stop_in_force(self._catalog, environment, active.digest)
        if not active.stop and stop is None:
            raise self._choice.nothing_to_lift(environment)
        causes = (active.leaf,) if stop is None else (active.leaf, stop.leaf)
        body = {**active.about(), "stop": active.stop, "reason": reason}
        draft = Draft("service.lifted", (Subject(active.service, active.digest),), body, causes, "lifted")
        return self._activation.resume(place, active, draft)

    def status(self, environment: str | None = None) -> tuple[Deployment, ...]:
        """What was last activated in each environment (or in one), and what it is doing now."""
        found = []
        for place in self._keeper.places.environments():
            active = place.active()
            if active is not None and environment in (None, active.environment):
                found.append(seen(self._keeper.places, active))
        if any(each.state is State.LOST or not (each.active.started or each.active.ended) for each in found):
            # Nobody has told the record yet, so nobody is keeping it.
            self._spawn()
        return tuple(found)

    def new_token(self, environment: str = DEFAULT_ENVIRONMENT) -> str:
        """Makes a new bearer token; the old one is refused within a second.

        Raises:
            IncompleteError: nothing is active there.
        """
        with self._alone(environment) as place:
            active = self._current(place, environment)
            token = place.new_token()
            folder = self._keeper.places.of(active)
            folder.write(wrapper.ACCESS_FILE, documents.access(token))
        return token

    @contextmanager
    def _alone(self, environment: str) -> Iterator[EnvironmentPlace]:
        """An environment's folder, for one verb at a time."""
        place = self._keeper.places.environment(environment)
        with locked(place.lock):
            yield place

    @contextmanager
    def _held(self, environment: str) -> Iterator[EnvironmentPlace]:
        """The same, with the record caught up, and nothing left half done by anybody who was interrupted."""
        with self._alone(environment) as place:
            self._keeper.settle(place, self._leaf_of)
            self._catalog.catch_up()
            yield place

    def _leaf_of(self, activation: str) -> str | None:
        """The leaf of the event that activated it, as the record stands now."""
        self._catalog.catch_up()
        return tables.leaf_of(self._catalog, activation)

    def _environment(self, name: str) -> Environment:
        return certificates.checked(environments.named(self._project, name))

    def _declaration(self, where: Environment) -> tuple[Draft, ...]:
        """The event that brings an environment's settings into force, where they are new."""
        body = where.as_body()
        if tables.declared(self._catalog, where.name) == body:
            return ()
        return (Draft("environment.declared", (Subject(where.name, documents.digest(body)),), body),)

    def _current(self, place: EnvironmentPlace, environment: str, *, any_version: bool = False) -> Active:
        active = place.active(any_version=any_version)
        if active is None:
            raise IncompleteError(Code.NOTHING_DEPLOYED, environment=environment)
        return active


def _refuse_alone(project: Path, environment: str) -> None:
    """Where there are two persons, one alone lifts nothing, with however many keys; where there is one, it is marked.

    No act of this version holds the word of two, so there a stop stays.

    Raises:
        ApprovalMissingError: there are two.
    """
    if not roots.read(project / KEPT / "trail").is_solo:
        raise ApprovalMissingError(Code.LIFT_NEEDS_TWO, environment=environment)
