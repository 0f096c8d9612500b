"""A project with signed releases on a real store, catalog and keys; wrappers are real processes on real ports."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from surefoot import releases as room
from surefoot.catalog import Catalog
from surefoot.deployments import REDUCERS, Deployments, Hand, Keeper, Places
from surefoot.deployments.facts import Active, Answer
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process, process_of
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
    first: str = ""
    second: str = ""

    def sign(
        self, weight: float, environments: tuple[str, ...] = ("clinic", "local"), *, is_parted: bool = False
    ) -> str:
        """Makes and signs a release; returns its id."""
        columns = [
            {"name": "age", "type": "number", "min": "0", "max": "100"},
            {"name": "job", "type": "text", "values": {"clerk": 500, "cook": 500}, "rare": 0},
            {"name": "risk", "type": "text", "values": {"bad": 300, "good": 700}, "rare": 0},
        ]
        profile = self.objects.put_bytes(json.dumps({"format": 1, "columns": columns}).encode())
        machine, change = self.recorder.as_role("machine"), {"asset.registered": {"profile": profile}}
        story = Story(self.recorder, machine, self.objects, change, weight, is_parted=is_parted).tell()
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


@dataclass
class Seed:
    """A project with two signed releases, made once and copied for every test: signing takes seconds."""

    folder: Path
    recorder: FakeRecorder
    signer: PersonKey
    releases: tuple[str, ...]


@contextmanager
def laid(folder: Path, recorder: FakeRecorder, signer: PersonKey) -> Iterator[Yard]:
    project, machine = folder / "project", PersonKey("dev_" + "b" * 26)
    objects = Objects(project / ".surefoot" / "objects")
    places = Places(folder / "state")
    founding = roots.read(project / ".surefoot" / "trail")
    keeper = Keeper(ws=founding.ws, places=places, machine=Hand(recorder.as_role("machine"), machine))
    with Catalog.open(folder / "catalog", recorder, (*room.REDUCERS, *REDUCERS)) as catalog:
        releases = Releases(
            catalog=catalog,
            objects=objects,
            recorder=recorder,
            signer=signer,
            project=project,
            today=lambda: date(2026, 6, 1),
        )
        woken: list[str] = []
        deployments = Deployments(
            catalog=catalog,
            releases=releases,
            person=Hand(recorder, signer),
            keeper=keeper,
            project=project,
            spawn=lambda: woken.append("supervisor"),
        )
        yield Yard(folder, project, places, recorder, objects, releases, deployments, keeper, woken)


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Seed:
    folder, recorder, signer = tmp_path_factory.mktemp("seed"), FakeRecorder(), PersonKey()
    root = folder / "project" / ".surefoot" / "trail" / roots.FIRST
    root.parent.mkdir(parents=True)
    root.write_bytes(roots.found(signer))
    policy = folder / "project" / "policies" / "baseline.toml"
    policy.parent.mkdir()
    policy.write_bytes(POLICY)
    with laid(folder, recorder, signer) as yard:
        yard.releases.adopt(policy)
        made = tuple(yard.sign(weight) for weight in (1.0, 2.0))
    return Seed(folder, recorder, signer, made)


@pytest.fixture
def yard(seed: Seed, tmp_path: Path) -> Iterator[Yard]:
    shutil.copytree(seed.folder / "project", tmp_path / "project")
    with laid(tmp_path, FakeRecorder(log=list(seed.recorder.log)), seed.signer) as ready:
        ready.first, ready.second = seed.releases
        yield ready
    for place in ready.places.environments():
        active = place.active(any_version=True)
        if active is not None:
            process_of(active, ready.places.activation(active.activation)).kill()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    def wait(holds: Callable[[], bool], seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until
            with suppress(InterruptedError):
                time.sleep(0.05)

    return wait
