"""P9: a catalog that was damaged in any way is made again, and no wrong row is ever shown.

SUREFOOT_ROUNDS sets how many files are damaged (the figure to reach is 500 of 500).
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from surefoot.catalog import Catalog, slots
from tests.fakes.catalog import FakeSource, event
from tests.unit.catalog.conftest import REDUCERS

ROUNDS = int(os.environ.get("SUREFOOT_ROUNDS", "24"))
ALL = ("SELECT * FROM events ORDER BY ALL", "SELECT * FROM states ORDER BY ALL")
SOURCE = FakeSource(
    [event("run.started", f"run_{n % 50}", feed="ab"[n % 2], seq=n // 2, body={"name": f"n{n}"}) for n in range(3000)]
)
ROOT = Path(__file__).resolve().parents[3]


def flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice([1, 1, 10, 1000])):
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    return data


def flip_in_head(data: bytearray, chance: random.Random) -> bytearray:
    data[chance.randrange(3 * 4096)] ^= chance.randrange(1, 256)
    return data


def blank(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data) - 4096)
    data[start : start + 4096] = bytes(4096)
    return data


def cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def grow(data: bytearray, chance: random.Random) -> bytearray:
    return data + chance.randbytes(5000)


DAMAGES: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (flip, flip_in_head, blank, cut, grow)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    """A folder with one clean slot, and what has to be found in it."""
    folder = tmp_path_factory.mktemp("sound")
    with Catalog.open(folder, SOURCE, REDUCERS) as catalog:
        return folder, [catalog.rows(query) for query in ALL]


def forge_mark(database: Path) -> None:
    """Makes the mark fit: damage that stat(2) cannot see, as a failing disk makes it."""
    database.with_suffix(".json").write_text(json.dumps(slots._stamp(database)))


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen by stat"])
def test_a_damaged_database_is_made_again(
    sound: tuple[Path, list[object]], tmp_path: Path, number: int, *, is_seen: bool
) -> None:
    folder, expected = sound
    chance = random.Random(number)
    database = tmp_path / "0.duckdb"
    data = DAMAGES[number % len(DAMAGES)](bytearray((folder / "0.duckdb").read_bytes()), chance)
    database.write_bytes(data)
    if is_seen:
        shutil.copy(folder / "0.json", tmp_path / "0.json")
    else:
        forge_mark(database)
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        assert [catalog.rows(query) for query in ALL] == expected


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"not a log", os.urandom(4096)])
def test_a_log_beside_a_closed_database_is_not_believed(
    sound: tuple[Path, list[object]], tmp_path: Path, garbage: bytes
) -> None:
    folder, expected = sound
    shutil.copy(folder / "0.duckdb", tmp_path / "0.duckdb")
    forge_mark(tmp_path / "0.duckdb")
    (tmp_path / "0.duckdb.wal").write_bytes(garbage)
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        assert [catalog.rows(query) for query in ALL] == expected


def test_a_database_put_in_its_place_is_not_opened(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        expected = [catalog.rows(query) for query in ALL]
    forged = tmp_path / "forged.duckdb"
    shutil.copy(tmp_path / "0.duckdb", forged)
    with duckdb.connect(str(forged)) as connection:
        connection.execute("UPDATE states SET state = 'run.finished'")
    before = (tmp_path / "0.duckdb").stat()
    forged.replace(tmp_path / "0.duckdb")
    os.utime(tmp_path / "0.duckdb", ns=(before.st_atime_ns, before.st_mtime_ns))
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        assert [catalog.rows(query) for query in ALL] == expected


def test_the_catalog_of_another_workspace_is_not_used(sound: tuple[Path, list[object]], tmp_path: Path) -> None:
    shutil.copy(sound[0] / "0.duckdb", tmp_path / "0.duckdb")
    forge_mark(tmp_path / "0.duckdb")
    with Catalog.open(tmp_path, FakeSource(SOURCE.log[:2], ws="f" * 64), REDUCERS) as catalog:
        assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 2}


@pytest.mark.parametrize("mark", ["", "{}", "null", "[1, 2]", "{", '{"format": 2}'])
def test_a_mark_that_says_nothing_is_no_mark(sound: tuple[Path, list[object]], tmp_path: Path, mark: str) -> None:
    shutil.copy(sound[0] / "0.duckdb", tmp_path / "0.duckdb")
    (tmp_path / "0.json").write_text(mark)
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        assert [catalog.rows(query) for query in ALL] == sound[1]


def test_damage_met_by_a_question_is_mended_and_the_question_answered(
    sound: tuple[Path, list[object]], tmp_path: Path
) -> None:
    whole = (sound[0] / "0.duckdb").read_bytes()
    replays = 0
    for start in range(12288, len(whole), 262144):
        data = bytearray(whole)
        data[start + 100] ^= 255
        (tmp_path / "0.duckdb").write_bytes(data)
        forge_mark(tmp_path / "0.duckdb")
        with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
            assert [catalog.rows(query) for query in ALL] == sound[1]
            replays += catalog._projection.generation
    assert replays > 0


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from surefoot.catalog import Catalog
    from surefoot.catalog import service
    from tests.unit.catalog.conftest import REDUCERS
    from tests.unit.catalog.test_damage import SOURCE

    service.BATCH = 500
    service.KEPT = float(sys.argv[3])
    def step(_stage, done, _total):
        if done >= int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    catalog = Catalog.open(Path(sys.argv[1]), SOURCE, REDUCERS, progress=step)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("done", "kept", "is_marked"), [(0, 60, False), (1500, 60, False), (1500, 0, True), (99999, 60, True)]
)
def test_a_process_that_is_killed_leaves_nothing_that_is_believed(
    sound: tuple[Path, list[object]], tmp_path: Path, done: int, kept: int, *, is_marked: bool
) -> None:
    script = textwrap.dedent(KILLED)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(done), str(kept)],
        check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT)])},
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "0.json").exists() == is_marked, "a mark says that the database is whole"
    for path in tmp_path.glob("*.wal"):
        path.write_bytes(path.read_bytes()[:-7] + b"damaged")
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        assert [catalog.rows(query) for query in ALL] == sound[1]
