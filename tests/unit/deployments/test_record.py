"""The whole life of services over the real trail: every event verifies, and the catalog made of it says the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from surefoot.deployments import REDUCERS, State, tables
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process
from surefoot.errors import SurefootError
from surefoot.trail import Verdict
from tests.fakes.catalog import assert_order_free
from tests.fakes.life import Life, founded, opened


@dataclass
class Scene:
    """A project with two signed releases on a real trail."""

    life: Life
    first: str
    second: str


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    first, second = founded(tmp_path)
    with opened(tmp_path) as life:
        yield Scene(life, first, second)
        for process in life.running():
            process.kill()


def test_a_whole_life_leaves_a_record_that_verifies(scene: Scene) -> None:
    life, deployments = scene.life, scene.life.deployments
    deployments.deploy(scene.first)
    deployments.deploy(scene.second)
    assert float(deployments.stop(reason="a drill").seconds) < 10
    deployments.rollback(reason="a drill")
    deployments.lift_release(scene.second, reason="the drill is over")
    deployments.stop()
    deployments.lift(reason="over")
    assert deployments.status()[0].state is State.SERVING
    active = deployments.status()[0].active
    Process(active.pid, active.born).kill()
    assert life.keeper.tick() is False
    life.catalog.catch_up()
    activated = [row["release"] for row in tables.activations(life.catalog, "local")]
    assert activated == [scene.first, scene.second, scene.first]
    assert tables.has_rolled_back(life.catalog, "local", to=scene.first)
    assert not tables.has_rolled_back(life.catalog, "local", to=scene.second)
    assert not tables.has_rolled_back(life.catalog, "clinic", to=scene.first)
    assert tables.stops_in_force(life.catalog, "local") == ()
    report = life.verdict()
    assert report.verdict is Verdict.PASS, report
    events = list(life.trail.events())
    assert [event.is_self for event in events if event.type in {"service.stopped", "service.lifted"}] == [True] * 4
    assert_order_free(REDUCERS[0], [event for event in events if event.type in tables.TYPES])


def test_a_broken_record_does_not_keep_anybody_from_stopping(scene: Scene) -> None:
    scene.life.deployments.deploy(scene.first)
    for segment in (scene.life.folder / "trail" / "feeds").rglob("*.evt"):
        segment.write_bytes(segment.read_bytes()[:-200])
    with pytest.raises(SurefootError):
        scene.life.deployments.stop(reason="whatever it takes")
    active = scene.life.deployments.status()[0]
    assert active.state is State.STOPPED
    assert ask(active.active.port, "/predict", body={}).status == 503
