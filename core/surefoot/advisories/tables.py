"""Imported lists in the catalog: a row for each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from surefoot.advisories.facts import Listing
from surefoot.catalog import Catalog, Reducer

KIND = "advisories"
_NEWEST = "SELECT * FROM advisory_lists ORDER BY hlc DESC, feed DESC, seq DESC LIMIT 1"

REDUCERS = (
    Reducer(
        name="advisories",
        version=1,
        types=("asset.received",),
        tables=(
            """CREATE TABLE advisory_lists (
                id VARCHAR, sha256 VARCHAR, name VARCHAR, source VARCHAR, date VARCHAR, records BIGINT, packages BIGINT,
                received_at TIMESTAMP, hlc BIGINT, feed VARCHAR, seq BIGINT, leaf VARCHAR)""",
        ),
        apply=(
            """INSERT INTO advisory_lists
               SELECT s.subject, s.subject_sha256, s.body->>'$.source.name', s.body->>'$.source.sha256',
                      s.body->>'$.date', try_cast(s.body->>'$.records' AS BIGINT),
                      try_cast(s.body->>'$.packages' AS BIGINT), s.at, s.hlc, s.feed, s.seq, s.leaf
               FROM staged s WHERE s.type = 'asset.received' AND s.body->>'$.kind' = 'advisories'""",
        ),
    ),
)


def newest(catalog: Catalog) -> Listing | None:
    """The list that was imported last."""
    row = catalog.one(_NEWEST, [])
    return None if row is None else _listing(row)


def _listing(row: Mapping[str, Any]) -> Listing:
    at: datetime = row["received_at"]
    return Listing(
        id=row["id"],
        leaf=row["leaf"],
        at=at.isoformat(timespec="milliseconds") + "Z",
        name=row["name"] or "",
        source=row["source"] or "",
        sha256=row["sha256"],
        date=row["date"] or "",
        records=row["records"] or 0,
        packages=row["packages"] or 0,
    )
