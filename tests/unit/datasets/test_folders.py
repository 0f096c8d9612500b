"""A folder of files is a version by the list of its files; nothing is followed, nothing parsed."""

import hashlib
import json
import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.datasets import Finding, filesets, folders
from surefoot.datasets.folders import Listed, listing_of, read_listing
from surefoot.errors import Code, SurefootError
from surefoot.trail.canonical import encode
from tests.fakes.datasets import Desk, warnings_of


def pictures(at: Desk, count: int = 40) -> Path:
    for i in range(count):
        at.file(f"pictures/{'cat' if i % 2 else 'dog'}/{i:03}.png", f"picture {i}".encode() * (i + 1))
    return at.project / "pictures"


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(0, 2**53))
def test_a_line_of_the_listing_is_canonical_json(path: str, size: int) -> None:
    line = Listed(path, size, "0" * 64).line()
    assert line == encode([path, size, "0" * 64]) + b"\n"
    assert list(read_listing([line])) == [Listed(path, size, "0" * 64)]


def test_a_folder_is_a_version_by_the_list_of_its_files(at: Desk) -> None:
    version = at.add(pictures(at)).version
    assert (version.kind, version.rows, version.name, version.sandbox) == ("files", 40, "pictures", 0)
    manifest = json.loads(at.objects.read(version.manifest))
    lines = at.objects.read(manifest["sources"][0]["listing"]).splitlines(keepends=True)
    files = list(read_listing(lines))
    assert [one.path for one in files] == sorted(one.path for one in files)
    data = b"picture 5" * 6
    assert Listed("cat/005.png", len(data), hashlib.sha256(data).hexdigest()) in files
    assert version.split["by"] == "key"


def test_a_folder_is_laid_out_side_by_side_and_the_test_held_back(at: Desk, tmp_path: Path) -> None:
    for storage in ("stored", "referenced"):
        version = at.add(pictures(at), name=storage, salt="s", storage=storage).version
        placed = at.datasets.materialise(version, tmp_path / storage)
        assert list(placed.sides) == ["train"]
        found = {path.relative_to(placed.sides["train"]).as_posix() for path in placed.sides["train"].rglob("*.png")}
        both = at.datasets.materialise(version, tmp_path / f"{storage}-all", held_back=False)
        test = {path.relative_to(both.sides["test"]).as_posix() for path in both.sides["test"].rglob("*.png")}
        assert found
        assert test
        assert not found & test
        assert len(found | test) == 40
        assert all(path.stat().st_mode & 0o222 == 0 for path in placed.sides["train"].rglob("*.png"))


def test_files_of_one_folder_stay_together_where_that_is_asked(at: Desk) -> None:
    for i in range(60):
        at.file(f"scans/patient{i // 3}/{i}.bin", str(i))
    version = at.add(at.project / "scans", split_by="group").version
    test = list(read_listing(at.objects.read(str((version.data or {})["test"])).splitlines()))
    train = list(read_listing(at.objects.read(str((version.data or {})["train"])).splitlines()))
    assert not {Path(one.path).parent for one in test} & {Path(one.path).parent for one in train}


