"""What the panel of runs asks and tells, without a screen."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from surefoot.catalog import filters
from surefoot.runs import tables
from surefoot.runs.facts import Difference
from surefoot.runs.listing import Known
from surefoot.texts import Words
from surefoot_app.runs import asking, columns, comparing, telling
from surefoot_app.runs.asking import View
from surefoot_app.runs.columns import as_number, figure
from tests.fakes.runs import a_run
from tests.gallery.runs import RUNS, made_run

KNOWN = Known(("auc", "gap", "loss"), ("depth", "learning rate"))


def test_the_columns_to_begin_with_are_what_runs_are_judged_by() -> None:
    assert asking.usual(KNOWN, ("gap",))[:2] == ("metric.gap", "metric.auc")
    assert asking.goals_of(RUNS) == ("auc", "gap")
    assert asking.goals_of([]) == ()


def test_chosen_columns_that_are_gone_are_left_out() -> None:
    view = View(columns=("metric.auc", "metric.gone", "seed"))
    assert asking.chosen(view, KNOWN, ()) == ("metric.auc", "seed")
    assert asking.chosen(View(columns=("metric.gone",)), KNOWN, ()) == asking.usual(KNOWN, ())


def test_a_header_sorts_down_then_up_then_not_at_all() -> None:
    down = asking.sorted_by("metric.auc", "")
    up = asking.sorted_by("metric.auc", down)
    assert (down, up, asking.sorted_by("metric.auc", up)) == ("-metric.auc", "metric.auc", "")
    assert [asking.is_sorted_by("metric.auc", sort) for sort in (down, up, "")] == [-1, 1, 0]
    assert asking.is_sorted_by("seed", down) == 0


@pytest.mark.parametrize("column", ["name", "state", *asking.FIXED, "param.learning rate", "metric.auc"])
def test_every_column_sorts_in_the_language_of_the_library(column: str) -> None:
    families = {
        "metric": filters.Family(number="runs.metric", names=("auc",)),
        "param": filters.Family(number="runs.param", names=("learning rate",)),
    }
    scope = filters.Scope("run", tables._COLUMNS.columns, families)
    down = asking.sorted_by(column, "")
    for sort in (down, asking.sorted_by(column, down)):
        assert filters.order(sort, scope)[0]


@pytest.mark.parametrize("chip", asking.CHIPS)
def test_every_chip_is_a_filter_of_the_library(chip: str) -> None:
    assert filters.compile(asking.CHIPS[chip], tables._COLUMNS)[0]


def test_a_view_is_a_command() -> None:
    view = View("experiment = 'a b'", "meets", "-metric.auc")
    assert view.command == (
        "surefoot run list --where '(experiment = '\\''a b'\\'') and (meets = true)' --sort='-metric.auc'"
    )
    assert View().command == "surefoot run list"


def test_columns_and_order_are_remembered_and_filters_are_not(tmp_path: Path) -> None:
    bench = cast("Any", SimpleNamespace(own_state=tmp_path))
    assert asking.kept_view(bench) == View()
    asking.keep_view(bench, View("auc > 1", "failed", "-seed", ("seed",)))
    assert asking.kept_view(bench) == View(sort="-seed", columns=("seed",))
    (tmp_path / "views" / "runs.json").write_text("{]")
    assert asking.kept_view(bench) == View()


def test_more_is_better_unless_the_criteria_or_the_name_say_otherwise() -> None:
    goals = comparing.limits(RUNS)
    assert comparing.is_more_better("auc", goals)
    assert not comparing.is_more_better("gap", goals)
    assert not comparing.is_more_better("val_loss", {})
    assert not comparing.is_more_better(comparing.SECONDS, {})


def test_advice_names_the_run_that_is_nearly_as_good_and_takes_half_the_time() -> None:
    def run(number: int, auc: str, seconds: str) -> Any:
        return a_run(run=f"run_{number}", number=number, metrics={"auc": {"last": auc}}, seconds=seconds)

    best, near, far = run(1, "0.800", "100"), run(2, "0.795", "20"), run(3, "0.6", "1")
    found = comparing.advice([best, near, far])
    assert found is not None
    assert (found.cheaper, found.best, found.saved) == ("x/2", "x/1", 80)
    assert comparing.advice([best, far]) is None
    assert comparing.advice([best]) is None


def test_axes_are_what_varies_and_is_a_number() -> None:
    names = comparing.axes(RUNS[:40], comparing.limits(RUNS))
    assert names[:3] == ("param.depth", "param.rate", "param.trees")
    assert {"auc", "gap"} <= set(names)
    assert comparing.axes(RUNS[:1], {}) == ()


def test_brushes_become_a_filter_that_the_library_reads() -> None:
    where = comparing.brushed({"auc": (0.7, 0.8), "param.learning rate": (0.01, 0.1)})
    families = {
        "metric": filters.Family(number="runs.metric", is_number=True, names=("auc",)),
        "param": filters.Family(number="runs.param", names=("learning rate",)),
    }
    assert comparing.brushed({"auc": (float("-inf"), 0.89123449), "gap": (0.1, float("inf"))}) == (
        "metric.auc <= 0.89123449 and metric.gap >= 0.1"
    )
    whole = comparing.narrowed("auc > 0.5 or auc < 0.1", where)
    assert whole.startswith("(auc > 0.5 or auc < 0.1) and ")
    assert filters.compile(whole, filters.Scope("run", tables._COLUMNS.columns, families))
    assert filters.compile(where, filters.Scope("run", tables._COLUMNS.columns, families))[1][1:2] == [0.7]


@pytest.mark.parametrize(
    ("value", "text"), [(0.78123, "0.7812"), (None, "–"), (0.00001, "1.000e-05"), (0.0, "0.0000"), (3e9, "3.000e+09")]
)
def test_a_figure_keeps_four_places(value: float | None, text: str) -> None:
    assert figure(value, Words("en")) == text


@pytest.mark.parametrize(
    ("value", "told"), [("0.05", "0,05"), ("3e-4", "3e-4"), (3e9, "3000000000,0"), ("v1.5", "v1.5"), ("a, b", "a, b")]
)
def test_a_setting_that_is_a_number_is_written_as_the_language_does(value: object, told: str) -> None:
    assert columns.told(value, Words("vi")) == told
    assert columns.told(value, Words("en")) == str(value)
    assert figure(3e9, Words("vi")) == "3,000e+09"


def test_what_is_no_finite_number_is_none() -> None:
    assert [as_number(text) for text in ("NaN", "Infinity", "x", None, "2.5")] == [None, None, None, None, 2.5]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_facts_of_a_run_lead_on_and_hashes_are_whole(language: str) -> None:
    facts = telling.facts(made_run(4), Words(language))
    assert ("dataset", "dat_01jx3") in [fact.target for fact in facts]
    assert all(len(fact.value) > 20 for fact in facts if fact.kind == "hash")
    (output,) = telling.outputs(made_run(4), Words(language))
    assert output.label.startswith("model.onnx")


def test_a_version_of_a_package_is_told_as_it_is_in_every_language() -> None:
    one = Difference("package", "pip", ("24.0", "24.10"))
    bench = SimpleNamespace(runs=SimpleNamespace(compare=lambda _runs, **_more: [one]))
    (told,) = comparing.differences(cast("Any", bench), ["a", "b"], Words("vi"))
    assert told.values == ("24.0", "24.10")
