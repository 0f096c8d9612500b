"""A trail as its users see it: founded, recorded in, read, followed, by one process and by several."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.trail import Draft, Subject, Trail, Verdict, clock, verify
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import SHA, Project, found, label


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return found(tmp_path)


def test_what_was_recorded_reads_back(project: Project) -> None:
    with project.open() as trail:
        (event,) = trail.recorder(project.owner).record(label(1))
        events = list(trail.events())
    assert event in events
    assert event.body == {"label": "nhãn 1", "number": 1}
    assert [one.type for one in events if one.feed == project.owner.feed][:3] == [
        "workspace.created",
        "feed.opened",
        "device.enrolled",
    ]
    assert all(one.is_self == (one.type in ("device.enrolled", "policy.adopted")) for one in events)
    assert verify(project.folder, pins=project.state, anchor=project.ws).verdict == Verdict.PASS


def test_a_second_foundation_in_the_same_place_is_refused(project: Project) -> None:
    with pytest.raises(InputRefusedError) as caught:
        Trail.create(project.folder, state=project.state, owner=project.owner)
    assert caught.value.code == Code.PROJECT_EXISTS


def test_a_foundation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Refusing(FakeSigner):
        def sign(self, data: bytes, /) -> bytes:
            if data == b"surefoot key check":
                raise InputRefusedError(Code.PASSPHRASE_WRONG)
            return super().sign(data)

    with pytest.raises(InputRefusedError):
        Trail.create(tmp_path / ".surefoot", state=tmp_path / "state", owner=Refusing())
    assert list((tmp_path / ".surefoot").iterdir()) == []


def test_a_key_that_is_not_the_promised_one_records_nothing(project: Project) -> None:
    false = FakeSigner("owner")
    false._key = FakeSigner("other")._key
    with project.open() as trail, pytest.raises(InputRefusedError):
        trail.recorder(false).record(label(1))


def test_a_key_that_nobody_let_in_records_nothing(project: Project) -> None:
    stranger = FakeSigner("stranger", "machine")
    with project.open() as trail:
        sizes = trail.sizes()
        with pytest.raises(InputRefusedError) as caught:
            trail.recorder(stranger).record(Draft("feed.opened"))
        assert caught.value.code == Code.NOT_ENROLLED
        assert trail.sizes() == sizes
    assert not (project.folder / "trail" / "feeds" / stranger.feed).exists()


def test_a_weak_key_gets_no_recorder(project: Project) -> None:
    weak = FakeSigner("weak")
    weak.public = bytes([1]) + bytes(31)
    with project.open() as trail, pytest.raises(InputRefusedError) as caught:
        trail.recorder(weak)
    assert caught.value.code == Code.KEY_WEAK


def test_a_device_is_enrolled_once_and_a_revoked_one_records_nothing(project: Project) -> None:
    with project.open() as trail:
        assert trail.enrol(project.owner, project.machine) is None
        (enrolled,) = trail.events(types={"device.enrolled"})
        trail.recorder(project.owner).record(
            Draft("device.revoked", (Subject(project.machine.actor, project.machine.feed),), cause=(enrolled.leaf,))
        )
        (asked,) = trail.events(types={"run.requested"})
        with pytest.raises(InputRefusedError):
            trail.recorder(project.machine).record(Draft("run.started", cause=(asked.leaf,)))
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_a_machine_may_not_decide(project: Project) -> None:
    with project.open() as trail, pytest.raises(InputRefusedError) as caught:
        trail.recorder(project.machine).record(Draft("policy.adopted"))
    assert caught.value.code == Code.NOT_ALLOWED


def test_a_group_is_recorded_whole_or_not_at_all(project: Project) -> None:
    with project.open() as trail:
        sizes = trail.sizes()
        for bad in (
            Draft("run.started"),
            Draft("label.set", body={"x": 2**60}),
            Draft("label.set", cause=("00" * 32,)),
        ):
            with pytest.raises(InputRefusedError):
                trail.recorder(project.owner).record(label(1), bad, label(2))
        assert trail.recorder(project.owner).record() == ()
        assert trail.sizes() == sizes


def test_a_cause_is_found_in_whichever_segment_and_feed_it_lies(tmp_path: Path) -> None:
    project = found(tmp_path, labels=600)
    with project.open() as trail:
        for event in list(trail.events()):
            trail._books._types.clear()
            line = trail._books.find(event.leaf)
            assert line is not None
            assert (line.seq, line.feed) == (event.seq, event.feed)
        assert trail._books.find("00" * 32) is None


def test_followers_see_what_is_new_and_only_that(project: Project) -> None:
    with project.open() as writer, project.open() as follower:
        seen = follower.sizes()
        assert list(follower.events(after=seen)) == []
        new = writer.recorder(project.owner).record(*(label(number) for number in range(300)))
        assert [event.leaf for event in follower.events(after=seen)] == [event.leaf for event in new]
        assert follower.sizes()[project.owner.feed] == seen[project.owner.feed] + 300


def test_a_missing_detail_is_told_as_missing(project: Project) -> None:
    (project.folder / "bodies" / project.machine.feed / "000000.jsonl").unlink()
    with project.open() as trail:
        assert [event.body for event in trail.events(types={"run.finished"})] == [None]
        (started,) = trail.events(types={"run.started"})
        trail.recorder(project.machine).record(Draft("run.lost", cause=(started.leaf,)))
        assert [event.body for event in trail.events(types={"run.lost"})] == [{}]
    assert verify(project.folder, pins=project.state).verdict == Verdict.INCOMPLETE


def test_checkpoints_are_written_at_decisions_each_64_lines_and_on_close(project: Project) -> None:
    folder = project.feed() / "ckpt"

    def sizes() -> list[int]:
        return sorted(int(path.name) for path in folder.iterdir())

    assert sizes() == [2, 3, 6]  # it was founded, the device was let in, the policy adopted; nothing was new on close
    with project.open() as trail:
        for number in range(58):
            trail.recorder(project.owner).record(label(number))
        assert sizes() == [2, 3, 6, 64]
        trail.recorder(project.owner).record(label(0))
    assert sizes() == [2, 3, 6, 64, 65]


def test_a_head_is_the_root_of_the_lines(tmp_path: Path) -> None:
    project = found(tmp_path, labels=300)
    with project.open() as trail:
        head = trail.head(project.owner.feed)
        trees = project.state / project.ws / "trail" / "trees"
        for path in trees.iterdir():
            path.write_bytes(b"spoiled")
        with project.open() as again:
            assert again.head(project.owner.feed) == head
        with pytest.raises(InputRefusedError):
            trail.head("00" * 32)


def test_a_clock_set_back_keeps_the_order_and_is_remarked(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    with project.open() as trail:
        (before,) = trail.recorder(project.owner).record(label(1))
        monkeypatch.setattr(clock, "now", lambda: now - 3600 * 1_000_000)
        (after,) = trail.recorder(project.owner).record(label(2))
    assert after.hlc > before.hlc
    assert after.at < before.at
    report = verify(project.folder, pins=project.state)
    assert report.verdict == Verdict.REMARKS
    assert [finding.check for finding in report.findings] == ["clock"]


@pytest.mark.parametrize("years", [300, 10_000, -100])
def test_an_absurd_clock_is_refused_or_outlived(project: Project, monkeypatch: pytest.MonkeyPatch, years: int) -> None:
    now = clock.now() + years * 365 * 86_400 * 1_000_000
    monkeypatch.setattr(clock, "now", lambda: now)
    with project.open() as trail:
        if years > 0:
            with pytest.raises(InputRefusedError) as caught:
                trail.recorder(project.owner).record(label(1))
            assert caught.value.code == Code.CLOCK_ABSURD
        else:
            trail.recorder(project.owner).record(label(1))


def test_a_newer_project_can_be_read_and_not_written(project: Project) -> None:
    path = project.feed() / "000000.evt"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"v":2}\tAAAA\n')
    with project.open() as trail:
        assert trail.is_newer
        assert len(list(trail.events(types={"asset.registered"}))) == 1
        with pytest.raises(IncompleteError) as caught:
            trail.recorder(project.owner).record(label(1))
        assert caught.value.code == Code.PROJECT_NEWER
    assert path.read_bytes() == whole + b'{"v":2}\tAAAA\n'
    assert verify(project.folder, pins=project.state).verdict == Verdict.INCOMPLETE


def test_a_key_that_has_to_be_unlocked_does_not_hold_others_up(project: Project) -> None:
    class Asking(FakeSigner):
        def sign(self, data: bytes, /) -> bytes:
            with project.open() as other:  # while somebody types
                other.recorder(project.machine)
                assert other.enrol(project.owner, project.machine) is None
                if data == b"surefoot key check":
                    (asked,) = other.events(types={"run.requested"})
                    other.recorder(project.machine).record(Draft("run.started", cause=(asked.leaf,)))
            return super().sign(data)

    with project.open() as trail:
        trail.recorder(Asking("owner"))._prove_key()  # type: ignore[attr-defined]  # what record does first


def test_a_full_disk_refuses_before_the_effect(project: Project) -> None:
    code = f"""
