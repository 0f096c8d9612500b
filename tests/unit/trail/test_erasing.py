import errno
import threading
from pathlib import Path

import pytest

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.files import write_whole
from surefoot.trail import Event, Verdict, erasing, verify
from tests.fakes.trails import Project, found, label
from tests.independent.checker import Checker


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return found(tmp_path)


def everything(project: Project) -> bytes:
    return b"".join(path.read_bytes() for path in project.folder.parent.rglob("*") if path.is_file())


def test_an_erased_value_and_its_salt_are_gone_and_every_proof_still_holds(project: Project) -> None:
    with project.open() as trail:
        (event,) = trail.recorder(project.owner).record(label(4_711_000_815))
        list(trail.events())
        assert b"4711000815" in everything(project)
        trail.erase(project.owner, event, ["label", "number"])
        (after,) = (one for one in trail.events() if one.leaf == event.leaf)
        trail.recorder(project.owner).record(label(1))
    assert after.body == {}
    assert b"4711000815" not in everything(project)
    assert verify(project.folder, pins=project.state, anchor=project.ws).verdict == Verdict.PASS
    assert Checker(project.folder, project.ws).faults == []


def test_whoever_sees_an_erasure_while_it_is_carried_out_finds_the_value_gone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process looks just before the bytes are rewritten."""
    told: list[Event] = []

    def look() -> None:
        with project.open() as trail:
            told.extend(trail.events())

    follower = threading.Thread(target=look)

    def write_late(path: Path, data: bytes) -> None:
        follower.start()
        follower.join(0.5)
        write_whole(path, data)

    monkeypatch.setattr(erasing, "write_whole", write_late)
    with project.open() as trail:
        (event,) = trail.events(types={"asset.registered"})
        trail.erase(project.owner, event, ["name", "rows"])
    follower.join()
    (after,) = (one for one in told if one.leaf == event.leaf)
    assert after.body == {} or "erasure.done" not in {one.type for one in told}
    assert told


@pytest.mark.parametrize("error", [SurefootError(Code.DISK_FULL, path="bodies"), OSError(errno.EIO, "bad disk")])
def test_an_erasure_that_could_not_be_carried_out_is_carried_out_by_erasing_again(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: object) -> None:
        raise error

    with project.open() as trail:
        (event,) = trail.events(types={"asset.registered"})
        with monkeypatch.context() as patched:
            patched.setattr(erasing, "write_whole", full)
            with pytest.raises(SurefootError):
                trail.erase(project.owner, event, ["name"])
    with project.open() as trail:
        trail.erase(project.owner, event, ["name"])
        (after,) = trail.events(types={"asset.registered"})
        assert len(list(trail.events(types={"erasure.done"}))) == 2
    assert after.body == {"rows": 1000}
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_erasing_twice_is_erasing_once(project: Project) -> None:
    with project.open() as trail:
        (event,) = trail.events(types={"asset.registered"})
        trail.erase(project.owner, event, ["name"])
        trail.erase(project.owner, event, ["name", "rows"])
        (after,) = trail.events(types={"asset.registered"})
    assert after.body == {}
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_what_is_not_there_cannot_be_erased_and_nothing_is_recorded(project: Project) -> None:
    with project.open() as trail:
        (event,) = trail.events(types={"asset.registered"})
        sizes = trail.sizes()
        with pytest.raises(InputRefusedError):
            trail.erase(project.owner, event, ["title"])
        (project.folder / "bodies" / event.feed / "000000.jsonl").unlink()
        with pytest.raises(IncompleteError) as caught:
            trail.erase(project.owner, event, ["name"])
        assert caught.value.code == Code.DETAIL_MISSING
        assert trail.sizes() == sizes


def test_a_machine_may_not_erase(project: Project) -> None:
    with project.open() as trail:
        (event,) = trail.events(types={"asset.registered"})
        with pytest.raises(InputRefusedError):
            trail.erase(project.machine, event, ["name"])
        assert trail.events(types={"asset.registered"}).__next__().body == event.body
