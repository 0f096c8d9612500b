"""The points that a run reported: from the agent's JSON lines to a Parquet file and a summary.

Streams: a chunk of lines at a time is decoded and written, so that memory does not grow with the run. NaN and
infinities are kept as such in the points, and as `NaN`, `Infinity`, `-Infinity` in the summary.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from surefoot.errors import Code, SurefootError
from surefoot.files import explained
from surefoot.runs.folders import remove
from surefoot.runs.points import Points, metric_lines, text_of
from surefoot.trail.canonical import Json

CHUNK = 500_000
_WHOLE = "whole.parquet"
_SCHEMA = {"name": pl.Categorical, "step": pl.Int64, "time_ms": pl.Int64, "value": pl.Float64}


def collect(source: Path, target: Path, *, goals: dict[str, str] | None = None) -> Points:
    """Writes the points of a run as Parquet and summarises them.

    Args:
        source: the agent's `telemetry.jsonl`; it may end in the middle of a line, or be missing.
        target: the Parquet file to write: name, step, time_ms, value, in the order of name and step.
        goals: metric name to `at_least` or `at_most`; these get a `best`.

    Raises:
        SurefootError: the disk is full, or they cannot be written. Nothing is lost; call again.
    """
    parts = target.with_name(f".{target.name}.parts")
    with explained(target):
        # Whatever the command put in their way is removed, never written through.
        remove(parts)
        parts.mkdir(parents=True)
        try:
            points = _collect(source, parts, goals or {})
            remove(target)
            (parts / _WHOLE).replace(target)
        except pl.exceptions.PolarsError as error:
            raise SurefootError(Code.POINTS_UNWRITABLE, path=target, detail=str(error)) from error
        finally:
            remove(parts)
    return points


def _collect(source: Path, parts: Path, goals: dict[str, str]) -> Points:
    """Writes the points into a folder: a file a chunk, and one that holds them all."""
    points = Points()
    chunks = []
    for number, chunk in enumerate(_chunks(source, points)):
        chunks.append(parts / f"{number:06}.parquet")
        chunk.write_parquet(chunks[-1], compression="zstd")
    if not chunks:
        chunks.append(parts / "000000.parquet")
        _frame({name: [] for name in _SCHEMA}).write_parquet(chunks[-1])
    read = pl.scan_parquet(chunks, glob=False).with_columns(pl.col("name").cast(pl.String))
    points.metrics = _summaries(read, goals)
    read.sort("name", "step", "time_ms", maintain_order=True).sink_parquet(parts / _WHOLE, compression="zstd")
    return points


def _chunks(source: Path, points: Points) -> Iterator[pl.DataFrame]:
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA}
    for line in metric_lines(source, points):
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
