"""What a run says of itself while it goes: points, parameters, tags and usage, as lines of `telemetry.jsonl`.

Logging never fails a run: a line that cannot be read is counted, a line that cannot be written is counted, and the
command hears nothing of either. A line reads

    {"kind":"metric","name":"auc","value":0.7,"step":1,"time_ms":1700000000000}      value "NaN" where it is no number
    {"kind":"parameter"|"tag","name":…,"value":…} · {"kind":"usage","memory_bytes":…,"disk_bytes":…,…}
"""

from __future__ import annotations

import json
import math
import os
import stat
import time
from pathlib import Path
from typing import Any, Iterable, Mapping, NamedTuple

MOST_NAMES = 10_000
LONGEST_NAME = 500
LONGEST_LINE = 1 << 20
MOST_TEXT = 1 << 21  # characters of all parameters and tags; with twelve bytes each they still fit into `end.json`
_CHUNK = 1 << 18
_CHUNKS_A_READ = 32
_MOST_LINES = 1000
MOST_STEP = 2**53
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "+Infinity": math.inf}
_BESIDE = frozenset({"step", "time_ms", "timestamp"})


class Point(NamedTuple):
    """One value of one metric."""

    name: str
    value: float
    step: int
    time_ms: int


def value_text(value: float) -> str:
    """A value as JSON: the shortest decimal that reads back the same, or a word in quotes."""
    if math.isfinite(value):
        return repr(value)
    return '"NaN"' if math.isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'


def line_of(quoted: str, point: Point) -> str:
    """A point as a line, its name as JSON already."""
    _name, value, step, time_ms = point
    text = repr(value) if math.isfinite(value) else value_text(value)
    return f'{{"kind":"metric","name":{quoted},"value":{text},"step":{step},"time_ms":{time_ms}}}'