def test_a_folder_that_did_not_change_is_not_read_again(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pictures(at)
    old = time.time() - 100
    for path in folder.rglob("*.png"):
        os.utime(path, (old, old))
    first = at.add(folder)
    traces = at.traces()
    monkeypatch.setattr(at.objects, "put_many", None)
    again = at.add(folder)
    assert (again.version, again.is_new) == (first.version, False)
    assert at.traces() == traces


def test_a_file_that_was_just_written_is_read_again_whatever_its_time_says(at: Desk) -> None:
    folder = pictures(at)
    first = at.add(folder).version
    path = folder / "cat/005.png"
    status = path.stat()
    with path.open("r+b") as file:  # the same inode, size and time, and other bytes
        file.write(b"P")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    second = at.add(folder).version
    assert second.version != first.version
    assert [(one.what, one.name) for one in at.datasets.diff("pictures@1", "pictures@2")] == [
        ("source", ""),
        ("file-changed", "cat/005.png"),
    ]


def test_silent_changes_of_a_referenced_folder_are_found(at: Desk, tmp_path: Path) -> None:
    folder = pictures(at)
    old = time.time() - 100
    for path in folder.rglob("*.png"):
        os.utime(path, (old, old))
    version = at.add(folder, storage="referenced").version
    assert at.datasets.check("pictures").is_sound
    path = folder / "cat/005.png"
    with path.open("r+b") as file:
        file.write(b"P")
    os.utime(path, (old, old))
    (folder / "dog/000.png").unlink()
    at.file("pictures/new.png", "new")
    assert set(at.datasets.check("pictures").findings) == {
        Finding("changed", "cat/005.png"),
        Finding("gone", "dog/000.png"),
        Finding("extra", "new.png"),
    }
    with pytest.raises(SurefootError) as caught:
        at.datasets.materialise(version, tmp_path / "m", held_back=False)
    assert caught.value.code in {Code.SOURCE_CHANGED, Code.FILE_MISSING}


@pytest.mark.parametrize("kind", ["link out", "link to a folder", "dangling link", "pipe", "socket", "name", "empty"])
def test_a_folder_with_what_cannot_be_kept_is_refused(kind: str, at: Desk, tmp_path: Path) -> None:
    folder = pictures(at)
    bad = folder / "cat" / "bad"
    line = socket.socket(socket.AF_UNIX)
    wanted = Code.FOLDER_LINK
    match kind:
        case "link out":
            bad.symlink_to("/etc/passwd")
        case "link to a folder":
            bad.symlink_to(tmp_path)
        case "dangling link":
            bad.symlink_to("nowhere")
        case "pipe":
            os.mkfifo(bad)
            wanted = Code.INPUT_KIND
        case "socket":
            line.bind(os.path.relpath(bad))
            wanted = Code.INPUT_KIND
        case "name":
            Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff")).touch()
            wanted = Code.FILE_NAME
        case _:
            folder = at.project / "nothing"
            (folder / "deeper").mkdir(parents=True)
            wanted = Code.FOLDER_EMPTY
    line.close()
    before = at.traces()
    with pytest.raises(SurefootError) as caught:
        at.add(folder)
    assert (caught.value.code, caught.value.exit_code) == (wanted, 8)
    assert at.traces() == before


def test_odd_names_are_names(at: Desk, tmp_path: Path) -> None:
    names = ["it's", 'a"b', "a\nb", "..c", "*", "~", "$HOME", "ảnh.png", "\u200b"]
    for i, name in enumerate(names):
        at.file(f"odd/{name}", str(i))
    version = at.add(at.project / "odd", split_by="key", sides={"train": "0.5", "test": "0.5"}).version
    placed = at.datasets.materialise(version, tmp_path / "m", held_back=False)
    assert sorted(path.name for side in placed.sides.values() for path in side.iterdir()) == sorted(names)


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", "a//b", "./a", "", "a/\0"])
def test_a_listing_from_elsewhere_cannot_lead_out_of_its_folder(path: str) -> None:
    with pytest.raises(SurefootError) as caught:
        filesets._inside(path)
    assert caught.value.code == Code.FILE_NAME


def test_few_files_that_nobody_asked_to_part_are_all_for_training(at: Desk) -> None:
    at.file("one/big.bin", "x")
    version = at.add(at.project / "one").version
    assert (version.split["by"], version.split["counts"]) == ("none", {"train": 1})
    with pytest.raises(SurefootError) as caught:
        at.add(at.project / "one", sides={"train": "0.5", "test": "0.5"})
    assert caught.value.code == Code.SPLIT_EMPTY


def test_copies_on_both_sides_are_told(at: Desk) -> None:
    for i in range(40):
        at.file(f"twins/{i}", str(i % 5))
    version = at.add(at.project / "twins").version
    keys = warnings_of(version)
    assert keys["files-twice"] == {"count": 35}
    assert keys["files-on-both-sides"]["count"] > 0


def test_a_listing_is_the_same_whatever_order_the_disk_gives(tmp_path: Path) -> None:
    for name in ("b", "a/z", "a-", "é", "Z"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    paths = [entry.path for entry in folders.walk(tmp_path)]
    assert paths == ["Z", "a-", "a/z", "b", "é"]
    assert listing_of([]) == b""
