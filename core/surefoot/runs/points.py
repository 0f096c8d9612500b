"""The points of a run as its agent writes them: lines of JSON, read one by one.

A line that cannot be read (torn by a crash, or not ours) is passed over and counted, never guessed.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from surefoot.files import open_plain
from surefoot.trail.canonical import Json

LONGEST_LINE = 64 * 1024
MOST_METRICS = 10_000
_GLANCE = 2**18
_WHOLE = 2**53


class Line(msgspec.Struct):
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


def metric_lines(source: Path, points: Points, *, start: int = 0) -> Iterator[Line]:
    """The metrics of a file, in its order; what cannot be read is counted in `points`.

    Args:
        source: the agent's `telemetry.jsonl`; it may end in the middle of a line, be missing, or be no file at all.
        points: takes the count.
        start: the byte to begin at.
    """
    decoder = msgspec.json.Decoder(Line)
    names: set[str] = set()
    file = open_plain(source)
    if file is None:
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


def newest(source: Path) -> dict[str, tuple[int, float]]:
    """The newest step and value of each metric, as far as the last 256 KiB of a growing file tell."""
    try:
        start = max(0, source.lstat().st_size - _GLANCE)
    except OSError:
        return {}
    found: dict[str, tuple[int, float]] = {}
    for line in metric_lines(source, Points(), start=start):
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


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    return float(value)
