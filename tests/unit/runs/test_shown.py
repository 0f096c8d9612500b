"""A run from the catalog is decoded part by part, and is in every other way the value that it stands for."""

import copy
import pickle
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path

import pytest

from surefoot.catalog import Catalog
from surefoot.runs import tables
from surefoot.runs.facts import Run
from surefoot.trail.facts import Event
from tests.fakes.catalog import FakeSource, assert_order_free, event

REQUEST = {"experiment": "x", "number": 1, "seed": 7, "repeat": 2, "parameters": {"depth": 3, "note": "a\nb"}}
END = {
    "metrics": {"auc": {"last": "0.5", "best": "0.6"}},
    "outputs": {"m": {"sha256": "ab", "size": 1}},
    "seconds": "1",
}


def log() -> list[Event]:
    return [
        event("run.requested", "run_a", body=REQUEST),
        event("run.started", "run_a", feed="b", seq=0, body={"place": "here", "host": {"cores": 2}}),
        event("run.finished", "run_a", feed="b", seq=1, body=END),
    ]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with Catalog.open(tmp_path / "catalog", FakeSource(log()), tables.REDUCERS) as catalog:
        yield tables.run(catalog, "run_a")


def test_every_part_is_there_in_its_type(run: Run) -> None:
    assert (run.name, run.state, run.seed, run.repeat, run.place) == ("x/1", "finished", 7, 2, "here")
    assert (run.requested_at, run.cause, run.seconds) == (datetime(2026, 1, 1), (), 1.0)  # noqa: DTZ001 - UTC, as kept
    assert (run.body, run.parameters, run.host) == (REQUEST, REQUEST["parameters"], {"cores": 2})
    assert (run.metrics, run.outputs, run.verdict) == (END["metrics"], END["outputs"], {})
    assert (run.requested, run.started, run.ended) == tuple(one.leaf for one in log())


def test_it_compares_copies_and_travels_as_a_value(run: Run) -> None:
    same = Run(**asdict(run))
    assert asdict(same) == asdict(run)
    for other in (copy.copy(run), copy.deepcopy(run), pickle.loads(pickle.dumps(run)), replace(run)):  # noqa: S301
        assert other == run
    assert replace(run, seed=8) != run
    assert all(getattr(same, one.name) is not None or getattr(run, one.name) is None for one in fields(Run))
    with pytest.raises(AttributeError):
        _ = run.nothing  # type: ignore[attr-defined]  # there is none
    with pytest.raises(AttributeError):
        run.seed = 9  # type: ignore[misc]  # frozen


@pytest.mark.parametrize("odd", [None, 3, "x", [1], {"auc": 1, "loss": None}])
def test_an_odd_detail_stops_neither_the_catalog_nor_the_list(tmp_path: Path, odd: object) -> None:
    events = [
        event("run.requested", "run_a", body={"parameters": odd, "number": "one", "repeat": {}}),
        event("run.failed", "run_a", feed="b", body={"metrics": odd, "seconds": "NaN", "exit_code": "none"}),
    ]
    assert_order_free(tables.REDUCERS[0], events, rounds=5)
    with Catalog.open(tmp_path / "catalog", FakeSource(events), tables.REDUCERS) as catalog:
        (run,) = tables.search(catalog, where="not seconds > 0")
        assert (run.state, run.number, run.seconds, run.exit_code) == ("failed", 0, None, None)


def test_what_no_longer_stands_is_not_found(tmp_path: Path) -> None:
    late = event("run.finished", "run_a", feed="b", hlc=9, body={"metrics": {"auc": {"last": "0.9"}}})
    first = event("run.lost", "run_a", feed="c", hlc=5, body={"metrics": {"auc": {"last": "0.1"}}})
    source = FakeSource([event("run.requested", "run_a", hlc=1, body=REQUEST), late])
    with Catalog.open(tmp_path / "catalog", source, tables.REDUCERS) as catalog:
        assert [one.state for one in tables.search(catalog, where="metric.auc > 0.5")] == ["finished"]
        source.log.append(first)
        catalog.catch_up()
        assert tables.search(catalog, where="metric.auc > 0.5") == []
        assert [one.state for one in tables.search(catalog, where="metric.auc < 0.5")] == ["lost"]
