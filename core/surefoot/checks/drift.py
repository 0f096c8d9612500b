"""Whether the data still look like those of the version before, by what was recorded of both: no data are read.

The population stability index sums (now − then) · ln(now / then) over the parts of a column's distribution (Siddiqi,
Credit Risk Scorecards, 2006): below 0.1 little, from 0.2 much has moved. The parts are the values of a column that has
few, else the tenths of the earlier version.
"""

from collections.abc import Mapping
from typing import Any

from surefoot.checks.data import columns_of, shares_missing
from surefoot.checks.facts import Case, Finding, Limit, Measure
from surefoot.datasets.comparing import stability
from surefoot.trail.canonical import Json, decimal
from surefoot.workers import Cancel, Progress

INDEX = "stability_index"
MISSING = "missing_change"
COLUMNS = "columns_changed"
LIMIT = Limit("at_most", "0.2", "check")
_NAMED = 5


class Drift:
    """The largest stability index of a column (the main figure), and what changed in missing values and in columns."""

    kind = "drift"
    version = 1
    metrics: tuple[str, ...] = (INDEX, MISSING, COLUMNS)
    needs_rows = False

    def applies(self, case: Case) -> bool:
        """From the second version on."""
        return case.ground is not None and case.ground.before is not None

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Compares the profiles of this version and the one before."""
        del progress, cancel  # two profiles are compared at once
        now, then = ({}, None) if case.ground is None else (case.ground.profile, case.ground.before)
        if not now or not then:
            why = "first" if then is None else "no_profile"
            return Finding((Measure(INDEX, None, why=why),), 0, {})
        rows = min(int(str(one.get("rows", 0))) for one in (now, then))
        return _compared(columns_of(then), columns_of(now), _apart(then, now), rows)


def _apart(then: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, float]:
    """How the share of missing values has changed, by column."""
    before, after = dict(shares_missing(then)), dict(shares_missing(now))
    return {name: after[name] - before[name] for name in after if name in before}


def _compared(
    then: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]], missing: Mapping[str, float], rows: int
) -> Finding:
    alike = [name for name in now if name in then and now[name]["type"] == then[name]["type"]]
    found = {name: stability(then[name], now[name]) for name in alike}
    moved = {name: index for name, index in found.items() if index is not None}
    other = sorted((set(now) ^ set(then)) | (set(now) & set(then)) - set(alike))
    measures = []
    if moved:
        worst = max(moved, key=lambda name: moved[name])
        measures.append(Measure(INDEX, decimal(moved[worst]), smallest=rows, names={"column": worst}))
    else:
        measures.append(Measure(INDEX, None, why="no_column"))
    if missing:
        worst = max(missing, key=lambda name: abs(missing[name]))
        measures.append(Measure(MISSING, decimal(abs(missing[worst])), smallest=rows, names={"column": worst}))
    names = {
        "columns": ", ".join(other[:_NAMED]) + (", …" if len(other) > _NAMED else "") or "–",
        "count": str(len(other)),
    }
    measures.append(Measure(COLUMNS, str(len(other)), smallest=rows, names=names))
    evidence: dict[str, Json] = {
        "stability_index": {name: decimal(index) for name, index in moved.items()},
        "not_comparable": sorted(set(alike) - set(moved)),
        "columns_changed": list(other),
        "missing_change": {name: decimal(change) for name, change in missing.items()},
    }
    return Finding(tuple(measures), rows, evidence, {INDEX: LIMIT})


CHECK = Drift()
