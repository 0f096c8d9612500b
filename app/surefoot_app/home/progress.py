"""How far a project is on its way to a running model, read from its catalog. No Qt here.

The checklist ticks itself: a step is done when the record shows it, whoever did it, by window or command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from surefoot.workbench import Workbench

_COUNTS = "SELECT type, count(*) AS lines FROM events GROUP BY type"
_GOING = """
    SELECT run, experiment, number, state, requested_at, started_at FROM runs
    WHERE state IN ('queued', 'running', 'preempted') ORDER BY hlc DESC LIMIT 20
"""
_WAITING = """
    SELECT subject, body->>'$.name' AS name, body->>'$.version' AS version,
           EXISTS (SELECT 1 FROM release_evidence a
                   WHERE a.type = 'approval.given' AND a.subject = p.subject
                     AND NOT EXISTS (SELECT 1 FROM release_evidence w
                                     WHERE w.type = 'approval.withdrawn' AND list_contains(w.cause, a.leaf))
                  ) AS is_approved
    FROM release_evidence p
    WHERE type = 'release.proposed'
      AND NOT EXISTS (SELECT 1 FROM release_evidence a
                      WHERE a.type IN ('release.approved', 'approval.refused') AND a.subject = p.subject)
    QUALIFY row_number() OVER (PARTITION BY name, version ORDER BY hlc DESC) = 1
    ORDER BY hlc DESC LIMIT 20
"""
_LAST = "SELECT type, recorded_at FROM events ORDER BY hlc DESC LIMIT 8"
# A step, the types of lines that show it was done, and the panel where it is done.
STEPS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("data", ("asset.registered",), "datasets"),
    ("experiment", ("run.requested",), "experiments"),
    ("run", ("run.finished",), "runs"),
    ("checks", ("check.",), "checks"),
    ("release", ("release.approved",), "releases"),
    ("deployment", ("service.started",), "deployments"),
    ("audit", ("export.",), "audit"),
)


@dataclass(frozen=True, slots=True)
class Going:
    """A run that has not ended: its id, how people call it, its state, and since when."""

    run: str
    name: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release that somebody has to decide about or, once it is approved, to sign."""

    release: str
    name: str
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """What Home shows.

    Attributes:
        done: steps of the checklist. going: runs that have not ended. waiting: releases to decide about or to sign.
        last: the newest lines of the record, type and time. lines: how many there are.
    """

    done: frozenset[str]
    going: tuple[Going, ...]
    waiting: tuple[Waiting, ...]
    last: tuple[tuple[str, datetime], ...]
    lines: int

    def marked(self, steps: frozenset[str]) -> "Overview":
        """The same with steps that the record cannot show, since nothing is recorded of who only looks."""
        return replace(self, done=self.done | (steps & {"audit"}))

    @property
    def next(self) -> str:
        """The first step that is not done; empty where all are."""
        return next((step for step, _, _ in STEPS if step not in self.done), "")


def done(counts: Mapping[str, int]) -> frozenset[str]:
    """The steps that these lines show; a type that ends in a point stands for all that begin so."""
    return frozenset(
        step
        for step, marks, _ in STEPS
        if any(kind.startswith(mark) if mark.endswith(".") else kind == mark for kind in counts for mark in marks)
    )


def overview(bench: Workbench) -> Overview:
    """Asks the project's catalog; not on the GUI thread."""
    catalog = bench.catalog
    catalog.catch_up()
    counts = {row["type"]: int(row["lines"]) for row in catalog.rows(_COUNTS)}
    going = tuple(
        Going(
            row["run"], f"{row['experiment']}/{row['number']}", row["state"], row["started_at"] or row["requested_at"]
        )
        for row in catalog.rows(_GOING)
    )
    waiting = tuple(
        Waiting(row["subject"], f"{row['name']} {row['version']}", row["is_approved"]) for row in catalog.rows(_WAITING)
    )
    last = tuple((row["type"], row["recorded_at"]) for row in catalog.rows(_LAST))
    return Overview(done(counts), going, waiting, last, sum(counts.values()))
