"""A project with signed releases on a real store, catalog and keys; wrappers are real processes on real ports."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from surefoot import releases as room
from surefoot.catalog import Catalog
from surefoot.deployments import REDUCERS, Deployments, Hand, Keeper, Places
from surefoot.deployments.facts import Active
from surefoot.deployments.probes import Answer, ask
from surefoot.deployments.processes import Process
from surefoot.objects import Objects
from surefoot.releases import Releases
from surefoot.trail import roots
from tests.fakes.recorder import FakeRecorder
from tests.fakes.releases import POLICY, Story
from tests.unit.releases.conftest import PersonKey

ROW = {"age": 1.0, "job": "clerk"}


@dataclass
class Yard:
    """What a test works with."""

    folder: Path
    project: Path
    places: Places
    recorder: FakeRecorder
    objects: Objects
    releases: Releases
    deployments: Deployments
    keeper: Keeper
    woken: list[str] = field(default_factory=list)

    def signed(self, weight: float = 1.0, environments: tuple[str, ...] = ("local",)) -> str:
        """A signed release; returns its id."""
        story = Story(self.recorder, self.recorder.as_role("machine"), self.objects, weight=weight).tell()
        release = self.releases.draft(story.run, environments=environments)
        self.releases.approve(release.id)
        return self.releases.sign(release.id).id

    def active(self, environment: str = "local") -> Active:
        active = self.places.environment(environment).active()
        assert active is not None
        return active

    def process(self) -> Process:
        active = self.active()
        return Process(active.pid, active.born)

    def state(self) -> Path:
        return self.places.activation(self.active().activation).state

    def ask(self, row: object = ROW) -> Answer:
        token, _ = self.places.environment("local").token()
        return ask(self.active().port, "/predict", body={"rows": [row]}, token=token)

    def types(self, *prefixes: str) -> list[str]:
        return [event.type for event in self.recorder.log if event.type.startswith(prefixes)]

    def tick(self) -> bool:
        time.sleep(0.55)
        return self.keeper.tick()


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    project, recorder, signer, machine = tmp_path / "project", FakeRecorder(), PersonKey(), PersonKey("dev_" + "b" * 26)
    root = project / ".surefoot" / "trail" / roots.FIRST
    root.parent.mkdir(parents=True)
    root.write_bytes(roots.found(signer))
    objects = Objects(project / ".surefoot" / "objects")
    places = Places(tmp_path / "state")
    founding = roots.read(project / ".surefoot" / "trail")
    keeper = Keeper(ws=founding.ws, places=places, machine=Hand(recorder.as_role("machine"), machine))
    with Catalog.open(tmp_path / "catalog", recorder, (*room.REDUCERS, *REDUCERS)) as catalog:
        releases = Releases(
            catalog=catalog,
            objects=objects,
            recorder=recorder,
            signer=signer,
            project=project,
            today=lambda: date(2026, 6, 1),
        )
        policy = project / "policies" / "baseline.toml"
        policy.parent.mkdir()
        policy.write_bytes(POLICY)
        releases.adopt(policy)
        woken: list[str] = []
        deployments = Deployments(
            catalog=catalog,
            releases=releases,
            person=Hand(recorder, signer),
            keeper=keeper,
            project=project,
            spawn=lambda: woken.append("supervisor"),
        )
        yield Yard(tmp_path, project, places, recorder, objects, releases, deployments, keeper, woken)
    for place in places.environments():
        active = place.active()
        if active is not None:
            Process(active.pid, active.born).kill()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    def wait(holds: Callable[[], bool], seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until
            with suppress(InterruptedError):
                time.sleep(0.05)

    return wait
