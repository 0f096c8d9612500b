"""Runs in the catalog: any order of events gives the same rows; filters, sorting and names find what they should."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surefoot.catalog import Catalog
from surefoot.errors import Code, IncompleteError, InputRefusedError
from surefoot.runs import tables
from surefoot.trail.facts import Event
from tests.fakes.catalog import FakeSource, assert_order_free, event


def requested(run: str, seq: int, **body: Any) -> Event:
    usual = {"experiment": "x", "number": seq + 1, "seed": 1, "repeat": 1, "parameters": {"depth": seq, "rate": "0.5"}}
    return event("run.requested", run, seq=seq, body={**usual, **body})


def ended(run: str, seq: int, auc: str, kind: str = "finished", feed: str = "b") -> Event:
    metrics = {"auc": {"last": auc, "min": auc, "max": auc, "best": auc, "last_step": 3}}
    body = {"metrics": metrics, "verdict": {"meets": True}, "outputs": {}, "seconds": "1.5"}
    return event(f"run.{kind}", run, feed=feed, seq=seq, body=body)


def test_the_order_of_events_makes_no_difference() -> None:
    events: list[Event] = []
    for place, name in enumerate(["one", "two", "three", "four"]):
        events += [
            requested(f"run_{name}", place),
            event("run.started", f"run_{name}", feed="b", seq=10 * place, body={"place": "here"}),
            event("run.preempted", f"run_{name}", feed="b", seq=10 * place + 1, body={}),
            event("run.started", f"run_{name}", feed="b", seq=10 * place + 2, body=None),
            ended(f"run_{name}", 10 * place + 3, "0.5", "lost"),
            ended(f"run_{name}", 10 * place + 4, "0.7"),
            event("run.cancelled", f"run_{name}", feed="b", seq=10 * place + 5, body=None),
        ]
    assert_order_free(tables.REDUCERS[0], events)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    figures = ["0.5", "0.9", "NaN", "0.75", "Infinity"]
    log = [requested(f"run_{letter * 26}", place) for place, letter in enumerate("abcdef")]
    log += [ended(f"run_{letter * 26}", place, figures[place]) for place, letter in enumerate("abcde")]
    random.Random(1).shuffle(log)
    log.sort(key=lambda one: (one.feed, one.seq))
    with Catalog.open(tmp_path / "catalog", FakeSource(log), tables.REDUCERS) as catalog:
        yield catalog


def found(catalog: Catalog, where: str = "", sort: str = "", **more: int) -> str:
    return "".join(run.run[4] for run in tables.search(catalog, where=where, sort=sort, **more))


@pytest.mark.parametrize(
    ("where", "sort", "letters"),
    [
        ("", "", "fedcba"),
        ("", "requested_at", "abcdef"),
        ("metric.auc > 0.6", "number", "bd"),
        ("auc > 0.6 and param.depth <= 2", "", "b"),
        ("best.auc >= 0.75", "-best.auc", "bd"),
        ("state = queued", "", "f"),
        ("not metric.auc > 0.6", "number", "acef"),
        ("", "-metric.auc, number", "bdacef"),
        ("experiment ~ X and seconds > 1", "number", "abcde"),
        ("meets = true and rate = 0.5", "number", "abcde"),
    ],
)
def test_filters_and_sorting(catalog: Catalog, where: str, sort: str, letters: str) -> None:
    assert found(catalog, where, sort) == letters


def test_pages(catalog: Catalog) -> None:
    assert found(catalog, limit=2, offset=1) == "ed"


@pytest.mark.parametrize("where", ["metric.f1 > 1", "state >", "'; DROP TABLE runs", "number = text", "depht = 3"])
def test_a_filter_that_means_nothing_is_refused(catalog: Catalog, where: str) -> None:
    with pytest.raises(InputRefusedError):
        found(catalog, where)
    with pytest.raises(InputRefusedError):
        found(catalog, sort="metric.f1")


def test_figures_that_are_no_numbers_are_shown_and_never_pass_a_limit(catalog: Catalog) -> None:
    run = tables.run(catalog, "run_" + "c" * 26)
    assert run.metrics["auc"]["last"] == "NaN"
    assert (run.state, run.meets, run.seconds) == ("finished", True, 1.5)


def test_a_run_is_found_by_number_by_id_and_by_either_end_of_it(catalog: Catalog) -> None:
    full = "run_" + "b" * 26
    for ref in ("x/2", full, full[:12], "b" * 26, "bbbb"):
        assert tables.find(catalog, ref) == full
    for ref in ("x/99", "y/1", "zzzz", "b", "", "%%%%", "x/", "/1", "run_"):
        with pytest.raises((IncompleteError, InputRefusedError)):
            tables.find(catalog, ref)


def test_a_part_that_fits_several_is_not_guessed(tmp_path: Path) -> None:
    log = [requested(f"run_{letter}{'z' * 25}", place) for place, letter in enumerate("ab")]
    with Catalog.open(tmp_path / "catalog", FakeSource(log), tables.REDUCERS) as catalog:
        with pytest.raises(InputRefusedError) as caught:
            tables.find(catalog, "zzzzz")
        assert (caught.value.code, caught.value.values["count"]) == (Code.RUN_AMBIGUOUS, 2)


def test_a_run_whose_details_were_erased_is_still_there(tmp_path: Path) -> None:
    log = [event("run.requested", "run_a", body=None), event("run.lost", "run_a", feed="b", body=None)]
    with Catalog.open(tmp_path / "catalog", FakeSource(log), tables.REDUCERS) as catalog:
        (run,) = tables.search(catalog)
        assert (run.run, run.state, run.experiment, run.body) == ("run_a", "lost", "?", {})


def test_what_is_left_to_do_is_known(catalog: Catalog) -> None:
    names = ["run_" + letter * 26 for letter in "fab"]
    assert tables.not_ended(catalog, [*names, "run_unknown"]) == [names[0], "run_unknown"]
    assert tables.is_any_going(catalog)
    assert (tables.last_number(catalog, "x"), tables.last_number(catalog, "y")) == (6, 0)
