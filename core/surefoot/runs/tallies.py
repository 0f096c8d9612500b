"""How far each experiment is: its runs counted, and the best of them by one metric."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from surefoot.catalog import Catalog
from surefoot.experiments.facts import Criterion

_COUNTS = """
    SELECT experiment, count(*) AS runs, count(*) FILTER (state IN ('queued', 'running', 'preempted')) AS going,
           count(*) FILTER (meets) AS met, max(requested_at) AS last
    FROM runs GROUP BY experiment
"""
_BEST = """
    SELECT run, number, metric_text[$metric] AS figure FROM runs
    WHERE experiment = $experiment AND state = 'finished' AND metric[$metric] IS NOT NULL
    ORDER BY metric[$metric] * $sign DESC, hlc LIMIT 1
"""
_WAITING = "SELECT count(*) AS runs FROM runs WHERE state IN ('queued', 'running', 'preempted')"


@dataclass(frozen=True, slots=True)
class Best:
    """The best run by a criterion's metric: its id, its number, and the figure as it was recorded."""

    run: str
    number: int
    figure: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How far an experiment is.

    Attributes:
        runs: how many were asked for. going: of them have not ended. met: met what was asked of them.
        last: when one was asked for last, UTC; None where none was.
    """

    runs: int = 0
    going: int = 0
    met: int = 0
    last: datetime | None = None


def tallies(catalog: Catalog) -> Mapping[str, Tally]:
    """How far each experiment is, by its name."""
    return {
        row["experiment"]: Tally(int(row["runs"]), int(row["going"]), int(row["met"]), row["last"])
        for row in catalog.rows(_COUNTS)
    }


def best(catalog: Catalog, experiment: str, criterion: Criterion) -> Best | None:
    """The finished run of an experiment that is best by a criterion's metric; None where none has it."""
    sign = 1 if criterion.rule == "at_least" else -1
    row = catalog.one(_BEST, {"experiment": experiment, "metric": criterion.metric, "sign": sign})
    return Best(row["run"], int(row["number"]), row["figure"]) if row else None


def not_ended(catalog: Catalog) -> int:
    """How many runs of the whole project are going or waiting."""
    row = catalog.one(_WAITING)
    return int(row["runs"]) if row else 0
