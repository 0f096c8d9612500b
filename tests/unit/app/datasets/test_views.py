"""What is said of a version, in words and figures, without a screen; and what the project answers."""

import datetime as dt
from dataclasses import replace

import pytest
from pytestqt.modeltest import ModelTester

from surefoot.datasets import profiles
from surefoot.datasets.profiles import ColumnProfile
from surefoot.errors import IncompleteError
from surefoot.releases.uses import Uses
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.datasets import overview as views
from surefoot_app.datasets.columns import ColumnRow, ColumnRows, rows_of
from surefoot_app.datasets.overview import Standing
from surefoot_app.widgets.spread import SPREAD_ROLE
from surefoot_app.widgets.table import Column
from tests.gallery.datasets import OPENED, PROFILE, ROWS, version

TODAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("basis", "expiry", "wanted"),
    [
        (None, "2099-12-31", "unsaid"),
        ("contract", None, "open"),
        ("contract", "2026-05-31", "ended"),
        ("contract", "2026-06-01", "soon"),
        ("contract", "2026-07-01", "soon"),
        ("contract", "2026-07-02", "until"),
    ],
)
def test_a_permission_stands_by_its_basis_and_its_end(basis: str | None, expiry: str | None, wanted: Standing) -> None:
    assert views.standing(version(legal_basis=basis, expiry=expiry), today=TODAY) == wanted


def test_the_filter_takes_each_word_wherever_it_stands() -> None:
    def found(text: str) -> list[str]:
        return [row.version.ref for row in ROWS if views.fits(row, text)]

    assert found("") == [row.version.ref for row in ROWS]
    assert found("CLINIC") == ["x-rays@1"]
    assert found("credit @3 risk") == ["german-credit@3"]
    assert found("credit nobody") == []


def test_who_uses_a_version_is_said_in_a_few_words() -> None:
    words = Words("en")
    assert views.used_by(Uses(), words) == "–"
    assert views.used_by(Uses(1), words) == "1 run"
    assert views.used_by(Uses(1200, 1), words) == "1,200 runs · 1 release"


def test_what_a_column_holds_is_said_by_its_ends_or_its_values() -> None:
    words = Words("en")
    said = {one.name: views.range_of(one, words) for one in PROFILE.columns}
    assert said["amount"] == "250 – 18424"
    assert said["status"] == "none, below 0, 0 to 200 and 1 more"
    assert said["applicant_id"] == ""


def test_bars_are_parts_of_the_highest() -> None:
    column = ColumnProfile("n", "integer", 100, 0, 100, deciles=tuple(float(edge) for edge in range(0, 110, 10)))
    assert profiles.bars(column, 5) == pytest.approx((1.0,) * 5)
    skewed = replace(column, deciles=(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 100.0))
    first, *rest = profiles.bars(skewed, 10)
    assert first == 1.0
    assert max(rest) < 0.02
    assert profiles.bars(replace(column, deciles=(3.0,) * 11)) == ()
    assert profiles.bars(replace(column, deciles=(), values={"10": 2, "9": 4})) == (1.0, 0.5)
    assert profiles.bars(replace(column, type="text", deciles=(), values={"b": 1, "a": 4})) == (1.0, 0.25)


def test_a_profile_with_a_point_of_many_values_keeps_them_in_one_bar() -> None:
    column = ColumnProfile("n", "integer", 100, 0, 50, deciles=(0.0, *(0.0,) * 8, 50.0, 100.0))
    assert profiles.bars(column, 4)[0] == 1.0
    assert sum(bar > 0.3 for bar in profiles.bars(column, 4)) == 1


def test_columns_say_how_they_are_spread(qtmodeltester: ModelTester) -> None:
    rows = rows_of(version(), PROFILE)
    model = ColumnRows((Column[ColumnRow]("", lambda row: row.name),), rows)
    qtmodeltester.check(model)
    assert [row.care for row in rows if row.care] == ["protected"] * 3
    assert model.data(model.index(1, 0), SPREAD_ROLE)[0] == 1.0
    assert model.data(model.index(0, 0), SPREAD_ROLE) == ()


def test_the_project_lists_the_newest_version_of_a_dataset_first(bench: Workbench) -> None:
    found = views.overview(bench)
    assert [row.version.ref for row in found.rows] == ["credit@2", "credit@1"]
    assert (found.names, found.draft) == (1, None)
    assert [row.uses for row in found.rows] == [Uses(), Uses()]


def test_a_version_comes_with_its_profile_and_its_other_versions(bench: Workbench) -> None:
    opened = views.opened(bench, "credit")
    assert (opened.version.number, [one.number for one in opened.others]) == (2, [1])
    assert opened.profile is not None
    assert [one.name for one in opened.profile.columns] == ["applicant_id", "sex", "amount", "note", "risk"]
    with pytest.raises(IncompleteError):
        views.opened(bench, "nothing")


def test_a_profile_that_is_not_here_is_left_out(bench: Workbench) -> None:
    for path in (bench.project / ".surefoot" / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    assert views.opened(bench, "credit").profile is None


def test_rows_without_a_profile_have_no_bars() -> None:
    assert {row.profile for row in rows_of(OPENED.version, None)} == {None}
