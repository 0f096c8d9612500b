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
