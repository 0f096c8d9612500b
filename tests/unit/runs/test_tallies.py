"""Runs are counted by experiment, and the best is the best in the direction of its criterion."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from surefoot.catalog import Catalog
from surefoot.experiments.facts import Criterion
from surefoot.runs import tables
from surefoot.runs.tallies import best, not_ended, tallies
from surefoot.trail.facts import Event
from tests.fakes.catalog import FakeSource, event

HIGH, LOW = Criterion("auc", "at_least", Decimal("0.7")), Criterion("auc", "at_most", Decimal("0.7"))


def asked(run: str, seq: int, experiment: str) -> Event:
    return event("run.requested", run, seq=seq, body={"experiment": experiment, "number": seq + 1, "parameters": {}})


def ended(run: str, seq: int, auc: str, *, kind: str = "finished", meets: bool = True) -> Event:
    body: dict[str, Any] = {"metrics": {"auc": {"last": auc}}, "verdict": {"meets": meets}}
    return event(f"run.{kind}", run, feed="b", seq=seq, body=body)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    log = [asked(f"run_{place}", place, "credit" if place < 5 else "churn") for place in range(7)]
    figures = ["0.71", "0.9", "NaN", "0.95"]
    kinds = ["finished", "finished", "finished", "failed"]
    log += [
        ended(f"run_{place}", place, figure, kind=kind, meets=place == 1)
        for place, (figure, kind) in enumerate(zip(figures, kinds, strict=True))
    ]
    with Catalog.open(tmp_path / "catalog", FakeSource(log), tables.REDUCERS) as catalog:
        yield catalog


def test_runs_are_counted_by_experiment(catalog: Catalog) -> None:
    found = tallies(catalog)
    assert {name: (one.runs, one.going, one.met) for name, one in found.items()} == {
        "credit": (5, 1, 1), "churn": (2, 2, 0)
    }  # fmt: skip
    assert all(one.last is not None for one in found.values())
    assert not_ended(catalog) == 3


def test_the_best_run_has_finished_and_told_a_figure(catalog: Catalog) -> None:
    highest, lowest = best(catalog, "credit", HIGH), best(catalog, "credit", LOW)
    assert highest is not None
    assert (highest.number, highest.figure) == (2, "0.9")
    assert lowest is not None
    assert (lowest.number, lowest.figure) == (1, "0.71")


def test_where_no_run_told_the_metric_there_is_no_best(catalog: Catalog) -> None:
    assert best(catalog, "churn", HIGH) is None
    assert best(catalog, "credit", Criterion("f1", "at_least", Decimal(0))) is None
