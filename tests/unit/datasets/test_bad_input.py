"""Each bad input is refused with a code of its own; nothing is recorded and nothing is left behind."""

import gzip
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from surefoot.datasets import reading
from surefoot.errors import Code, SurefootError
from surefoot.texts import LANGUAGES, Words
from surefoot.workers import Limits
from tests.fakes.datasets import Desk, desk

ROWS = "".join(f"r{i},{i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(60))
GOOD = "id,points,answer\n" + ROWS


def refused(at: Desk, act: Callable[[], Any]) -> SurefootError:
    """Does what has to be refused, and holds that it left nothing."""
    before = at.traces()
    with pytest.raises(SurefootError) as caught:
        act()
    assert at.traces() == before
    error = caught.value
    for language in LANGUAGES:
        told = Words(language).error(error)
        assert "{" not in told.what + told.means + told.do
    return error


TEXTS: dict[str, tuple[str | bytes, dict[str, Any], Code, dict[str, Any]]] = {
    "mixed types": (
        GOOD.replace("r50,1,", "r50,many,"),
        {},
        Code.MIXED_TYPES,
        {"column": "points", "type": "integer", "line": 52, "value": "many", "count": 1, "total": 60},
    ),
    "a type that was said and does not fit": (
        GOOD,
        {"types": {"answer": "number"}},
        Code.MIXED_TYPES,
        {"column": "answer", "type": "number", "line": 2, "value": "no", "count": 60, "total": 60},
    ),
    "a row with too few cells": (GOOD + "r60,1\n", {}, Code.BROKEN_ROW, {"line": 62}),
    "a row with too many cells": (GOOD.replace("r7,0,", "r7,0,0,"), {}, Code.BROKEN_ROW, {"line": 9}),
    "a broken row after a cell of two lines": (
        GOOD.replace("r3,3,", '"r3\n",3,').replace("r7,0,", "r7,0,0,"),
        {},
        Code.BROKEN_ROW,
        {"line": 10},
    ),
    "a quotation mark that is never closed": (GOOD.replace("r7,", '"r7,'), {}, Code.BROKEN_ROW, {"line": 9}),
    "Latin-1": (GOOD.replace("r7,", "rés,").encode("latin-1"), {}, Code.ENCODING, {"line": 9, "found": "latin-1"}),
    "Windows-1252": (
        GOOD.replace("r7,", "r€,").encode("windows-1252"),
        {},
        Code.ENCODING,
        {"line": 9, "found": "windows-1252"},
    ),
    "UTF-16 with its mark": (GOOD.encode("utf-16"), {}, Code.ENCODING, {"line": 1, "found": "utf-16"}),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), {}, Code.ENCODING, {"line": 1, "found": "utf-16-le"}),
    "another encoding than was said": (
        GOOD.replace("r7,", "r\x81,").encode("latin-1"),
        {"encoding": "windows-1252"},
        Code.ENCODING,
        {"found": "other", "encoding": "windows-1252"},
    ),
    "mixed encodings": (
        GOOD.replace("r7,", "rés,").encode() + "rés,1,no\n".encode("latin-1"),
        {},
        Code.ENCODING,
        {"line": 62},
    ),
    "cut off inside a letter": (GOOD.encode() + "rđ".encode()[:-1], {}, Code.ENCODING, {"line": 62}),
    "no header": (ROWS, {}, Code.NO_HEADER, {"first": "r0,0,no"}),
    "no header, all text": (
        "red,up,yes\n" + "blue,down,no\nred,up,yes\n" * 20,
        {},
        Code.NO_HEADER,
        {"first": "red,up,yes"},
    ),
    "one column": ("word\n" + "a\nb\n" * 20, {}, Code.ONE_COLUMN, {"column": "word"}),
    "no rows": ("id,points,answer\n", {}, Code.NO_ROWS, {}),
    "an empty file": ("", {}, Code.NO_ROWS, {}),
    "blank lines only": ("\n\n\n", {}, Code.NO_ROWS, {}),
    "100,000 columns": (
        ",".join(f"c{i}" for i in range(100_000)) + "\n" + ",".join("1" * 100_000) + "\n",
        {},
        Code.TOO_MANY_COLUMNS,
        {"count": 100_000, "limit": 2000},
    ),
    "a name that stands twice": ("id,Points,points\n" + ROWS, {}, Code.COLUMN_TWICE, {"column": "points"}),
    "a cell beyond all measure": (
        GOOD + '"' + "x" * 3_000_000 + '",1,no\n',
        {},
        Code.CELL_TOO_BIG,
        {"line": 62, "limit": reading.LONGEST_LINE},
    ),
    "a target that is not there": (
        GOOD,
        {"target": "anser"},
        Code.COLUMN_UNKNOWN,
        {"role": "target", "near": "answer, points"},
    ),
    "a target that never changes": (
        GOOD.replace(",no", ",yes"),
        {"target": "answer"},
        Code.TARGET_CONSTANT,
        {"column": "answer", "value": "yes"},
    ),
    "a positive value that is not there": (
        GOOD,
        {"target": "answer", "positive": "maybe"},
        Code.POSITIVE_UNKNOWN,
        {"value": "maybe", "known": "no, yes"},
    ),
    "a key with duplicates": (
        GOOD + "r7,3,no\nr7,4,no\n",
        {"key": "id"},
        Code.KEY_TWICE,
        {"column": "id", "count": 1, "value": "r7"},
    ),
    "a key of two columns with duplicates": (GOOD, {"key": ["points", "answer"]}, Code.KEY_TWICE, {"count": 14}),
    "a key with gaps": (GOOD.replace("r7,", ","), {"key": "id"}, Code.KEY_EMPTY, {"column": "id", "count": 1}),
    "a key of fractions": (
        GOOD.replace("r", "0.") + "x",
        {"key": "id", "types": {"id": "text"}},
        Code.BROKEN_ROW,
        {"line": 62},
    ),
    "an empty side": ("id,a,b\nr1,1,x\n", {"key": "id"}, Code.SPLIT_EMPTY, {"rows": 1}),
    "no time column to split by": (GOOD, {"split_by": "time"}, Code.SPLIT_VALUE, {}),
    "times that are words": (GOOD, {"split_by": "time", "time": "answer"}, Code.TIME_VALUES, {"column": "answer"}),
    "times with gaps": (
        GOOD.replace("r7,0", "r7,"),
        {"split_by": "time", "time": "points"},
        Code.TIME_VALUES,
        {"detail": "gaps", "count": 1},
    ),
    "JSON that breaks off": ('{"a": 1, "b": 2}\n{"a": 1, "b"\n', {}, Code.BROKEN_ROW, {"line": 2}),
    "JSON lines with a list": ('{"a": 1, "b": [2]}\n', {}, Code.COLUMN_TYPE, {"column": "b"}),
    "JSON lines with two types in a column": (
        '{"a": 1, "b": 2}\n{"a": "x", "b": 2}\n',
        {},
        Code.MIXED_TYPES,
        {"column": "a", "line": 2, "value": "x"},
    ),
    "JSON lines with one column": ('{"a": 1}\n{"a": 2}\n', {}, Code.ONE_COLUMN, {"column": "a"}),
    "JSON lines with NaN": ('{"a": NaN, "b": 1}\n', {}, Code.BROKEN_ROW, {"line": 1}),
    "a JSON array": ('[{"a": 1, "b": 2}]', {}, Code.SOURCE_FORMAT, {}),
    "deeply nested JSON": ('{"a":' * 200_000, {}, Code.BROKEN_ROW, {"line": 1}),
    "a pickle": (b"\x80\x04\x95\x00\x00", {}, Code.SOURCE_FORMAT, {"found": "pickle"}),
    "an Excel file": (b"PK\x03\x04rest", {}, Code.SOURCE_FORMAT, {"found": "zip"}),
    "a DuckDB file": (b"\0" * 8 + b"DUCK" + b"\0" * 100, {}, Code.SOURCE_FORMAT, {"found": "duckdb"}),
    "zero bytes": ("a,b\n1,\0\n", {}, Code.SOURCE_FORMAT, {}),
    "Parquet that is none": (b"PAR1" + b"\0" * 100 + b"PAR1", {}, Code.DATA_UNREADABLE, {"format": "Parquet"}),
    "gzip that is none": (b"\x1f\x8b\x08\0" + b"\xff" * 100, {}, Code.DATA_UNREADABLE, {"format": "gzip"}),
    "gzip that is cut off": (gzip.compress(GOOD.encode() * 99)[:-20], {}, Code.DATA_UNREADABLE, {"format": "gzip"}),
    "a separator of two signs": (GOOD, {"delimiter": "::"}, Code.PLAN_VALUE, {"key": "delimiter"}),
    "an encoding nobody knows": (GOOD, {"encoding": "klingon"}, Code.PLAN_VALUE, {"key": "encoding"}),
    "a permission that has ended": (GOOD, {"expiry": "2020-01-31"}, Code.DATASET_EXPIRED, {"expiry": "2020-01-31"}),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_bad_table_is_refused_by_name(what: str, at: Desk) -> None:
    content, said, code, values = TEXTS[what]
    error = refused(at, lambda: at.table(content, **said))
    assert (error.code, error.exit_code) == (code, 8)
    assert {name: error.values[name] for name in values} == values


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    "role", ["target", "key", "group", "time", "subject", "protected", "special", "ignore", "drop", "types", "units"]
)
def test_a_column_that_is_not_there_is_refused_in_every_kind_of_file(kind: str, role: str, at: Desk) -> None:
    frame = pl.read_csv(GOOD.encode())
    path = at.file(f"table.{kind}", GOOD)
    if kind != "csv":
        frame.write_ndjson(path) if kind == "jsonl" else frame.write_parquet(path)
    said: Any = {"types": {"anser": "text"}, "units": {"anser": "EUR"}}.get(role, "anser")
    error = refused(at, lambda: at.add(path, **{role: said}))
    assert (error.code, error.exit_code) == (Code.COLUMN_UNKNOWN, 8)
    assert (error.values["column"], error.values["role"]) == ("anser", role)
    assert "answer" in str(error.values["near"])


