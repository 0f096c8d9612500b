"""Whole files, scored by the code of the wrapper; compared with a real wrapper that answers the same rows."""

import csv
import gzip
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surefoot.deployments.scored_file import harmless
from surefoot.deployments.scoring import Scored, Scoring, Wish, beside
from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import rules
from tests.unit.deployments.conftest import Yard

SETTINGS = "[environment.local]\n[environment.clinic]\n"
ROWS: list[dict[str, Any]] = [
    {"age": 19.25, "job": "clerk"},
    {"age": 75, "job": "cook"},
    {"age": 0.1, "job": "clerk"},
]
BAD: list[dict[str, Any]] = [
    {"age": 7000, "job": "clerk"},
    {"age": 20, "job": "=SUM(A1)"},
    {"age": None, "job": "cook"},
]


@pytest.fixture
def scoring(yard: Yard) -> Scoring:
    settings = yard.project / "surefoot.toml"
    settings.write_text(SETTINGS)
    return yard.deployments.scoring


def as_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def as_jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def as_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pl.DataFrame(rows, strict=False).write_parquet(path)


WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], None]] = {
    "csv": as_csv,
    "jsonl": as_jsonl,
    "parquet": as_parquet,
}


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pl.read_parquet(path).to_dicts()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_file_gets_the_figures_and_refusals_that_the_service_gives(yard: Yard, scoring: Scoring, form: str) -> None:
    yard.deployments.deploy(yard.second)
    source, target = yard.folder / f"rows.{form}", yard.folder / f"out.{form}"
    rows = [{"id": f"p{at}", **row} for at, row in enumerate([*ROWS, *BAD, *ROWS])]
    WRITERS[form](source, rows)
    scored = scoring.score(Wish(source, target, keep=("id",)))
    assert (scored.rows, scored.refused, scored.release.id) == (9, 3, yard.second)
    found = read(target)
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    assert list(found[0]) == ["id", "label", "probability", "refused"]
    for row, made in zip(rows, found, strict=True):
        answer = yard.ask({name: row[name] for name in ("age", "job")})
        if answer.status == 200:
            (told,) = answer.body["predictions"]
            assert (made["label"], float(made["probability"])) == (told["label"], told["probability"])
            assert made["refused"] is None
        else:
            assert answer.status == 400
            assert (made["label"], made["probability"]) == (None, None)
            name = "job" if row["job"].startswith("=") else "age"
            assert made["refused"].startswith(f"{name}: ")
            assert "7000" not in made["refused"]
            assert "SUM" not in made["refused"]


