"""Whoever deploys, lifts or stops is killed at every step; what is left is brought to an end that the record tells."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from surefoot.deployments import State
from surefoot.deployments.probes import ask
from surefoot.errors import Code, GateFailedError
from surefoot.trail import Event, Verdict
from tests.fakes.life import Life, copied, founded, opened

_ROOT = Path(__file__).parents[3]
BEFORE = (
    "pending.json#1",  # nothing has happened
    "anchor.json#1",
    "lease.dsse#1",
    "spawn#1",
    "pending.json#2",  # a process runs, and nobody wrote its number down
    "release.activated#1",
    "pending.json#3",  # on the record, and nobody wrote the leaf down
    "service.leased#1",
    "active.json#1",
)
"""Steps of a deployment up to the one that makes it the active one."""
AFTER = (
    "-pending.json#1",
    "kill#1",  # what it replaces still answers
    "service.ended#1",
    "active.json#2",
    "go#1",
    "service.started#1",  # it answers, and nothing says so
    "active.json#3",
)


@dataclass
class Scene:
    base: Path
    life: Life
    first: str
    second: str

    def cut(self, verb: str, release: str, step: str) -> None:
        """Lets another process carry out a verb and be killed at a step."""
        command = [sys.executable, "-m", "tests.fakes.cutter", str(self.base), verb, release, step]
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=120, check=False)
        assert (done.returncode, done.stdout) == (-9, b"cut\n"), done.stderr.decode()[-2000:]

    def tick(self) -> None:
        """What the supervisor does twice a second, for some seconds."""
        for _ in range(3):
            time.sleep(0.55)
            self.life.keeper.tick()

    def events(self, *types: str) -> list[Event]:
        return [event for event in self.life.trail.events() if event.type in types]

    def ends(self, leaf: str) -> list[str]:
        """How the record says that an activation ended."""
        ended = [event for event in self.events("service.ended") if leaf in event.cause]
        return [str((event.body or {})["reason"]) for event in ended]

    def version_answering(self) -> str:
        """The version of the one service that runs; it has to answer, and has to be the one that is known."""
        (process,) = self.life.running()
        assert process.pid == self.life.active().pid
        answer = self.life.ask()
        assert answer.status == 200, answer
        return str(answer.body["model"]["version"])

    def assert_nothing_is_left(self, times: tuple[int, ...] = (1,)) -> None:
        """Each activation but the active one has an end, so many times; what was never recorded has left nothing."""
        activated = {event.subjects[0].id: event.leaf for event in self.events("release.activated")}
        active = self.life.active()
        ends = {name: self.ends(leaf) for name, leaf in activated.items() if name != active.activation}
        assert all(len(each) in times for each in ends.values()), ends
        places = self.life.keeper.places
        assert places.environment("local").pending() is None
        assert {each.name for each in (places.state / "services" / "activations").iterdir()} <= set(activated)
        assert self.life.verdict().verdict is Verdict.PASS


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    base = tmp_path_factory.mktemp("life")
    return base, founded(base)


@pytest.fixture
def scene(laid_out: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Scene]:
    base, (first, second) = laid_out
    copied(base, tmp_path)
    with opened(tmp_path) as life:
        yield Scene(tmp_path, life, first, second)
        for process in life.running():
            process.kill()


@pytest.mark.parametrize("step", [*BEFORE, *AFTER])
def test_a_deployment_cut_short_leaves_one_service_that_answers_and_a_record_that_tells_the_end_of_the_other(
    scene: Scene, step: str
) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.cut("deploy", scene.second, step)
    scene.tick()
    assert scene.version_answering() == ("1.0.0" if step in BEFORE else "1.0.1")
    assert scene.life.deployments.status()[0].state is State.SERVING
    scene.life.deployments.deploy(scene.first)
    assert scene.version_answering() == "1.0.0"
    # Whoever recorded an end and did not live to note it is followed by somebody who says it again.
    scene.assert_nothing_is_left((1, 2) if step == "active.json#2" else (1,))


@pytest.mark.parametrize("step", ["pending.json#2", "pending.json#3", "kill#1", "active.json#3"])
def test_the_next_verb_alone_brings_a_deployment_cut_short_to_its_end(scene: Scene, step: str) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.cut("deploy", scene.second, step)
    scene.life.deployments.deploy(scene.second)
    assert scene.version_answering() == "1.0.1"
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("step", ["spawn#1", "pending.json#2", "active.json#1", "go#1"])
def test_the_first_deployment_cut_short_leaves_nothing_or_one_that_answers(scene: Scene, step: str) -> None:
    scene.cut("deploy", scene.first, step)
    scene.tick()
    is_active = step == "go#1"
    assert len(scene.life.running()) == is_active
    assert not is_active or scene.version_answering() == "1.0.0"
    scene.life.deployments.deploy(scene.second)
    assert scene.version_answering() == "1.0.1"
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("step", ["pending.json#2", "kill#1", "go#1", "service.started#1"])
def test_a_stop_after_a_deployment_cut_short_leaves_nothing_that_answers(scene: Scene, step: str) -> None:
    scene.life.deployments.deploy(scene.first)
    port = scene.life.active().port
    scene.cut("deploy", scene.second, step)
    scene.life.deployments.stop(reason="whatever runs there")
    assert scene.life.ask().status in {0, 503}
    assert ask(port, "/predict", body={}).status in {0, 503}
    assert len(scene.life.running()) <= 1, "what refuses may stay for a minute to say why"
    assert len(scene.events("service.stopped")) == 1
    stopped = scene.life.active()
    with pytest.raises(GateFailedError) as caught:
        scene.life.deployments.deploy(stopped.release)
    assert caught.value.code is Code.RELEASE_STOPPED
    scene.life.deployments.deploy(scene.second if stopped.release == scene.first else scene.first)
    scene.version_answering()
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("step", ["spawn#1", "active.json#1"])
def test_a_lift_cut_short_before_it_is_known_lifts_nothing(scene: Scene, step: str) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.life.deployments.stop()
    scene.cut("lift", scene.first, step)
    scene.tick()
    assert scene.life.running() == []
    assert scene.life.deployments.status()[0].state is State.STOPPED
    scene.life.deployments.lift_release(scene.first)
    assert scene.version_answering() == "1.0.0"
    scene.assert_nothing_is_left()


def test_a_lift_cut_short_is_given_again_and_two_do_not_get_into_each_other_s_way(scene: Scene) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.life.deployments.stop()
    scene.cut("lift", scene.first, "service.lifted#1")
    scene.life.deployments.lift()
    assert scene.version_answering() == "1.0.0"
    assert len(scene.events("service.lifted")) == 1
    scene.assert_nothing_is_left()


@pytest.mark.parametrize("step", ["go#1", "active.json#2"])
def test_a_lift_cut_short_after_it_is_known_is_brought_to_its_end(scene: Scene, step: str) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.life.deployments.stop()
    scene.cut("lift", scene.first, step)
    scene.tick()
    assert scene.version_answering() == "1.0.0"
    assert scene.life.active().started
    assert scene.life.verdict().verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("step", "again"),
    [
        ("active.json#1", "tick"),
        ("service.stopped#1", "tick"),
        ("service.stopped#1", "stop"),
        ("active.json#2", "stop"),
    ],
)
def test_a_stop_cut_short_is_in_force_and_told_by_the_next_stop_or_tick(scene: Scene, step: str, again: str) -> None:
    scene.life.deployments.deploy(scene.first)
    scene.cut("stop", scene.first, step)
    assert scene.life.ask().status == 503
    if again == "tick":
        scene.tick()
    else:
        scene.life.deployments.stop(reason="again")
    assert scene.life.active().stop_leaf
    assert scene.life.ask().status == 503
    count = len(scene.events("service.stopped", "service.guardrail-tripped"))
    scene.tick()
    for _ in range(2):
        scene.life.deployments.stop(reason="once more")
    by_nobody = again == "tick"  # a person's name is put under it by the next stop, once
    assert len(scene.events("service.stopped", "service.guardrail-tripped")) == count + by_nobody
    assert count == (2 if step == "active.json#2" else 1), "twice only where nobody could know that it had been told"
    assert scene.life.verdict().verdict is Verdict.PASS
