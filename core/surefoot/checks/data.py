"""Whether the data are whole, as far as their profile tells: what is missing, and what their owner was warned of."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from surefoot.checks.facts import FEWEST_ROWS, Case, Finding, Measure
from surefoot.trail.canonical import Json, decimal
from surefoot.workers import Cancel, Progress

MISSING = "missing_share"
WARNINGS = "data_warnings"


class Quality:
    """The largest share of missing values in a column (the main figure), and the number of warnings."""

    kind = "data"
    version = 1
    metrics: tuple[str, ...] = (MISSING, WARNINGS)
    needs_rows = False

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Reads the profile that was made when the dataset was added; no data are read."""
        del progress, cancel  # a profile is read at once
        profile = case.ground.profile if case.ground is not None else {}
        columns = dict(shares_missing(profile))
        rows = int(str(profile.get("rows", 0)))
        if not columns:
            return Finding((Measure(MISSING, None, why="no_profile"),), rows, {})
        worst = max(columns, key=lambda name: columns[name])
        raw = profile.get("warnings")
        warned = [str(cast("Mapping[str, Any]", one)["key"]) for one in raw] if isinstance(raw, list) else []
        said = {"warnings": ", ".join(sorted(set(warned))) or "–", "count": str(len(warned))}
        measures = (
            Measure(MISSING, decimal(columns[worst]), smallest=rows, names={"column": worst}),
            # A warning is about the table as it is, however small it may be.
            Measure(WARNINGS, str(len(warned)), smallest=max(rows, FEWEST_ROWS), names=said),
        )
        evidence: dict[str, Json] = {"missing": {name: decimal(share) for name, share in columns.items()}}
        return Finding(measures, rows, {**evidence, "warnings": cast("Json", raw or [])})


def shares_missing(profile: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    """Each column of a profile with the share of its values that are missing."""
    rows = int(str(profile.get("rows", 0)))
    for name, column in columns_of(profile).items():
        yield name, int(column["missing"]) / max(rows, 1)


def columns_of(profile: Mapping[str, Json]) -> dict[str, Mapping[str, Any]]:
    """The columns of a profile by name."""
    listed = cast("list[Mapping[str, Any]]", profile.get("columns") or [])
    return {str(one["name"]): one for one in listed}


CHECK = Quality()
