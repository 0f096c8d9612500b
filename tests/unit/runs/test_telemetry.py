"""Points: from the agent's lines to Parquet and a summary, whatever the lines hold."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surefoot.errors import Code, SurefootError
from surefoot.runs import telemetry
from surefoot.runs.points import Points, newest, text_of
from tests.fakes.run_folder import IN_THE_WAY


def metric(name: str, value: object, step: int) -> str:
    return json.dumps({"kind": "metric", "name": name, "value": value, "step": step, "time_ms": step * 10})


def collect(folder: Path, lines: list[str], **more: dict[str, str]) -> tuple[Points, pl.DataFrame]:
    source = folder / "telemetry.jsonl"
    source.write_text("".join(f"{line}\n" for line in lines))
    points = telemetry.collect(source, folder / "points.parquet", **more)
    return points, pl.read_parquet(folder / "points.parquet", glob=False)


def test_the_summary_knows_last_least_greatest_and_their_steps(tmp_path: Path) -> None:
    lines = [metric("loss", value, step) for step, value in enumerate([0.9, 0.2, 0.5], start=1)]
    points, table = collect(tmp_path, [*lines, metric("auc", 0.7, 1)], goals={"loss": "at_most"})
    assert points.metrics["loss"] == {
        "last": "0.5", "last_step": 3, "min": "0.2", "min_step": 2, "max": "0.9", "max_step": 1, "count": 3,
        "best": "0.2",
    }  # fmt: skip
    assert "best" not in points.metrics["auc"]
    assert table["name"].to_list() == ["auc", "loss", "loss", "loss"]


def test_the_last_value_is_that_of_the_greatest_step_however_the_lines_come(tmp_path: Path) -> None:
    points, _ = collect(tmp_path, [metric("a", value, step) for value, step in [(3.0, 3), (1.0, 1), (2.0, 2)]])
    assert points.metrics["a"]["last"] == "3.0"


def test_nan_and_infinities_are_kept_and_never_the_least_or_the_greatest_by_mistake(tmp_path: Path) -> None:
    points, table = collect(tmp_path, [metric("a", 1.0, 1), metric("a", "Infinity", 2), metric("a", "NaN", 3)])
    assert (points.metrics["a"]["last"], points.metrics["a"]["min"]) == ("NaN", "1.0")
    assert points.metrics["a"]["max"] == "Infinity"
    assert math.isnan(table["value"][-1])


def test_a_metric_that_is_nothing_but_nan_has_no_least(tmp_path: Path) -> None:
    points, _ = collect(tmp_path, [metric("a", "NaN", 1)])
    assert (points.metrics["a"]["min"], points.metrics["a"]["min_step"]) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        "", "{", "[]", "null", '{"kind":"metric","name":3,"value":1}', '{"kind":"metric","name":"a","value":"x"}',
        '{"kind":"metric","name":"a","value":true}', '{"kind":"metric","name":"a","value":[1]}', '{"value":1}',
        '{"kind":"metric","name":"a","value":1,"step":1e300}',
        "\xff",
        '{"kind":"metric","name":"a","value":1,"step":9007199254740993}', "x" * 200_000,
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_counted_and_passed_over(tmp_path: Path, line: str) -> None:
    points, table = collect(tmp_path, [metric("a", 1.0, 1), line, metric("a", 2.0, 2)])
    assert points.metrics["a"]["count"] == 2
    assert points.unreadable >= 1
    assert len(table) == 2


def test_a_torn_last_line_and_a_missing_file_leave_what_is_whole(tmp_path: Path) -> None:
    source = tmp_path / "telemetry.jsonl"
    source.write_text(metric("a", 1.0, 1) + "\n" + metric("a", 2.0, 2)[:-9])
    assert telemetry.collect(source, tmp_path / "p.parquet").metrics["a"]["last"] == "1.0"
    assert telemetry.collect(tmp_path / "none", tmp_path / "q.parquet").metrics == {}
    assert pl.read_parquet(tmp_path / "q.parquet").columns == ["name", "step", "time_ms", "value"]


@pytest.mark.parametrize("put", IN_THE_WAY)
def test_what_the_command_put_in_place_of_its_points_holds_up_nobody(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    put(tmp_path / "telemetry.jsonl")
    assert telemetry.collect(tmp_path / "telemetry.jsonl", tmp_path / "p.parquet").metrics == {}
    assert newest(tmp_path / "telemetry.jsonl") == {}


@pytest.mark.parametrize("put", IN_THE_WAY)
@pytest.mark.parametrize("name", ["p.parquet", ".p.parquet.parts"])
def test_what_the_command_put_where_points_are_written_is_replaced(
    tmp_path: Path, name: str, put: Callable[[Path], None]
) -> None:
    put(tmp_path / name)
    (tmp_path / "telemetry.jsonl").write_text(metric("a", 1.0, 1) + "\n")
    assert telemetry.collect(tmp_path / "telemetry.jsonl", tmp_path / "p.parquet").count == 1
    assert len(pl.read_parquet(tmp_path / "p.parquet")) == 1
    assert not (tmp_path / ".p.parquet.parts").exists()


def test_a_folder_whose_name_is_a_pattern_is_one_folder(tmp_path: Path) -> None:
    (tmp_path / "a[b]*").mkdir()
    points, table = collect(tmp_path / "a[b]*", [metric("a", 1.0, 1)])
    assert (points.count, len(table)) == (1, 1)


def test_a_disk_that_is_full_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = pl.DataFrame.write_parquet
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda frame, _path, **more: write(frame, "/dev/full", **more))
    with pytest.raises(SurefootError) as caught:
        collect(tmp_path, [metric("a", 1.0, 1)])
    assert caught.value.code is Code.POINTS_UNWRITABLE
    assert not (tmp_path / ".points.parquet.parts").exists()


def test_chunks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [metric(f"m{n % 3}", math.sin(n), n) for n in range(100)]
    whole, table = collect(tmp_path, lines)
    monkeypatch.setattr(telemetry, "CHUNK", 7)
    parts, pieces = collect(tmp_path, lines)
    assert whole.metrics == parts.metrics
    assert table.equals(pieces)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".parts")] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_every_double_survives_the_summary(tmp_path: Path, values: list[float]) -> None:
    points, _ = collect(tmp_path, [metric("a", text_of(v), n) for n, v in enumerate(values)])
    last = float(str(points.metrics["a"]["last"]))
    assert last == values[-1] or math.isnan(last) == math.isnan(values[-1])
