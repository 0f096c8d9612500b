"""The request logs of services, held against the record: a log that was cut or changed answers no question.

The record fixes a log at marks: the head of its chain after so many lines, at each recorded window and at each end of
the service. Whatever stands before a mark is proved by it; a line after the last one is covered by no signature yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from surefoot.deployments import requestlog
from surefoot.deployments.requestlog import LogBrokenError, Position
from surefoot.errors import Code, RecordBrokenError
from surefoot.payloads.service.journal import Line
from surefoot.trail.facts import Event


@dataclass(frozen=True, slots=True)
class Mark:
    """What the record says of a log.

    Attributes:
        lines: how many it had. head: the chain's last hash then. event: which says so.
    """

    lines: int
    head: str
    event: Event


@dataclass(frozen=True, slots=True)
class Log:
    """The request log of one activation.

    Attributes:
        activation: its `release.activated`. state: the wrapper's state folder. marks: what the record says, in order.
    """

    activation: Event
    state: Path
    marks: tuple[Mark, ...]

    @property
    def is_away(self) -> bool:
        """Whether the record tells of lines, and nothing of this activation lies on this computer."""
        return bool(self.marks) and not self.state.is_dir()


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a log, and what covers it; None where nothing does yet."""

    log: Log
    line: Line
    mark: Mark | None


def marks(after: Iterable[Event]) -> tuple[Mark, ...]:
    """What the events that rest on an activation say of its log."""
    said = ((event, event.body or {}) for event in after)
    found = [
        Mark(int(str(body["last"])) + 1, str(body["head"]), event)
        if event.type == "service.window"
        else Mark(int(str(body["log_lines"])), str(body["log_head"]), event)
        for event, body in said
        if {"last", "head"} <= body.keys() or {"log_lines", "log_head"} <= body.keys()
    ]
    return tuple(sorted(found, key=lambda mark: mark.lines))


def mentions(log: Log, request: str) -> bool:
    """Whether the bytes of a request's id stand in a log."""
    wanted = b'"id":"%b"' % request.encode(errors="replace")
    return any(wanted in path.read_bytes() for path in requestlog.segments(log.state))


def held(log: Log, request: str) -> Found | None:
    """Holds a whole log against the record; returns the line of a request, where it is there.

    Raises:
        RecordBrokenError: the log has fewer lines than the record says, or others.
    """
    about = {name: str((log.activation.body or {}).get(name, "?")) for name in ("environment", "name", "version")}
    end = start = Position(log.activation.subjects[0].sha256)
    fixed = {mark.lines for mark in log.marks}
    heads, found = {0: start.head}, None
    try:
        for line, end in requestlog.follow(log.state, start):
            if end.seq in fixed:
                heads[end.seq] = end.head
            if line.id == request:
                found = line
    except LogBrokenError as error:
        raise RecordBrokenError(Code.REQUEST_LOG_CHANGED, line=error.seq, **about) from error
    for mark in log.marks:
        if mark.lines > end.seq:
            raise RecordBrokenError(Code.REQUEST_LOG_CUT, lines=end.seq, recorded=log.marks[-1].lines, **about)
        if heads[mark.lines] != mark.head:
            raise RecordBrokenError(Code.REQUEST_LOG_CHANGED, line=max(0, mark.lines - 1), **about)
    if found is None:
        return None
    return Found(log, found, next((mark for mark in log.marks if mark.lines > found.seq), None))
