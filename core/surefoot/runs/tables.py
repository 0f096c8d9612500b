"""Runs in the catalog: who asked for what, where it ran, how it ended, its parameters and its metrics.

Each event becomes a row of its own, and views pick what stands: of several endings the first, as in `rules.fold`.
Figures are kept twice: as the text that was recorded, and as a number for filters, where NaN is NULL (DuckDB holds
NaN to be greater than every number, which would let it pass `metric.auc > 0.9`).
"""

from surefoot.catalog.facts import Reducer
from surefoot.runs.facts import TYPES

# A recorded figure as a number: NULL where it is none, or is not finite.
_FIGURE = """
    CREATE MACRO figure(text) AS
    CASE WHEN isfinite(try_cast(text AS DOUBLE)) THEN try_cast(text AS DOUBLE) END
"""
_REQUESTS = """
    CREATE TABLE run_requests (
        run VARCHAR, plan VARCHAR, requested_at TIMESTAMP, requested_by VARCHAR, experiment VARCHAR, number BIGINT,
        seed BIGINT, repeat BIGINT, recipe VARCHAR, code VARCHAR, commit VARCHAR, dirty BOOLEAN, patch VARCHAR,
        environment_kind VARCHAR, environment VARCHAR, executor VARCHAR, reproduces VARCHAR, data JSON,
        parameters JSON, criteria JSON, guardrails JSON, product VARCHAR,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_STARTS = """
    CREATE TABLE run_starts (
        run VARCHAR, type VARCHAR, started_at TIMESTAMP, place VARCHAR, host JSON, sandbox BIGINT,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
_ENDS = """
    CREATE TABLE run_ends (
        run VARCHAR, state VARCHAR, ended_at TIMESTAMP, meets BOOLEAN, exit_code BIGINT, signal BIGINT,
        guardrail VARCHAR, seconds DOUBLE, peak_memory BIGINT, cpu_seconds DOUBLE, telemetry VARCHAR, points BIGINT,
        log VARCHAR, metrics JSON, outputs JSON, verdict JSON, why VARCHAR, detail VARCHAR, tracking JSON,
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
           r.reproduces, r.product, r.data, r.parameters, r.criteria, r.guardrails,
           e.exit_code, e.signal, e.guardrail, e.seconds, e.peak_memory, e.cpu_seconds, e.telemetry, e.points,
           e.log, e.metrics, e.outputs, e.verdict, e.why, e.detail, e.tracking,
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
           s.body->>'$.executor', s.body->>'$.reproduces', s.body->'$.data', s.body->'$.parameters',
           s.body->'$.criteria', s.body->'$.guardrails', s.body->>'$.product', s.hlc, s.feed, s.seq, s.leaf
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
           s.hlc, s.feed, s.seq, s.leaf
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
           s.hlc, s.feed, s.seq, s.leaf
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
