"""Places, clocks and records that let one down, through the real program: told in words, nothing done, nothing lost."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from surefoot.errors import Code
from tests.e2e.conftest import SUREFOOT, Home, tried, with_fewer_rights
from tests.e2e.traces import lines, make_home, record, settled, traces
from tests.fakes import disks
from tests.independent.checker import Checker

GOOD = "id,points,answer\n" + "".join(f"r{number},{number % 7},{number % 2}\n" for number in range(400))
Words = tuple[str, ...]
ADOPT: Words = ("policy", "adopt", "policies/baseline.toml")
ACTS: tuple[Words, ...] = (ADOPT, ("dataset", "add", "good.csv", "--target", "answer"), ("experiment", "start", "fine"))
LOOKS: tuple[Words, ...] = (("run", "list"), ("dataset", "list"), ("policy", "show"), ("status",))


def furnish(home: Home) -> Home:
    """Something to act on: a table, an experiment, a policy."""
    (home.project / "good.csv").write_text(GOOD)
    home.call("experiment", "new", "fine", "--template", "plain-command")
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return furnish(make_home(tmp_path))


def is_sound(home: Home) -> bool:
    """Whether a second reader finds no fault, and the program none either."""
    verdict = json.loads(home.call("audit", "verify", "--json").stdout)["verdict"]
    return Checker(home.project / ".surefoot").faults == [] and verdict.startswith("PASS")


# no right to write


def closed(folder: Path, *, writable: bool) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod((path.stat().st_mode | 0o700) if writable else path.stat().st_mode & ~0o222)


@pytest.mark.parametrize("place", ["project", "state"])
def test_without_the_right_to_write_nothing_is_done_and_looking_goes_on(home: Home, place: str) -> None:
    folder = home.project if place == "project" else home.folder / ".local" / "state" / "surefoot"
    before = traces(home)
    closed(folder, writable=False)
    try:
        for words in ACTS:
            done = with_fewer_rights(home, *words)
            assert (done.returncode, f"({Code.NOT_WRITABLE})" in done.stderr) == (8, True), (words, done.stderr)
            assert "Traceback" not in done.stderr
            assert traces(home) == before, words
        for words in LOOKS if place == "project" else ():
            assert with_fewer_rights(home, *words).returncode == 0, words
    finally:
        closed(folder, writable=True)
    home.call(*ADOPT)
    assert is_sound(home)


def test_a_project_cannot_be_made_where_nothing_may_be_written(home: Home) -> None:
    folder = home.folder / "closed"
    folder.mkdir(mode=0o555)
    before = traces(home)
    for target in (folder, folder / "new"):
        done = with_fewer_rights(home, "init", str(target), "--person", "Ada")
        assert (done.returncode, f"({Code.NOT_WRITABLE})" in done.stderr) == (8, True), done.stderr
    assert list(folder.iterdir()) == []
    assert traces(home) == before


def test_without_the_passphrase_nothing_is_begun(home: Home) -> None:
    before, options = traces(home), home.options
    (home.folder / "passphrase").write_text("wrong horse battery staple\n")
    for words in ACTS:
        assert f"({Code.PASSPHRASE_WRONG})" in home.call(*words, exit_code=8).stderr
        assert traces(home) == before, words
    home.options = ()
    for words in ACTS:
        assert f"({Code.PASSPHRASE_NEEDED})" in home.call(*words, exit_code=2).stderr
        assert traces(home) == before, words
    home.options = options


# a full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    with disks.small_disk(tmp_path / "disk", size="4m") as folder:
        yield folder


def fill(folder: Path, *, leaving: int) -> Path:
    """Fills a disk but for so many bytes."""
    path = folder / "filled"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(file.tell() - leaving, 0))
    return path


@pytest.mark.parametrize("leaving", [0, 4096, 16384])
def test_a_full_disk_costs_nothing_but_the_act(tmp_path: Path, disk: Path, leaving: int) -> None:
    home = furnish(make_home(tmp_path, project=disk / "project"))
    for words in ACTS:
        before, kept = record(home), lines(home)
        filled = fill(disk, leaving=leaving)
        done = tried(home, *words)
        assert "Traceback" not in done.stderr
        if done.returncode and words[0] != "experiment":
            assert (done.returncode, f"({Code.DISK_FULL})" in done.stderr) == (1, True), done.stderr
            assert record(home) == before, words
        if leaving == 0:
            assert done.returncode != 0, words
            assert lines(home) == kept
        filled.unlink()
        settled(home)
        assert is_sound(home), words
        assert not list((home.project / ".surefoot").rglob("*draft*/*"))
    if not home.json("policy", "show")["in_force"]:
        home.call(*ADOPT)
    for words in ACTS[1:]:
        home.call(*words)
    assert {run["state"] for run in home.json("run", "list")["runs"]} <= {"finished", "failed"}
    assert is_sound(home)


def test_a_project_that_has_no_room_is_not_made(tmp_path: Path, disk: Path) -> None:
    home = furnish(make_home(tmp_path))
    filled = fill(disk, leaving=0)
    before = traces(home)
    told = home.call("init", str(disk / "new"), "--person", "Ada", exit_code=1).stderr
    assert f"({Code.DISK_FULL})" in told
    assert not list((disk / "new").rglob("*")) if (disk / "new").exists() else True
    assert traces(home) == before
    filled.unlink()
    home.call("init", str(disk / "new"), "--person", "Ada")


# two programs at once


def at_once(home: Home, *calls: tuple[str, ...]) -> list[subprocess.CompletedProcess[str]]:
    """Several commands started together."""
    started = [
        subprocess.Popen(
            [*SUREFOOT, *words, *home.options],
            cwd=home.project if home.project.exists() else home.folder,
            env=home.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in calls
    ]
    with ThreadPoolExecutor(len(started)) as pool:
        said = list(pool.map(lambda process: process.communicate(timeout=120), started))
    return [
        subprocess.CompletedProcess(process.args, process.returncode, *words)
        for process, words in zip(started, said, strict=True)
    ]


def test_two_that_found_a_project_in_one_place_make_one(tmp_path: Path) -> None:
    for attempt in range(3):
        (tmp_path / str(attempt)).mkdir()
        home = make_home(tmp_path / str(attempt))
        place = home.folder / "same"
        ends = at_once(home, *[("init", str(place), "--person", f"Person {number}") for number in range(3)])
        codes = sorted(done.returncode for done in ends)
        assert codes == [0, 8, 8], [done.stderr for done in ends]
        assert all("Traceback" not in done.stderr for done in ends)
        home.project = place
        assert is_sound(home)
        home.call(*ADOPT)


def test_two_that_add_the_same_table_make_one_version_and_two_tables_two(home: Home) -> None:
    add = ("dataset", "add", "good.csv", "--target", "answer")
    (home.project / "other.csv").write_text(GOOD.replace("points", "other"))
    same = at_once(home, add, add, ("dataset", "add", "other.csv", "--target", "answer"))
    assert [done.returncode for done in same] == [0, 0, 0], [done.stderr for done in same]
    assert sorted(each["ref"] for each in home.json("dataset", "list")["datasets"]) == ["good@1", "other@1"]
    assert is_sound(home)


def test_many_that_record_at_once_lose_nothing(home: Home) -> None:
    before = lines(home)
    ends = at_once(home, *[ADOPT] * 2, *[("catalog", "rebuild")] * 2, *[("run", "list")] * 2)
    assert [done.returncode for done in ends[2:]] == [0, 0, 0, 0], [done.stderr for done in ends]
    adopted = [done.returncode for done in ends[:2]].count(0)
    assert adopted >= 1
    assert lines(home) == before + adopted
    assert is_sound(home)


# the clock


def set_clock(home: Home, seconds: int) -> None:
    """Moves the clock as programs of this home read it."""
    folder = home.folder / "clock"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(
        f"import time\nreal, real_ns = time.time, time.time_ns\n"
        f"time.time = lambda: real() + {seconds}\ntime.time_ns = lambda: real_ns() + {seconds} * 10**9\n"
    )
    home.environment["PYTHONPATH"] = str(folder)


def test_a_clock_set_back_keeps_the_order_and_is_told(home: Home) -> None:
    home.call("dataset", "add", "good.csv", "--target", "answer")
    set_clock(home, -86_400)
    home.call(*ADOPT)
    runs = home.json("experiment", "start", "fine")["runs"]
    assert {run["state"] for run in runs} == {"finished"}
    found = home.json("audit", "verify")
    assert found["verdict"] == "PASS WITH REMARKS"
    assert "clock" in {finding["check"] for finding in found["findings"]}
    assert Checker(home.project / ".surefoot").faults == []
    set_clock(home, 0)
    home.call("dataset", "add", "good.csv", "--name", "again", "--target", "answer")
    assert "clock" in {finding["check"] for finding in home.json("audit", "verify")["findings"]}


@pytest.mark.parametrize("years", [300, 10_000])
def test_an_absurd_clock_is_refused_before_anything_is_done(home: Home, years: int) -> None:
    before = traces(home)
    set_clock(home, years * 365 * 86_400)
    for words in ACTS:
        told = home.call(*words, exit_code=8).stderr
        assert f"({Code.CLOCK_ABSURD})" in told, words
    set_clock(home, 0)
    assert record(home) == {name: digest for name, digest in before.items() if name in record(home)}
    home.call(*ADOPT)
    assert is_sound(home)


# the record


def feed(home: Home) -> Path:
    (path,) = home.project.glob(".surefoot/trail/feeds/*/000000.evt")
    return path


def cut_at_its_tail(home: Home, _: Path) -> None:
    path = feed(home)
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:-2]) + b"\n")


def cut_with_its_details(home: Home, at: Path) -> None:
    cut_at_its_tail(home, at)
    (path,) = home.project.glob(".surefoot/bodies/*/000000.jsonl")
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:-2]) + b"\n")
    for note in home.project.glob(".surefoot/trail/feeds/*/ckpt/*"):
        note.unlink()


def restored_from_yesterday(home: Home, yesterday: Path) -> None:
    shutil.rmtree(home.project / ".surefoot")
    shutil.copytree(yesterday, home.project / ".surefoot")


def emptied(home: Home, _: Path) -> None:
    feed(home).write_bytes(b"")


def without_its_feed(home: Home, _: Path) -> None:
    shutil.rmtree(feed(home).parent)


def of_another_project(home: Home, _: Path) -> None:
    (home.folder / "other").mkdir()
    other = make_home(home.folder / "other")
    shutil.rmtree(home.project / ".surefoot" / "trail" / "feeds")
    shutil.copytree(other.project / ".surefoot" / "trail" / "feeds", home.project / ".surefoot" / "trail" / "feeds")


@pytest.mark.parametrize(
    "damage",
    [cut_at_its_tail, cut_with_its_details, restored_from_yesterday, emptied, without_its_feed, of_another_project],
    ids=lambda damage: damage.__name__,
)
def test_a_record_that_lost_something_is_an_alarm_and_is_left_as_it_is(
    home: Home, damage: object, tmp_path: Path
) -> None:
    yesterday, whole = tmp_path / "yesterday", tmp_path / "whole"
    shutil.copytree(home.project / ".surefoot", yesterday)
    home.call(*ADOPT)
    shutil.copytree(home.project / ".surefoot", whole)
    assert callable(damage)
    damage(home, yesterday)
    before = traces(home)
    for words in (*ACTS, *LOOKS):
        told = home.call(*words, exit_code=7).stderr
        assert "(SF-12" in told, words
        assert traces(home) == before, words
    verdict = json.loads(home.call("audit", "verify", "--json", exit_code=7).stdout)["verdict"]
    assert verdict in {"FAIL", "INCOMPLETE"}
    assert traces(home) == before
    shutil.rmtree(home.project / ".surefoot")
    shutil.copytree(whole, home.project / ".surefoot")
    home.call("dataset", "add", "good.csv", "--target", "answer")
    assert is_sound(home)


def test_a_torn_last_line_is_moved_aside_and_told(home: Home) -> None:
    whole = feed(home).read_bytes()
    feed(home).write_bytes(whole + b'{"actor":"per_')
    home.call(*ADOPT)
    assert feed(home).read_bytes().startswith(whole)
    assert "trail.recovered" in Checker(home.project / ".surefoot").types.values()
    assert is_sound(home)


@pytest.mark.parametrize("what", ["line", "role document"])
def test_a_record_of_a_newer_version_is_never_written_to(home: Home, what: str) -> None:
    if what == "line":
        feed(home).write_bytes(feed(home).read_bytes() + b'{"v":2}\tAAAA\n')
    else:
        path = home.project / ".surefoot" / "trail" / "roots" / "1.dsse"
        envelope = json.loads(path.read_bytes())
        envelope["payloadType"] = envelope["payloadType"].replace("v1", "v2")
        path.write_bytes(json.dumps(envelope).encode())
    before = traces(home)
    for words in ACTS:
        told = home.call(*words, exit_code=9).stderr
        assert f"({Code.PROJECT_NEWER})" in told, words
        assert traces(home) == before, words
    for words in LOOKS if what == "line" else ():
        home.call(*words)
        assert traces(home) == before, words
    # What this version cannot read it cannot call broken; without a readable founding document nothing was checked.
    home.call("audit", "verify", exit_code=9 if what == "line" else 7)
    assert traces(home) == before
