"""The course of each metric of a run, thinned to what a screen can show.

A curve that is too long keeps the least and the greatest point of every stretch, so that no peak is lost.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from surefoot.objects import Objects
from surefoot.runs import folders
from surefoot.runs.facts import Run
from surefoot.runs.points import Points, metric_lines

MOST = 1000
"""Points of a curve, at most."""
_GLANCE = 8 * 2**20  # bytes of a growing file that are looked at

Curve = Sequence[tuple[float, float]]


def curves(run: Run, folder: Path, *, objects: Objects, most: int = MOST) -> Mapping[str, Curve]:
    """Step and value of each metric, by its name, in the order of steps; NaN and infinities are left out.

    Args:
        run: which one.
        folder: its folder, where the points of a run that is going on lie.
        objects: where those of one that has ended lie.
        most: points of one curve.

    Raises:
        RecordBrokenError: the points are not those that were recorded.
    """
    if run.telemetry is not None and objects.has(run.telemetry):
        with objects.open(run.telemetry) as file:
            points = pl.read_parquet(file, columns=["name", "step", "value"])
    else:
        points = _growing(folder / folders.TELEMETRY)
    named = points.filter(pl.col("value").is_finite()).partition_by("name", maintain_order=True, as_dict=True)
    return {str(name): _thinned(part, most) for (name,), part in named.items()}


def _growing(source: Path) -> pl.DataFrame:
    try:
        start = max(0, source.lstat().st_size - _GLANCE)
    except OSError:
        start = 0
    found = [(line.name, line.step, line.value) for line in metric_lines(source, Points(), start=start)]
    schema = {"name": pl.String, "step": pl.Int64, "value": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row").sort("step", maintain_order=True)


def _thinned(points: pl.DataFrame, most: int) -> Curve:
    if len(points) > most:
        stretch = (pl.col("row").cast(pl.Int64) * (most // 2) // pl.len()).alias("stretch")
        row, value = pl.col("row"), pl.col("value")
        ends = pl.concat_list(row.get(value.arg_min()), row.get(value.arg_max())).alias("row")
        numbered = points.with_row_index("row")
        kept = numbered.group_by(numbered.select(stretch).to_series()).agg(ends)["row"].explode().unique().sort()
        points = points[kept]
    return list(zip(points["step"].cast(pl.Float64).to_list(), points["value"].to_list(), strict=True))
