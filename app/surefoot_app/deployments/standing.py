"""What runs where, as the page shows it: asked of the library, not on the GUI thread. No Qt here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from surefoot.audit.tables import names_of
from surefoot.deployments.facts import Deployment, Drill, Earlier, Figures, State, StopInForce
from surefoot.deployments.service import Deployments
from surefoot.files import KEPT
from surefoot.texts import Words
from surefoot.trail import roots
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import duration, local, number
from surefoot_app.theme import Tone

TONES: dict[State, Tone] = {
    State.SERVING: "ok", State.STOPPED: "bad", State.BLOCKED: "bad", State.ENDED: "neutral", State.LOST: "bad",
    State.HANDED: "info",
}  # fmt: skip
_DAY = 86400
_SOON = 0.25  # of a lease: less than this is left, and nobody has renewed it


@dataclass(frozen=True, slots=True)
class Ready:
    """A signed release: its id, how commands name it, and where it may run."""

    release: str
    ref: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is active in one environment.

    Attributes:
        deployment: what it is and what it does. figures: what it counts; None where it does not say.
        earlier: what ran before. stopped_by: the name of who stopped that, where it is stopped. drill: the last one.
    """

    deployment: Deployment
    figures: Figures | None = None
    earlier: Earlier | None = None
    stopped_by: str = ""
    drill: Drill | None = None

    @property
    def back(self) -> Earlier | None:
        """What rolling back would bring back; None where there is nothing, or what there was is stopped."""
        return None if self.earlier is None or self.earlier.stop is not None else self.earlier

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.deployment.active.name} {self.deployment.active.version}"


@dataclass(frozen=True, slots=True)
class Overview:
    """All of it.

    Attributes:
        environments: the rows. models: the columns, by the names of releases. standings: by environment.
        stops: stops in force of what is not active any more. ready: releases that may be deployed.
        is_solo: one person works here, and may lift alone.
    """

    environments: tuple[str, ...]
    models: tuple[str, ...]
    standings: Mapping[str, Standing]
    stops: tuple[tuple[str, StopInForce], ...] = ()
    ready: tuple[Ready, ...] = ()
    is_solo: bool = True

    def ref_of(self, release: str) -> str | None:
        """How commands name a release that may be deployed, by its id; None where there is none."""
        return next((one.ref for one in self.ready if one.release == release), None)

    def stop_of(self, environment: str, model: str) -> StopInForce | None:
        """The stop in force of a model that is not what is active in an environment."""
        return next((stop for place, stop in self.stops if (place, stop.name) == (environment, model)), None)


def overview(bench: Workbench) -> Overview:
    """Asks the library."""
    deployments = bench.deployments
    found = {one.active.environment: one for one in deployments.status()}
    signed = [one for one in bench.releases.list() if one.approved is not None]
    environments = tuple(dict.fromkeys([*(one.name for one in deployments.environments()), *found]))
    live = deployments.live
    people = names_of(bench.catalog)
    standings = {name: _standing(one, deployments, people) for name, one in found.items()}
    active = {(name, one.active.digest) for name, one in found.items()}
    stops = tuple((name, stop) for name in environments for stop in live.stops(name))
    names = [*(one.active.name for one in found.values()), *(one.name for one in signed)]
    ready = tuple(
        Ready(
            one.id, f"{one.name}@{one.version}", tuple(str(each) for each in one.approved.body.get("environments", ()))
        )
        for one in signed
        if one.approved is not None
    )
    founding = roots.read(bench.project / KEPT / "trail")
    return Overview(
        environments,
        tuple(dict.fromkeys(names)),
        standings,
        tuple((name, stop) for name, stop in stops if (name, stop.digest) not in active),
        ready,
        founding.is_solo,
    )


def _standing(one: Deployment, deployments: Deployments, people: Mapping[str, str]) -> Standing:
    name = one.active.environment
    earlier = deployments.live.earlier(name)
    by = earlier.stop.by if earlier is not None and earlier.stop is not None else ""
    return Standing(one, deployments.live.figures(name), earlier, people.get(by, by), deployments.drills.last(name))


def no_way_back(standing: Standing, words: Words) -> str:
    """Why there is nothing to roll back to; empty where there is."""
    earlier = standing.earlier
    if earlier is None:
        return words("app.deployments.no_way_back")
    if earlier.stop is None:
        return ""
    at, release = moment(earlier.stop.at), f"{earlier.name} {earlier.version}"
    day = local(at, words) if at else earlier.stop.at
    return words("app.deployments.way_back_stopped", release=release, person=standing.stopped_by, day=day)


def figures(bench: Workbench, environments: tuple[str, ...]) -> Mapping[str, Figures | None]:
    """What the services in these environments count now."""
    return {name: bench.deployments.live.figures(name) for name in environments}


def state_word(deployment: Deployment, words: Words) -> str:
    """Its state in a word."""
    return words.term("deployment-state", deployment.state.value)


def health(standing: Standing, words: Words) -> str:
    """How it does, in a few words: how many of its requests it answered, or why it does not."""
    if standing.deployment.state is not State.SERVING:
        return standing.deployment.reason or words("app.deployments.silent")
    seen = standing.figures
    if seen is None:
        return words("app.deployments.no_figures")
    if not seen.asked:
        return words("app.deployments.not_asked")
    return words("app.deployments.answered", good=number(seen.answered, words), all=number(seen.asked, words))


def moment(text: str) -> datetime | None:
    """A recorded time, or None where there is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def lease_left(deployment: Deployment, words: Words, *, now: datetime | None = None) -> tuple[str, Tone]:
    """How long it may go on serving, and how that is to be taken."""
    active = deployment.active
    if not active.lease_expires or deployment.state in {State.ENDED, State.STOPPED}:
        return "–", "neutral"
    left = active.lease_expires / 1000 - (now or datetime.now(UTC)).timestamp()
    if left <= 0:
        return words("app.deployments.lease_over"), "bad"
    tone: Tone = "warn" if left < active.lease_ms / 1000 * _SOON else "neutral"
    if left >= 2 * _DAY:
        return words("app.deployments.days", count=int(left // _DAY)), tone
    return duration(left, words), tone
