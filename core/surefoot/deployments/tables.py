"""What the catalog holds for deployments: every event of activations and services as it is, and the questions.

A row is one event and never changes, so the order in which events arrive cannot matter.
"""

import json
from typing import Any

from surefoot.catalog import Catalog, Reducer

TYPES = (
    "environment.declared",
    "release.activated",
    "release.rolled-back",
    "service.started",
    "service.leased",
    "service.stopped",
    "service.lifted",
    "service.guardrail-tripped",
    "service.ended",
)

_DDL = """
CREATE TABLE IF NOT EXISTS deployments (
    leaf VARCHAR PRIMARY KEY, feed VARCHAR NOT NULL, seq BIGINT NOT NULL, hlc BIGINT NOT NULL,
    happened TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, type VARCHAR NOT NULL, subject VARCHAR, digest VARCHAR,
    environment VARCHAR, cause VARCHAR[], body JSON)
"""
_APPLY = f"""
INSERT INTO deployments
SELECT s.leaf, s.feed, s.seq, s.hlc, s.at, s.actor, s.type, s.subject, s.subject_sha256,
       coalesce(s.body->>'$.environment', s.body->>'$.name'), s.cause, s.body
FROM staged s WHERE s.type IN {TYPES!r}
ON CONFLICT DO NOTHING
"""  # noqa: S608 - the types are the constant above

REDUCERS = (Reducer(name="deployments", version=1, types=TYPES, tables=(_DDL,), apply=(_APPLY,)),)


def declared(catalog: Catalog, environment: str) -> dict[str, Any] | None:
    """What the last `environment.declared` of a name says."""
    row = catalog.one(
        """SELECT body FROM deployments WHERE type = 'environment.declared' AND environment = ?
           ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
        [environment],
    )
    return None if row is None or row["body"] is None else dict(json.loads(row["body"]))


def activations(catalog: Catalog, environment: str) -> list[dict[str, Any]]:
    """Activations in an environment, newest first: leaf, activation, digest, release."""
    return catalog.rows(
        """SELECT leaf, subject AS activation, digest, body->>'$.release' AS release, happened FROM deployments
           WHERE type = 'release.activated' AND environment = ? ORDER BY hlc DESC, feed DESC, seq DESC""",
        [environment],
    )


def leaf_of(catalog: Catalog, activation: str) -> str | None:
    """The leaf of the `release.activated` of an activation."""
    row = catalog.one("SELECT leaf FROM deployments WHERE type = 'release.activated' AND subject = ?", [activation])
    return None if row is None else str(row["leaf"])


def stop_in_force(catalog: Catalog, environment: str, digest: str) -> str | None:
    """The leaf of the last stop of a release in an environment that nobody has lifted, whoever ordered it."""
    row = catalog.one(
        """SELECT leaf, type FROM deployments WHERE environment = ? AND digest = ?
           AND (type IN ('service.stopped', 'service.lifted')
                OR type = 'service.guardrail-tripped' AND coalesce(body->>'$.stop', '') <> '')
           ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
        [environment, digest],
    )
    return row["leaf"] if row is not None and row["type"] != "service.lifted" else None