def test_a_list_may_stand_in_a_column_of_json_lines_that_is_dropped(at: Desk) -> None:
    lines = "".join(f'{{"id": "r{n}", "points": {n % 7}, "tags": [{n}], "x": "a"}}\n' for n in range(60))
    version = at.add(at.file("t.jsonl", lines), drop=["tags"]).version
    assert [column["name"] for column in version.columns] == ["id", "points", "x"]


def test_a_byte_order_mark_is_no_fault(at: Desk) -> None:
    added = at.table(b"\xef\xbb\xbf" + GOOD.encode()).version
    assert added.columns[0]["name"] == "id"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "windows-1252"])
def test_another_encoding_is_read_where_it_is_named(encoding: str, at: Desk) -> None:
    added = at.table(GOOD.replace("r7,", "rés,").encode(encoding), encoding=encoding).version
    assert added.rows == 60


def test_a_table_without_names_is_read_where_that_is_said(at: Desk) -> None:
    added = at.table(ROWS, header=False).version
    assert ([one["name"] for one in added.columns], added.rows) == (["column_1", "column_2", "column_3"], 60)


@pytest.mark.parametrize(
    "name",
    [
        "it's.csv",
        'a"b.csv',
        "a;b.csv",
        "new\nline.csv",
        "*.csv",
        "a?b[0-9].csv",
        "s3:bucket.csv",
        "http:x.csv",
        "$HOME.csv",
        "-rf.csv",
    ],
)
def test_a_path_is_a_name_and_nothing_else(name: str, at: Desk) -> None:
    at.file("bait.csv", GOOD.replace("answer", "bait"))
    added = at.add(at.file(name, GOOD), name="table").version
    assert added.sources[0]["name"] == name
    assert added.columns[2]["name"] == "answer"


