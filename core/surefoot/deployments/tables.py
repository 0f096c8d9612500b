"""What the catalog holds for deployments: every event of activations and services as it is, and the questions.

A row is one event and never changes, so the order in which events arrive cannot matter.
"""

import json
from typing import Any

from surefoot.catalog import Catalog, Reducer
from surefoot.deployments.facts import Drill, StopInForce

TYPES = (
    "environment.declared",
    "release.activated",
    "release.rolled-back",
    "service.started",
    "service.leased",
    "service.stopped",
    "service.lifted",
    "service.guardrail-tripped",
    "service.window",
    "service.ended",
    "drill.held",
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

REDUCERS = (Reducer(name="deployments", version=3, types=TYPES, tables=(_DDL,), apply=(_APPLY,)),)


def declared(catalog: Catalog, environment: str) -> dict[str, Any] | None:
    """What the last `environment.declared` of a name says."""
    row = catalog.one(
        """SELECT body FROM deployments WHERE type = 'environment.declared' AND environment = ?
           ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
        [environment],
    )
    return None if row is None or row["body"] is None else dict(json.loads(row["body"]))


def activations(catalog: Catalog, environment: str) -> list[dict[str, Any]]:
    """Activations in an environment, newest first: leaf, activation, digest, release, name, version, happened."""
    return catalog.rows(
        """SELECT leaf, subject AS activation, digest, body->>'$.release' AS release, body->>'$.name' AS name,
                  body->>'$.version' AS version, happened FROM deployments
           WHERE type = 'release.activated' AND environment = ? ORDER BY hlc DESC, feed DESC, seq DESC""",
        [environment],
    )


def has_rolled_back(catalog: Catalog, environment: str, *, to: str) -> bool:
    """Whether an environment was ever rolled back to this release (its id)."""
    row = catalog.one(
        """SELECT 1 AS found FROM deployments
           WHERE type = 'release.rolled-back' AND environment = ? AND body->>'$.to' = ? LIMIT 1""",
        [environment, to],
    )
    return row is not None


def leaf_of(catalog: Catalog, activation: str) -> str | None:
    """The leaf of the `release.activated` of an activation."""
    row = catalog.one("SELECT leaf FROM deployments WHERE type = 'release.activated' AND subject = ?", [activation])
    return None if row is None else str(row["leaf"])


def stops_in_force(catalog: Catalog, environment: str) -> tuple[StopInForce, ...]:
    """The last stop of each release in an environment that nobody has lifted, whoever ordered it; newest first."""
    rows = catalog.rows(
        """SELECT s.leaf, s.type, s.subject, s.digest, s.body, s.actor, s.happened, a.leaf AS activation
           FROM deployments s
           LEFT JOIN deployments a ON a.type = 'release.activated' AND list_contains(s.cause, a.leaf)
           WHERE s.environment = ?
           AND (s.type IN ('service.stopped', 'service.lifted')
                OR s.type = 'service.guardrail-tripped' AND coalesce(s.body->>'$.stop', '') <> '')
           QUALIFY row_number() OVER (PARTITION BY s.digest ORDER BY s.hlc DESC, s.feed DESC, s.seq DESC) = 1
           ORDER BY s.hlc DESC, s.feed DESC, s.seq DESC""",
        [environment],
    )
    return tuple(_stop(row) for row in rows if row["type"] != "service.lifted")


def stop_in_force(catalog: Catalog, environment: str, digest: str) -> StopInForce | None:
    """The stop of a release in an environment that nobody has lifted."""
    return next((stop for stop in stops_in_force(catalog, environment) if stop.digest == digest), None)


def last_drill(catalog: Catalog, environment: str) -> Drill | None:
    """The last drill in an environment, with its seconds."""
    row = catalog.one(
        """SELECT happened, body FROM deployments WHERE type = 'drill.held' AND environment = ?
           ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1""",
        [environment],
    )
    if row is None or row["body"] is None:
        return None
    body, at = json.loads(row["body"]), row["happened"].isoformat(timespec="milliseconds") + "Z"
    return Drill(environment, at, str(body.get("stop_seconds", "")), body.get("lift_seconds"))


def _stop(row: dict[str, Any]) -> StopInForce:
    body = json.loads(row["body"] or "{}")
    said = {name: str(body.get(name, "")) for name in ("release", "name", "version", "stop")}
    when = row["happened"].isoformat() + "Z"
    return StopInForce(
        row["leaf"], row["activation"] or "", row["subject"], row["digest"], **said, by=row["actor"], at=when
    )
