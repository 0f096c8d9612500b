"""The list of runs with the comparison, and the page of one run."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from surefoot.errors import Code, InputRefusedError
from surefoot.runs.facts import Run
from surefoot.runs.listing import Known, Order
from surefoot.runs.telling import criteria, reason
from surefoot.texts import Words
from surefoot_app.runs import acts
from surefoot_app.runs.asking import Listed, View, goals_of
from surefoot_app.runs.choice import choice
from surefoot_app.runs.comparing import Unlike, sample
from surefoot_app.runs.page import RunsPage
from surefoot_app.runs.telling import Said, Whole
from surefoot_app.shell.desk import Desk
from tests.fakes.runs import a_run

NOW = datetime.now(UTC)
NAMES = ("credit", "credit-small", "churn-of-customers-in-the-second-year", "credit-fair")
LIMITS = {"auc": ("at_least", "0.75"), "gap": ("at_most", "0.05")}


def made_run(place: int, **values: Any) -> Run:
    """An invented run that looks like a true one."""
    state = {3: "failed", 1: "running", 17: "queued", 11: "interrupted"}.get(place, "finished")
    auc, gap = 0.71 + 0.1 * abs(math.sin(place * 1.7)), 0.02 + 0.06 * abs(math.cos(place * 2.3))
    figures = {"auc": auc, "gap": gap, "loss": 1 - auc}
    judged = [
        {"metric": name, "rule": rule, "limit": limit, "value": str(figures[name]),
         "meets": (figures[name] >= float(limit)) if rule == "at_least" else figures[name] <= float(limit)}
        for name, (rule, limit) in LIMITS.items()
    ]  # fmt: skip
    is_done = state == "finished"
    usual: dict[str, Any] = {
        "run": f"run_{place:026}", "experiment": NAMES[place % 4], "number": 41 + place, "state": state,
        "meets": all(each["meets"] for each in judged) if is_done else None, "seed": 20260101 + place, "repeat": 1,
        "executor": "local", "requested_at": NOW - timedelta(minutes=9 * place + 2), "requested_by": "per_1",
        "started_at": None if state == "queued" else NOW - timedelta(minutes=9 * place + 1),
        "ended_at": NOW - timedelta(minutes=9 * place) if is_done else None,
        "seconds": str(12 + place * 3.7 % 90) if state not in {"queued", "running"} else None, "plan": "9f86d081" * 8,
        "code": "60303ae2" * 8, "commit": "fd61a03af4f77d870fc21e05e7e80678095c92d8", "found": "ab54d286" * 8,
        "metrics": {name: {"last": repr(value)} for name, value in figures.items()} if is_done else {},
        "parameters": {"depth": 2 + place % 7, "rate": f"{0.01 * (1 + place % 9):.2f}", "trees": 20 + 10 * (place % 5)},
        "verdict": {"criteria": judged} if is_done else {},
        "why": "exit-code" if state == "failed" else None, "exit_code": 1 if state == "failed" else 0,
        "peak_memory": 314_572_800, "outputs": {"model.onnx": {"sha256": "2c26b46b" * 8, "size": 48_211}},
        "body": {"data": {"train": {"id": "dat_01jx3", "number": 3, "version": "11" * 32}}},
    }  # fmt: skip
    return a_run(**{**usual, **values})


def listed(runs: Sequence[Run], total: int = 0) -> Listed:
    """An answer with these runs."""
    known = Known(("auc", "gap", "loss"), ("depth", "rate", "trees"))
    count = total or len(runs)
    return Listed(Order(np.arange(count, dtype=np.int64)), 0, runs, count, known, goals_of(runs))


def course(run: Run) -> Mapping[str, Sequence[tuple[float, float]]]:
    """An invented course of its AUC."""
    top, pace = float(run.metrics["auc"]["last"]), 5 + run.number % 11
    return {"auc": [(x, top - 0.2 * math.exp(-x / pace) + 0.002 * math.sin(x * pace)) for x in range(1, 60)]}


RUNS = [made_run(place) for place in range(200)]


def _filled(desk: Desk, pins: Sequence[int] = (4, 6, 9, 14)) -> RunsPage:
    page = RunsPage(desk)
    page.list.source.spans["auc"] = (0.7, 0.82)
    page.list.source.show(listed(RUNS, 100_000))
    page.compare.show_sample(sample(RUNS, 100_000))
    page.list.model.set_live({RUNS[1].run: {"auc": 0.7312, "gap": 0.0411}})
    for place in pins:
        choice(desk).pin(RUNS[place])
    page.compare.show_curves({RUNS[place].run: course(RUNS[place]) for place in pins})
    return page


def _full(desk: Desk) -> QWidget:
    return _filled(desk)


def _trade(desk: Desk) -> QWidget:
    page = _filled(desk)
    page.compare.segments.choose("trade")
    page.compare.refresh()
    return page


def _told(words: Words, *values: str) -> tuple[str, ...]:
    return tuple(words.decimal(value) for value in values)


def _difference(desk: Desk) -> QWidget:
    page = _filled(desk)
    page.compare.segments.choose("difference")
    page.compare.refresh()
    words = desk.words
    page.compare.difference.show_rows(
        [
            Unlike(words.term("difference", "parameter"), "depth", ("6", "8", "4", "2")),
            Unlike(words.term("difference", "parameter"), "rate", _told(words, "0.05", "0.07", "0.01", "0.06")),
            Unlike(words.term("difference", "code"), "train.py", ("2c26b46b", "9f86d081", "2c26b46b", "–")),
            Unlike(words.term("difference", "metric"), "auc", _told(words, "0.7644", "0.7810", "0.7402", "0.7999")),
        ]
    )
    return page


def _none(desk: Desk) -> QWidget:
    page = RunsPage(desk)
    page.list.source.show(listed([]))
    return page


def _no_match(desk: Desk) -> QWidget:
    page = RunsPage(desk)
    page.list.source.view = View("auc > 0.99")
    page.list.filter.setText("auc > 0.99")
    found = listed(RUNS)
    page.list.source.show(Listed(Order(np.arange(0)), 0, [], 200, found.known, ()))
    return page


def _wrong(desk: Desk) -> QWidget:
    page = _filled(desk, ())
    page.list.source.view = View("auk > 0.9")
    page.list.filter.setText("auk > 0.9")
    error = InputRefusedError(Code.FILTER_NAME, text="auk > 0.9", name="auk", place=1, near="metric.auc")
    page.list.source.refused.emit(error)
    return page


def _one(run: Run, said: str, *, is_busy: bool = False) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        if is_busy:
            acts.check(desk, run)
        page = RunsPage(desk)
        page.show_object("run", run.run)
        page.heading.setText(run.name)
        words = desk.words
        checks = (
            [(words.term("kind", "accuracy"), "passed"), (words.term("kind", "fairness"), "failed"),
             (words.term("kind", "privacy"), "close"), (words.term("kind", "stress"), "")]
            if run.state == "finished" else []
        )  # fmt: skip
        curves = course(run) if run.metrics else {}
        page.run.show_run(Whole(run, curves, criteria(run, words), reason(run, words), checks))
        page.run.show_log(Said(said, len(said)))
        return page

    return build


_LOG = "\n".join(f"epoch {place}: auc {0.7 + place / 1000:.4f}" for place in range(40))

STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("runs-loading", RunsPage),
    ("runs-none", _none),
    ("runs-no-match", _no_match),
    ("runs-wrong-filter", _wrong),
    ("runs-full", _full),
    ("runs-trade-offs", _trade),
    ("runs-difference", _difference),
    ("runs-one", _one(RUNS[4], _LOG)),
    ("runs-one-busy", _one(RUNS[4], _LOG, is_busy=True)),
    ("runs-one-failed", _one(RUNS[3], "Traceback (most recent call last):\n  ValueError: no rows\n")),
)
