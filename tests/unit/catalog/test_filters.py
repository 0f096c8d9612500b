"""The filter language: what it means, and what it says to those who mistype."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.catalog import filters
from surefoot.catalog.filters import Column, Family, Kind, Scope
from surefoot.errors import Code, InputRefusedError

RUNS = Scope(
    "run",
    {
        "state": Column("runs.state", Kind.TEXT),
        "number": Column("runs.number", Kind.NUMBER),
        "started": Column("runs.started", Kind.TIME),
        "meets": Column("runs.meets", Kind.FLAG),
        "seconds": Column("runs.seconds", Kind.NUMBER),
    },
    {
        "metric": Family("run_metrics", "run", "runs.run", number="value", names=["auc", "loss", "val/auc", "seconds"]),
        "param": Family(
            "run_parameters", "run", "runs.run", text="text", names=["depth", "model", "loss", "learning rate"]
        ),
        "tag": Family("run_tags", "run", "runs.run", number="number", text="text"),
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in (
        "CREATE TABLE runs (run INT, state VARCHAR, number BIGINT, started TIMESTAMP, meets BOOLEAN, seconds DOUBLE)",
        "CREATE TABLE run_metrics (run INT, name VARCHAR, value DOUBLE)",
        "CREATE TABLE run_parameters (run INT, name VARCHAR, text VARCHAR)",
        "CREATE TABLE run_tags (run INT, name VARCHAR, text VARCHAR, number DOUBLE)",
        """
        INSERT INTO runs VALUES (1, 'finished', 1, '2026-01-01', true, 1.5), (2, 'failed', 2, '2026-02-01', false, 9),
            (3, 'running', 3, '2026-03-01 12:30:00', NULL, NULL)
        """,
        "INSERT INTO run_metrics VALUES (1, 'auc', 0.9), (2, 'auc', 0.8), (1, 'loss', 0.1), (2, 'val/auc', 0.7)",
        """
        INSERT INTO run_parameters VALUES (1, 'depth', '6'), (2, 'depth', '10'), (3, 'depth', 'nan'),
            (1, 'model', 'Logistic'), (2, 'model', 'forest'), (1, 'learning rate', '1e-3'), (3, 'loss', 'true')
        """,
        "INSERT INTO run_tags VALUES (1, 'k', '7', 7), (2, 'k', 'seven', NULL)",
    ):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [1, 2, 3]),
        ("  ", [1, 2, 3]),
        ("metric.auc > 0.89 and param.depth <= 6", [1]),
        ("auc >= .8", [1, 2]),
        ("AUC = 1 or state = finished", None),
        ("state = finished", [1]),
        ("state = 'finished' OR state = \"failed\"", [1, 2]),
        ("state != finished", [2, 3]),
        ("state ~ IN", [1, 3]),
        ("not state ~ fin", [2, 3]),
        ("not (state = finished or state = failed)", [3]),
        ("not auc > 0.85", [2, 3]),
        ("auc != 0.9", [2]),
        ("depth > 1", [1, 2]),
        ("param.depth = nan", [3]),
        ("param.depth != 6", [2]),
        ("model = Logistic", [1]),
        ("model ~ log", [1]),
        ("param.model < Z", [1]),
        ('param."learning rate" <= 1e-3', [1]),
        ("param.`learning rate` = 0.001", [1]),
        ('"learning rate" = 0.001', [1]),
        ("metric.val/auc > 0", [2]),
        ("val/auc > 0", [2]),
        ("param.loss = true", [3]),
        ("metric.loss<.2", [1]),
        ("run.seconds > 2", [2]),
        ("metric.seconds > 2", []),
        ("number > -1 and number < +3", [1, 2]),
        ("started >= 2026-02-01", [2, 3]),
        ("started > 2026-03-01T12:29 and started < 2026-03-01T12:31:00Z", [3]),
        ("meets = true", [1]),
        ("meets != true", [2]),
        ("not meets = true", [2, 3]),
        ("tag.k = 7", [1]),
        ("tag.k ~ 7", [1]),
        ("tag.k ~ even", [2]),
        ("tag.nobody > 1", []),
        ("state = finished or state = failed and number = 3", [1]),
        ("(state = finished or state = failed) and number = 2", [2]),
        ("state = '; DROP TABLE runs; --'", []),
        ("state = 'x'' OR 1=1'", None),
    ],
)
def test_a_filter_picks_the_rows_it_says(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[int] | None
) -> None:
    if expected is None:
        with pytest.raises(InputRefusedError):
            filters.compile(text, RUNS)
        return
    condition, params = filters.compile(text, RUNS)
    query = "SELECT run FROM runs WHERE " + condition + " ORDER BY run"  # noqa: S608 - what a room does with it
    assert [run for (run,) in database.execute(query, params).fetchall()] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-metric.auc", [1, 2, 3]),
        ("auc", [2, 1, 3]),
        ("-number", [3, 2, 1]),
        ("state", [2, 1, 3]),
        ("-meets, -number", [1, 2, 3]),
        (" + param.model , number", [1, 2, 3]),
    ],
)
def test_an_order_puts_rows_without_the_value_last(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[int]
) -> None:
    terms, params = filters.order(text, RUNS)
    query = "SELECT run FROM runs ORDER BY " + terms  # noqa: S608 - what a room does with it
    found = database.execute(query, params).fetchall()
    assert [run for (run,) in found] == expected


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("auc >", Code.FILTER_ENDS, {"place": 6}),
        ("auc > 0.8 and", Code.FILTER_ENDS, {"place": 14}),
        ("(auc > 0.8", Code.FILTER_ENDS, {"place": 11, "expected": "and or )"}),
        ("auc", Code.FILTER_ENDS, {"place": 4, "expected": "= != < <= > >= ~"}),
        ("auc > 0.8)", Code.FILTER_SYNTAX, {"place": 10, "found": "`)`"}),
        ("auc 0.8", Code.FILTER_SYNTAX, {"place": 5, "found": "`0.8`", "expected": "= != < <= > >= ~"}),
        ("auc == 0.8", Code.FILTER_SYNTAX, {"place": 6, "found": "`=`"}),
        ("auc > > 1", Code.FILTER_SYNTAX, {"place": 7, "found": "`>`"}),
        ("and auc > 1", Code.FILTER_SYNTAX, {"place": 1, "found": "`and`"}),
        ("auc > 1 auc < 2", Code.FILTER_SYNTAX, {"place": 9, "expected": "and or"}),
        ("auc > 1; drop table runs", Code.FILTER_SYNTAX, {"place": 8, "found": "`;`"}),
        ("auc > 'open", Code.FILTER_SYNTAX, {"place": 7, "found": "`'`"}),
        ("started > 2026-13-45", Code.FILTER_SYNTAX, {"place": 11, "expected": "2026-11-01"}),
        ("((((" * 30, Code.FILTER_SYNTAX, {"place": 51}),
        ("not " * 60 + "auc > 1", Code.FILTER_SYNTAX, {}),
        ("auc > 1 or " * 1000, Code.FILTER_SYNTAX, {"place": 4001}),
        (
            "metric.acu > 1",
            Code.FILTER_NAME,
            {"place": 1, "name": "metric.acu", "near": "metric.auc, metric.val/auc, metric.seconds"},
        ),
        ("auc > 1 and dpth < 2", Code.FILTER_NAME, {"place": 13, "near": "param.depth"}),
        ("stat = x", Code.FILTER_NAME, {"near": "state, started"}),
        ("run.auc > 1", Code.FILTER_NAME, {"name": "run.auc"}),
        ("zzz = 1", Code.FILTER_NAME, {"name": "zzz"}),
        ("loss > 1", Code.FILTER_AMBIGUOUS, {"near": "metric.loss, param.loss"}),
        ("seconds > 1", Code.FILTER_AMBIGUOUS, {"near": "run.seconds, metric.seconds"}),
        ("auc = high", Code.FILTER_VALUE, {"value": "high", "place": 7, "expected": "0.89"}),
        ("auc ~ 0.8", Code.FILTER_VALUE, {"expected": "= != < <= > >="}),
        ("number = true", Code.FILTER_VALUE, {}),
        ("meets = 1", Code.FILTER_VALUE, {"expected": "true, false"}),
        ("started > yesterday", Code.FILTER_VALUE, {"expected": "2026-11-01"}),
    ],
)
def test_a_filter_that_is_off_says_where_and_what_would_fit(text: str, code: Code, values: dict[str, object]) -> None:
    with pytest.raises(InputRefusedError) as caught:
        filters.compile(text, RUNS)
    assert caught.value.code is code
    assert {name: caught.value.values[name] for name in values} == values


@pytest.mark.parametrize("text", ["", ",", "auc,", "nothing", "loss", "auc desc"])
def test_an_order_that_is_off_is_refused(text: str) -> None:
    with pytest.raises(InputRefusedError):
        filters.order(text, RUNS)


@given(st.text(st.sampled_from("ac.ustdep=<>!~()'\"` 019-:TZnoradmetric\n;é"), max_size=40))
def test_any_text_is_a_filter_or_is_refused_and_never_reaches_the_engine(text: str) -> None:
    try:
        condition, params = filters.compile(text, RUNS)
    except InputRefusedError:
        return
    assert condition.count("?") == len(params)
    assert ";" not in condition
    assert "'" not in condition
