"""A project with signed releases on a real trail, and its services: laid out once, opened by any process."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from surefoot import releases as room
from surefoot.catalog import Catalog
from surefoot.deployments import REDUCERS, Deployments, Hand, Keeper, Places
from surefoot.deployments.facts import Active, Answer
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process, _born
from surefoot.objects import Objects
from surefoot.releases import Releases
from surefoot.trail import Recorder, Report, Signer, Trail, verify
from tests.fakes.releases import POLICY, Story
from tests.fakes.signers import FakeSigner

PERSON, MACHINE = FakeSigner("owner"), FakeSigner("machine", "machine")
ROW = {"age": 1.0, "job": "clerk"}


@dataclass
class Life:
    """An open project."""

    folder: Path
    state: Path
    trail: Trail
    catalog: Catalog
    keeper: Keeper
    releases: Releases
    deployments: Deployments

    def active(self) -> Active:
        active = self.keeper.places.environment("local").active()
        assert active is not None
        return active

    def ask(self) -> Answer:
        """One request to what is active, as a caller with the token sends it."""
        token, _ = self.keeper.places.environment("local").token()
        return ask(self.active().port, "/predict", body={"rows": [ROW]}, token=token)

    def running(self) -> list[Process]:
        """Every wrapper of this project that runs, whoever knows of it: by its command line."""
        place, found = str(self.state).encode(), []
        for each in Path("/proc").glob("[0-9]*"):
            try:
                line = (each / "cmdline").read_bytes()
            except OSError:
                continue
            if b"surefoot.payloads.service" in line and place in line and _born(int(each.name)):
                found.append(Process(int(each.name), _born(int(each.name))))
        return found

    def verdict(self) -> Report:
        return verify(self.folder, pins=self.state, anchor=self.trail.ws)


class Hands:
    """How the two keys record; a test or a cutter may put something in between."""

    def person(self, trail: Trail) -> Recorder:
        return trail.recorder(PERSON)

    def machine(self, trail: Trail) -> Recorder:
        return trail.recorder(MACHINE)


@contextmanager
def opened(
    base: Path, trail: Trail | None = None, *, catalog: str = "catalog", hands: Hands | None = None
) -> Iterator[Life]:
    """Opens what `founded` laid out."""
    project, state = base / "project", base / "state"
    trail = trail or Trail.open(project / ".surefoot", state=state)
    objects, keys = Objects(project / ".surefoot" / "objects"), hands or Hands()
    person = Hand(keys.person(trail), signer(PERSON))
    keeper = Keeper(ws=trail.ws, places=Places(state / trail.ws), machine=Hand(keys.machine(trail), signer(MACHINE)))
    with Catalog.open(base / catalog, trail, (*room.REDUCERS, *REDUCERS)) as view:
        releases = Releases(
            catalog=view,
            objects=objects,
            recorder=person.recorder,
            signer=person.signer,
            project=project,
            today=lambda: date(2026, 6, 1),
        )
        deployments = Deployments(
            catalog=view, releases=releases, person=person, keeper=keeper, project=project, spawn=lambda: None
        )
        yield Life(project / ".surefoot", state, trail, view, keeper, releases, deployments)


def signer(key: FakeSigner) -> Signer:
    return key


def founded(base: Path) -> tuple[str, ...]:
    """Founds the project and signs two releases, 1.0.0 and 1.0.1; returns their ids."""
    project, state = base / "project", base / "state"
    trail = Trail.create(project / ".surefoot", state=state, owner=PERSON)
    trail.enrol(PERSON, MACHINE)
    policy = project / "policies" / "baseline.toml"
    policy.parent.mkdir()
    policy.write_bytes(POLICY)
    columns = [{"name": "age", "type": "number", "min": "0", "max": "100"}]
    with opened(base, trail) as life:
        life.releases.adopt(policy)
        objects = Objects(life.folder / "objects")
        story = Story(trail.recorder(PERSON), trail.recorder(MACHINE), objects)
        profile = objects.put_bytes(json.dumps({"format": 1, "columns": columns}).encode())
        story.change["asset.registered"] = {"profile": profile}
        made = []
        for weight in (1.0, 2.0):
            story.weight = weight
            draft = life.releases.draft(story.tell().run)
            life.releases.approve(draft.id)
            made.append(life.releases.sign(draft.id).id)
    trail.close()
    return tuple(made)


def copied(base: Path, target: Path) -> None:
    """The same project again, elsewhere."""
    for name in ("project", "state"):
        shutil.copytree(base / name, target / name)
