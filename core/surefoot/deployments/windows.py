"""Windows of the request log: what the keeper records of it, so that a log changed afterwards is found.

A window is closed after an hour, after 10,000 lines, and when the service ends: first and last line, the head of the
chain, and how many answers there were of each status. Which lines are recorded stands in `window.json` beside the
wrapper's state; where somebody died between recording and writing that down, one window stands twice, which harms
nothing. Each line is read once by whoever stays, and the head that is recorded is the one that was read.
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Window:
    """Lines that are not on the record yet.

    Attributes:
        start, end: where the first begins, and what was read so far.
        since, until: when the first and the last were written, in milliseconds since 1970.
        rows: scored by them. answers: how many there are of each status.
    """

    start: Position
    end: Position
    since: int = 0
    until: int = 0
    rows: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        """How many there are."""
        return self.end.seq - self.start.seq

    def add(self, line: Line, end: Position) -> None:
        """Takes one more line."""
        self.since = self.since if self.lines else line.at
        self.until, self.end = line.at, end
        self.rows += line.rows
        self.answers[str(line.status)] += 1


class Windows:
    """Closes the windows of services. The caller holds the lock of the service's environment.

    Args:
        record: puts an event on the record.
    """

    def __init__(self, record: Callable[[Draft], object]) -> None:
        self._record = record
        self._open: dict[str, _Window] = {}

    def close_due(self, active: Active, place: ActivationPlace, now_ms: int) -> None:
        """Records the open window where it is full or an hour old; one at a time, so that no tick takes long."""
        window = self._followed(active, place)
        if window is not None and (window.lines == MOST_LINES or now_ms - window.since >= LONGEST_MS):
            self._close(active, place, window)

    def close_all(self, active: Active, place: ActivationPlace) -> None:
        """Records what is left of the log of a service that has ended."""
        while (window := self._followed(active, place)) is not None:
            self._close(active, place, window)

    def _followed(self, active: Active, place: ActivationPlace) -> _Window | None:
        """The open window with the lines that were written since; None without any, and where the log is broken."""
        start = _known(active, place)
        if start.seq == _BROKEN:
            return None
        window = self._open.get(active.activation)
        if window is None or window.start != start:  # somebody else may have closed it
            window = self._open[active.activation] = _Window(start, start)
        try:
            _read_on(window, place.state)
        except (LogBrokenError, OSError) as error:
            reason = f"the request log is gone or does not follow from the line before ({error})"
            self._record(rules.service_event("guardrail-tripped", active, guardrail="log", reason=reason))
            _remember(place, Position(start.head, _BROKEN))
            return None
        return window if window.lines else None

    def _close(self, active: Active, place: ActivationPlace, window: _Window) -> None:
        facts: dict[str, Any] = {
            "first": window.start.seq,
            "last": window.end.seq - 1,
            "before": window.start.head,
            "head": window.end.head,
            "from": moment(window.since),
            "until": moment(window.until),
            "rows": window.rows,
            "answers": dict(sorted(window.answers.items())),
        }
        self._record(rules.service_event("window", active, **facts))
        _remember(place, window.end)


def _read_on(window: _Window, state: Path) -> None:
    """Takes the lines that were written since the last look, until the window is full.

    Raises:
        LogBrokenError: what was read is not there any more, or a line does not follow from the one before.
    """
    grown = _grown(state, window.end)
    if grown < 0:
        raise LogBrokenError(window.end.seq - 1)
    if grown:
        for line, end in islice(requestlog.follow(state, window.end), MOST_LINES - window.lines):
            window.add(line, end)


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
