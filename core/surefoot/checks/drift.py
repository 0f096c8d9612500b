"""Whether the data still look like those of the version before, by what was recorded of both: no data are read.

The population stability index sums (now − then) · ln(now / then) over the parts of a column's distribution (Siddiqi,
Credit Risk Scorecards, 2006): below 0.1 little, from 0.2 much has moved. The parts are the values of a column that has
few, else the tenths of the earlier version. Beside it stands the Kolmogorov–Smirnov distance of columns of numbers,
with what two samples of these sizes show by chance in 5 of 100 cases (Smirnov, Annals of Mathematical Statistics 19,
1948), from the same profiles: `datasets.comparing` says how.
"""

import math
from collections.abc import Mapping, Sequence

from surefoot.checks.data import columns_of, shares_missing
from surefoot.checks.facts import Case, Finding, Limit, Measure
from surefoot.datasets.comparing import distance, stability
from surefoot.trail.canonical import Json, decimal
from surefoot.workers import Cancel, Progress

INDEX = "stability_index"
DISTANCE = "ks_distance"
MISSING = "missing_change"
COLUMNS = "columns_changed"
LIMIT = Limit("at_most", "0.2", "check")
_NAMED = 5
_NUMBERS = {"integer", "number"}
_BY_CHANCE = 1.358  # the 95 % point of Kolmogorov's distribution


class Drift:
    """The largest stability index of a column (the main figure) and distance of numbers, and what changed besides.

    That is the share of missing values, and the columns.
    """

    kind = "drift"
    version = 2
    metrics: tuple[str, ...] = (INDEX, DISTANCE, MISSING, COLUMNS)
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
        return _compared(then, now)


def _apart(then: Mapping[str, Json], now: Mapping[str, Json]) -> dict[str, float]:
    """How the share of missing values has changed, by column."""
    before, after = dict(shares_missing(then)), dict(shares_missing(now))
    return {name: after[name] - before[name] for name in after if name in before}


def _compared(before: Mapping[str, Json], after: Mapping[str, Json]) -> Finding:
    then, now, missing = columns_of(before), columns_of(after), _apart(before, after)
    counts = [int(str(one.get("rows", 0))) for one in (before, after)]
    alike = [name for name in now if name in then and now[name]["type"] == then[name]["type"]]
    moved = _known({name: stability(then[name], now[name]) for name in alike})
    distances = _known({name: distance(then[name], now[name]) for name in alike if now[name]["type"] in _NUMBERS})
    other = sorted((set(now) ^ set(then)) | (set(now) & set(then)) - set(alike))
    measures = [
        _largest(INDEX, moved, counts) if moved else Measure(INDEX, None, why="no_column"),
        *([_largest(DISTANCE, distances, counts, chance=_by_chance(counts))] if distances else []),
        *([_largest(MISSING, missing, counts)] if missing else []),
    ]
    names = {
        "columns": ", ".join(other[:_NAMED]) + (", …" if len(other) > _NAMED else "") or "–",
        "count": str(len(other)),
    }
    measures.append(Measure(COLUMNS, str(len(other)), smallest=min(counts), names=names))
    evidence: dict[str, Json] = {
        "stability_index": {name: decimal(index) for name, index in moved.items()},
        "ks_distance": {name: decimal(apart) for name, apart in distances.items()},
        "not_comparable": sorted(set(alike) - set(moved)),
        "columns_changed": list(other),
        "missing_change": {name: decimal(change) for name, change in missing.items()},
    }
    return Finding(tuple(measures), min(counts), evidence, {INDEX: LIMIT})


def _known(found: Mapping[str, float | None]) -> dict[str, float]:
    return {name: figure for name, figure in found.items() if figure is not None}


def _largest(metric: str, by_column: Mapping[str, float], counts: Sequence[int], **names: str) -> Measure:
    """The column with the largest figure, whichever its sign."""
    worst = max(by_column, key=lambda name: abs(by_column[name]))
    return Measure(metric, decimal(abs(by_column[worst])), smallest=min(counts), names={"column": worst, **names})


def _by_chance(counts: Sequence[int]) -> str:
    """In percent, the distance that two samples of one distribution exceed in 5 of 100 cases."""
    reach = _BY_CHANCE * math.sqrt(sum(1 / max(count, 1) for count in counts))
    return f"{100 * min(1.0, reach):.1f}"


CHECK = Drift()
