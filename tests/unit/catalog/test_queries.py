"""Asking the catalog: reading only, nothing outside the database, many threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest

from surefoot.catalog import Catalog, database, service
from tests.fakes.catalog import FakeSource, event
from tests.unit.catalog.conftest import REDUCERS, Opened

SOURCE = FakeSource([event("run.started", f"run_{n % 5}", seq=n, body={"name": f"n{n}"}) for n in range(40)])


def test_rows_are_mappings_and_values_are_bound(opened: Opened) -> None:
    catalog = opened(SOURCE)
    assert catalog.rows("SELECT run, name FROM states WHERE run = ?", ["run_3"]) == [{"run": "run_3", "name": "n38"}]
    assert catalog.rows("SELECT run FROM states WHERE run = $run", {"run": "' OR 1=1 --"}) == []
    assert catalog.one("SELECT run FROM states WHERE run = 'no such'") is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM states",
        "DROP TABLE states",
        "CREATE TABLE more (n BIGINT)",
        "INSERT INTO states VALUES ('x', 'x', 'x', 1, 'x', 1)",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '/tmp/surefoot-should-not-exist.csv'",
        "ATTACH '/tmp/surefoot-should-not-exist.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET threads = 1",
        "PRAGMA enable_profiling",
        "EXPORT DATABASE '/tmp/surefoot-should-not-exist'",
    ],
)
def test_a_query_can_neither_write_nor_leave_the_database(opened: Opened, statement: str) -> None:
    catalog = opened(SOURCE)
    with pytest.raises(duckdb.Error):
        catalog.rows(statement)
    assert catalog.one("SELECT count(*) AS n FROM states") == {"n": 5}
    assert not list(Path("/tmp").glob("surefoot-should-not-exist*"))


def test_an_engine_reads_its_own_folder_and_no_other(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "n.csv").write_text("n\n1\n", encoding="utf-8")
    question, writing = "SELECT n FROM read_csv($1)", "COPY (SELECT 1) TO $1"
    with database.connect(None, own, memory="64MB") as engine:
        assert engine.execute(question, [str(own / "n.csv")]).fetchall() == [(1,)]
        for statement, name in ((question, "n.csv"), (question, "../own/../other/n.csv"), (writing, "made.csv")):
            with pytest.raises(duckdb.PermissionException):
                engine.execute(statement, [str(other / name)])
    assert [path.name for path in other.iterdir()] == ["n.csv"]


def test_a_wrong_question_is_no_reason_to_make_the_catalog_again(opened: Opened) -> None:
    catalog = opened(SOURCE)
    for question in ("SELECT", "SELECT nothing FROM states", "SELECT 'x'::BIGINT", "DELETE FROM states"):
        with pytest.raises(duckdb.Error):
            catalog.rows(question)
    assert catalog._projection.generation == 0


def test_many_threads_ask_while_one_rebuilds_and_none_sees_a_half_built_catalog(opened: Opened) -> None:
    catalog = opened(SOURCE)
    stop = threading.Event()

    def ask() -> set[int]:
        seen = set()
        while not stop.is_set():
            found = catalog.one("SELECT count(*) AS n FROM events")
            seen.add(found["n"] if found else -1)
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for _ in range(4):
            assert catalog.rebuild() == 40
        stop.set()
    assert set().union(*(one.result() for one in asking)) == {40}


def test_an_id_with_quotes_stays_a_value(opened: Opened) -> None:
    odd = [event("run.started", "run_1", body={"name": name}) for name in ("'; DROP TABLE states; --",)]
    catalog = opened(FakeSource(odd))
    assert catalog.one("SELECT name FROM states") == {"name": "'; DROP TABLE states; --"}


def test_the_engine_rests_with_less_memory_once_much_was_brought_in(opened: Opened) -> None:
    many = [event("run.started", f"run_{number}", seq=number, hlc=number) for number in range(service.MANY + 1)]
    source = FakeSource(many)
    catalog = opened(source)
    assert memory_of(catalog) == "122.0 MiB"
    assert catalog.one("SELECT count(*) AS n FROM events") == {"n": len(many)}


def test_a_small_project_is_not_opened_twice_for_it(opened: Opened) -> None:
    catalog = opened(FakeSource([event("run.started", "run_1", seq=0, hlc=1)]))
    assert memory_of(catalog) == "1.8 GiB"


def test_a_catalog_that_lay_ready_rests_from_the_start(opened: Opened) -> None:
    source = FakeSource([event("run.started", "run_1", seq=0, hlc=1)])
    opened(source).close()
    assert memory_of(opened(source)) == "122.0 MiB"


def test_a_question_that_needs_more_than_the_engine_has_at_rest_is_asked_again_with_more(opened: Opened) -> None:
    source = FakeSource([event("run.started", "run_1", seq=0, hlc=1)])
    opened(source).close()
    catalog = opened(source)
    large = (
        "SELECT length(string_agg(r::VARCHAR, ',')) AS long FROM (SELECT repeat('x', 1000) AS r FROM range(180_000))"
    )
    assert catalog.one(large) == {"long": 180_000 * 1001 - 1}
    assert memory_of(catalog) == "1.8 GiB"
    assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 1}


def test_a_few_lines_with_long_details_are_brought_in_although_the_engine_rests(opened: Opened) -> None:
    source = FakeSource([event("run.started", "run_1", seq=0, hlc=1)])
    opened(source).close()
    catalog = opened(source)
    source.log += [event("run.started", "run_1", seq=n, hlc=n, body={"name": "x" * 900_000}) for n in range(1, 200)]
    assert catalog.catch_up() == 199
    assert memory_of(catalog) == "1.8 GiB"
    assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 200}


def memory_of(catalog: Catalog) -> str:
    found = catalog.one("SELECT current_setting('memory_limit') AS memory")
    assert found is not None
    return str(found["memory"])


def test_memory_that_a_question_needed_is_given_back_a_while_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = FakeSource([event("run.started", "run_1")])
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        catalog._give(database.RESTING)
        assert catalog.rows("SELECT len(list(range)) AS n FROM range(20000000)") == [{"n": 20_000_000}]
        assert catalog._projection.memory == database.WORKING
        catalog.catch_up()
        assert catalog._projection.memory == database.WORKING
        monkeypatch.setattr(service, "REST", 0.0)
        catalog.catch_up()
        assert catalog._projection.memory == database.RESTING
        assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 1}


def test_an_answer_is_remembered_until_something_is_brought_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, asked = FakeSource(SOURCE.log[:10]), list[str]()
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        rows = catalog.rows

        def counting(sql: str) -> list[dict[str, Any]]:
            asked.append(sql)
            return rows(sql)

        monkeypatch.setattr(catalog, "rows", counting)
        counted = "SELECT count(*) AS n FROM events"
        assert [catalog.remembered(counted) for _ in range(3)] == [[{"n": 10}]] * 3
        assert len(asked) == 1
        source.log.extend(SOURCE.log[10:15])
        catalog.catch_up()
        assert catalog.remembered(counted) == [{"n": 15}]
        catalog.rebuild()
        assert catalog.remembered(counted) == [{"n": 15}]
        assert len(asked) == 3
