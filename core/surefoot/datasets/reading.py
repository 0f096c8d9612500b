"""From bytes of unknown kind to UTF-8 text or Parquet: what a file is, is seen in its bytes, never in its name.

Runs in a worker. Everything is read in pieces; nothing is unpacked or kept beyond a limit.
"""

import codecs
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from surefoot.errors import Code, InputRefusedError
from surefoot.workers.facts import Progress

PIECE = 1 << 20
LONGEST_LINE = 2_000_000
"""Bytes of one row. A longer one is nearly always a quotation mark that is never closed."""
UNPACKED = 16 * 2**30
"""Bytes that a compressed file may unpack to."""

_MAGIC = (
    (0, b"PAR1", "parquet"),
    (0, b"\x1f\x8b", "gzip"),
    (8, b"DUCK", "duckdb"),
    (0, b"SQLite format 3\0", "sqlite"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"\xd0\xcf\x11\xe0", "old-excel"),
    (0, b"ARROW1", "arrow"),
    (0, b"ORC", "orc"),
    (0, b"\x89HDF", "hdf5"),
    (0, b"\x93NUMPY", "numpy"),
    (0, b"Obj\x01", "avro"),
    (0, b"%PDF", "pdf"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ", "xz"),
    (0, b"\x80\x02", "pickle"),
    (0, b"\x80\x03", "pickle"),
    (0, b"\x80\x04", "pickle"),
    (0, b"\x80\x05", "pickle"),
)
# An encoding that is named by one of its marks; the longer mark first, since one begins with the other.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Letters and quotation marks in Windows' encodings, control characters in Latin-1.
_CONTROL = range(0x80, 0xA0)
# Every other byte of Latin text in UTF-16 is zero.
_MANY, _FEW = 0.4, 0.1
ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"),
    *("windows-1252", "windows-1250", "windows-1258", "shift_jis", "gbk"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text that can be parsed.

    Attributes:
        path: where it is; a copy in the scratch folder where it had to be converted.
        has_mark: whether it begins with a byte-order mark.
    """

    path: Path
    has_mark: bool


def pieces(path: Path) -> Iterator[bytes]:
    """A file as long as it is now, a piece at a time; one that grows meanwhile is noticed by who opened it."""
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size
        while piece := file.read(min(PIECE, left)):
            left -= len(piece)
            yield piece


def kind_of(path: Path) -> str:
    """`parquet`, `gzip`, `jsonl` or `csv`.

    Raises:
        InputRefusedError: it is of another kind, or empty.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise InputRefusedError(Code.NO_ROWS)
    for offset, magic, kind in _MAGIC:
        if head[offset:].startswith(magic):
            if kind in {"parquet", "gzip"}:
                return kind
            raise InputRefusedError(Code.SOURCE_FORMAT, found=kind)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if start.startswith(b"["):
        raise InputRefusedError(Code.SOURCE_FORMAT, found="json-array")
    return "jsonl" if start.startswith(b"{") else "csv"


def unpacked(path: Path, target: Path, *, limit: int, progress: Progress) -> Path:
    """Unpacks a gzip file, of one member or several.

    Raises:
        InputRefusedError: it unpacks to more than `limit` bytes, or is damaged.
    """
    size = 0
    is_fresh = True
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with target.open("wb") as file:
        for piece in pieces(path):
            data = piece
            while data:
                try:
                    plain = stream.decompress(data, PIECE)
                    is_fresh = False
                except zlib.error as error:
                    raise InputRefusedError(Code.DATA_UNREADABLE, format="gzip", detail=str(error)) from error
                size += len(plain)
                if size > limit:
                    raise InputRefusedError(Code.UNPACKED_TOO_BIG, limit=limit)
                file.write(plain)
                data = stream.unconsumed_tail
                if stream.eof:
                    data = stream.unused_data
                    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
                    is_fresh = True
            progress("datasets.unpack", size, 0)
        if not is_fresh:
            raise InputRefusedError(Code.DATA_UNREADABLE, format="gzip", detail="cut-off")
    return target


def as_utf8(path: Path, scratch: Path, *, encoding: str | None, progress: Progress) -> Text:
    """The text as UTF-8, checked to its last byte.

    Args:
        path: the source.
        scratch: where a converted copy goes.
        encoding: what the owner says it is; None for UTF-8, which is checked.
        progress: told how far it is.

    Raises:
        InputRefusedError: it is not in that encoding (with the line, and what it looks like), or a line is too long.
    """
    if encoding is not None and encoding != "utf-8":
        return Text(_converted(path, scratch / "utf8.txt", encoding), has_mark=False)
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, length, done = 1, 0, 0
    has_mark = False
    for number, piece in enumerate(pieces(path)):
        if number == 0:
            has_mark = piece.startswith(codecs.BOM_UTF8)
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            # The decoder may hold the start of a letter from the piece before: its position counts from there.
            raise _not_utf8(piece, line + error.object[: error.start].count(b"\n"), path) from error
        if b"\0" in piece:
            raise _not_utf8(piece, line + piece[: piece.index(b"\0")].count(b"\n"), path)
        line, length = _measured(piece, line, length)
        done += len(piece)
        progress("datasets.text", done, 0)
    if decoder.getstate()[0]:
        raise InputRefusedError(Code.ENCODING, line=line, found="cut-off")
    return Text(path, has_mark)


def _measured(piece: bytes, line: int, length: int) -> tuple[int, int]:
    """Counts lines and keeps an eye on their length; returns the line and the length of it so far."""
    if length + len(piece) <= LONGEST_LINE:
        newlines = piece.count(b"\n")
        return line + newlines, len(piece) - piece.rindex(b"\n") - 1 if newlines else length + len(piece)
    for part in piece.splitlines(keepends=True):
        length += len(part)
        if length > LONGEST_LINE:
            raise InputRefusedError(Code.CELL_TOO_BIG, line=line, limit=LONGEST_LINE)
        if part.endswith(b"\n"):
            line, length = line + 1, 0
    return line, length


def _not_utf8(piece: bytes, line: int, path: Path) -> InputRefusedError:
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return InputRefusedError(Code.ENCODING, line=1, found=name)
    half = len(head) // 2
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if half and max(zeros) > half * _MANY > half * _FEW > min(zeros):
        return InputRefusedError(Code.ENCODING, line=1, found="utf-16-le" if zeros[1] > zeros[0] else "utf-16-be")
    if b"\0" in piece:
        return InputRefusedError(Code.SOURCE_FORMAT, found="zero-byte", line=line)
    is_windows = any(byte in _CONTROL for byte in piece)
    return InputRefusedError(Code.ENCODING, line=line, found="windows-1252" if is_windows else "latin-1")


def _converted(path: Path, target: Path, encoding: str) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, length = 1, 0
    with target.open("wb") as file:
        for piece in _with_end(path):
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                raise InputRefusedError(Code.ENCODING, line=line, found="other", encoding=encoding) from error
            data = text.removeprefix("\ufeff").encode()
            if b"\0" in data:
                raise InputRefusedError(Code.ENCODING, line=line, found="other", encoding=encoding)
            line, length = _measured(data, line, length)
            file.write(data)
    return target


def _with_end(path: Path) -> Iterator[bytes]:
    yield from pieces(path)
    yield b""