def test_what_was_scored_is_on_the_record_by_its_bytes(yard: Yard, scoring: Scoring) -> None:
    source, target = yard.folder / "rows.csv", yard.folder / "out.csv"
    as_csv(source, ROWS)
    scored = scoring.score(Wish(source, target, ref=yard.first))
    event = yard.recorder.log[-1]
    assert event.type == "release.scored"
    assert event.leaf == scored.leaf
    release = yard.releases.show(yard.first)
    assert (event.subjects[0].id, event.subjects[0].sha256) == (release.id, release.digest)
    assert release.approved is not None
    assert event.cause == (release.approved.leaf,)
    assert rules.cause_fault("release.scored", ["release.approved"]) is None
    assert rules.cause_fault("release.scored", []) is not None
    assert not rules.may_record("machine", "release.scored")
    assert event.body is not None
    assert event.body["source"] == {"name": "rows.csv", "sha256": hashlib.sha256(source.read_bytes()).hexdigest()}
    assert event.body["output"] == {"name": "out.csv", "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    assert (event.body["rows"], event.body["refused"], event.body["environment"]) == (3, 0, "local")


def test_a_release_that_may_not_run_there_scores_nothing(yard: Yard, scoring: Scoring) -> None:
    source, target = yard.folder / "rows.csv", yard.folder / "out.csv"
    as_csv(source, ROWS)
    assert refused(yard, scoring, Wish(source, target)) is Code.NOTHING_DEPLOYED
    assert refused(yard, scoring, Wish(source, target, environment="moon")) is Code.ENVIRONMENT_UNKNOWN
    yard.deployments.deploy(yard.first)
    yard.deployments.stop(reason="wrong")
    assert refused(yard, scoring, Wish(source, target)) is Code.RELEASE_STOPPED
    assert refused(yard, scoring, Wish(source, target, ref=yard.first)) is Code.RELEASE_STOPPED
    assert scoring.score(Wish(source, target, ref=yard.second)).rows == 3


def test_a_release_that_is_stopped_while_it_scores_leaves_nothing(yard: Yard, scoring: Scoring) -> None:
    yard.deployments.deploy(yard.first)
    source, target = yard.folder / "rows.csv", yard.folder / "out.csv"
    as_csv(source, ROWS)
    stopped: list[Any] = []

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "datasets.text" and not stopped:
            stopped.append(yard.deployments.stop(reason="wrong"))

    with pytest.raises(SurefootError) as failed:
        scoring.score(Wish(source, target), progress=stop)
    assert stopped
    assert failed.value.code is Code.RELEASE_STOPPED
    assert_nothing_left(yard)


def assert_nothing_left(yard: Yard) -> None:
    assert "release.scored" not in [event.type for event in yard.recorder.log]
    assert [path.name for path in yard.folder.iterdir() if "out" in path.name or "scoring" in path.name] == []
    assert not list((yard.folder / "state" / "scratch").glob("work-*"))


def refused(yard: Yard, scoring: Scoring, wish: Wish) -> Code:
    """Why a wish is refused, with nothing left behind."""
    with pytest.raises(SurefootError) as failed:
        scoring.score(wish)
    assert_nothing_left(yard)
    return failed.value.code


@pytest.mark.parametrize(
    "data",
    [
        b"age,work\n1,clerk\n2,cl\xe9rk\n",
        b"age,work\n1,cl\0rk\n",
        b"age,work\n1," + b"x" * 2_100_000 + b"\n",
        gzip.compress(b"age,work\n1,cl\xe9rk\n"),
        b'{"age":1,"work":"clerk"}\n{"age":1,"work":"cl\xe9rk"}\n',
        b"age\tid\n1,cl\xe9rk\n",
    ],
    ids=["encoding", "zero byte", "long cell", "packed", "json lines", "tabs"],
)
def test_columns_that_do_not_fit_are_told_before_a_cell_that_cannot_be_read(
    yard: Yard, scoring: Scoring, data: bytes
) -> None:
    source = yard.folder / "rows.txt"
    source.write_bytes(data)
    assert refused(yard, scoring, Wish(source, yard.folder / "out.csv", ref=yard.first)) is Code.SCORE_COLUMN_UNKNOWN


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"age,job\n1,cl\xe9rk\n", Code.ENCODING),
        (b"\xe2ge,work\n1,clerk\n", Code.ENCODING),
        ("age,work\n1,clerk\n".encode("utf-16"), Code.ENCODING),
        (b'{"age":1}\n{"age":1,"job":"cl\xe9rk"}\n', Code.ENCODING),
    ],
)
def test_where_the_columns_fit_or_cannot_be_read_the_cell_is_told(
    yard: Yard, scoring: Scoring, data: bytes, code: Code
) -> None:
    source = yard.folder / "rows.txt"
    source.write_bytes(data)
    assert refused(yard, scoring, Wish(source, yard.folder / "out.csv", ref=yard.first)) is code


@pytest.mark.parametrize(
    ("text", "keep", "code"),
    [
        ("age,job,size\n1,clerk,2\n", (), Code.SCORE_COLUMN_UNKNOWN),
        ("age,work\n1,clerk\n", (), Code.SCORE_COLUMN_UNKNOWN),
        ("age,id\n1,a\n", ("id",), Code.SCORE_COLUMN_MISSING),
        ("age,job\n1,clerk\n", ("id",), Code.SCORE_COLUMN_MISSING),
        ("age,job,label\n1,clerk,x\n", ("label",), Code.SCORE_COLUMN_TWICE),
        ("age,job,refused\n1,clerk,x\n", ("refused",), Code.SCORE_COLUMN_TWICE),
        ("age,job\n7000,clerk\n8000,clerk\n", (), Code.SCORE_ALL_REFUSED),
        ("age,job\n1,clerk\n2\n", (), Code.BROKEN_ROW),
        ("age,job\n", (), Code.NO_ROWS),
        ('{"age":1,"job":"clerk","size":2}\n', (), Code.SCORE_COLUMN_UNKNOWN),
        ('{"age":1,"job":"clerk"}\n', ("id",), Code.SCORE_COLUMN_MISSING),
        ('{"age":1}\n', (), Code.SCORE_ALL_REFUSED),
        ('{"age":1,"job":"clerk"}\n[1]\n', (), Code.BROKEN_ROW),
        ("\x80\x04pickled", (), Code.SOURCE_FORMAT),
    ],
)
def test_a_table_that_does_not_fit_is_refused_whole(
    yard: Yard, scoring: Scoring, text: str, keep: tuple[str, ...], code: Code
) -> None:
    source = yard.folder / "rows.csv"
    source.write_bytes(text.encode("latin-1"))
    assert refused(yard, scoring, Wish(source, yard.folder / "out.csv", ref=yard.first, keep=keep)) is code


