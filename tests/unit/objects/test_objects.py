"""The store: what goes in comes out the same or not at all, and nothing is shared with the user's files."""

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.objects import Damage, Objects, copying, drafts, merging, packs
from surefoot.objects.facts import SMALL

LARGE = os.urandom(1024) * 3000
ABSENT = "0" * 64


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def objects(folder: Path) -> Objects:
    return Objects(folder)


def loose(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def spoil(path: Path, place: int, value: bytes = b"\xff") -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(len(value))
        file.seek(place)
        file.write(bytes(a ^ b for a, b in zip(old, value, strict=True)))


@pytest.mark.parametrize("data", [b"", b"x", b"a" * (SMALL - 1), b"a" * SMALL, LARGE], ids=len)
def test_bytes_come_back_as_they_went_in(objects: Objects, data: bytes, tmp_path: Path) -> None:
    name = objects.put_bytes(data)
    assert name == sha256(data)
    assert objects.has(name)
    assert objects.size(name) == len(data)
    assert objects.read(name) == data
    with objects.open(name) as file:
        assert file.read() == data
    objects.copy_to(name, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == data


@pytest.mark.parametrize("size", [0, 5, SMALL - 1, SMALL, len(LARGE)])
def test_a_file_is_copied_and_shares_nothing_with_the_users(
    objects: Objects, folder: Path, tmp_path: Path, size: int
) -> None:
    source = tmp_path / "mine.bin"
    source.write_bytes(LARGE[:size])
    before = source.stat()
    name = objects.put_file(source)
    after = source.stat()
    assert (after.st_ino, after.st_nlink, after.st_mode) == (before.st_ino, 1, before.st_mode)
    stored = loose(folder, name)
    assert stored.stat().st_nlink == 1
    assert stat.S_IMODE(stored.stat().st_mode) == 0o444
    with source.open("r+b") as file:
        file.write(b"another beginning")
    assert objects.read(name) == LARGE[:size]


@given(items=st.lists(st.binary(max_size=300), max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_come_back_in_order_from_this_instance_and_from_another(
    tmp_path_factory: pytest.TempPathFactory, items: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    objects = Objects(folder)
    names = objects.put_many(items)
    assert names == [sha256(item) for item in items]
    assert [objects.read(name) for name in names] == items
    assert [Objects(folder).read(name) for name in names] == items
    assert objects.check() == []


def test_small_ones_share_a_pack_and_large_ones_have_a_file(objects: Objects, folder: Path, tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(LARGE)
    names = objects.put_many([b"one", big, b"two", b"three", b"one"])
    assert names[0] == names[4]
    assert len(list((folder / "packs").glob("*.pack"))) == 1
    assert loose(folder, names[1]).exists()
    assert not loose(folder, names[0]).exists()
    assert list((folder / "drafts").iterdir()) == []


def test_what_is_there_is_not_stored_again(objects: Objects, folder: Path) -> None:
    items = [b"%d" % n for n in range(100)]
    objects.put_many(items)
    before = sorted(folder.rglob("*"))
    objects.put_many(items[:50])
    objects.put_bytes(items[7])
    assert sorted(folder.rglob("*")) == before


def test_a_full_pack_is_followed_by_another(objects: Objects, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "FULL_OBJECTS", 10)
    names = objects.put_many([b"%d" % n for n in range(35)])
    assert len(list((folder / "packs").glob("*.pack"))) == 4
    assert [objects.read(name) for name in names] == [b"%d" % n for n in range(35)]


def test_a_pack_of_another_process_is_seen(objects: Objects, folder: Path) -> None:
    objects.put_many([b"a", b"b"])
    later = Objects(folder).put_many([b"c", b"d"])
    assert [objects.read(name) for name in later] == [b"c", b"d"]


def test_packs_in_a_folder_that_bears_no_time_are_seen(objects: Objects, folder: Path) -> None:
    names = objects.put_many([b"a", b"b"])
    os.utime(folder / "packs", (0, 0))
    assert [Objects(folder).read(name) for name in names] == [b"a", b"b"]


def test_many_small_packs_become_few_and_no_object_is_lost(
    objects: Objects, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MANY", 8)
    other = Objects(folder)
    names = []
    for number in range(40):
        items = [b"%d %d" % (number, one) for one in range(3)]
        names += objects.put_many([*items, b"in all of them"])
        assert other.read(names[-2]) == items[-1]
    assert len(list((folder / "packs").glob("*.pack"))) <= 8
    assert len(list((folder / "packs").glob("*.idx"))) <= 8
    assert all(other.read(name) == objects.read(name) for name in names)
    assert objects.check() == []


def test_a_reader_that_knows_an_old_pack_looks_again(
    objects: Objects, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = objects.put_many([b"a", b"b"]) + objects.put_many([b"c", b"d"])
    reader = Objects(folder)
    assert reader.has(names[0])
    monkeypatch.setattr(merging, "MANY", 1)
    monkeypatch.setattr(merging, "_chosen", lambda packs: packs)
    objects.put_bytes(b"e")
    assert len(list((folder / "packs").glob("*.pack"))) == 1
    assert [reader.read(name) for name in names] == [b"a", b"b", b"c", b"d"]


def test_a_pack_with_a_damaged_object_is_left_alone(
    objects: Objects, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _ = damage_packed(objects, folder)
    (damaged,) = (folder / "packs").glob("*.pack")
    monkeypatch.setattr(merging, "MANY", 2)
    monkeypatch.setattr(merging, "_chosen", lambda packs: packs)
    for number in range(3):
        objects.put_many([b"x%d" % number, b"y%d" % number])
    assert damaged.exists()
    assert [found.sha256 for found in objects.check()] == [name]


@pytest.mark.parametrize("name", ["", "a" * 63, "A" * 64, "../../../../etc/passwd", "g" * 64, ABSENT + "\n", "é" * 64])
def test_what_is_no_sha256_never_becomes_a_path(objects: Objects, name: str) -> None:
    for ask in (objects.read, objects.open, objects.has, objects.size):
        with pytest.raises(InputRefusedError) as caught:
            ask(name)
        assert caught.value.code is Code.OBJECT_NAME


def test_a_missing_object_is_named(objects: Objects, tmp_path: Path) -> None:
    assert not objects.has(ABSENT)
    for ask in (objects.read, objects.open, objects.size, lambda name: objects.copy_to(name, tmp_path / "out")):
        with pytest.raises(IncompleteError) as caught:
            ask(ABSENT)
        assert caught.value.values["sha256"] == ABSENT
    assert list(tmp_path.iterdir()) == []


def test_reading_makes_no_folder(objects: Objects, folder: Path) -> None:
    assert not objects.has(ABSENT)
    assert objects.check() == []
    assert not folder.exists()


def test_more_than_the_limit_is_not_read_into_memory(objects: Objects) -> None:
    name = objects.put_bytes(LARGE)
    with pytest.raises(InputRefusedError) as caught:
        objects.read(name, limit=len(LARGE) - 1)
    assert caught.value.code is Code.OBJECT_TOO_BIG
    assert objects.read(name, limit=len(LARGE)) == LARGE


def damage_loose(objects: Objects, folder: Path) -> tuple[str, bytes]:
    name = objects.put_bytes(LARGE)
    spoil(loose(folder, name), 1_500_000)
    return name, LARGE


def damage_small(objects: Objects, folder: Path) -> tuple[str, bytes]:
    name = objects.put_bytes(b"small")
    spoil(loose(folder, name), 2)
    return name, b"small"


def cut_loose(objects: Objects, folder: Path) -> tuple[str, bytes]:
    name = objects.put_bytes(LARGE)
    loose(folder, name).chmod(0o600)
    os.truncate(loose(folder, name), 100)
    return name, LARGE


def damage_packed(objects: Objects, folder: Path) -> tuple[str, bytes]:
    names = objects.put_many([b"first in the pack", b"second in the pack"])
    (pack,) = (folder / "packs").glob("*.pack")
    spoil(pack, pack.stat().st_size - 3)
    return names[1], b"second in the pack"


def cut_pack(objects: Objects, folder: Path) -> tuple[str, bytes]:
    names = objects.put_many([b"first in the pack", b"second in the pack"])
    (pack,) = (folder / "packs").glob("*.pack")
    pack.chmod(0o600)
    os.truncate(pack, pack.stat().st_size - 3)
    return names[1], b"second in the pack"


DAMAGES = [damage_loose, damage_small, cut_loose, damage_packed, cut_pack]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_object_is_never_handed_out_and_putting_it_again_mends_it(
    objects: Objects, folder: Path, tmp_path: Path, damage: Callable[[Objects, Path], tuple[str, bytes]]
) -> None:
    name, data = damage(objects, folder)
    for ask in (objects.read, objects.open, lambda one: objects.copy_to(one, tmp_path / "out")):
        with pytest.raises(RecordBrokenError) as caught:
            ask(name)
        assert caught.value.code is Code.OBJECT_DAMAGED
    assert not (tmp_path / "out").exists()
    assert [found.sha256 for found in objects.check()] == [name]
    assert objects.put_bytes(data) == name
    assert objects.read(name) == data
    with objects.open(name) as file:
        assert file.read() == data


def test_an_object_that_is_damaged_after_it_was_checked_is_checked_again(objects: Objects, folder: Path) -> None:
    name = objects.put_bytes(LARGE)
    objects.open(name).close()
    spoil(loose(folder, name), 10)
    with pytest.raises(RecordBrokenError):
        objects.open(name)


@pytest.mark.parametrize("way", ["gone", "empty", "spoilt", "another", "cut"])
def test_a_lost_index_is_made_again_from_its_pack(objects: Objects, folder: Path, way: str) -> None:
    names = objects.put_many([b"%d" % n for n in range(50)])
    (index,) = (folder / "packs").glob("*.idx")
    index.chmod(0o600)
    whole = index.read_bytes()
    if way == "gone":
        index.unlink()
    else:
        data = {"empty": b"", "spoilt": whole[:-1] + b"\x00", "another": whole[:8] + whole[56:], "cut": whole[:-48]}
        index.write_bytes(data[way])
    fresh = Objects(folder)
    assert [fresh.read(name) for name in names] == [b"%d" % n for n in range(50)]
    assert fresh.check() == []
    assert index.read_bytes() == whole


def test_a_pack_whose_heads_are_spoilt_loses_nothing_while_its_index_is_whole(objects: Objects, folder: Path) -> None:
    names = objects.put_many([b"first", b"second"])
    (pack,) = (folder / "packs").glob("*.pack")
    spoil(pack, 10)
    assert [Objects(folder).read(name) for name in names] == [b"first", b"second"]
    pack.with_suffix(".idx").unlink()
    fresh = Objects(folder)
    assert not fresh.has(names[0])
    assert fresh.check() == [Damage("", f"packs/{pack.name}", "changed")]


def test_the_check_names_what_cannot_be_read(objects: Objects, folder: Path) -> None:
    name = objects.put_bytes(LARGE)
    loose(folder, name).unlink()
    loose(folder, name).symlink_to("/etc/passwd")
    assert objects.check() == [Damage(name, f"{name[:2]}/{name}", "unreadable")]
    assert not objects.has(name)


def test_the_check_reports_its_progress_and_can_be_stopped(objects: Objects) -> None:
    for number in range(5):
        objects.put_bytes(b"%d" % number)
    seen: list[tuple[str, int, int]] = []
    objects.check(progress=lambda *step: seen.append(step))
    assert seen == [("objects.check", done, 5) for done in range(6)]
    with pytest.raises(CancelledError):
        objects.check(cancel=lambda: True)


def make_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("make", [Path.mkdir, make_link, os.mkfifo], ids=["folder", "link", "pipe"])
def test_only_plain_files_are_stored(
    objects: Objects, folder: Path, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "odd"
    make(path)
    with pytest.raises(InputRefusedError) as caught:
        objects.put_file(path)
    assert caught.value.code is Code.OBJECT_SOURCE
    assert list(folder.rglob("*")) in ([], [folder / "drafts"])


def test_a_file_that_is_not_there_is_named(objects: Objects, tmp_path: Path) -> None:
    with pytest.raises(IncompleteError) as caught:
        objects.put_file(tmp_path / "nothing")
    assert caught.value.values["path"] == tmp_path / "nothing"


def test_a_file_that_grows_while_it_is_read_is_refused(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "growing"
    source.write_bytes(LARGE)
    copy = copying.copy

    def slow(one: int, other: int) -> None:
        copy(one, other)
        with source.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(copying, "copy", slow)
    with pytest.raises(InputRefusedError) as caught:
        objects.put_file(source)
    assert caught.value.code is Code.OBJECT_SOURCE


def test_where_the_kernel_cannot_copy_the_bytes_are_copied(
    objects: Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(os, "copy_file_range", refuse)
    source = tmp_path / "big"
    source.write_bytes(LARGE)
    assert objects.read(objects.put_file(source)) == LARGE


@pytest.mark.parametrize("call", ["copy_file_range", "fsync", "write"])
def test_a_full_disk_is_told_and_nothing_is_left(
    objects: Objects, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    source = tmp_path / "big"
    source.write_bytes(LARGE)
    monkeypatch.setattr(os, call, full)
    with pytest.raises(SurefootError) as caught:
        objects.put_bytes(LARGE) if call == "write" else objects.put_file(source)
    assert caught.value.code is Code.DISK_FULL
    monkeypatch.undo()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_batch_that_fails_leaves_no_half_pack(objects: Objects, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(IncompleteError):
        objects.put_many([b"one", b"two", tmp_path / "nothing"])
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_copy_has_the_mode_asked_for_and_replaces_what_was_there(objects: Objects, tmp_path: Path) -> None:
    name = objects.put_bytes(b"content")
    target = tmp_path / "deep" / "out"
    target.parent.mkdir()
    target.write_bytes(b"old")
    objects.copy_to(name, target, mode=0o400)
    assert target.read_bytes() == b"content"
    assert stat.S_IMODE(target.stat().st_mode) == 0o400
    assert [path.name for path in target.parent.iterdir()] == ["out"]


def test_an_open_object_has_a_descriptor_that_a_worker_can_read(objects: Objects) -> None:
    for name in objects.put_many([b"packed one", b"packed two", LARGE]):
        with objects.open(name) as file:
            assert Path(f"/proc/self/fd/{file.fileno()}").read_bytes() == objects.read(name)


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "drafts").mkdir(parents=True)
    orphan = folder / "drafts" / "orphan"
    young = folder / "drafts" / "young"
    for path in (orphan, young):
        path.write_bytes(b"half")
    os.utime(orphan, (0, 0))
    with drafts.draft(folder / "drafts") as living:
        os.utime(living.path, (0, 0))
        Objects(folder).put_bytes(b"x")
        assert living.path.exists()
    assert not orphan.exists()
    assert young.exists()


def test_threads_that_put_the_same_things_do_not_disturb_each_other(objects: Objects) -> None:
    items = [b"%d" % n for n in range(60)]
    results: list[list[str]] = []

    def put() -> None:
        results.append(objects.put_many([*items, LARGE]))

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert {tuple(names) for names in results} == {tuple(sha256(item) for item in [*items, LARGE])}
    assert objects.check() == []
