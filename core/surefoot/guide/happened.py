"""What lessons are due after, and what they can be tried on: asked of a project's record."""

from collections.abc import Mapping

from surefoot.workbench import Workbench

_TYPES = "SELECT DISTINCT type FROM events"
_CHECKS = "SELECT DISTINCT state, kind FROM checks"
_RUN = """
    SELECT r.experiment, r.number FROM runs r
    ORDER BY EXISTS (SELECT 1 FROM checks c WHERE c.run = r.run) DESC, r.hlc DESC LIMIT 1
"""
_RELEASE = """
    SELECT body->>'$.name' AS name, body->>'$.version' AS version FROM release_evidence
    WHERE type = 'release.proposed' ORDER BY hlc DESC LIMIT 1
"""


def happened(bench: Workbench) -> frozenset[str]:
    """The types of events on the record; those of checks also with their kind, as `check.failed:privacy`."""
    bench.catalog.catch_up()
    types = {row["type"] for row in bench.catalog.rows(_TYPES)}
    return frozenset(types | {f"check.{row['state']}:{row['kind']}" for row in bench.catalog.rows(_CHECKS)})


def own(bench: Workbench) -> Mapping[str, str]:
    """The newest of what an act may name: `run` (one that was checked, if any), `release`, `dataset`; none left out."""
    found = {}
    if run := bench.catalog.one(_RUN):
        found["run"] = f"{run['experiment']}/{run['number']}"
    if release := bench.catalog.one(_RELEASE):
        found["release"] = f"{release['name']}@{release['version']}"
    if datasets := bench.datasets.list():
        found["dataset"] = datasets[0].name
    return found
