"""Slots: one process each, at most four, then memory; a new one starts from the newest clean one."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from surefoot.catalog import Catalog, Reducer, service, slots
from surefoot.errors import Code, SurefootError
from surefoot.trail.facts import Page
from tests.fakes.catalog import FakeSource, event
from tests.unit.catalog.conftest import REDUCERS, Opened

ROOT = Path(__file__).resolve().parents[3]
SOURCE = FakeSource([event("run.started", f"run_{n % 5}", seq=n, body={"name": f"n{n}"}) for n in range(20)])
COUNT = "SELECT count(*) AS n FROM events"
STATES = "SELECT * FROM states ORDER BY ALL"

HOLDER = """
    import sys
    from pathlib import Path
    from surefoot.catalog import Catalog
    from tests.unit.catalog.conftest import REDUCERS
    from tests.unit.catalog.test_slots import COUNT, SOURCE

    with Catalog.open(Path(sys.argv[1]), SOURCE, REDUCERS) as catalog:
        print(catalog.one(COUNT)["n"], flush=True)
        sys.stdin.readline()
        print(catalog.rebuild(), catalog.one(COUNT)["n"], flush=True)
"""


class CountingSource(FakeSource):
    """Remembers how many events were asked for."""

    given = 0

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        for one in super().pages(after=after):
            self.given += len(one.lines)
            yield one


def holder(folder: Path) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT / "core"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_two_processes_at_once_have_two_slots_and_both_answer(tmp_path: Path) -> None:
    one, two = holder(tmp_path), holder(tmp_path)
    try:
        assert said(one) == said(two) == "20"
        assert sorted(path.name for path in tmp_path.glob("*.duckdb")) == ["0.duckdb", "1.duckdb"]
        for process in (one, two):
            out, _ = process.communicate("\n", timeout=60)
            assert out.strip() == "20 20"
            assert process.returncode == 0
    finally:
        for process in (one, two):
            process.kill()
            process.communicate()
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["0.json", "1.json"]


def test_the_fifth_lies_in_memory(opened: Opened, tmp_path: Path) -> None:
    catalogs = [opened(SOURCE) for _ in range(6)]
    assert [catalog.one(COUNT) for catalog in catalogs] == [{"n": 20}] * 6
    folder = tmp_path / "catalog"
    assert sorted(path.name for path in folder.glob("*.duckdb")) == [f"{n}.duckdb" for n in range(slots.MOST)]
    assert catalogs[5].rebuild() == 20


def test_a_clean_slot_is_used_again_without_a_replay(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, SOURCE, REDUCERS):
        pass
    source = CountingSource(SOURCE.log)
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        assert catalog.one(COUNT) == {"n": 20}
    assert source.given == 1


FULL = FakeSource(
    [event("run.started", f"run_{n % 5}", seq=n, body={"name": f"n{n}"}) for n in range(service.MANY + 30)]
)
KILLED = """
    import os, signal, sys
    from pathlib import Path
    from surefoot.catalog import Catalog
    from tests.fakes.catalog import FakeSource
    from tests.unit.catalog.conftest import REDUCERS
    from tests.unit.catalog.test_slots import FULL

    source = FakeSource(FULL.log[:-20])
    catalog = Catalog.open(Path(sys.argv[1]), source, REDUCERS)
    source.log.extend(FULL.log[-20:-10])
    print(catalog.catch_up(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_is_killed_loses_no_more_than_it_brought_in_last(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT)])},
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (-signal.SIGKILL, "10")
    assert (tmp_path / "0.duckdb.wal").stat().st_size > 0, "what was brought in last stands in the log alone"
    source = CountingSource(FULL.log)
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        assert catalog.one(COUNT) == {"n": len(FULL.log)}
        found = catalog.rows(STATES)
    assert source.given == 21, "the ten of the log, ten new ones, and one to compare"
    with Catalog.open(tmp_path / "anew", FULL, REDUCERS) as catalog:
        assert catalog.rows(STATES) == found


def test_many_lines_that_come_one_by_one_are_kept_too(tmp_path: Path) -> None:
    source = FakeSource(FULL.log[:10])
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        for end in range(30, len(FULL.log) + 1, 500):
            source.log[:] = FULL.log[:end]
            catalog.catch_up()
        assert slots.Slot(tmp_path / "0.duckdb", tmp_path, ExitStack()).is_clean


def test_a_new_slot_starts_as_a_copy_of_the_newest_clean_one(tmp_path: Path) -> None:
    with (
        Catalog.open(tmp_path, SOURCE, REDUCERS),
        Catalog.open(tmp_path, FakeSource(SOURCE.log[:5]), REDUCERS),
        Catalog.open(tmp_path, SOURCE, REDUCERS),
    ):
        pass
    (tmp_path / "0.json").unlink()
    newest = max((1, 2), key=lambda n: (tmp_path / f"{n}.duckdb").stat().st_mtime_ns)
    expected = {1: 5, 2: 20}[newest]
    source = CountingSource(SOURCE.log)
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        assert catalog.one(COUNT) == {"n": 20}
    assert source.given == 20 - expected + 1


def test_closing_twice_does_not_touch_a_slot_that_somebody_else_has_now(tmp_path: Path) -> None:
    first = Catalog.open(tmp_path, SOURCE, REDUCERS)
    first.close()
    with Catalog.open(tmp_path, SOURCE, REDUCERS):
        first.close()
        with Catalog.open(tmp_path, SOURCE, REDUCERS):
            assert (tmp_path / "1.duckdb").exists()


def test_only_its_owner_can_enter_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    with Catalog.open(folder, SOURCE, REDUCERS):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_an_unchanged_catalog_is_closed_without_a_write(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, SOURCE, REDUCERS):
        pass
    before = (tmp_path / "0.duckdb").stat().st_mtime_ns
    with Catalog.open(tmp_path, SOURCE, REDUCERS) as catalog:
        catalog.rows(COUNT)
    assert (tmp_path / "0.duckdb").stat().st_mtime_ns == before
    assert (tmp_path / "0.json").exists()


def test_tables_that_cannot_be_made_are_told_and_the_slot_is_given_back(tmp_path: Path) -> None:
    broken = Reducer("broken", 1, (), ("CREATE TABLE",), ())
    with pytest.raises(SurefootError) as caught:
        Catalog.open(tmp_path, SOURCE, [broken])
    assert caught.value.code is Code.CATALOG_UNUSABLE
    with Catalog.open(tmp_path, SOURCE, REDUCERS):
        assert [path.name for path in tmp_path.glob("*.duckdb")] == ["0.duckdb"]
