"""Writing segments: what a failing disk leaves behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.trail import segments
from surefoot.trail.segments import FlushError, Segments

LINES = [b"line %d" % number for number in range(600)]


def full(true: Callable[..., int], after: int) -> Callable[..., int]:
    """A write that finds no room after so many bytes."""
    left = [after]

    def write(handle: int, data: bytes) -> int:
        if left[0] <= 0:
            raise OSError(28, "No space left on device")
        taken = true(handle, data[: left[0]])
        left[0] -= taken
        return taken

    return write


def test_lines_are_cut_into_segments_and_read_back(tmp_path: Path) -> None:
    kept = Segments(tmp_path, ".evt")
    length = kept.append(0, 0, LINES[:10])
    length = kept.append(10, length, LINES[10:])
    assert kept.count() == 3
    assert b"".join(kept.read(index) or b"" for index in range(3)) == b"\n".join(LINES) + b"\n"
    assert kept.length(2) == length
    assert Segments(tmp_path / "none", ".evt").count() == 0
    assert kept.read(3) is None


@pytest.mark.parametrize("room", [0, 3, 100, 2500, 5000])
def test_without_room_everything_is_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    kept = Segments(tmp_path, ".evt")
    length = kept.append(0, 0, LINES[:10])
    before = kept.read(0)
    monkeypatch.setattr(os, "write", full(os.write, room))
    with pytest.raises(SurefootError) as caught:
        kept.append(10, length, LINES[10:])
    assert caught.value.code == Code.DISK_FULL
    assert [path.name for path in tmp_path.iterdir()] == ["000000.evt"]
    assert kept.read(0) == before


def test_a_write_that_takes_a_part_first_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Segments(tmp_path, ".evt")
    true = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: true(handle, data[:7]))
    kept.append(0, 0, LINES[:3])
    assert kept.read(0) == b"line 0\nline 1\nline 2\n"


def failing(*args: object) -> int:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize("call", ["ftruncate", "fdatasync"])
def test_what_cannot_be_taken_back_or_flushed_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    kept = Segments(tmp_path, ".evt")
    length = kept.append(0, 0, LINES[:10])
    monkeypatch.setattr(os, call, failing)
    if call == "ftruncate":
        monkeypatch.setattr(os, "write", failing)
    with pytest.raises(FlushError):
        kept.append(10, length, LINES[10:12])


@pytest.mark.parametrize("start", [0, 10])
def test_a_new_segment_whose_name_is_not_flushed_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: int
) -> None:
    kept = Segments(tmp_path, ".evt")
    length = kept.append(0, 0, LINES[:start]) if start else 0
    monkeypatch.setattr(segments, "sync_folder", failing)
    with pytest.raises(FlushError):
        kept.append(start, length, LINES[start:])


def test_an_undoing_that_fails_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Segments(tmp_path, ".evt")
    length = kept.append(0, 0, LINES[:10])
    monkeypatch.setattr(os, "write", full(os.write, 4000))
    monkeypatch.setattr(segments.Segments, "cut", failing)
    with pytest.raises(FlushError):
        kept.append(10, length, LINES[10:])


def test_a_feed_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError):
        Segments(tmp_path, ".evt").append(256 * 1_000_000 - 1, 0, LINES[:2])


def test_links_folders_and_absurd_sizes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Segments(tmp_path, ".evt")
    (tmp_path / "000000.evt").symlink_to("/dev/zero")
    (tmp_path / "000001.evt").mkdir()
    os.mkfifo(tmp_path / "000002.evt")
    with (tmp_path / "000003.evt").open("wb") as file:
        file.truncate(segments.LARGEST + 1)
    for index in range(4):
        with pytest.raises(RecordBrokenError):
            kept.read(index)
