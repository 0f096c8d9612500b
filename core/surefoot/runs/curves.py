"""The course of each metric of a run, thinned to what a screen can show.

A curve that is too long keeps the least and the greatest point of every stretch, so that no peak is lost.
"""

import tempfile
from collections.abc import Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from surefoot.catalog import database
from surefoot.objects import Objects
from surefoot.runs import folders
from surefoot.runs.facts import Run
from surefoot.runs.points import Line, Points, metric_lines

MOST = 1000
"""Points of a curve, at most."""
_GLANCE = 8 * 2**20  # bytes of a growing file that are looked at
_MEMORY = "256MB"
_ENDED = "SELECT name, step, value, file_row_number AS place FROM read_parquet($1, file_row_number = true)"
_GROWING = """
    SELECT unnest($1::VARCHAR[]) AS name, unnest($3::BIGINT[]) AS step, unnest($4::DOUBLE[]) AS value,
           unnest(range(len($1))) AS place
"""
_THINNED = """
    WITH found AS (SELECT * FROM ({source}) WHERE isfinite(value)),
    lengths AS (
        SELECT name, min(place) AS begins, max(place) - min(place) + 1 AS length, count(*) AS points
        FROM found GROUP BY name
    ),
    ends AS (
        SELECT f.name, min({{'value': value, 'place': place, 'step': step}}) AS low,
               max({{'value': value, 'place': -place, 'step': step}}) AS high
        FROM found f JOIN lengths l USING (name) WHERE l.points > $2
        GROUP BY f.name, (place - l.begins) * ($2 // 2) // l.length
    ),
    kept AS (
        SELECT name, place, step, value FROM found SEMI JOIN (FROM lengths WHERE points <= $2) USING (name)
        UNION ALL SELECT name, low.place, low.step, low.value FROM ends
        UNION ALL SELECT name, -high.place, high.step, high.value FROM ends WHERE -high.place <> low.place
    )
    SELECT name, place, step, value FROM kept ORDER BY name, place
"""

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
    with tempfile.TemporaryDirectory(prefix="surefoot-") as name:
        spill = Path(name)
        if run.telemetry is not None and objects.has(run.telemetry):
            whole = spill / "points.parquet"  # where the engine may read
            objects.copy_to(run.telemetry, whole)
            return _thinned(_ENDED, [str(whole), most], spill)
        lines = _growing(folder / folders.TELEMETRY)
        columns = [[getattr(line, part) for line in lines] for part in ("name", "step", "value")]
        return _thinned(_GROWING, [columns[0], most, *columns[1:]], spill)


def _growing(source: Path) -> Sequence[Line]:
    try:
        start = max(0, source.lstat().st_size - _GLANCE)
    except OSError:
        start = 0
    return sorted(metric_lines(source, Points(), start=start), key=attrgetter("name", "step"))


def _thinned(source: str, values: Sequence[Any], spill: Path) -> Mapping[str, Curve]:
    found: dict[str, list[tuple[float, float]]] = {}
    # The parts are put together from fragments of our own code; paths and points are bound.
    sql = _THINNED.format(source=source)
    with database.connect(None, spill, memory=_MEMORY) as engine:
        for name, _, step, value in database.answer(engine, lambda asked: asked.execute(sql, values).fetchall()):
            found.setdefault(name, []).append((float(step), value))
    return found
