"""What was verified here once is known by the hash of its segment, and nothing else is."""

import errno
import hashlib
import json
import os
from itertools import pairwise
from pathlib import Path

import pytest

from surefoot.errors import Code, RecordBrokenError
from surefoot.trail import Draft, Event, Verdict, verify
from surefoot.trail.bodies import Body
from surefoot.trail.details import Details
from surefoot.trail.facts import SEGMENT
from surefoot.trail.known import filled
from surefoot.trail.lines import prev_of
from tests.fakes.trails import Project, found, label

AT = 100  # a line of the first closed segment


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two closed segments and a bit, read once."""
    project = found(tmp_path, labels=600)
    events_of(project)
    return project


def events_of(project: Project) -> list[Event]:
    with project.open() as trail:
        return [event for event in trail.events() if event.feed == project.owner.feed]


def bodies_path(project: Project, index: int = 0) -> Path:
    return project.folder / "bodies" / project.owner.feed / f"{index:06}.jsonl"


def memory(project: Project, name: str) -> Path:
    return project.state / project.ws / "trail" / name / project.owner.feed


def rewrite(path: Path, before: bytes, after: bytes) -> None:
    raws = path.read_bytes().split(b"\n")
    assert raws[AT].count(before) == 1
    raws[AT] = raws[AT].replace(before, after)
    path.write_bytes(b"\n".join(raws))


def test_closed_segments_are_known_and_an_open_one_is_not(project: Project) -> None:
    assert memory(project, "details").stat().st_size == 64
    assert memory(project, "lines").stat().st_size == 64


@pytest.mark.parametrize("first", [0, 1, 255, 256, 257])
@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 511, 512, 513, 768])
def test_a_segment_is_filled_where_all_its_lines_are_there(first: int, count: int) -> None:
    written = [b"%d" % number for number in range(first, first + count)]
    expected = {
        index: hashlib.sha256(b"".join(b"%d\n" % seq for seq in range(index * 256, index * 256 + 256))).digest()
        for index in range(5)
        if first <= index * 256 and index * 256 + 256 <= first + count
    }
    assert filled(first, written) == expected


def test_what_is_written_whole_is_known_before_it_is_read(tmp_path: Path) -> None:
    """It is read as what checking it would give."""
    project = found(tmp_path, labels=600)
    for name, path in (("lines", project.feed() / "000001.evt"), ("details", bodies_path(project, 1))):
        assert memory(project, name).read_bytes() == bytes(32) + hashlib.sha256(path.read_bytes()).digest()
    told = events_of(project)
    for name in ("lines", "details"):
        memory(project, name).unlink()
    assert events_of(project) == told


@pytest.mark.parametrize("name", ["lines", "details"])
def test_what_is_changed_between_writing_and_the_first_reading_is_found(tmp_path: Path, name: str) -> None:
    project = found(tmp_path, labels=600)
    path = project.feed() / "000001.evt" if name == "lines" else bodies_path(project, 1)
    rewrite(
        path,
        b'"mean":"created' if name == "lines" else b'"value":350}',
        b'"mean":"dreated' if name == "lines" else b'"value":351}',
    )
    with pytest.raises(RecordBrokenError):
        events_of(project)


@pytest.mark.parametrize("name", ["lines", "details"])
def test_a_memory_that_takes_nothing_keeps_nothing_from_being_recorded(tmp_path: Path, name: str) -> None:
    project = found(tmp_path)
    memory(project, name).parent.mkdir(exist_ok=True)
    memory(project, name).symlink_to(tmp_path / "nowhere")
    with project.open() as trail:
        done = trail.recorder(project.owner).record(*(label(number) for number in range(600)))
    memory(project, name).unlink()
    assert events_of(project)[-600:] == list(done)


@pytest.mark.parametrize("name", ["lines", "details"])
def test_on_a_full_disk_everything_can_be_read(
    project: Project, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = events_of(project)
    memory(project, name).unlink()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    assert events_of(project) == expected
    assert "not remembered" in caplog.text


def test_a_known_segment_is_not_checked_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = events_of(project)
    checked: list[int] = []
    check = Details._checked

    def counted(self: Details, body: Body, payload: bytes) -> bytes:
        checked.append(body.seq // SEGMENT)
        return check(self, body, payload)

    monkeypatch.setattr(Details, "_checked", counted)
    assert events_of(project) == expected
    assert set(checked) == {0, 2}  # the machine's few lines, and the open end


def test_a_known_detail_that_is_changed_later_is_found(project: Project) -> None:
    rewrite(bodies_path(project), b'"value":94}', b'"value":95}')
    with pytest.raises(RecordBrokenError) as caught:
        events_of(project)
    assert caught.value.code == Code.BODY_BROKEN
    assert verify(project.folder, pins=project.state).verdict == Verdict.FAIL


def test_a_known_line_that_is_changed_later_is_found(project: Project) -> None:
    rewrite(project.feed() / "000000.evt", b'"app":"library', b'"app":"librarx')
    with pytest.raises(RecordBrokenError) as caught:
        events_of(project)
    assert caught.value.code == Code.LINE_BROKEN


def test_two_known_segments_that_change_places_are_found(project: Project) -> None:
    one, two = project.feed() / "000000.evt", project.feed() / "000001.evt"
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)
    with pytest.raises(RecordBrokenError):
        events_of(project)


def test_an_erased_detail_of_a_known_segment_is_gone_and_the_rest_is_checked_and_known_again(project: Project) -> None:
    before = memory(project, "details").read_bytes()
    with project.open() as trail:
        event = next(one for one in trail.events() if (one.feed, one.seq) == (project.owner.feed, AT))
        trail.erase(project.owner, event, ["number"])
    assert events_of(project)[AT].body == {"label": "nhãn 94"}
    assert events_of(project)[AT].body == {"label": "nhãn 94"}
    after = memory(project, "details").read_bytes()
    assert after[:32] != before[:32]
    assert after[32:64] == before[32:64]
    assert verify(project.folder, pins=project.state).verdict == Verdict.PASS


def test_a_value_beside_an_erased_one_is_not_shown(project: Project) -> None:
    """The commitment alone counts there, so whatever else stands in the field was never checked."""
    with project.open() as trail:
        event = next(one for one in trail.events() if (one.feed, one.seq) == (project.owner.feed, AT))
        trail.erase(project.owner, event, ["number"])
    raw = bodies_path(project).read_bytes().split(b"\n")[AT]
    leaf = json.dumps(json.loads(raw)["fields"]["number"]["leaf"]).encode()
    rewrite(bodies_path(project), b'{"leaf":%s}' % leaf, b'{"leaf":%s,"value":666}' % leaf)
    for _ in range(2):
        assert events_of(project)[AT].body == {"label": "nhãn 94"}


def test_a_segment_written_otherwise_is_checked_each_time_and_comes_out_canonical(project: Project) -> None:
    """A key twice: one reader takes the first, another the last, so it must not be known by its hash."""
    with project.open() as trail:
        (event,) = trail.recorder(project.owner).record(Draft("label.set", (), {"label": {"name": "good"}}))
        trail.recorder(project.owner).record(*(label(number) for number in range(SEGMENT)))
    path = bodies_path(project).with_name(f"{event.seq // SEGMENT:06}.jsonl")
    data = path.read_bytes()
    path.write_bytes(data.replace(b'{"name":"good"}', b'{"name":"bad","name":"good"}'))
    for _ in range(2):
        with project.open() as trail:
            told = [body for page in trail.pages() for body in page.bodies]
        assert told.count(b'{"label":{"name":"good"}}') == 1
        assert not any(b"bad" in (body or b"") for body in told)
    assert hashlib.sha256(path.read_bytes()).digest() not in memory(project, "details").read_bytes()


@pytest.mark.parametrize("name", ["details", "lines"])
@pytest.mark.parametrize("spoiled", [b"", b"\x00" * 40, b"\x01" * 64], ids=["lost", "cut", "spoiled"])
def test_a_memory_that_is_lost_or_spoiled_is_made_again(project: Project, name: str, spoiled: bytes) -> None:
    expected, good = events_of(project), memory(project, name).read_bytes()
    memory(project, name).write_bytes(spoiled)
    assert events_of(project) == expected
    assert memory(project, name).read_bytes() == good


def test_the_leaves_of_known_lines_are_those_that_hashing_gives(project: Project) -> None:
    with project.open() as trail:
        again = [page for page in trail.pages() if page.feed == project.owner.feed]
    memory(project, "lines").unlink()
    with project.open() as trail:
        anew = [page for page in trail.pages() if page.feed == project.owner.feed]
    assert again == anew
    for page, after in pairwise(again):
        assert page.leaves[-1] == prev_of(after.lines[0])


def test_pages_and_events_tell_the_same(project: Project) -> None:
    with project.open() as trail:
        pages, events = list(trail.pages()), list(trail.events())
    told = [
        (page.feed, page.first + at, leaf, body if body is None else json.loads(body))
        for page in pages
        for at, (leaf, body) in enumerate(zip(page.leaves, page.bodies, strict=True))
    ]
    assert told == [(one.feed, one.seq, one.leaf, one.body) for one in events]
