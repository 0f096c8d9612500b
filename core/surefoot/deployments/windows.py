"""Windows of the request log: what the keeper records of it, so that a log changed afterwards is found.

A window is closed after an hour, after 10,000 lines, and when the service ends: first and last line, the head of the
chain, and how many answers there were of each status. Which lines are recorded stands in `window.json` beside the
wrapper's state; where somebody died between recording and writing that down, one window stands twice, which harms
nothing.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from surefoot import files
from surefoot.deployments import requestlog, rules
from surefoot.deployments.documents import moment
from surefoot.deployments.facts import Active
from surefoot.deployments.places import ActivationPlace
from surefoot.deployments.requestlog import LogBrokenError, Position
from surefoot.payloads.service.journal import Line
from surefoot.trail import Draft
from surefoot.trail.canonical import encode

MOST_LINES = 10_000
LONGEST_MS = 3_600_000
_FILE = "window.json"
_BROKEN = -1
"""The number of the next line where the log was found broken, so that this is told once."""

Record = Callable[[Draft], object]


def close_due(active: Active, place: ActivationPlace, now_ms: int, record: Record) -> None:
    """Records the next window where it is full or an hour old; one at a time, so that no tick takes long."""
    start = _known(active, place)
    if start.seq == _BROKEN or not _grown(place.state, start):
        return
    lines, end = _read(active, place, start, record)
    if len(lines) == MOST_LINES or (lines and now_ms - lines[0].at >= LONGEST_MS):
        _close(active, place, (lines, start, end), record)


def close_all(active: Active, place: ActivationPlace, record: Record) -> None:
    """Records what is left of the log of a service that has ended."""
    while (start := _known(active, place)).seq != _BROKEN:
        lines, end = _read(active, place, start, record)
        if not lines:
            return
        _close(active, place, (lines, start, end), record)


def _read(active: Active, place: ActivationPlace, start: Position, record: Record) -> tuple[list[Line], Position]:
    """The lines of the next window, as far as they are written; a log that does not follow is told once."""
    try:
        if _grown(place.state, start) < 0:
            raise LogBrokenError(start.seq - 1)  # noqa: TRY301 - one way out
        found = list(islice(requestlog.follow(place.state, start), MOST_LINES))
    except (LogBrokenError, OSError) as error:
        reason = f"the request log is gone or does not follow from the line before ({error})"
        record(rules.service_event("guardrail-tripped", active, guardrail="log", reason=reason))
        _remember(place, Position(start.head, _BROKEN))
        return [], start
    return [line for line, _ in found], found[-1][1] if found else start


def _close(
    active: Active, place: ActivationPlace, window: tuple[list[Line], Position, Position], record: Record
) -> None:
    lines, start, end = window
    statuses = Counter(str(line.status) for line in lines)
    facts: dict[str, Any] = {
        "first": start.seq,
        "last": end.seq - 1,
        "before": start.head,
        "head": end.head,
        "from": moment(lines[0].at),
        "until": moment(lines[-1].at),
        "rows": sum(line.rows for line in lines),
        "answers": dict(sorted(statuses.items())),
    }
    record(rules.service_event("window", active, **facts))
    _remember(place, end)


def _known(active: Active, place: ActivationPlace) -> Position:
    try:
        return Position(**json.loads((place.folder / _FILE).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return Position(active.digest)


def _remember(place: ActivationPlace, position: Position) -> None:
    files.write_whole(place.folder / _FILE, encode(dataclasses.asdict(position)), mode=0o600)


def _grown(state: Path, start: Position) -> int:
    """How many bytes there are after a position, below 0 where some before it are gone."""
    later = [path for path in requestlog.segments(state) if int(path.stem) >= start.file]
    return sum(path.stat().st_size for path in later) - start.offset
