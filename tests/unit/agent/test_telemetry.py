"""Following metrics.jsonl, whatever is written into it."""

import itertools
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.executors import ends
from surefoot.executors.facts import End
from surefoot.payloads.agent import ending, telemetry
from surefoot.payloads.agent.telemetry import MetricsFile, Point, Telemetry


class Following:
    """A metrics file, its reader and what was taken down."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "metrics.jsonl"
        self.out = folder / "telemetry.jsonl"
        self.telemetry = Telemetry(self.out)
        self.reader = MetricsFile(self.path, self.telemetry)

    def add(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)
        self.reader.read()

    def points(self) -> list[tuple[str, Any, int]]:
        self.telemetry.flush()
        lines = [json.loads(line) for line in self.out.read_text().splitlines()]
        return [(line["name"], line["value"], line["step"]) for line in lines]


@pytest.fixture
def following(tmp_path: Path) -> Following:
    return Following(tmp_path)


def test_both_forms_of_a_line_are_read(following: Following) -> None:
    following.add(b'{"name":"auc","value":0.7,"step":4}\n{"step":5,"auc":0.8,"loss":1}\n')
    assert following.points() == [("auc", 0.7, 4), ("auc", 0.8, 5), ("loss", 1.0, 5)]


def test_without_a_step_lines_are_counted(following: Following) -> None:
    following.add(b'{"auc":0.1}\n{"auc":0.2}\n{"loss":3}\n')
    assert following.points() == [("auc", 0.1, 0), ("auc", 0.2, 1), ("loss", 3.0, 0)]


def test_half_a_line_waits_for_its_other_half(following: Following) -> None:
    following.add(b'{"auc":0.1}\n{"au')
    assert len(following.points()) == 1
    following.add(b'c":0.2}')
    assert len(following.points()) == 1
    following.reader.read(is_last=True)
    assert following.points() == [("auc", 0.1, 0), ("auc", 0.2, 1)]


def test_a_file_that_is_begun_anew_is_read_from_its_start(following: Following) -> None:
    following.add(b'{"auc":0.1,"step":1}\n{"auc":0.2,"step":2}\n')
    following.path.write_bytes(b'{"auc":0.3,"step":3}\n')
    following.reader.read()
    following.path.unlink()
    following.add(b'{"auc":0.4,"step":4}\n')
    assert [point[1] for point in following.points()] == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"a":NaN}', "NaN"),
        (b'{"a":"NaN"}', "NaN"),
        (b'{"a":Infinity}', "Infinity"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":1e999}', "Infinity"),
        (b'{"a":1' + b"0" * 400 + b"}", "Infinity"),
    ],
)
def test_what_is_no_finite_number_is_kept_as_a_word_and_remembered(
    following: Following, line: bytes, value: str
) -> None:
    following.add(line + b"\n")
    assert following.points() == [("a", value, 0)]
    assert following.telemetry.not_finite is not None
    assert following.telemetry.not_finite.name == "a"


@pytest.mark.parametrize(
    "line",
    [
        b"x",
        b"[]",
        b"1",
        b"null",
        b'"a"',
        b"{}",
        b'{"a":true}',
        b'{"a":null}',
        b'{"a":"high"}',
        b'{"step":1}',
        b'{"name":1,"value":1}',
        b"\xff",
        b"[" * 2000,
        b'{"a":1},{"a":2}',
        b'{"a":1' + b"0" * 5000 + b"}",
    ],
)
def test_a_bad_line_is_counted_and_its_neighbours_are_read(following: Following, line: bytes) -> None:
    following.add(b'{"auc":0.1}\n' + line + b'\n\n{"auc":0.2}\n')
    assert [point[1] for point in following.points() if point[0] == "auc"] == [0.1, 0.2]
    assert following.reader.bad_lines == 1
    assert following.telemetry.points == 2


def test_a_line_without_end_does_not_fill_the_memory(following: Following) -> None:
    for _ in range(3):
        following.add(b"x" * (telemetry.LONGEST_LINE - 1))
    assert len(following.reader._rest) < telemetry.LONGEST_LINE
    following.add(b'\n{"auc":0.5}\n')
    assert following.points() == [("auc", 0.5, 0)]
    assert following.reader.bad_lines == 1


def test_names_without_end_do_not_fill_the_memory(following: Following) -> None:
    following.add(b"".join(b'{"name":"n%d","value":1}\n' % number for number in range(telemetry.MOST_NAMES + 5)))
    assert (following.telemetry.points, following.telemetry.lost) == (telemetry.MOST_NAMES, 5)


def test_a_name_that_is_too_long_is_lost_and_counted(following: Following) -> None:
    following.add(b'{"name":"%s","value":1}\n' % (b"n" * (telemetry.LONGEST_NAME + 1)))
    assert (following.telemetry.points, following.telemetry.lost) == (0, 1)


def ended(told: Telemetry) -> End | None:
    """What an executor reads of the end of a run that told all this."""
    told.close()
    whole = {**ending.document(ending.Facts(code=0), run="run_x", began=0.0, seconds=1.0), **ending.nothing_collected()}
    whole["tracking"] = {"parameters": told.parameters, "tags": told.tags, "artifacts": []}
    ending.write(told._path.parent, whole)
    return ends.read(told._path.parent, "run_x")


@pytest.mark.parametrize("name", ["n" * (telemetry.LONGEST_NAME + 1), "n" * 100_000, ""])
def test_a_parameter_whose_name_is_too_long_is_lost_and_the_run_is_not(following: Following, name: str) -> None:
    following.telemetry.parameter(name, "1")
    following.telemetry.tag(name, "1")
    following.telemetry.parameter("depth", "3")
    end = ended(following.telemetry)
    assert end is not None
    assert (dict(end.tracking["parameters"]), following.telemetry.lost) == ({"depth": "3"}, 2)


def test_parameters_and_tags_without_end_leave_an_end_that_can_be_read(following: Following) -> None:
    told = following.telemetry
    for _ in range(800):
        told.parameter("again", "x" * 8000)
    assert told.lost == 0
    for number in range(800):
        told.tag(f"t{number}", "\U0001f642" * 4000)
    end = ended(told)
    assert end is not None
    assert (len(end.tracking["parameters"]), len(end.tracking["tags"])) == (1, 521)
    assert told.lost == 800 - 521


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/etc/passwd"), os.mkfifo, Path.mkdir])
def test_what_is_no_file_is_not_read(following: Following, make: Any) -> None:
    make(following.path)
    following.reader.read(is_last=True)
    assert following.points() == []


@pytest.mark.parametrize("name", ["\\ud800", ""])
def test_a_name_that_is_no_text_is_lost_and_counted(following: Following, name: str) -> None:
    following.add(f'{{"name":"{name}","value":1}}\n'.encode())
    assert (following.telemetry.points, following.telemetry.lost) == (0, 1)


def test_a_step_and_a_moment_beyond_reason_are_not_taken(following: Following) -> None:
    following.add(b'{"a":1.5,"step":%d,"time_ms":%d}\n{"a":2.5,"step":"x","time_ms":1.5}\n' % (2**60, 2**60))
    assert following.points() == [("a", 1.5, 0), ("a", 2.5, 1)]
    assert str(2**60) not in following.out.read_text()


def test_a_full_disk_loses_lines_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    taken = Telemetry.__new__(Telemetry)
    taken.__dict__.update(Telemetry(tmp_path / "telemetry.jsonl").__dict__)
    os.close(taken._file)
    taken._file = os.open("/dev/full", os.O_WRONLY)
    taken.metrics([Point("auc", 0.5, 1, 1)])
    taken.close()
    assert taken.lost >= 1


@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30),
    cuts=st.lists(st.integers(0, 2000), max_size=10),
)
def test_every_number_comes_through_exactly_however_the_file_grows(
    values: list[float], cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    following = Following(tmp_path_factory.mktemp("follow"))
    data = b"".join(json.dumps({"name": 'ä\n"', "value": value}).encode() + b"\n" for value in values)
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    for start, end in itertools.pairwise(places):
        following.add(data[start:end])
    following.reader.read(is_last=True)
    read = [telemetry.value_of(value) for _name, value, _step in following.points()]
    assert len(read) == len(values)
    assert all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(read, values, strict=True))
    following.telemetry.close()
