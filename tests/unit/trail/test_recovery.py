"""What is found on opening: torn tails are moved aside and told, anything below the pin is an alarm, never repaired."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from surefoot.errors import Code, RecordBrokenError
from surefoot.trail import Draft, Trail, Verdict, verify
from tests.fakes.trails import Project, found, label


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return found(tmp_path, labels=20)


def evt(project: Project, index: int = 0) -> Path:
    return project.feed() / f"{index:06}.evt"


def lines_of(project: Project) -> int:
    with project.open() as trail:
        return trail.sizes()[project.owner.feed]


@pytest.mark.parametrize(
    "tail", [b"x", bytes(700), b"\n", b'{"actor":"per_a"', os.urandom(900), b"good json\tbut no line\n", b"\n\n\n"]
)
def test_a_torn_tail_is_moved_aside_and_told(project: Project, tail: bytes) -> None:
    whole = evt(project).read_bytes()
    evt(project).write_bytes(whole + tail)
    assert verify(project.folder, pins=project.state).verdict == Verdict.FAIL
    with project.open() as trail:
        assert evt(project).read_bytes() == whole
        trail.recorder(project.owner).record(label(1))
        trail.recorder(project.owner).record(label(2))
        (told,) = trail.events(types={"trail.recovered"})
    assert told.body is not None
    pieces = told.body["pieces"]
    assert isinstance(pieces, list)
    assert [piece["bytes"] for piece in pieces] == [len(tail)]
    kept = list((project.state / project.ws / "trail" / "quarantine" / project.owner.feed).iterdir())
    assert [path.read_bytes() for path in kept] == [tail]
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_a_segment_that_is_bad_from_its_start_goes_as_a_whole(tmp_path: Path) -> None:
    project = found(tmp_path, labels=250)
    assert lines_of(project) == 256
    evt(project, 1).write_bytes(bytes(512))
    evt(project, 2).write_bytes(b"x")
    assert lines_of(project) == 256
    assert not evt(project, 1).exists()
    assert not evt(project, 2).exists()


def test_good_lines_above_the_pin_count(project: Project) -> None:
    """The pin is not flushed with every line, so after a power loss it may be behind."""
    pin = project.state / project.ws / "trail" / "pins" / project.owner.feed
    before = pin.read_bytes()
    with project.open() as trail:
        new = trail.recorder(project.owner).record(*(label(number) for number in range(300)))
    pin.write_bytes(before)
    with project.open() as trail:
        assert {event.leaf for event in new} <= {event.leaf for event in trail.events()}
        trail.recorder(project.owner).record(label(1))
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_good_lines_above_the_pin_are_kept_and_the_torn_one_after_them_goes(project: Project) -> None:
    pin = project.state / project.ws / "trail" / "pins" / project.owner.feed
    before = pin.read_bytes()
    with project.open() as trail:
        trail.recorder(project.owner).record(label(1), label(2), label(3))
    pin.write_bytes(before)
    evt(project).write_bytes(evt(project).read_bytes()[:-5])
    assert lines_of(project) == 28


def shorter(project: Project) -> None:
    evt(project).write_bytes(evt(project).read_bytes()[:-1])


def last_line_gone(project: Project) -> None:
    data = evt(project).read_bytes()
    evt(project).write_bytes(data[: data.rindex(b"\n", 0, -1) + 1])


def segment_gone(project: Project) -> None:
    evt(project).unlink()


def feed_gone(project: Project) -> None:
    shutil.rmtree(project.feed(project.machine))


def founding_gone(project: Project) -> None:
    (project.folder / "trail" / "roots" / "1.dsse").unlink()


def segment_is_a_link(project: Project) -> None:
    copy = evt(project).rename(project.folder / "elsewhere")
    evt(project).symlink_to(copy)


def founding_is_a_link(project: Project) -> None:
    path = project.folder / "trail" / "roots" / "1.dsse"
    path.symlink_to(path.rename(project.folder / "elsewhere"))


def pin_damaged(project: Project) -> None:
    (project.state / project.ws / "trail" / "pins" / project.owner.feed).write_bytes(b"x" * 5000)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (shorter, Code.TRAIL_BEHIND),
        (last_line_gone, Code.TRAIL_BEHIND),
        (segment_gone, Code.TRAIL_BEHIND),
        (feed_gone, Code.TRAIL_MISSING),
        (founding_gone, Code.TRAIL_MISSING),
        (segment_is_a_link, Code.OUTSIDE_LINK),
        (founding_is_a_link, Code.OUTSIDE_LINK),
        (pin_damaged, Code.PIN_DAMAGED),
    ],
)
def test_what_is_less_than_was_seen_is_an_alarm(
    project: Project, damage: Callable[[Project], None], code: Code
) -> None:
    trail = project.open()
    damage(project)
    with pytest.raises(RecordBrokenError) as caught:
        project.open()
    assert caught.value.code == code
    if damage not in (founding_gone, founding_is_a_link):  # the founding is read on opening
        with pytest.raises(RecordBrokenError):
            trail.recorder(project.owner).record(label(1))
    if damage is not pin_damaged:
        assert verify(project.folder, pins=project.state).verdict == Verdict.FAIL


@pytest.mark.parametrize("damage", [shorter, last_line_gone, segment_gone, feed_gone, segment_is_a_link, pin_damaged])
def test_a_damaged_trail_that_is_opened_to_be_read_hands_no_line_out_and_takes_none(
    project: Project, damage: Callable[[Project], None]
) -> None:
    damage(project)
    before = sorted(path.stat().st_size for path in project.folder.rglob("*.evt"))
    with Trail.open(project.folder, state=project.state, stands=True) as trail:
        assert trail.founding.publics
        with pytest.raises(RecordBrokenError):
            trail.recorder(project.owner).record(label(1))
        with pytest.raises(RecordBrokenError):
            list(trail.events())
    assert sorted(path.stat().st_size for path in project.folder.rglob("*.evt")) == before


def test_last_weeks_copy_of_the_project_is_an_alarm(project: Project, tmp_path: Path) -> None:
    shutil.copytree(project.folder, tmp_path / "backup")
    with project.open() as trail:
        trail.recorder(project.owner).record(label(1))
    shutil.rmtree(project.folder)
    shutil.copytree(tmp_path / "backup", project.folder)
    with pytest.raises(RecordBrokenError) as caught:
        project.open()
    assert caught.value.code == Code.TRAIL_BEHIND
    assert caught.value.values["known"] == 27


def test_a_copy_that_went_another_way_is_an_alarm(project: Project, tmp_path: Path) -> None:
    """A clone of the machine: same key, same length, another history."""
    shutil.copytree(project.folder, tmp_path / "clone" / ".surefoot")
    shutil.copytree(project.state, tmp_path / "clone-state")
    with project.open() as trail:
        trail.recorder(project.owner).record(label(1))
    with Trail.open(tmp_path / "clone" / ".surefoot", state=tmp_path / "clone-state") as trail:
        trail.recorder(project.owner).record(label(2))
    shutil.rmtree(project.folder)
    shutil.copytree(tmp_path / "clone" / ".surefoot", project.folder)
    with project.open() as trail, pytest.raises(RecordBrokenError):
        list(trail.events())
    report = verify(project.folder, pins=project.state)
    assert report.verdict == Verdict.FAIL
    assert {finding.check for finding in report.findings} == {"pins"}


@pytest.mark.parametrize("seq", [0, 5, 25])
def test_a_changed_line_below_the_pin_is_an_alarm_when_it_is_read(project: Project, seq: int) -> None:
    raws = evt(project).read_bytes().split(b"\n")
    raws[seq] = raws[seq].replace(b'"app":"library', b'"app":"librarx')
    evt(project).write_bytes(b"\n".join(raws))
    with project.open() as trail, pytest.raises(RecordBrokenError) as caught:
        list(trail.events())
    assert caught.value.code == Code.LINE_BROKEN
    report = verify(project.folder, pins=project.state)
    assert report.verdict == Verdict.FAIL
    assert ("signatures", seq) in {(finding.check, finding.seq) for finding in report.findings}


def test_with_a_torn_tail_and_a_bad_line_below_the_alarm_wins_and_nothing_is_repaired(project: Project) -> None:
    data = evt(project).read_bytes().replace(b'"app":"library', b'"app":"librarx', 1) + b"torn"
    evt(project).write_bytes(data)
    with pytest.raises(RecordBrokenError) as caught:
        project.open()
    assert caught.value.code == Code.LINE_BROKEN
    assert evt(project).read_bytes() == data


def test_a_foreign_feed_with_half_a_line_is_read_up_to_there_and_left_alone(project: Project) -> None:
    shutil.rmtree(project.state)  # another machine
    data = evt(project).read_bytes() + b"half a li"
    evt(project).write_bytes(data)
    assert lines_of(project) == 26
    assert evt(project).read_bytes() == data


def test_what_a_stranger_puts_beside_is_not_read(project: Project) -> None:
    feeds = project.folder / "trail" / "feeds"
    (feeds / ("0" * 64)).mkdir()
    (feeds / f"{project.owner.feed} (1)").mkdir()
    (project.feed() / "000000 (conflicted copy).evt").write_bytes(b"x")
    shutil.copytree(project.feed(), feeds / ("1" * 64))
    assert lines_of(project) == 26
    report = verify(project.folder, pins=project.state)
    assert report.verdict == Verdict.FAIL  # two folders hold no key of their name
    for name in ("0", "1"):
        shutil.rmtree(feeds / (name * 64))
    assert verify(project.folder, pins=project.state).verdict == Verdict.REMARKS


def test_a_failed_flush_freezes_the_feed_and_is_not_tried_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def failing(handle: int) -> None:
        calls.append(handle)
        raise OSError(5, "Input/output error")

    with project.open() as trail:
        recorder = trail.recorder(project.owner)
        recorder.record(label(1))
        monkeypatch.setattr("surefoot.trail.segments.os.fdatasync", failing)
        for _ in range(2):
            with pytest.raises(RecordBrokenError) as caught:
                recorder.record(label(2))
            assert caught.value.code == Code.FEED_FROZEN
        monkeypatch.undo()
        assert len(calls) == 1
        with pytest.raises(RecordBrokenError):
            recorder.record(label(3))
        trail._recorders.clear()
    with project.open() as trail:
        trail.recorder(project.owner).record(label(4))
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_details_left_by_a_crash_before_the_line_do_not_stay(project: Project) -> None:
    body = project.folder / "bodies" / project.owner.feed / "000000.jsonl"
    body.write_bytes(body.read_bytes() + b'{"fields":{},"seq":26,"v":1}\n{"fiel')
    with project.open() as trail:
        (event,) = trail.recorder(project.owner).record(label(1))
        assert event in list(trail.events())
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_a_machine_that_sees_the_trail_for_the_first_time_verifies_every_signature(project: Project) -> None:
    shutil.rmtree(project.state)
    raws = evt(project).read_bytes().split(b"\n")
    raws[-2] = raws[-2][:-20] + b"A" * 18 + b"=="
    evt(project).write_bytes(b"\n".join(raws))
    assert lines_of(project) == 25


def test_the_trail_of_a_machine_feed_recovers_too(project: Project) -> None:
    path = project.feed(project.machine) / "000000.evt"
    path.write_bytes(path.read_bytes() + b"torn")
    with project.open() as trail:
        (started,) = trail.events(types={"run.started"})
        trail.recorder(project.machine).record(Draft("run.lost", cause=(started.leaf,)))
        assert [event.role for event in trail.events(types={"trail.recovered"})] == ["machine"]