class Telemetry:
    """The file of telemetry and the running count of what it holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        self._file = os.open(str(path), flags, 0o600)
        self._lines: list[str] = []
        self._names: dict[str, str] = {}
        self.points = 0
        self.lost = 0
        self.parameters: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self._told = 0
        self.not_finite: Point | None = None

    def metrics(self, points: Iterable[Point]) -> None:
        """Takes down points; one whose name is too long, or one name too many, is counted as lost."""
        known, lines, is_finite = self._names, self._lines, math.isfinite
        before = len(lines)
        for name, value, step, time_ms in points:
            quoted = known.get(name) or self._learn(name)
            if not quoted:
                self.lost += 1
                continue
            text = repr(value) if is_finite(value) else self._odd(Point(name, value, step, time_ms))
            lines.append(f'{{"kind":"metric","name":{quoted},"value":{text},"step":{step},"time_ms":{time_ms}}}\n')
        self.points += len(lines) - before
        if len(lines) > _MOST_LINES:
            self.flush()

    def parameter(self, name: str, value: str) -> None:
        """Takes down a parameter; the last value of a name counts. What is too long or too much is counted as lost."""
        self._word("parameter", self.parameters, name, value)

    def tag(self, name: str, value: str) -> None:
        """Takes down a tag, as a parameter."""
        self._word("tag", self.tags, name, value)

    def usage(self, values: Mapping[str, Any]) -> None:
        """Takes down what the run uses now."""
        self._add(json.dumps({"kind": "usage", "time_ms": int(time.time() * 1000), **values}) + "\n")

    def flush(self) -> None:
        """Hands all lines to the system."""
        data = "".join(self._lines).encode("utf-8", "replace")
        count = len(self._lines)
        self._lines = []
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError:
            self.lost += count

    def close(self) -> None:
        """Hands all lines to the disk and closes the file."""
        self.flush()
        try:
            os.fsync(self._file)
            if self._path.lstat().st_ino != os.fstat(self._file).st_ino:
                self.lost += self.points  # the command has put something else in its place
        except OSError:
            self.lost += self.points
        os.close(self._file)

    def _word(self, kind: str, known: dict[str, str], name: str, value: str) -> None:
        more = len(value) - len(known[name]) if name in known else len(name) + len(value)
        is_known = name in known or (0 < len(name) <= LONGEST_NAME and len(known) < MOST_NAMES)
        if not is_known or self._told + more > MOST_TEXT:
            self.lost += 1
            return
        self._told += more
        known[name] = value
        self._add(json.dumps({"kind": kind, "name": name, "value": value}) + "\n")

    def _odd(self, point: Point) -> str:
        if self.not_finite is None:
            self.not_finite = point
        return value_text(point.value)

    def _learn(self, name: str) -> str:
        is_long = not 0 < len(name) <= LONGEST_NAME
        if is_long or len(self._names) >= MOST_NAMES or not _is_text(name):
            return ""
        self._names[name] = quoted = json.dumps(name)
        return quoted

    def _add(self, line: str) -> None:
        self._lines.append(line)
        if len(self._lines) > _MOST_LINES:
            self.flush()


class MetricsFile:
    """Follows `output/metrics.jsonl` as the command writes it."""

    def __init__(self, path: Path, telemetry: Telemetry) -> None:
        self._path = str(path)
        self._telemetry = telemetry
        self._handle = -1
        self._offset = 0
        self._rest = b""
        self._is_skipping = False
        self._steps: dict[str, int] = {}
        self.bad_lines = 0

    def read(self, *, is_last: bool = False) -> None:
        """Takes in what was added since the last call; the last call also takes a line without its end."""
        try:
            facts = os.lstat(self._path)
            if stat.S_ISREG(facts.st_mode):
                self._open(facts)
                self._follow(facts.st_size, is_last=is_last)
        except OSError:
            return

    def _open(self, facts: os.stat_result) -> None:
        """Opens the file where it is not open yet. While it is, no other file can have its number."""
        if self._handle >= 0:
            known = os.fstat(self._handle)
            if (known.st_ino, known.st_dev) == (facts.st_ino, facts.st_dev):
                return
            os.close(self._handle)
            self._handle = -1
        self._handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        self._offset, self._rest = 0, b""

    def _follow(self, size: int, *, is_last: bool) -> None:
        if size < self._offset:
            self._offset, self._rest = 0, b""
        chunks = 0
        while self._offset < size and (is_last or chunks < _CHUNKS_A_READ):
            data = os.pread(self._handle, _CHUNK, self._offset)
            if not data:
                break
            self._offset += len(data)
            chunks += 1
            self._take(data)
        if is_last and self._rest and not self._is_skipping:
            self._lines([self._rest])
            self._rest = b""

    def _take(self, data: bytes) -> None:
        head, newline, tail = (self._rest + data).rpartition(b"\n")
        if newline:
            lines = head.split(b"\n")
            self._lines(lines[1:] if self._is_skipping else lines)
            self._is_skipping = False
        self._rest = tail
        if len(tail) > LONGEST_LINE:
            self.bad_lines += not self._is_skipping
            self._rest, self._is_skipping = b"", True

    def _lines(self, lines: list[bytes]) -> None:
        filled = [line for line in lines if line.strip()]
        now = int(time.time() * 1000)
        try:
            values = json.loads(b"[" + b",".join(filled) + b"]")
        except (ValueError, RecursionError):
            values = []
        if len(values) != len(filled):
            values = [self._one(line) for line in filled]
        points: list[Point] = []
        for value in values:
            before = len(points)
            self._points(value, now, points)
            self.bad_lines += len(points) == before
        self._telemetry.metrics(points)

    @staticmethod
    def _one(line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            return None

    def _points(self, line: Any, now: int, points: list[Point]) -> None:
        """Adds the points of one line: `{"name":…,"value":…}` or one key a metric.

        Without a step they are counted: the step is how many of that name had none before.
        """
        if type(line) is not dict:
            return
        named = [(line["name"], line["value"])] if "name" in line and "value" in line else line.items()
        step = _whole(line.get("step"))
        time_ms = _whole(line.get("time_ms"))
        for name, value in named:
            number = value if type(value) is float else _number(value)
            if number is None or type(name) is not str or name in _BESIDE:
                continue
            at = step
            if at is None:
                at = self._steps.get(name, 0)
                self._steps[name] = at + 1
            points.append(Point(name, number, at, now if time_ms is None else time_ms))


def _whole(value: Any) -> int | None:
    return value if type(value) is int and abs(value) <= MOST_STEP else None


def value_of(value: Any) -> float:
    """A number as JSON or protobuf's JSON has it.

    Raises:
        ValueError: it is none.
    """
    number = _number(value)
    return float(value) if number is None else number


def _is_text(name: str) -> bool:
    """Whether a name can be written as UTF-8: half a surrogate pair, which JSON can hold, cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(value: Any) -> float | None:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value) if abs(value) < 2**1023 else math.inf if value > 0 else -math.inf
    return _SPECIAL.get(value) if isinstance(value, str) else None