@pytest.mark.parametrize("name", ["s3://bucket/key.csv", "https://example.org/x.csv", "*.csv", "a/../../../none.csv"])
def test_a_path_that_is_no_file_is_not_looked_for_elsewhere(name: str, at: Desk) -> None:
    at.file("real.csv", GOOD)
    assert refused(at, lambda: at.add(at.project / name, name="table")).code == Code.FILE_MISSING


def test_a_path_with_dots_leads_where_it_says(at: Desk) -> None:
    at.file("a/table.csv", GOOD)
    assert at.add(at.project / "a" / ".." / "a" / "table.csv").version.name == "table"


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_file_is_refused_without_waiting(kind: str, at: Desk) -> None:
    path = at.project / "pipe.csv"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path = Path("/dev/zero")
    error = refused(at, lambda: at.add(path))
    assert (error.code, error.values["kind"]) == (Code.INPUT_KIND, kind)


def test_a_cell_of_four_gigabytes_is_refused_without_being_read(at: Desk) -> None:
    path = at.file("table.csv", GOOD + '"')
    with path.open("r+b") as file:
        file.truncate(4 * 2**30)
    error = refused(at, lambda: at.datasets.add(path))
    # A sparse file holds zeros, which are no text. That of real letters is met above, with its line.
    assert (error.code, error.values["found"], error.values["line"]) == (Code.SOURCE_FORMAT, "zero-byte", 62)


