"""The recorder in memory keeps to what the real one does, as far as other rooms can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import Draft, Recorder, Subject
from tests.fakes.recorder import FakeRecorder
from tests.fakes.trails import SHA, found, label


@pytest.fixture(params=["fake", "real"])
def recorders(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Recorder, Recorder]]:
    """A person's and a machine's."""
    if request.param == "fake":
        fake = FakeRecorder()
        yield fake, fake.as_role("machine")
        return
    project = found(tmp_path)
    with project.open() as trail:
        yield trail.recorder(project.owner), trail.recorder(project.machine)


def test_what_is_recorded_comes_back(recorders: tuple[Recorder, Recorder]) -> None:
    person, machine = recorders
    first, second = person.record(label(1), Draft("asset.registered", (Subject("ds_x", SHA),), {"name": "x"}))
    (asked,) = person.record(Draft("run.requested", cause=(second.leaf,)))
    (started,) = machine.record(Draft("run.started", cause=(asked.leaf,)))
    assert (first.seq + 1, second.seq + 1) == (second.seq, asked.seq)
    assert first.hlc < second.hlc < asked.hlc < started.hlc
    assert (asked.role, started.role, started.cause) == ("owner", "machine", (asked.leaf,))
    assert second.body == {"name": "x"}


@pytest.mark.parametrize(
    "draft",
    [
        Draft("moon.landed"),
        Draft("run.started"),
        Draft("label.set", cause=("00" * 32,)),
        Draft("label.set", body={"x": 2**60}),
        Draft("label.set", mean="hoped"),
    ],
)
def test_what_is_off_is_refused(recorders: tuple[Recorder, Recorder], draft: Draft) -> None:
    with pytest.raises(InputRefusedError):
        recorders[0].record(draft)


def test_a_machine_decides_nothing(recorders: tuple[Recorder, Recorder]) -> None:
    with pytest.raises(InputRefusedError):
        recorders[1].record(Draft("policy.adopted"))
    (event,) = recorders[0].record(Draft("policy.adopted"))
    assert event.is_self
