"""A version is laid out from the trail alone, each line of which is read once."""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import pytest

from surefoot.datasets.kinds import Room
from surefoot.datasets.recorded import Recorded
from surefoot.errors import Code, IncompleteError, SurefootError
from surefoot.trail import Event
from tests.fakes.datasets import Desk
from tests.fakes.recorder import FakeRecorder


class Counted(FakeRecorder):
    """A trail that counts what is read of it."""

    count = 0

    def events(self, *, after: Mapping[str, int] | None = None, types: Container[str] | None = None) -> Iterator[Event]:
        for event in super().events(after=after, types=types):
            self.count += 1
            yield event


@pytest.fixture
def trail(at: Desk) -> Counted:
    return Counted(log=at.recorder.log)


@pytest.fixture
def recorded(at: Desk, trail: Counted) -> Recorded:
    return Recorded(trail, Room(at.objects, at.project, at.folder / "state"))


ROWS = "id,answer\n" + "".join(f"r{number},{number % 2}\n" for number in range(40))


def test_a_version_is_laid_out_and_no_line_is_read_twice(
    at: Desk, trail: Counted, recorded: Recorded, tmp_path: Path
) -> None:
    first = at.table(ROWS).version
    for number in range(3):
        placed = recorded.lay_out(first.id, first.version, tmp_path / str(number))
        assert "train" in placed.sides
        assert "test" not in placed.sides
    second = at.table(ROWS + "r41,1\n").version
    recorded.lay_out(second.id, second.version, tmp_path / "second")
    assert trail.count == 2


def test_the_permission_that_was_recorded_last_counts(
    at: Desk, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = at.table(ROWS, expiry="2999-12-31").version
    recorded.lay_out(version.id, version.version, tmp_path / "before")
    at.table(ROWS, expiry="2998-12-31")
    monkeypatch.setattr("surefoot.datasets.service._is_over", lambda expiry: expiry < "2999")
    with pytest.raises(SurefootError) as caught:
        recorded.lay_out(version.id, version.version, tmp_path / "after")
    assert caught.value.code is Code.DATASET_EXPIRED
    at.recorder.log.reverse()
    with pytest.raises(SurefootError):
        Recorded(at.recorder, Room(at.objects, at.project, at.folder / "state")).lay_out(
            version.id, version.version, tmp_path / "other feeds first"
        )


def test_what_the_record_does_not_hold_cannot_be_laid_out(at: Desk, recorded: Recorded, tmp_path: Path) -> None:
    version = at.table(ROWS).version
    for dataset, digest in ((version.id, "ab" * 32), ("ds_other", version.version)):
        with pytest.raises(IncompleteError):
            recorded.lay_out(dataset, digest, tmp_path / "out")