@pytest.mark.parametrize(
    ("text", "columns"), [("age,job,size,shoe\n1,clerk,2,3\n", "size, shoe"), ("id\tx\n1\ta\n", "age, job")]
)
def test_every_column_that_does_not_fit_is_named_at_once(yard: Yard, scoring: Scoring, text: str, columns: str) -> None:
    source = yard.folder / "rows.csv"
    source.write_text(text)
    with pytest.raises(InputRefusedError) as failed:
        scoring.score(Wish(source, yard.folder / "out.csv", ref=yard.first, keep=("id", "x") if "id" in text else ()))
    assert failed.value.values["columns"] == columns
    for language in LANGUAGES:
        assert columns in Words(language).error(failed.value).what


def test_a_file_that_is_there_is_never_written_over(yard: Yard, scoring: Scoring) -> None:
    source, taken = yard.folder / "rows.csv", yard.folder / "taken.csv"
    as_csv(source, ROWS)
    taken.write_text("mine")
    assert refused(yard, scoring, Wish(source, taken, ref=yard.first)) is Code.SCORE_TAKEN
    assert refused(yard, scoring, Wish(source, source, ref=yard.first)) is Code.SCORE_TAKEN
    assert refused(yard, scoring, Wish(source, yard.folder / "out.xlsx", ref=yard.first)) is Code.SCORE_FORM

    def appear(stage: str, _done: int, _total: int) -> None:
        if stage == "datasets.text":
            (yard.folder / "late.csv").write_text("mine too")

    with pytest.raises(SurefootError) as failed:
        scoring.score(Wish(source, yard.folder / "late.csv", ref=yard.first), progress=appear)
    assert failed.value.code is Code.SCORE_TAKEN
    assert (taken.read_text(), (yard.folder / "late.csv").read_text()) == ("mine", "mine too")


def test_a_cell_that_a_spreadsheet_would_compute_is_made_harmless() -> None:
    given = ["=HYPERLINK(1)", "-2+3", "-5", "+1.5e3", "@x", "\tx", "\rx", "+", "x=1", ""]
    made = ["'=HYPERLINK(1)", "'-2+3", "-5", "+1.5e3", "'@x", "'\tx", "'\rx", "'+", "x=1", ""]
    assert [harmless(text) for text in given] == made


def test_a_kept_key_that_is_a_formula_is_harmless_in_csv_and_itself_elsewhere(yard: Yard, scoring: Scoring) -> None:
    source = yard.folder / "rows.jsonl"
    as_jsonl(source, [{"id": "=1+1", **ROWS[0]}, {"id": -5, **ROWS[0]}])
    found = {}
    for form in ("csv", "jsonl"):
        target = yard.folder / f"kept.{form}"
        scoring.score(Wish(source, target, ref=yard.first, keep=("id",)))
        found[form] = [row["id"] for row in read(target)]
    assert found == {"csv": ["'=1+1", "-5"], "jsonl": ["=1+1", -5]}


def test_many_rows_are_scored_in_pieces_and_can_be_cancelled(yard: Yard, scoring: Scoring) -> None:
    source, target = yard.folder / "rows.csv", yard.folder / "out.csv"
    with source.open("w") as file:
        file.write("age,job\n")
        file.writelines(f"{at % 90},{'cook' if at % 1000 else 'thief'}\n" for at in range(100_000))
    done: list[int] = []

    def told(stage: str, rows: int, _total: int) -> None:
        if stage == "deployments.score":
            done.append(rows)

    with pytest.raises(CancelledError):
        scoring.score(Wish(source, target, ref=yard.first), progress=told, cancel=lambda: bool(done))
    assert_nothing_left(yard)
    began = time.monotonic()
    scored: Scored = scoring.score(Wish(source, target, ref=yard.first), progress=told)
    assert (scored.rows, scored.refused) == (100_000, 100)
    assert time.monotonic() - began < 120


def test_where_nobody_says_the_answers_lie_beside_the_rows() -> None:
    assert beside(Path("/a/rows.parquet")) == Path("/a/rows.scored.parquet")
    assert beside(Path("/a/rows.csv.gz")) == Path("/a/rows.csv.scored.csv")
