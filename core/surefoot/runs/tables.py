"""Runs in the catalog: who asked for what, where it ran, how it ended, its parameters and its metrics.

Each event becomes a row of its own, and views pick what stands: of several endings the first, as in `rules.fold`.
Figures are kept twice: as the text that was recorded, and as a number for filters, where NaN is NULL (DuckDB holds
NaN to be greater than every number, which would let it pass `metric.auc > 0.9`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from surefoot.catalog import Catalog, Reducer, filters
from surefoot.catalog.filters import Column, Family, Kind, Scope
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.runs.facts import TYPES, Run

# A recorded figure as a number: NULL where it is none, or is not finite.
_FIGURE = """
    CREATE MACRO figure(text) AS
    CASE WHEN isfinite(try_cast(text AS DOUBLE)) THEN try_cast(text AS DOUBLE) END
"""
_REQUESTS = """
    CREATE TABLE run_requests (
        run VARCHAR, plan VARCHAR, requested_at TIMESTAMP, requested_by VARCHAR, experiment VARCHAR, number BIGINT,
        seed BIGINT, repeat BIGINT, recipe VARCHAR, code VARCHAR, commit VARCHAR, dirty BOOLEAN, patch VARCHAR,
        environment_kind VARCHAR, environment VARCHAR, executor VARCHAR, reproduces VARCHAR, cause VARCHAR[],
        body JSON,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_STARTS = """
    CREATE TABLE run_starts (
        run VARCHAR, type VARCHAR, started_at TIMESTAMP, place VARCHAR, host JSON, sandbox BIGINT,
        found VARCHAR,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_ENDS = """
    CREATE TABLE run_ends (
        run VARCHAR, state VARCHAR, ended_at TIMESTAMP, meets BOOLEAN, exit_code BIGINT, signal BIGINT,
        guardrail VARCHAR, seconds DOUBLE, peak_memory BIGINT, cpu_seconds DOUBLE, telemetry VARCHAR, points BIGINT,
        log VARCHAR, metrics JSON, outputs JSON, verdict JSON, why VARCHAR, detail VARCHAR, tracking JSON, refused JSON,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_STANDING = """
    CREATE VIEW run_endings AS SELECT * FROM run_ends
    QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc, feed, seq) = 1
"""
_RUNS = """
    CREATE VIEW runs AS
    WITH request AS (
        SELECT * FROM run_requests QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc, feed, seq) = 1
    ), newest AS (
        SELECT * FROM run_starts QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed DESC, seq DESC) = 1
    ), start AS (
        SELECT * FROM run_starts WHERE type = 'run.started'
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed DESC, seq DESC) = 1
    )
    SELECT r.run, r.experiment, r.number,
           coalesce(e.state, CASE WHEN newest.type = 'run.started' THEN 'running' ELSE 'queued' END) AS state,
           e.meets, r.requested_at, s.started_at, e.ended_at, r.requested_by, r.seed, r.repeat, r.plan, r.recipe,
           r.code, r.commit, r.dirty, r.patch, r.environment_kind, r.environment, r.executor, s.place, s.host,
           r.reproduces, r.cause, r.body, r.body->'$.parameters' AS parameters, s.found,
           e.exit_code, e.signal, e.guardrail, e.seconds, e.peak_memory, e.cpu_seconds, e.telemetry, e.points,
           e.log, e.metrics, e.outputs, e.verdict, e.why, e.detail, e.tracking, e.refused,
           r.leaf AS requested, s.leaf AS started, e.leaf AS ended, r.hlc
    FROM request r
    LEFT JOIN newest USING (run) LEFT JOIN start s USING (run) LEFT JOIN run_endings e USING (run)
"""
_PARAMETERS = "CREATE TABLE run_parameters (run VARCHAR, name VARCHAR, text VARCHAR, value DOUBLE)"
_FIGURES = """
    CREATE TABLE run_figures (
        run VARCHAR, leaf VARCHAR, name VARCHAR, text VARCHAR, value DOUBLE, min DOUBLE, max DOUBLE, best DOUBLE,
        last_step BIGINT, min_step BIGINT, max_step BIGINT, count BIGINT
    )
"""
_METRICS = """
    CREATE VIEW run_metrics AS
    SELECT f.* EXCLUDE (leaf) FROM run_figures f SEMI JOIN run_endings e ON f.leaf = e.leaf
"""
_FILL_REQUESTS = """
    INSERT INTO run_requests
    SELECT s.subject, s.subject_sha256, s.at, s.actor, s.body->>'$.experiment', try_cast(s.body->>'$.number' AS BIGINT),
           try_cast(s.body->>'$.seed' AS BIGINT), try_cast(s.body->>'$.repeat' AS BIGINT), s.body->>'$.recipe',
           s.body->>'$.code.files', s.body->>'$.code.commit', try_cast(s.body->>'$.code.dirty' AS BOOLEAN),
           s.body->>'$.code.patch', s.body->>'$.environment.kind', s.body->>'$.environment.digest',
           s.body->>'$.executor', s.body->>'$.reproduces', s.cause, s.body, s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type = 'run.requested'
"""
_FILL_PARAMETERS = """
    INSERT INTO run_parameters
    SELECT run, name, text, figure(text) FROM (
        SELECT s.subject AS run, p.key AS name, p.value->>'$' AS text
        FROM staged s, json_each(s.body, '$.parameters') p WHERE s.type = 'run.requested'
    )
"""
_FILL_STARTS = """
    INSERT INTO run_starts
    SELECT s.subject, s.type, s.at, s.body->>'$.place', s.body->'$.host', try_cast(s.body->>'$.sandbox' AS BIGINT),
           s.body->>'$.environment', s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type IN ('run.started', 'run.preempted')
"""
_FILL_ENDS = """
    INSERT INTO run_ends
    SELECT s.subject, s.type[5:], s.at, try_cast(s.body->>'$.verdict.meets' AS BOOLEAN),
           try_cast(s.body->>'$.exit_code' AS BIGINT), try_cast(s.body->>'$.signal' AS BIGINT),
           s.body->>'$.guardrail.name', try_cast(s.body->>'$.seconds' AS DOUBLE),
           try_cast(s.body->>'$.peak_memory' AS BIGINT), try_cast(s.body->>'$.cpu_seconds' AS DOUBLE),
           s.body->>'$.telemetry', try_cast(s.body->>'$.points' AS BIGINT), s.body->>'$.log', s.body->'$.metrics',
           s.body->'$.outputs', s.body->'$.verdict', s.body->>'$.why', s.body->>'$.detail', s.body->'$.tracking',
           s.body->'$.refused', s.hlc, s.feed, s.seq, s.leaf
    FROM staged s
    WHERE s.type IN ('run.finished', 'run.failed', 'run.interrupted', 'run.cancelled', 'run.lost')
"""
_FILL_FIGURES = """
    INSERT INTO run_figures
    SELECT run, leaf, name, figures->>'$.last', figure(figures->>'$.last'), figure(figures->>'$.min'),
           figure(figures->>'$.max'), figure(figures->>'$.best'),
           try_cast(figures->>'$.last_step' AS BIGINT), try_cast(figures->>'$.min_step' AS BIGINT),
           try_cast(figures->>'$.max_step' AS BIGINT), try_cast(figures->>'$.count' AS BIGINT)
    FROM (
        SELECT s.subject AS run, s.leaf AS leaf, m.key AS name, m.value AS figures
        FROM staged s, json_each(s.body, '$.metrics') m
    WHERE s.type IN ('run.finished', 'run.failed', 'run.interrupted', 'run.cancelled', 'run.lost')
    )
"""

REDUCERS = (
    Reducer(
        name="runs",
        version=1,
        types=tuple(sorted(TYPES)),
        tables=(_FIGURE, _REQUESTS, _STARTS, _ENDS, _STANDING, _RUNS, _PARAMETERS, _FIGURES, _METRICS),
        apply=(_FILL_REQUESTS, _FILL_PARAMETERS, _FILL_STARTS, _FILL_ENDS, _FILL_FIGURES),
    ),
)

_JSON = ("body", "parameters", "host", "metrics", "outputs", "verdict", "tracking", "refused")
_FIELDS = tuple(field.name for field in fields(Run))
_ONE = "SELECT * FROM runs WHERE run = ?"
_BY_NUMBER = "SELECT run FROM run_requests WHERE experiment = ? AND number = ? LIMIT 2"
_BY_PART = "SELECT DISTINCT run FROM run_requests WHERE starts_with(run, ?) OR ends_with(run, ?)"
_GOING = "SELECT run FROM run_requests r ANTI JOIN run_ends e USING (run) LIMIT 1"
_NOT_ENDED = "SELECT unnest(?) AS run EXCEPT SELECT run FROM run_ends"
_LAST_NUMBER = "SELECT max(number) AS number FROM run_requests WHERE experiment = ?"
_SHORTEST = 4
_SEARCH = "SELECT runs.* FROM runs"
_KINDS = {
    Kind.TEXT: "commit environment_kind executor experiment guardrail place reproduces run state why",
    Kind.NUMBER: "exit_code number peak_memory points repeat seconds seed",
    Kind.TIME: "ended_at requested_at started_at",
    Kind.FLAG: "dirty meets",
}
_COLUMNS = Scope(
    "run",
    {name: Column(f"runs.{name}", kind) for kind, names in _KINDS.items() for name in names.split()},
)


def run(catalog: Catalog, run_id: str) -> Run:
    """One run, by its id.

    Raises:
        IncompleteError: there is none.
    """
    row = catalog.one(_ONE, [run_id])
    if row is None:
        raise IncompleteError(Code.RUN_UNKNOWN, run=run_id)
    return _run(row)


def find(catalog: Catalog, ref: str) -> str:
    """The id that a reference means: an id, its beginning, its end, or `experiment/number`.

    Raises:
        IncompleteError: there is no such run.
        InputRefusedError: there are several.
    """
    experiment, _, number = ref.rpartition("/")
    if experiment and number.isdecimal():
        found = catalog.rows(_BY_NUMBER, [experiment, int(number[:18])])
    elif len(ref) >= _SHORTEST and "%" not in ref:
        found = catalog.rows(_BY_PART, [ref if ref.startswith("run_") else f"run_{ref}", ref])
    else:
        found = []
    if not found:
        raise IncompleteError(Code.RUN_UNKNOWN, run=ref[:80])
    if len(found) > 1:
        raise InputRefusedError(Code.RUN_AMBIGUOUS, run=ref[:80], count=len(found))
    return str(found[0]["run"])


def search(catalog: Catalog, *, where: str = "", sort: str = "", limit: int = 50, offset: int = 0) -> list[Run]:
    """Runs that a filter lets through, newest first unless `sort` says otherwise.

    Args:
        catalog: the catalog.
        where: such as `metric.auc > 0.89 and param.depth <= 6` (surefoot.catalog.filters).
        sort: such as `-metric.auc, requested_at`; `-` puts the greatest first.
        limit: at most so many.
        offset: after so many.

    Raises:
        InputRefusedError: the filter cannot be read, or one of the two names what no run has.
    """
    scope = _scope(catalog) if where or sort else _COLUMNS
    condition, values = filters.compile(where, scope)
    order, keys = filters.order(sort or "-requested_at", scope)
    # The two parts are put together from fragments of our own code; what the user wrote is bound.
    sql = f"{_SEARCH} WHERE {condition} ORDER BY {order}, runs.hlc DESC, runs.run LIMIT ? OFFSET ?"
    return [_run(row) for row in catalog.rows(sql, [*values, *keys, limit, offset])]


def _scope(catalog: Catalog) -> Scope:
    """What runs can be filtered and sorted by: their columns, and the metrics and parameters that there are."""
    metrics = tuple(row["name"] for row in catalog.rows("SELECT DISTINCT name FROM run_figures"))
    parameters = tuple(row["name"] for row in catalog.rows("SELECT DISTINCT name FROM run_parameters"))
    families = {
        "metric": Family("run_metrics", "run", "runs.run", number="value", text="text", names=metrics),
        "best": Family("run_metrics", "run", "runs.run", number="best"),
        "param": Family("run_parameters", "run", "runs.run", number="value", text="text", names=parameters),
    }
    return Scope("run", _COLUMNS.columns, families)


def is_any_going(catalog: Catalog) -> bool:
    """Whether a run was asked for that has not ended."""
    return catalog.one(_GOING) is not None


def not_ended(catalog: Catalog, runs: Sequence[str]) -> list[str]:
    """Those of these runs that have not ended, in their order."""
    left = {row["run"] for row in catalog.rows(_NOT_ENDED, [list(runs)])}
    return [one for one in runs if one in left]


def last_number(catalog: Catalog, experiment: str) -> int:
    """The highest number that a run of an experiment has; 0 where there is none."""
    found = catalog.one(_LAST_NUMBER, [experiment])
    return int(found["number"]) if found and found["number"] is not None else 0


def _run(row: Mapping[str, Any]) -> Run:
    values = {name: row[name] for name in _FIELDS}
    for name in _JSON:
        values[name] = json.loads(values[name]) if values[name] else {}
    values["cause"] = tuple(values["cause"] or ())
    # What was erased from the record is shown as absent, not as a run that is not there.
    values |= {name: values[name] if values[name] is not None else other for name, other in _IF_ERASED.items()}
    return Run(**values)


_IF_ERASED = {"experiment": "?", "number": 0, "seed": 0, "repeat": 0}
