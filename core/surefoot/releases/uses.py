"""Which runs and releases rest on which version of a dataset, as the record tells it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from surefoot.catalog import Catalog

_ASKED = """
    WITH asked AS (
        SELECT subject AS run, body->>'$.experiment' AS experiment, body->>'$.number' AS number, hlc,
               unnest(cause) AS leaf
        FROM release_evidence WHERE type = 'run.requested'
    ), data AS (
        SELECT leaf, subject AS dataset, subject_sha256 AS version FROM release_evidence
        WHERE type = 'asset.registered'
    )
"""
_COUNTS = f"""
    {_ASKED} SELECT dataset, version, count(DISTINCT run) AS runs FROM asked JOIN data USING (leaf) GROUP BY ALL
"""  # noqa: S608 - texts of our own
_RUNS = f"""
    {_ASKED} SELECT run, experiment, number FROM asked JOIN data USING (leaf)
    WHERE dataset = $dataset AND version = $version ORDER BY hlc DESC LIMIT $most
"""  # noqa: S608 - texts of our own
_RELEASES = """
    SELECT p.subject AS release, p.body->>'$.name' AS name, p.body->>'$.version' AS number, d.value->>'$' AS version,
           EXISTS (SELECT 1 FROM release_evidence a WHERE a.type = 'release.approved' AND a.subject = p.subject)
           AS is_signed
    FROM release_evidence p, json_each(p.body, '$.identity.data') d
    WHERE p.type = 'release.proposed' ORDER BY p.hlc DESC
"""


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a version is used: by runs that were asked for, and by releases."""

    runs: int = 0
    releases: int = 0


@dataclass(frozen=True, slots=True)
class User:
    """A run or a release that rests on a version.

    Attributes:
        id: its own. name: how people call it. is_signed: of a release, whether it was signed.
    """

    id: str
    name: str
    is_signed: bool = False


@dataclass(frozen=True, slots=True)
class Users:
    """The newest runs that were asked for on a version, and all releases that rest on it."""

    runs: tuple[User, ...] = ()
    releases: tuple[User, ...] = ()


def counted(catalog: Catalog) -> Mapping[tuple[str, str], Uses]:
    """How often each version is used, by the dataset's id and the version's digest; unused ones are left out."""
    runs = {(row["dataset"], row["version"]): int(row["runs"]) for row in catalog.rows(_COUNTS)}
    resting: dict[str, set[str]] = defaultdict(set)
    for row in catalog.rows(_RELEASES):
        resting[row["version"]].add(row["release"])
    return {key: Uses(count, len(resting[key[1]])) for key, count in runs.items()}


def users(catalog: Catalog, dataset: str, version: str, *, most: int = 50) -> Users:
    """Who uses a version.

    Args:
        catalog: caught up.
        dataset: its dataset's id.
        version: the digest that names it.
        most: runs that are listed.
    """
    asked = catalog.rows(_RUNS, {"dataset": dataset, "version": version, "most": most})
    runs = tuple(User(row["run"], f"{row['experiment']}/{row['number']}") for row in asked)
    found = {
        row["release"]: User(row["release"], f"{row['name']} {row['number']}", bool(row["is_signed"]))
        for row in catalog.rows(_RELEASES)
        if row["version"] == version
    }
    return Users(runs, tuple(found.values()))
