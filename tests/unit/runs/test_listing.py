"""The long list: an order over all runs, pages of it, and the curves of one run."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surefoot.catalog import Catalog
from surefoot.errors import InputRefusedError
from surefoot.objects import Objects
from surefoot.runs import folders, tables, telemetry
from surefoot.runs.curves import curves
from surefoot.runs.listing import Listing
from surefoot.runs.telling import criteria, reason
from surefoot.texts import Words
from surefoot.trail.facts import Event
from tests.fakes.catalog import FakeSource, event
from tests.fakes.runs import a_run

COUNT = 450


def history(count: int = COUNT) -> list[Event]:
    requests = [
        event("run.requested", f"run_{place:026}", seq=place, body={"experiment": "x", "number": place, "seed": 1,
              "repeat": 1, "parameters": {"depth": place % 7}})
        for place in range(count)
    ]  # fmt: skip
    ends = [
        event("run.finished", f"run_{place:026}", feed="b", seq=place // 2,
              body={"metrics": {"auc": {"last": str(place * 37 % count / count)}}, "verdict": {"meets": True}})
        for place in range(0, count, 2)
    ]  # fmt: skip
    return [*requests, *ends]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("listing")
    with Catalog.open(folder, FakeSource(history()), tables.REDUCERS) as catalog:
        yield catalog


@pytest.fixture
def listing(catalog: Catalog) -> Listing:
    return Listing(catalog, catalog.catch_up)


@pytest.mark.parametrize(
    ("where", "also", "sort"),
    [
        ("", "", ""),
        ("metric.auc > 0.3", "", "-metric.auc"),
        ("depth <= 3 or state = queued", "state = finished", "metric.auc"),
        ("", "meets = true", "-param.depth, metric.auc"),
    ],
)
def test_the_pages_of_an_order_are_what_a_search_finds(listing: Listing, where: str, also: str, sort: str) -> None:
    order = listing.order(where=where, also=also, sort=sort)
    both = " and ".join(f"({part})" for part in (where, also) if part)
    wanted = [run.run for run in tables.search(listing._catalog, where=both, sort=sort, limit=COUNT)]
    found = [run.run for first in range(0, len(order), 200) for run in listing.page(order, first, 200)]
    assert found == wanted
    assert len(found) == len(order)


def test_a_run_is_found_at_its_place(listing: Listing) -> None:
    order = listing.order(sort="metric.auc")
    for place in random.Random(3).sample(range(len(order)), 20):
        (run,) = listing.page(order, place, 1)
        assert listing.place(order, run.run) == place
    assert listing.place(listing.order(where="state = failed"), f"run_{1:026}") == -1
    assert listing.place(order, "run_gone") == -1


def test_two_runs_whose_keys_are_alike_are_both_listed(tmp_path: Path) -> None:
    log = history(3)
    same = 1_767_225_600_000_900
    body = {"experiment": "x", "number": 9}
    twins = [event("run.requested", f"run_twin{feed}", feed=feed, hlc=same, body=body) for feed in "cd"]
    with Catalog.open(tmp_path, FakeSource([*log, *twins]), tables.REDUCERS) as catalog:
        listing = Listing(catalog, lambda: None)
        order = listing.order()
        assert len(set(order.keys.tolist())) < len(order)
        found = {listing.page(order, place, 1)[0].run for place in range(len(order))}
        assert len(found) == len(order)


def test_an_order_is_the_same_when_the_same_runs_stand_in_the_same_places(listing: Listing) -> None:
    assert listing.order().is_same(listing.order())
    assert not listing.order().is_same(listing.order(sort="number"))
    assert not listing.order().is_same(listing.order(where="state = finished"))


def test_names_counts_and_spans_are_known(listing: Listing) -> None:
    assert (listing.known().metrics, listing.known().parameters) == (("auc",), ("depth",))
    assert listing.count() == COUNT
    assert listing.span("auc") == (0.0, 448 / 450)
    assert listing.span("none") is None


@pytest.mark.parametrize("parts", [{"where": "depht > 1"}, {"also": "state >"}, {"sort": "-metric.f1"}])
def test_what_cannot_be_read_is_refused(listing: Listing, parts: dict[str, str]) -> None:
    with pytest.raises(InputRefusedError):
        listing.order(**parts)


def line(step: int, value: float, name: str = "loss") -> str:
    return f'{{"kind":"metric","name":"{name}","value":{value},"step":{step},"time_ms":1}}\n'


def test_a_long_curve_keeps_its_peaks_and_drops_what_is_no_number(tmp_path: Path) -> None:
    objects = Objects(tmp_path / "objects")
    source = tmp_path / "run" / folders.TELEMETRY
    source.parent.mkdir()
    steps = [0.5 + step % 10 / 100 for step in range(10_000)]
    steps[7777], steps[1234] = 9.0, -3.0
    text = "".join(line(step, value) for step, value in enumerate(steps))
    source.write_text(text + '{"kind":"metric","name":"loss","value":"NaN","step":10001}\n' + line(3, 1.0, "auc"))
    target = tmp_path / "points.parquet"
    telemetry.collect(source, target)
    ended = a_run(telemetry=objects.put_file(target))
    growing = a_run(telemetry=None)
    for run in (ended, growing):
        found = curves(run, source.parent, objects=objects, most=400)
        assert found["auc"] == [(3.0, 1.0)]
        assert len(found["loss"]) <= 400
        assert (7777.0, 9.0) in found["loss"]
        assert (1234.0, -3.0) in found["loss"]
        assert [x for x, _ in found["loss"]] == sorted(x for x, _ in found["loss"])


def test_a_growing_curve_keeps_its_detail_though_others_are_written_between_its_points(tmp_path: Path) -> None:
    early = "".join(line(step, step / 7, "val") for step in range(3000))
    late = "".join(line(step, step / 9, "loss") for step in range(3000, 9000)) + line(9000, 5.0, "val")
    (tmp_path / folders.TELEMETRY).write_text(early + late)
    found = curves(a_run(telemetry=None), tmp_path, objects=Objects(tmp_path / "objects"), most=400)
    assert 390 <= len(found["val"]) <= 400
    assert 390 <= len(found["loss"]) <= 400
    assert found["val"][0] == (0.0, 0.0)
    short = curves(a_run(telemetry=None), tmp_path, objects=Objects(tmp_path / "objects"), most=3001)
    assert short["val"] == [*((float(step), step / 7) for step in range(3000)), (9000.0, 5.0)]


def test_a_run_without_points_has_no_curve(tmp_path: Path) -> None:
    assert curves(a_run(telemetry=None), tmp_path, objects=Objects(tmp_path / "objects")) == {}


def test_the_parquet_of_a_run_is_read_by_what_it_is(tmp_path: Path) -> None:
    objects = Objects(tmp_path / "objects")
    frame = pl.DataFrame({"name": ["a"], "step": [1], "value": [2.0]})
    frame.write_parquet(tmp_path / "p")
    assert curves(a_run(telemetry=objects.put_file(tmp_path / "p")), tmp_path, objects=objects) == {"a": [(1.0, 2.0)]}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_run_is_told_in_words(language: str) -> None:
    words = Words(language)
    verdict: dict[str, Any] = {
        "criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.75", "value": "0.7", "meets": False}]
    }
    (told,) = criteria(a_run(verdict=verdict), words)
    assert (told.metric, told.is_met) == ("auc", False)
    assert words.decimal("0.75") in told.text
    assert reason(a_run(), words) == ""
    assert "3" in reason(a_run(why="exit-code", exit_code=3), words)
    assert reason(a_run(why="SF-9999", detail="x"), words)


@pytest.mark.parametrize(
    ("value", "shown"), [("0.7594113351138608", "0.759"), ("0.7499999", "0.7499999"), ("0.75", "0.75"), (None, "–")]
)
def test_a_figure_is_short_beside_its_limit_and_never_reads_as_the_limit_itself(value: str | None, shown: str) -> None:
    verdict = {"criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.75", "value": value, "meets": False}]}
    (told,) = criteria(a_run(verdict=verdict), Words("en"))
    assert told.text == f"at least 0.75: {shown}"
