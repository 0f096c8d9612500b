"""The whole life of services over the real trail: every event verifies, and the catalog made of it says the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from surefoot import releases as room
from surefoot.catalog import Catalog
from surefoot.deployments import REDUCERS, Deployments, Hand, Keeper, Places, State, tables
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process
from surefoot.errors import SurefootError
from surefoot.objects import Objects
from surefoot.releases import Releases
from surefoot.trail import Trail, Verdict, verify
from tests.fakes.catalog import assert_order_free
from tests.fakes.releases import POLICY, Story
from tests.unit.releases.conftest import PersonKey


class MachineKey(PersonKey):
    def __init__(self) -> None:
        super().__init__("dev_" + "b" * 26)
        self.role = "machine"


@dataclass
class Life:
    """A project with two signed releases on a real trail."""

    folder: Path
    state: Path
    trail: Trail
    catalog: Catalog
    keeper: Keeper
    deployments: Deployments
    releases: tuple[str, ...]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    project, person, machine = tmp_path / "project", PersonKey(), MachineKey()
    folder, state = project / ".surefoot", tmp_path / "state"
    trail = Trail.create(folder, state=state, owner=person)
    trail.enrol(person, machine)
    objects = Objects(folder / "objects")
    keeper = Keeper(ws=trail.ws, places=Places(state / trail.ws), machine=Hand(trail.recorder(machine), machine))
    with Catalog.open(tmp_path / "catalog", trail, (*room.REDUCERS, *REDUCERS)) as catalog:
        recorder = trail.recorder(person)
        releases = Releases(
            catalog=catalog,
            objects=objects,
            recorder=recorder,
            signer=person,
            project=project,
            today=lambda: date(2026, 6, 1),
        )
        deployments = Deployments(
            catalog=catalog,
            releases=releases,
            person=Hand(recorder, person),
            keeper=keeper,
            project=project,
            spawn=lambda: None,
        )
        story = Story(recorder, trail.recorder(machine), objects)
        yield Life(folder, state, trail, catalog, keeper, deployments, signed(project, releases, story))
    active = keeper.places.environment("local").active()
    if active is not None:
        Process(active.pid, active.born).kill()


def signed(project: Path, releases: Releases, story: Story) -> tuple[str, ...]:
    policy = project / "policies" / "baseline.toml"
    policy.parent.mkdir()
    policy.write_bytes(POLICY)
    releases.adopt(policy)
    columns = [{"name": "age", "type": "number", "min": "0", "max": "100"}]
    story.change["asset.registered"] = {
        "profile": story.objects.put_bytes(json.dumps({"format": 1, "columns": columns}).encode())
    }
    made = []
    for weight in (1.0, 2.0):
        story.weight = weight
        draft = releases.draft(story.tell().run)
        releases.approve(draft.id)
        made.append(releases.sign(draft.id).id)
    return tuple(made)


def test_a_whole_life_leaves_a_record_that_verifies(life: Life) -> None:
    first, second = life.releases
    life.deployments.deploy(first)
    life.deployments.deploy(second)
    assert float(life.deployments.stop(reason="a drill").seconds) < 10
    life.deployments.rollback(reason="a drill")
    life.deployments.stop()
    life.deployments.lift(reason="over")
    assert life.deployments.status()[0].state is State.SERVING
    active = life.deployments.status()[0].active
    Process(active.pid, active.born).kill()
    assert life.keeper.tick() is False
    life.catalog.catch_up()
    assert [row["release"] for row in tables.activations(life.catalog, "local")] == [first, second, first]
    assert tables.stop_in_force(life.catalog, "local", active.digest) is None
    report = verify(life.folder, pins=life.state, anchor=life.trail.ws)
    assert report.verdict is Verdict.PASS, report
    events = list(life.trail.events())
    assert [event.is_self for event in events if event.type == "service.stopped"] == [True, True]
    assert_order_free(REDUCERS[0], [event for event in events if event.type in tables.TYPES])


def test_a_broken_record_does_not_keep_anybody_from_stopping(life: Life) -> None:
    life.deployments.deploy(life.releases[0])
    for segment in (life.folder / "trail" / "feeds").rglob("*.evt"):
        segment.write_bytes(segment.read_bytes()[:-200])
    with pytest.raises(SurefootError):
        life.deployments.stop(reason="whatever it takes")
    active = life.deployments.status()[0]
    assert active.state is State.STOPPED
    assert ask(active.active.port, "/predict", body={}).status == 503
