from collections.abc import Callable
from pathlib import Path

import pytest

from surefoot.catalog import Catalog, EventSource, Reducer

EVENTS = Reducer(
    name="events",
    version=1,
    types=(),
    tables=(
        """
        CREATE TABLE events (leaf VARCHAR, feed VARCHAR, seq BIGINT, hlc BIGINT, "at" TIMESTAMP, type VARCHAR,
                             subject VARCHAR, sha256 VARCHAR, cause VARCHAR[], body JSON, is_self BOOLEAN)
        """,
    ),
    apply=(
        """
        INSERT INTO events
        SELECT leaf, feed, seq, hlc, s.at, type, subject, subject_sha256, cause, body, is_self FROM staged s
        """,
    ),
)
STATES = Reducer(
    name="states",
    version=1,
    types=("run.requested", "run.started", "run.finished"),
    tables=(
        """
        CREATE TABLE states (run VARCHAR PRIMARY KEY, state VARCHAR, name VARCHAR,
                             hlc BIGINT, feed VARCHAR, seq BIGINT)
        """,
    ),
    apply=(
        """
        INSERT INTO states
        SELECT s.subject, s.type, s.body->>'$.name', s.hlc, s.feed, s.seq FROM staged s WHERE s.type LIKE 'run.%'
        QUALIFY row_number() OVER (PARTITION BY s.subject ORDER BY s.hlc DESC, s.feed DESC, s.seq DESC) = 1
        ON CONFLICT (run) DO UPDATE SET
            state = excluded.state, name = excluded.name, hlc = excluded.hlc, feed = excluded.feed, seq = excluded.seq
        WHERE (excluded.hlc, excluded.feed, excluded.seq) > (states.hlc, states.feed, states.seq)
        """,
    ),
)
KEPT = Reducer(
    name="kept",
    version=1,
    types=("run.started", "run.finished"),
    tables=(
        "CREATE TABLE starts (run VARCHAR, name VARCHAR, hlc BIGINT, feed VARCHAR, seq BIGINT)",
        "CREATE TABLE ends (run VARCHAR, hlc BIGINT, feed VARCHAR, seq BIGINT)",
        """
        CREATE VIEW standing AS
        SELECT s.run, s.name, e.hlc AS ended FROM (
            SELECT * FROM starts QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc, feed, seq) = 1
        ) s LEFT JOIN (SELECT run, min(hlc) AS hlc FROM ends GROUP BY run) e USING (run)
        """,
        "CREATE TABLE kept (run VARCHAR, name VARCHAR, ended BIGINT)",
    ),
    apply=(
        """
        INSERT INTO starts
        SELECT subject, s.body->>'$.name', hlc, feed, seq FROM staged s WHERE type = 'run.started'
        """,
        "INSERT INTO ends SELECT subject, hlc, feed, seq FROM staged WHERE type = 'run.finished'",
        "DELETE FROM kept WHERE run IN (SELECT subject FROM staged)",
        "INSERT INTO kept SELECT * FROM standing WHERE run IN (SELECT subject FROM staged)",
    ),
)
REDUCERS = (EVENTS, STATES)

Opened = Callable[..., Catalog]


@pytest.fixture
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Opened:
    """Opens catalogs in one folder and closes them at the end of the test."""

    def make(source: EventSource, *reducers: Reducer, folder: Path = tmp_path / "catalog") -> Catalog:
        catalog = Catalog.open(folder, source, reducers or REDUCERS)
        request.addfinalizer(catalog.close)
        return catalog

    return make
