"""Dataset versions in the catalog: a row an event, and a view of what is current."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from surefoot.catalog import Catalog, Reducer
from surefoot.datasets.facts import DatasetVersion

_LISTS = ("columns", "key", "protected", "special", "sources")

REDUCERS = (
    Reducer(
        name="datasets",
        version=1,
        types=("asset.registered",),
        tables=(
            """CREATE TABLE dataset_events (
                hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR, recorded_at TIMESTAMP, dataset VARCHAR,
                version VARCHAR, name VARCHAR, number BIGINT, kind VARCHAR, rows BIGINT, storage VARCHAR, body JSON)""",
            # The same version registered again carries new facts (a permission renewed); the last one holds.
            """CREATE VIEW dataset_versions AS
               SELECT * FROM dataset_events
               QUALIFY row_number() OVER (PARTITION BY dataset, version ORDER BY hlc DESC, feed DESC, seq DESC) = 1""",
        ),
        apply=(
            """INSERT INTO dataset_events
               SELECT s.hlc, s.feed, s.seq, s.leaf, s.at, s.subject, s.subject_sha256, s.body->>'$.name',
                      CAST(s.body->>'$.number' AS BIGINT), s.body->>'$.kind', CAST(s.body->>'$.rows' AS BIGINT),
                      s.body->>'$.storage', s.body
               FROM staged s WHERE s.type = 'asset.registered' AND s.body->>'$.manifest' IS NOT NULL""",
        ),
    ),
)


def all_versions(catalog: Catalog) -> list[DatasetVersion]:
    """Every version of every dataset, by name and number."""
    rows = catalog.rows("SELECT * FROM dataset_versions ORDER BY name, number, hlc, feed, seq")
    return [_version(row) for row in rows]


def versions_of(catalog: Catalog, dataset: str) -> list[DatasetVersion]:
    """The versions of one dataset, by its id or its name, in order."""
    rows = catalog.rows(
        """SELECT * FROM dataset_versions WHERE dataset = $1 OR name = $1 ORDER BY number, hlc, feed, seq""", [dataset]
    )
    return [_version(row) for row in rows]


def names(catalog: Catalog) -> list[str]:
    """The names there are."""
    return [row["name"] for row in catalog.rows("SELECT DISTINCT name FROM dataset_versions ORDER BY name")]


def _version(row: Mapping[str, Any]) -> DatasetVersion:
    return from_body(
        json.loads(row["body"]),
        id=row["dataset"],
        version=row["version"],
        leaf=row["leaf"],
        recorded_at=row["recorded_at"].isoformat(timespec="milliseconds") + "Z",
    )


def from_body(body: Mapping[str, Any], **known: str) -> DatasetVersion:
    """The version that an event's details describe; `known` is what stands in its line."""
    values: dict[str, Any] = {one.name: body.get(one.name) for one in fields(DatasetVersion) if one.name not in known}
    values |= {name: tuple(body.get(name) or ()) for name in _LISTS}
    return DatasetVersion(**values, **cast("dict[str, Any]", known))
