"""What the catalog holds for releases, and the questions asked of it.

`release_evidence` keeps the events that a release rests on or consists of, as they are: data, runs, models, checks,
policies, waivers, proposals, decisions. A row is one event and never changes, so the order in which events arrive
cannot matter; states (in force, approved, newest) are questions over rows. (hlc, feed, seq) orders them.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from surefoot.catalog import Catalog, Reducer
from surefoot.releases.facts import RecordedEvent

_NOUNS = {
    "asset": "registered derived",
    "run": "requested started finished failed interrupted cancelled lost preempted",
    "model": "accepted refused",
    "check": "passed close failed undetermined",
    "policy": "adopted loosened",
    "waiver": "given ended",
    "approval": "given refused withdrawn",
    "release": "proposed approved activated rolled-back retired",
}
TYPES = tuple(f"{noun}.{verb}" for noun, verbs in _NOUNS.items() for verb in verbs.split())

_TABLE = """
CREATE TABLE release_evidence (
    leaf VARCHAR PRIMARY KEY, feed VARCHAR NOT NULL, seq BIGINT NOT NULL, hlc BIGINT NOT NULL, "at" TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL, role VARCHAR NOT NULL, type VARCHAR NOT NULL, subject VARCHAR, subject_sha256 VARCHAR,
    cause VARCHAR[], body JSON, is_self BOOLEAN)
"""
_APPLY = """
INSERT INTO release_evidence
SELECT s.leaf, s.feed, s.seq, s.hlc, s.at, s.actor, s.role, s.type, s.subject, s.subject_sha256, s.cause, s.body,
       s.is_self
FROM staged s
WHERE split_part(s.type, '.', 1) IN ('asset', 'run', 'model', 'check', 'policy', 'waiver', 'approval', 'release')
"""

REDUCERS = (Reducer(name="releases", version=1, types=TYPES, tables=(_TABLE,), apply=(_APPLY,)),)


def by_leaves(catalog: Catalog, leaves: Sequence[str]) -> tuple[RecordedEvent, ...]:
    """The events of these names, oldest first."""
    sql = "SELECT * FROM release_evidence WHERE list_contains(?::VARCHAR[], leaf) ORDER BY hlc, feed, seq"
    return tuple(_event(row) for row in catalog.rows(sql, [list(leaves)]))


def newest(catalog: Catalog, kind: str) -> RecordedEvent | None:
    """The newest event of a type."""
    sql = "SELECT * FROM release_evidence WHERE type = ? ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1"
    return _one(catalog, sql, [kind])


def count(catalog: Catalog, kind: str) -> int:
    """How many events of a type there are."""
    row = catalog.one("SELECT count(*) AS n FROM release_evidence WHERE type = ?", [kind])
    return 0 if row is None else int(row["n"])


def resting_on(catalog: Catalog, leaf: str, kind: str) -> tuple[RecordedEvent, ...]:
    """The events that name this one as a cause, newest first; `kind` is a type or, with `.%` at its end, a noun."""
    sql = """
        SELECT * FROM release_evidence WHERE list_contains(cause, ?) AND type LIKE ?
        ORDER BY hlc DESC, feed DESC, seq DESC
    """
    return tuple(_event(row) for row in catalog.rows(sql, [leaf, kind]))


def of_type(catalog: Catalog, kind: str) -> tuple[RecordedEvent, ...]:
    """All events of a type, newest first."""
    sql = "SELECT * FROM release_evidence WHERE type = ? ORDER BY hlc DESC, feed DESC, seq DESC"
    return tuple(_event(row) for row in catalog.rows(sql, [kind]))


def accepted_model(catalog: Catalog, ref: str) -> RecordedEvent | None:
    """The newest accepted model of that id or SHA-256, or that this run made."""
    sql = """
        SELECT * FROM release_evidence
        WHERE type = 'model.accepted' AND (subject = $ref OR subject_sha256 = $ref OR body->>'$.run' = $ref)
        ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1
    """
    return _one(catalog, sql, {"ref": ref})


def refusal(catalog: Catalog, model: RecordedEvent) -> RecordedEvent | None:
    """A refusal of the same model bytes that is newer than its acceptance."""
    sql = """
        SELECT r.* FROM release_evidence r JOIN release_evidence a ON a.leaf = $leaf
        WHERE r.type = 'model.refused' AND r.subject_sha256 = a.subject_sha256
          AND (r.hlc, r.feed, r.seq) > (a.hlc, a.feed, a.seq)
        ORDER BY r.hlc DESC, r.feed DESC, r.seq DESC LIMIT 1
    """
    return _one(catalog, sql, {"leaf": model.leaf})


def checked_kinds(catalog: Catalog) -> frozenset[str]:
    """Every kind of check that was ever run in the project, on whichever model."""
    sql = "SELECT DISTINCT body->>'$.kind' AS kind FROM release_evidence WHERE type LIKE 'check.%'"
    return frozenset(str(row["kind"]) for row in catalog.rows(sql))


def proposals(catalog: Catalog, ref: str) -> tuple[RecordedEvent, ...]:
    """The proposals that a reference can mean, newest first: an id, a digest, `name`, or `name@version`."""
    name, _, version = ref.partition("@")
    sql = """
        SELECT * FROM release_evidence
        WHERE type = 'release.proposed' AND (subject = $ref OR subject_sha256 = $ref
           OR (body->>'$.name' = $name AND ($version = '' OR body->>'$.version' = $version)))
        ORDER BY hlc DESC, feed DESC, seq DESC
    """
    found = catalog.rows(sql, {"ref": ref, "name": name, "version": version})
    return tuple(_event(row) for row in found)


def _one(catalog: Catalog, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> RecordedEvent | None:
    row = catalog.one(sql, params)
    return None if row is None else _event(row)


def _event(row: Mapping[str, Any]) -> RecordedEvent:
    body = row["body"]
    at: datetime = row["at"]
    return RecordedEvent(
        leaf=row["leaf"],
        type=row["type"],
        at=at.isoformat(timespec="milliseconds") + "Z",
        actor=row["actor"],
        role=row["role"],
        subject=row["subject"] or "",
        sha256=row["subject_sha256"] or "",
        cause=tuple(row["cause"] or ()),
        body=json.loads(body) if isinstance(body, str) else (body or {}),
        is_self=bool(row["is_self"]),
    )
