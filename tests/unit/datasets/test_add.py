"""A table becomes a version that follows from its bytes and its owner's words, and from nothing else."""

import gzip
import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surefoot import resources
from surefoot.datasets.splitting import bounds, side_of
from surefoot.errors import Code, SurefootError
from surefoot.trail.canonical import encode
from tests.fakes.datasets import Desk, desk, warnings_of

CREDIT = resources.path("samples", "german-credit", "german_credit.csv")
ROWS = "".join(f"r{i},{i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(60))
GOOD = "id,points,answer\n" + ROWS


def test_a_real_table_is_understood_without_a_word(at: Desk) -> None:
    version = at.datasets.add(CREDIT).version
    assert (version.rows, len(version.columns), version.number, version.name) == (1000, 23, 1, "german_credit")
    assert version.target == {"column": "credit_risk", "positive": "bad"}
    assert (version.key, version.subject, version.group) == (("applicant_id",), "applicant_id", None)
    assert {"sex", "age_years", "foreign_worker"} <= set(version.protected)
    types = {str(one["name"]): one["type"] for one in version.columns}
    assert (types["age_years"], types["credit_amount_dm"], types["housing"]) == ("integer", "integer", "text")
    assert version.split["by"] == "key"
    assert version.sandbox == 1


def test_a_version_is_the_hash_of_its_manifest_and_the_manifest_holds_what_it_follows_from(at: Desk) -> None:
    version = at.table(GOOD, target="answer").version
    data = at.objects.read(version.manifest)
    assert version.manifest == version.version == hashlib.sha256(data).hexdigest()
    manifest = json.loads(data)
    assert encode(manifest) == data
    assert manifest["sources"] == [{"sha256": hashlib.sha256(GOOD.encode()).hexdigest(), "size": len(GOOD)}]
    assert manifest["import_rule"] == 1
    assert manifest["split"] == {
        "by": "key",
        "columns": ["id"],
        "salt": "table",
        "sides": {"test": "0.3", "train": "0.7"},
    }
    assert [one["name"] for one in manifest["schema"]["columns"]] == ["id", "points", "answer"]
    text = data.decode()
    assert not any(str(sha) in text for sha in (version.data or {}).values())


def test_the_event_says_who_may_do_what_with_the_data(at: Desk) -> None:
    said = {
        "owner": "Credit desk",
        "purpose": "Judge applications",
        "legal_basis": "contract",
        "jurisdiction": "DE",
        "expiry": "2999-12-31",
    }
    version = at.table(GOOD, **said).version
    (event,) = at.recorder.of_type("asset.registered")
    assert event.subjects[0].id == version.id
    assert event.subjects[0].sha256 == version.version
    assert event.body is not None
    assert {name: event.body[name] for name in said} == said
    assert {name: getattr(version, name) for name in said} == said
    assert at.datasets.show("table") == version


def test_two_projects_make_the_same_version_of_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for place in ("a", "b"):
        with desk(tmp_path / place) as at:
            version = at.datasets.add(CREDIT).version
            made.append((version.version, version.manifest, version.profile, version.split))
    assert made[0] == made[1]


def test_the_version_does_not_depend_on_the_name_or_the_place_of_the_file(at: Desk) -> None:
    first = at.add(at.file("a/one.csv", GOOD), name="table")
    second = at.add(at.file("b/two.csv", GOOD), name="table")
    assert second.version.version == first.version.version
    assert not second.is_new


@pytest.mark.parametrize(
    "said",
    [
        {"target": "points"},
        {"types": {"points": "number"}},
        {"salt": "other"},
        {"sides": {"train": "0.5", "test": "0.5"}},
        {"missing": ["3"]},
        {"drop": ["points"]},
        {"ignore": ["points"]},
        {"units": {"points": "goals"}},
        {"protected": ["points"]},
        {"split_by": "row"},
    ],
)
def test_whatever_changes_the_data_or_the_split_changes_the_version(said: dict[str, Any], at: Desk) -> None:
    first = at.table(GOOD, target="answer").version
    assert at.table(GOOD, **said).version.version != first.version


def test_adding_unchanged_data_again_records_nothing_and_reads_nothing(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at.table(GOOD, target="answer", positive="yes", owner="me")
    traces = at.traces()
    monkeypatch.setattr("surefoot.datasets.tabular.run", None)
    again = at.table(GOOD)
    assert (again.version, again.is_new) == (first.version, False)
    assert at.traces() == traces


def test_new_data_are_the_next_version_with_what_was_said_before(at: Desk) -> None:
    first = at.table(GOOD, target="answer", positive="yes", owner="me", key="id").version
    second = at.table(GOOD + "r60,1,no\n").version
    assert (second.id, second.number, second.replaces) == (first.id, 2, first.version)
    assert (second.target, second.owner, second.key) == (first.target, "me", ("id",))
    assert [one.number for one in at.datasets.list()] == [1, 2]


def test_a_row_keeps_its_side_in_later_versions(at: Desk, tmp_path: Path) -> None:
    first = at.table(GOOD, key="id").version
    more = "id,points,answer\n" + "".join(f"n{i},1,yes\n" for i in range(40)) + ROWS
    second = at.table(more).version
    sides = [_sides(at, version, tmp_path / str(version.number)) for version in (first, second)]
    assert {key: side for key, side in sides[1].items() if key in sides[0]} == sides[0]
    edges = bounds({"train": "0.7", "test": "0.3"})
    assert all(side == side_of("table", key, edges) for key, side in sides[1].items())


def _sides(at: Desk, version: Any, folder: Path) -> dict[str, str]:
    placed = at.datasets.materialise(version, folder, held_back=False)
    return {key: side for side, path in placed.sides.items() for key in pl.read_parquet(path)["id"].to_list()}


def test_a_renewed_permission_is_recorded_with_the_same_version(at: Desk) -> None:
    first = at.table(GOOD, owner="me", expiry="2998-01-01").version
    renewed = at.table(GOOD, expiry="2999-01-01")
    assert not renewed.is_new
    assert (renewed.version.version, renewed.version.number) == (first.version, 1)
    assert at.datasets.show("table").expiry == "2999-01-01"
    assert len(at.datasets.list()) == 1
    assert len(at.recorder.log) == 2


def test_rows_of_one_person_stay_together(at: Desk, tmp_path: Path) -> None:
    text = "visit_id,patient_id,points,answer\n" + "".join(f"v{i},p{i % 20},{i},{i % 2}\n" for i in range(200))
    version = at.table(text).version
    assert (version.subject, version.group, version.split["by"]) == ("patient_id", "patient_id", "group")
    placed = at.datasets.materialise(version, tmp_path / "m", held_back=False)
    people = {side: set(pl.read_parquet(path)["patient_id"]) for side, path in placed.sides.items()}
    assert not people["train"] & people["test"]


def test_the_past_is_for_training_and_the_newest_rows_for_the_test(at: Desk, tmp_path: Path) -> None:
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + i // 3) for i in range(300)]
    text = "id,day,known,answer\n" + "".join(
        f"r{i},{day},{date.fromordinal(day.toordinal() + i % 2)},{i % 2}\n" for i, day in enumerate(days)
    )
    version = at.table(
        text, split_by="time", time="day", sides={"train": "0.6", "validation": "0.2", "test": "0.2"}
    ).version
    placed = at.datasets.materialise(version, tmp_path / "m", held_back=False)
    days_of = {side: pl.read_parquet(path)["day"].to_list() for side, path in placed.sides.items()}
    assert list(days_of) == ["train", "validation", "test"]
    assert max(days_of["train"]) < min(days_of["validation"]) <= max(days_of["validation"]) < min(days_of["test"])
    assert [len(one) for one in days_of.values()] == pytest.approx([180, 60, 60], abs=3)
    assert warnings_of(version)["from-the-future"]["column"] == "known"


def test_types_come_through_as_they_are(at: Desk, tmp_path: Path) -> None:
    text = (
        "id,whole,part,yes,day,moment,code,word,empty\n"
        "a,1,1.5,true,2024-02-29,2024-02-29T10:00:00+02:00,007,x,\n"
        "b,-20,,False,,2024-02-29 10:00,010,?,NA\n"
        + "".join(f"r{i},3,2e3,true,2024-01-01,2024-01-01T00:00:00.5Z,1{i:03},NA,\n" for i in range(30))
    )
    version = at.table(text, key="id").version
    assert [one["type"] for one in version.columns] == [
        "text",
        "integer",
        "number",
        "boolean",
        "date",
        "datetime",
        "text",
        "text",
        "text",
    ]
    placed = at.datasets.materialise(version, tmp_path / "m", held_back=False)
    rows = pl.concat(pl.read_parquet(path) for path in placed.sides.values())
    a, b = (rows.filter(pl.col("id") == name).row(0, named=True) for name in "ab")
    assert (a["whole"], a["part"], a["yes"], a["day"]) == (1, 1.5, True, date(2024, 2, 29))
    assert a["moment"] == datetime(2024, 2, 29, 8)  # noqa: DTZ001 - UTC without a zone, as it is stored
    assert (b["part"], b["yes"], b["day"], b["word"], b["empty"]) == (None, False, None, None, "NA")
    assert (a["code"], rows["word"].to_list().count("NA")) == ("007", 30)


def test_a_mark_for_missing_that_is_named_counts_everywhere(at: Desk) -> None:
    text = GOOD.replace("r7,0", "r7,-99").replace("r8,1", "r8,-99")
    version = at.table(text, missing=["-99"]).version
    profile = json.loads(at.objects.read(str(version.profile)))
    assert profile["columns"][1]["missing"] == 2


def test_parquet_json_lines_and_packed_csv_give_the_same_rows(at: Desk, tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [f"r{i}" for i in range(60)], "n": range(60), "x": [i / 7 for i in range(60)]})
    frame.write_parquet(at.project / "p.parquet")
    frame.write_ndjson(at.project / "j.jsonl")
    frame.write_csv(at.project / "c.csv", separator=";")
    (at.project / "z.csv.gz").write_bytes(gzip.compress((at.project / "c.csv").read_bytes()))
    tables = []
    for name in ("p.parquet", "j.jsonl", "c.csv", "z.csv.gz"):
        version = at.add(at.project / name, key="id", salt="same").version
        placed = at.datasets.materialise(version, tmp_path / name)
        tables.append(pl.read_parquet(placed.sides["train"]))
    assert all(one.equals(tables[0]) for one in tables)


def test_parquet_types_are_brought_to_ours_or_refused(at: Desk) -> None:
    frame = pl.DataFrame(
        {
            "a": pl.Series(list(range(30)), dtype=pl.UInt8),
            "b": pl.Series([1.5, float("nan"), None] * 10, dtype=pl.Float32),
            "c": ["x", "", None] * 10,
            "d": [datetime(2024, 1, 1)] * 30,  # noqa: DTZ001 - times without a zone are UTC
            "e": [[1]] * 30,
        }
    )
    path = at.project / "t.parquet"
    frame.write_parquet(path)
    with pytest.raises(SurefootError) as caught:
        at.add(path)
    assert (caught.value.code, caught.value.values["column"]) == (Code.COLUMN_TYPE, "e")
    version = at.add(path, drop=["e"]).version
    assert [one["type"] for one in version.columns] == ["integer", "number", "text", "datetime"]
    profile = json.loads(at.objects.read(str(version.profile)))
    assert [one["missing"] for one in profile["columns"]] == [0, 20, 20, 0]


def test_json_lines_say_which_texts_are_texts(at: Desk) -> None:
    lines = "".join(json.dumps({"id": f"{i}", "n": i, "d": "2024-01-01", "b": bool(i % 2)}) + "\n" for i in range(60))
    version = at.add(at.file("t.jsonl", lines)).version
    assert [one["type"] for one in version.columns] == ["text", "integer", "date", "boolean"]


def test_line_ends_of_two_systems_are_no_fault(at: Desk) -> None:
    text = GOOD.replace("r7,0,yes\n", "r7,0,yes\r\n").replace("r9,2,no\n", "r9,2,no\r\n")
    assert at.table(text).version.rows == 60


def test_equal_rows_share_a_side_where_nothing_names_them(at: Desk, tmp_path: Path) -> None:
    text = "a,b\n" + "".join(f"{i % 30},{'x' if i % 30 < 15 else 'y'}\n" for i in range(300))
    version = at.table(text).version
    assert version.split["by"] == "row"
    placed = at.datasets.materialise(version, tmp_path / "m", held_back=False)
    found = {side: set(pl.read_parquet(path).rows()) for side, path in placed.sides.items()}
    assert not found["train"] & found["test"]


def test_names_of_versions_lead_to_them(at: Desk) -> None:
    first = at.table(GOOD).version
    second = at.table(GOOD + "r60,1,no\n").version
    show = at.datasets.show
    assert show("table") == show("table@2") == show(second.id) == show(f"table@{second.version}") == second
    assert show("table@1") == show(f"{first.id}@{first.version[:10]}") == first
    for ref in ("tabel", "table@3", "table@ffff"):
        with pytest.raises(SurefootError) as caught:
            show(ref)
        assert (caught.value.code, caught.value.values["known"]) == (Code.DATASET_UNKNOWN, "table")


def test_many_columns_are_read(at: Desk) -> None:
    names = ",".join(f"c{i}" for i in range(300))
    rows = "".join(f"r{row}," + ",".join(str((row * i) % 11) for i in range(1, 300)) + "\n" for row in range(30))
    version = at.table(names + "\n" + rows, key="c0").version
    assert (len(version.columns), version.rows) == (300, 30)