import resource, signal, sys
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from surefoot.errors import SurefootError
from surefoot.trail import Draft, Trail
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import label
trail = Trail.open(Path({str(project.folder)!r}), state=Path({str(project.state)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = max(p.stat().st_size for p in Path({str(project.folder)!r}).rglob("0*") if p.is_file())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
try:
    trail.recorder(FakeSigner("owner")).record(label(1), label(2))
except (SurefootError, OSError) as error:
    print(type(error).__name__, getattr(error, "code", error))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() != ""
    with project.open() as trail:
        assert trail.sizes()[project.owner.feed] == 6
        trail.recorder(project.owner).record(label(1))
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_a_folder_without_the_right_to_write_says_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> int:
        raise PermissionError(13, "no", "x")

    with project.open() as trail:
        trail.recorder(project.owner).record(label(1))
        monkeypatch.setattr("surefoot.trail.segments.os.open", refuse)
        with pytest.raises(SurefootError) as caught:
            trail.recorder(project.owner).record(label(2))
        assert caught.value.code == Code.NOT_WRITABLE
        monkeypatch.undo()
        trail.recorder(project.owner).record(label(3))


def test_opening_costs_no_walk_through_the_lines(tmp_path: Path) -> None:
    project = found(tmp_path, labels=5000)
    start = time.perf_counter()
    project.open().close()
    assert time.perf_counter() - start < 0.5


def test_a_sample_says_so_in_its_founding(tmp_path: Path) -> None:
    with Trail.create(tmp_path / "s", state=tmp_path / "state", owner=FakeSigner(), sample=True) as trail:
        assert trail.founding.is_sample
        assert trail.founding.owner.feed == FakeSigner().feed
        assert Subject("x", SHA).id == "x"
