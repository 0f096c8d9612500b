"""European tables: decimal commas and dates of other orders are read where their owner says so, and only there."""

from typing import Any

import polars as pl
import pytest

from surefoot.datasets import inference
from surefoot.datasets.engine import constant, engine
from surefoot.datasets.spelling import Spelling
from surefoot.errors import Code, InputRefusedError
from surefoot.texts import LANGUAGES, Words
from surefoot.workers import Limits
from tests.fakes.datasets import Desk, warnings_of

HEAD = "id;price;day;label\n"
AMOUNTS = ("1.234,56", "3,5", "-0,25", "1.000", "12", "NA")
DAYS = ("31/12/2024", "1/2/2024", "29/02/2024", "07/08/2024")
SAID = {"decimal": ",", "date_format": "dd/mm/yyyy"}


def table(amounts: tuple[str, ...] = AMOUNTS, days: tuple[str, ...] = DAYS, rows: int = 120) -> str:
    return HEAD + "".join(
        f"r{n};{amounts[n % len(amounts)]};{days[n % len(days)]};{'yes' if n % 3 else 'no'}\n" for n in range(rows)
    )


def types_of(at: Desk, text: str, **said: Any) -> dict[str, Any]:
    return {str(one["name"]): one["type"] for one in at.table(text, **said).version.columns}


def test_a_european_table_is_read_as_its_owner_says(at: Desk) -> None:
    version = at.table(table(), **SAID).version
    assert version.data is not None
    frame = pl.concat(pl.read_parquet(at.objects.read(name)) for name in version.data.values())
    cells = {row["id"]: (row["price"], str(row["day"])) for row in frame.iter_rows(named=True)}
    assert [cells[f"r{n}"][0] for n in range(6)] == [1234.56, 3.5, -0.25, 1000.0, 12.0, None]
    assert [cells[f"r{n}"][1] for n in range(4)] == ["2024-12-31", "2024-02-01", "2024-02-29", "2024-08-07"]
    assert {str(one["name"]): one["type"] for one in version.columns}["day"] == "date"
    assert {name: version.plan[name] for name in SAID} == SAID
    assert b'"date_format":"dd/mm/yyyy","decimal":","' in at.objects.read(version.manifest)
    assert not {"decimal-comma", "odd-dates"} & set(warnings_of(version))


def test_what_is_not_said_is_not_in_the_manifest_either(at: Desk) -> None:
    manifest = at.objects.read(at.table(table()).version.manifest)
    assert b"decimal" not in manifest
    assert b"date_format" not in manifest


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,56", ",", 1234.56),
        ("-1.234.567", ",", -1234567.0),
        ("1 234,5", ",", 1234.5),
        ("1\N{NARROW NO-BREAK SPACE}234,5", ",", 1234.5),
        (",5", ",", 0.5),
        ("1,5e3", ",", 1500.0),
        ("12", ",", 12.0),
        ("1,234", ",", 1.234),
        *((text, ",", None) for text in ("1.5", "0.123", "1.23,4", "12.34.567", "1,2,3", "abc", "1.234,5.6", "10:30")),
        ("1,234.56", ".", 1234.56),
        ("1'234.5", ".", 1234.5),
        ("1,234", ".", 1234.0),
        *((text, ".", None) for text in ("1,5", "1.234,56", "0,123")),
        ("1.234", None, 1.234),
        ("1,234", None, None),
    ],
)
def test_a_number_is_one_only_in_the_spelling_that_was_said(
    text: str, decimal: str | None, number: float | None, tmp_path: Any
) -> None:
    with engine(tmp_path, [], memory_bytes=Limits().memory_bytes) as connection:
        connection.sql("SELECT 1 AS one").select(constant(text).alias("c0")).to_table("staged")
        staged, spelling = connection.table("staged"), Spelling(decimal)
        ((fits, value),) = staged.select(
            inference.fits(spelling.plain(inference.filled("c0", None)), "number"),
            inference.typed("c0", "number", spelling),
        ).fetchall()
    assert fits is (number is not None)
    assert number is None or value == number