def test_a_file_that_unpacks_without_end_is_stopped(tmp_path: Path) -> None:
    with desk(tmp_path, limits=Limits(file_bytes=1 << 24, wall_seconds=120)) as at:
        bomb = at.file("bomb.csv", gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 23)))
        assert bomb.stat().st_size < 1 << 17
        assert refused(at, lambda: at.add(bomb)).code == Code.UNPACKED_TOO_BIG


def test_a_table_that_needs_too_much_memory_ends_its_worker_only(tmp_path: Path) -> None:
    with desk(tmp_path, limits=Limits(memory_bytes=1 << 30, wall_seconds=120)) as at:
        path = at.project / "bomb.parquet"
        # One text that 4,000 rows share, written in parts: four gigabytes for the reader, not for the writer.
        table = pl.DataFrame({"b": range(4000)}).with_columns(a=pl.lit("x" * 1_000_000)).select("a", "b")
        table.write_parquet(path, row_group_size=100)
        assert path.stat().st_size < 1 << 20
        assert refused(at, lambda: at.add(path)).code in {Code.WORKER_MEMORY, Code.WORKER_DIED}


def test_a_parser_that_crashes_takes_nobody_with_it(at: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The parser is made to crash, since no file is known that makes this version of it crash."""
    crashing = tmp_path / "python"
    crashing.write_text(
        f"#!/bin/sh\nshift 3\nexec {sys.executable} -I -c '\n"
        "import ctypes\nfrom surefoot.datasets import reading\n"
        "reading.kind_of = lambda path: ctypes.string_at(0)\n"
        'from surefoot.workers.child import main\nmain()\' "$@"\n'
    )
    crashing.chmod(crashing.stat().st_mode | stat.S_IXUSR)
    path = at.file("table.csv", GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(crashing))
        error = refused(at, lambda: at.add(path))
    assert (error.code, error.values["how"]) == (Code.WORKER_DIED, "SIGSEGV")
    assert at.add(path).is_new


@pytest.mark.parametrize("moment", ["datasets.hash", "datasets.text"])
def test_a_source_that_is_written_to_meanwhile_is_refused(moment: str, at: Desk) -> None:
    path = at.file("table.csv", GOOD)

    def write(stage: str, _done: int, _total: int) -> None:
        if stage == moment:
            with path.open("a") as file:
                file.write("r60,1,yes\n")

    assert refused(at, lambda: at.datasets.add(path, progress=write)).code == Code.SOURCE_CHANGED


def test_cancel_leaves_nothing(at: Desk) -> None:
    path = at.file("table.csv", GOOD)
    error = refused(at, lambda: at.datasets.add(path, cancel=lambda: True))
    assert (error.code, error.exit_code) == (Code.CANCELLED, 130)
