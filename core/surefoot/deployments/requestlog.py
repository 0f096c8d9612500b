"""The request log of a wrapper, read from outside: its lines in order, each held against the chain.

How a line is written stands in `surefoot.payloads.service.journal`. The keeper reads the log to record its windows,
an audit to find one answer; neither changes a byte of it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from surefoot.payloads.service import places
from surefoot.payloads.service.journal import Line, alias

_FOLDER = "log"
_decode = msgspec.json.Decoder(Line).decode


class LogBrokenError(Exception):
    """A line does not follow from the one before.

    Attributes:
        seq: which line should stand there.
    """

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__(f"line {seq}")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next line begins, and what it has to follow from.

    Attributes:
        head: hash of the last line; before the first line, the release digest.
        seq: number of the next line.
        file, offset: the segment's number and the place in it.
    """

    head: str
    seq: int = 0
    file: int = 0
    offset: int = 0


def segments(state: Path) -> list[Path]:
    """The log's files, in order."""
    return sorted((state / _FOLDER).glob("[0-9]*.jsonl"))


def follow(state: Path, start: Position) -> Iterator[tuple[Line, Position]]:
    """Every whole line from a position on, with the position after it.

    Raises:
        LogBrokenError: a line is no line, has another number, or its hash does not follow from the one before.
    """
    head, seq = start.head.encode(), start.seq
    for path in segments(state):
        number = int(path.stem)
        if number < start.file:
            continue
        with path.open("rb") as file:
            offset = start.offset if number == start.file else 0
            file.seek(offset)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break  # being written
                data, _, digest = raw[:-1].partition(b"\t")
                line = _line(data, seq)
                head = hashlib.sha256(head + data).hexdigest().encode()
                if line.seq != seq or digest != head:
                    raise LogBrokenError(seq)
                seq, offset = seq + 1, offset + len(raw)
                yield line, Position(head.decode(), seq, number, offset)


def is_body(state: Path, line: Line, body: bytes) -> bool:
    """Whether these are the bytes that a line tells of.

    Raises:
        OSError: the key of the log is not there.
    """
    return bool(line.body) and alias(body, places.read_limited(state / places.KEY_FILE)) == line.body


def _line(data: bytes, seq: int) -> Line:
    try:
        return _decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LogBrokenError(seq) from error