@pytest.mark.parametrize(
    ("amounts", "days", "column", "line", "value"),
    [
        (("3,5", "1,25", "1.5"), DAYS, "price", 4, "1.5"),
        (("3,5", "1,25", "about 3"), DAYS, "price", 4, "about 3"),
        (AMOUNTS, ("31/12/2024", "30/02/2024"), "day", 3, "30/02/2024"),
        (AMOUNTS, ("31/12/2024", "12/31/2024"), "day", 3, "12/31/2024"),
        (AMOUNTS, ("31/12/2024", "1/2/2024", "31.12.2024"), "day", 4, "31.12.2024"),
    ],
)
def test_what_does_not_fit_what_was_said_is_told_with_its_line(
    amounts: tuple[str, ...], days: tuple[str, ...], column: str, line: int, value: str, at: Desk
) -> None:
    before = at.traces()
    with pytest.raises(InputRefusedError) as caught:
        at.table(table(amounts, days), **SAID)
    error = caught.value
    assert (error.code, error.values["column"]) == (Code.MIXED_TYPES, column)
    assert (error.values["line"], error.values["value"]) == (line, value)
    assert at.traces() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_option_that_would_read_a_column_is_named(language: str, at: Desk) -> None:
    found = warnings_of(at.table(table(("3,5", "1.234,56", "-1,0"))).version)
    words = Words(language)
    for key, option in (("decimal-comma-sure", "--decimal ,"), ("odd-dates-sure", "--date-format dd/mm/yyyy")):
        assert f"`{option}`" in words(f"say.dataset.warning.{key}", **found[key])


def test_where_day_and_month_could_change_places_both_are_named(at: Desk) -> None:
    found = warnings_of(at.table(table(days=("1.2.2024", "03.04.2024"), amounts=("1", "2"))).version)
    assert found["odd-dates-either"]["options"] == "--date-format dd.mm.yyyy, --date-format mm.dd.yyyy"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_numbers_among_decimal_commas_are_refused_with_the_option(language: str, at: Desk) -> None:
    with pytest.raises(InputRefusedError) as caught:
        at.table(table(("3,5", "4", "5")))
    assert caught.value.code == Code.MIXED_TYPES
    assert "--decimal ," in Words(language).error(caught.value).do
    with pytest.raises(InputRefusedError) as other:
        at.table(table(("3,5", "4", "5.25")))
    assert "--decimal" not in Words(language).error(other.value).do


def test_text_stays_as_it_was_written(at: Desk) -> None:
    text = table(("3,5", "1.234,56"))
    version = at.table(text, types={"price": "text"}, **SAID).version
    assert version.data is not None
    frame = pl.concat(pl.read_parquet(at.objects.read(name)) for name in version.data.values())
    assert set(frame["price"]) == {"3,5", "1.234,56"}


def test_numbers_with_a_point_under_a_decimal_comma_are_told(at: Desk) -> None:
    text = table(("3.5", "1.25"))
    assert types_of(at, text)["price"] == "number"
    version = at.table(text, decimal=",").version
    assert warnings_of(version)["decimal-point"] == {"column": "price", "count": 120}


def test_a_referenced_table_is_read_again_as_it_was(at: Desk) -> None:
    version = at.table(table(), storage="referenced", **SAID).version
    placed = at.datasets.materialise(version, at.folder / "laid")
    assert pl.read_parquet(placed.sides["train"])["price"].dtype == pl.Float64


@pytest.mark.parametrize(("key", "value"), [("decimal", ";"), ("date_format", "dd/mm/yy"), ("date_format", "%d/%m/%Y")])
def test_a_spelling_nobody_knows_is_refused(key: str, value: str, at: Desk) -> None:
    with pytest.raises(InputRefusedError) as caught:
        at.table(table(), **{key: value})
    assert (caught.value.code, caught.value.values["key"]) == (Code.PLAN_VALUE, key)
