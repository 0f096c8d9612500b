"""The points that a run reported: from the agent's JSON lines to a Parquet file and a summary.

Streams: a chunk of lines at a time is decoded and written, so that memory does not grow with the run. A line that
cannot be read (torn by a crash, or not ours) is passed over and counted, never guessed. NaN and infinities are kept
as such in the points, and as `NaN`, `Infinity`, `-Infinity` in the summary.
"""

import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from surefoot.trail.canonical import Json

CHUNK = 500_000
LONGEST_LINE = 64 * 1024
MOST_METRICS = 10_000
_GLANCE = 2**18
_SCHEMA = {"name": pl.Categorical, "step": pl.Int64, "time_ms": pl.Int64, "value": pl.Float64}
_WHOLE = 2**53


class _Line(msgspec.Struct):
    """A line as the agent writes it; anything else in it is not ours."""

    kind: str
    name: str = ""
    value: Any = None
    step: int = 0
    time_ms: int = 0


@dataclass(slots=True)
class Points:
    """What was read: how many points, how many lines could not be read, and the summary of each metric."""

    count: int = 0
    unreadable: int = 0
    metrics: dict[str, dict[str, Json]] = field(default_factory=dict)


def collect(source: Path, target: Path, *, goals: dict[str, str] | None = None) -> Points:
    """Writes the points of a run as Parquet and summarises them.

    Args:
        source: the agent's `telemetry.jsonl`; it may end in the middle of a line, or be missing.
        target: the Parquet file to write: name, step, time_ms, value, in the order of name and step.
        goals: metric name to `at_least` or `at_most`; these get a `best`.
    """
    points = Points()
    parts = target.with_name(f".{target.name}.parts")
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    try:
        for number, chunk in enumerate(_chunks(source, points)):
            chunk.write_parquet(parts / f"{number:06}.parquet", compression="zstd")
        if not any(parts.iterdir()):
            _frame({name: [] for name in _SCHEMA}).write_parquet(parts / "000000.parquet")
        read = pl.scan_parquet(parts / "*.parquet").with_columns(pl.col("name").cast(pl.String))
        points.metrics = _summaries(read, goals or {})
        read.sort("name", "step", "time_ms", maintain_order=True).sink_parquet(target, compression="zstd")
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    return points


def newest(source: Path) -> dict[str, tuple[int, float]]:
    """The newest step and value of each metric, as far as the last 256 KiB of a growing file tell."""
    try:
        start = max(0, source.stat().st_size - _GLANCE)
    except FileNotFoundError:
        return {}
    found: dict[str, tuple[int, float]] = {}
    for line in _metric_lines(source, Points(), start=start):
        if line.name not in found or line.step >= found[line.name][0]:
            found[line.name] = (line.step, line.value)
    return found


def text_of(value: float) -> str:
    """A figure as events hold it: the shortest text that reads back as the same double."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(float(value))


def _chunks(source: Path, points: Points) -> Iterator[pl.DataFrame]:
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA}
    for line in _metric_lines(source, points):
        columns["name"].append(line.name)
        columns["step"].append(line.step)
        columns["time_ms"].append(line.time_ms)
        columns["value"].append(line.value)
        points.count += 1
        if len(columns["name"]) >= CHUNK:
            yield _frame(columns)
            columns = {name: [] for name in _SCHEMA}
    if columns["name"]:
        yield _frame(columns)


def _frame(columns: dict[str, list[Any]]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=_SCHEMA)


def _metric_lines(source: Path, points: Points, *, start: int = 0) -> Iterator[_Line]:
    decoder = msgspec.json.Decoder(_Line)
    names: set[str] = set()
    try:
        file = source.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(start)
        while raw := file.readline(LONGEST_LINE):
            try:
                line = decoder.decode(raw)
                line.value = _number(line.value) if line.kind == "metric" else 0.0
            except (msgspec.DecodeError, ValueError, TypeError, UnicodeDecodeError):
                points.unreadable += 1
                continue
            if line.kind != "metric":
                continue
            names.add(line.name)
            if len(names) > MOST_METRICS or abs(line.step) > _WHOLE or abs(line.time_ms) > _WHOLE:
                points.unreadable += 1
                continue
            yield line


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    return float(value)


def _summaries(points: pl.LazyFrame, goals: dict[str, str]) -> dict[str, dict[str, Json]]:
    """For each metric: its last value (of the greatest step), the least and the greatest with their steps, how many."""
    value, step = pl.col("value"), pl.col("step")
    finite = value.is_not_nan()
    rows = (
        points.group_by("name")
        .agg(
            value.sort_by("step", "time_ms", maintain_order=True).last().alias("last"),
            step.max().alias("last_step"),
            value.filter(finite).min().alias("min"),
            value.filter(finite).max().alias("max"),
            step.filter(finite).get(value.filter(finite).arg_min(), null_on_oob=True).alias("min_step"),
            step.filter(finite).get(value.filter(finite).arg_max(), null_on_oob=True).alias("max_step"),
            pl.len().alias("count"),
        )
        .sort("name")
        .collect(engine="streaming")
    )
    return {row["name"]: _summary(row, goals.get(row["name"])) for row in rows.iter_rows(named=True)}


def _summary(row: dict[str, Any], goal: str | None) -> dict[str, Json]:
    found: dict[str, Json] = {
        name: text_of(row[name]) if row[name] is not None else None for name in ("last", "min", "max")
    }
    found |= {name: row[name] for name in ("last_step", "min_step", "max_step", "count")}
    if goal is not None:
        found["best"] = found["max"] if goal == "at_least" else found["min"]
    return found
