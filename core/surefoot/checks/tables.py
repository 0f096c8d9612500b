"""Checks in the catalog: a row for each result, and the questions asked of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from surefoot.catalog import Catalog, Reducer
from surefoot.checks.facts import Judged, Result, Sentence, Subject

TYPES = ("check.close", "check.failed", "check.passed", "check.undetermined")

_CHECKS = """
    CREATE TABLE checks (
        id VARCHAR, kind VARCHAR, state VARCHAR, model VARCHAR, run VARCHAR, metric VARCHAR, figure DOUBLE, low DOUBLE,
        high DOUBLE, rows BIGINT, seed BIGINT, checked_at TIMESTAMP, checked_by VARCHAR, data VARCHAR,
        data_version VARCHAR, evidence VARCHAR, judged JSON, sentence JSON, cannot_show VARCHAR,
        hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR
    )
"""
# What counts for a model is the last result of each kind.
_LATEST = """
    CREATE VIEW latest_checks AS SELECT * FROM checks
    QUALIFY row_number() OVER (PARTITION BY model, kind ORDER BY hlc DESC, feed DESC, seq DESC) = 1
"""
_FILL = """
    INSERT INTO checks
    SELECT s.subject, s.body->>'$.kind', s.type[7:], s.body->>'$.model', s.body->>'$.run', s.body->>'$.metric',
           try_cast(s.body->>'$.figure' AS DOUBLE), try_cast(s.body->>'$.low' AS DOUBLE),
           try_cast(s.body->>'$.high' AS DOUBLE), try_cast(s.body->>'$.rows' AS BIGINT),
           try_cast(s.body->>'$.seed' AS BIGINT), s.at, s.actor, s.body->>'$.data.id', s.body->>'$.data.version',
           s.subject_sha256, s.body->'$.judged', s.body->'$.sentence', s.body->>'$.cannot_show',
           s.hlc, s.feed, s.seq, s.leaf
    FROM staged s WHERE s.type IN ('check.passed', 'check.close', 'check.failed', 'check.undetermined')
"""
_OF_A_MODEL = "SELECT * FROM latest_checks WHERE model = ? ORDER BY kind"
# Finished runs, each with the model that the gate last said something of; the newest first.
_SUBJECTS = """
    SELECT r.run, r.experiment, r.number, r.ended_at, m.model, m.state AS verdict FROM runs r
    LEFT JOIN (SELECT * FROM models QUALIFY row_number() OVER (PARTITION BY run ORDER BY hlc DESC, feed, seq) = 1) m
    ON m.run = r.run
    WHERE r.state = 'finished' ORDER BY r.hlc DESC, r.run LIMIT ?
"""
_OF_MODELS = "SELECT * FROM latest_checks WHERE list_contains(?::VARCHAR[], model) ORDER BY model, kind"
_NEWEST = "SELECT * FROM checks ORDER BY hlc DESC, feed DESC, seq DESC LIMIT ?"

REDUCERS = (Reducer(name="checks", version=1, types=TYPES, tables=(_CHECKS, _LATEST), apply=(_FILL,)),)


def latest(catalog: Catalog, model: str) -> tuple[Result, ...]:
    """The last result of each kind of check on a model."""
    return tuple(_result(row) for row in catalog.rows(_OF_A_MODEL, [model]))


def subjects(catalog: Catalog, limit: int) -> tuple[Subject, ...]:
    """What can be checked, newest first: finished runs with their models and the last result of each kind."""
    rows = catalog.rows(_SUBJECTS, [limit])
    models = [row["model"] for row in rows if row["model"]]
    found: dict[str, list[Result]] = {}
    for row in catalog.rows(_OF_MODELS, [models]) if models else ():
        found.setdefault(row["model"], []).append(_result(row))
    return tuple(
        Subject(
            run=row["run"],
            name=f"{row['experiment']}/{row['number']}",
            model=row["model"] or "",
            is_refused=row["verdict"] == "refused",
            ended=row["ended_at"],
            results=tuple(found.get(row["model"], ())),
        )
        for row in rows
    )


def newest(catalog: Catalog, limit: int) -> tuple[Result, ...]:
    """The results recorded last, on whichever model, newest first."""
    return tuple(_result(row) for row in catalog.rows(_NEWEST, [limit]))


def _result(row: dict[str, Any]) -> Result:
    at: datetime = row["checked_at"]
    judged: Sequence[Any] = json.loads(row["judged"] or "[]")
    return Result(
        id=row["id"],
        leaf=row["leaf"],
        at=at.isoformat(timespec="milliseconds") + "Z",
        model=row["model"] or "",
        run=row["run"] or "",
        kind=row["kind"] or "",
        state=row["state"],
        judged=msgspec.convert(judged, tuple[Judged, ...]),
        rows=row["rows"] or 0,
        seed=row["seed"] or 0,
        sentence=msgspec.convert(json.loads(row["sentence"] or '{"key":""}'), Sentence),
        cannot_show=row["cannot_show"] or "",
        data=row["data"] or "",
        data_version=row["data_version"] or "",
        evidence=row["evidence"],
    )
