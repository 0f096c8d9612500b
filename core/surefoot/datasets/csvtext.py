"""The layout of a CSV text: its separator, its line of names, and where a row that does not fit stands.

Runs in a worker. The engine parses the rows; what it says about a bad one is found again here, by Python's strict
reader, so that an error names the line on which the row begins.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from surefoot.datasets.reading import LONGEST_LINE
from surefoot.errors import Code, InputRefusedError

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2_000
"""Beyond this, a table is nearly always one that lies on its side."""

_HEAD = 1 << 18
_SAMPLE = 100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV text is written.

    Attributes:
        delimiter: what parts the cells. has_header: whether the first row holds names.
        names: of the columns. blank: empty lines before the first row.
    """

    delimiter: str
    has_header: bool
    names: tuple[str, ...]
    blank: int = 0


def layout_of(path: Path, *, delimiter: str | None, header: bool | None) -> Layout:
    """Finds out how a text is written; what the owner says goes before what is seen.

    Raises:
        InputRefusedError: no rows, one column, too many columns, a name that stands twice, or a first row that looks
            like data.
    """
    csv.field_size_limit(2 * LONGEST_LINE)
    lines = _head(path)
    blank = next((number for number, line in enumerate(lines) if line.strip()), 0)
    lines = lines[blank:]
    chosen = delimiter or _delimiter(lines)
    rows = [row for row in _parsed(lines, chosen) if any(cell.strip() for cell in row)]
    if not rows:
        raise InputRefusedError(Code.NO_ROWS)
    first = rows[0]
    if len(first) > MOST_COLUMNS:
        raise InputRefusedError(Code.TOO_MANY_COLUMNS, count=len(first), limit=MOST_COLUMNS)
    if len(first) == 1:
        raise InputRefusedError(Code.ONE_COLUMN, column=shown(first[0]))
    if header is None and (any(looks_like_data(cell) for cell in first) or _come_again(first, rows[1:])):
        raise InputRefusedError(Code.NO_HEADER, first=shown(chosen.join(first)))
    if header is False:
        names = tuple(f"column_{i + 1}" for i in range(len(first)))
        return Layout(chosen, has_header=False, names=names, blank=blank)
    return Layout(chosen, has_header=True, names=named(first), blank=blank)


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns from a row of names; a nameless column is called after its place.

    Raises:
        InputRefusedError: a name stands twice; upper and lower case count as the same.
    """
    names = tuple(cell.strip() or f"column_{i + 1}" for i, cell in enumerate(cells))
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise InputRefusedError(Code.COLUMN_TWICE, column=shown(name))
        seen.add(name.casefold())
    return names


def _come_again(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether half of the names are values of their own columns: then they are most likely the first row of data."""
    values = [{row[i] for row in rows if i < len(row)} for i in range(len(names))]
    return 2 * sum(name in found for name, found in zip(names, values, strict=True)) >= len(names)


def looks_like_data(cell: str) -> bool:
    """Whether a cell is a number or a date, as few names of columns are."""
    return bool(_NUMBER.fullmatch(cell.strip()) or _DATE.fullmatch(cell.strip()))


def rows_of(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The rows, strictly read, each with the line on which it begins; the row of names is left out.

    Raises:
        csv.Error: a row cannot be read.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
        begin = 1
        is_first = layout.has_header
        for row in reader:
            line, begin = begin, reader.line_num + 1
            if not row:
                continue
            if is_first:
                is_first = False
                continue
            yield line, row


def find_broken(path: Path, layout: Layout) -> InputRefusedError | None:
    """The error about the first row that does not fit; None where each fits."""
    wanted = len(layout.names)
    line = 1
    try:
        for line, row in rows_of(path, layout):
            if len(row) != wanted:
                return InputRefusedError(Code.BROKEN_ROW, line=line, detail="cells", found=len(row), wanted=wanted)
    except csv.Error as error:
        where = _line_after(path, layout, line)
        return InputRefusedError(Code.BROKEN_ROW, line=where, detail=str(error))
    return None


def line_of(path: Path, layout: Layout, row: int) -> int:
    """The line on which a row begins (rows count from 0, without the names)."""
    try:
        return next(islice(rows_of(path, layout), row, None))[0]
    except (StopIteration, csv.Error):
        return row + 1 + layout.has_header


def rewritten(path: Path, layout: Layout, target: Path) -> Path:
    """The same rows with one kind of line ends: a text that was put together from two systems' files.

    Raises:
        csv.Error: a row cannot be read.
    """
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=layout.delimiter, lineterminator="\n")
        writer.writerow(layout.names)
        writer.writerows(row for _, row in rows_of(path, layout))
    return target


def _line_after(path: Path, layout: Layout, line: int) -> int:
    """The line on which the row after the one that began on `line` begins, as far as rows could be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
        begin = 1
        try:
            for _ in reader:
                begin = reader.line_num + 1
        except csv.Error:
            return begin
    return line


def _head(path: Path) -> list[str]:
    """The first lines, none of them cut; the one line there is, where it is longer."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = file.read(_HEAD)
        if len(text) == _HEAD:
            text += file.readline(LONGEST_LINE)
    return text.splitlines(keepends=True)


def _parsed(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with suppress(csv.Error):  # what can be read is enough to see the layout; a bad row is reported later
        rows.extend(islice(csv.reader(lines, delimiter=delimiter), _SAMPLE))
    return rows


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that cuts most rows into the same number of cells."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = [row for row in _parsed(lines, delimiter) if row]
        width = len(rows[0]) if rows else 1
        if width == 1:
            return 0.0, 1
        return sum(len(row) == width for row in rows) / len(rows), width

    return max(DELIMITERS, key=score)


def shown(text: str) -> str:
    """A piece of foreign text as it is quoted in an error: short, on one line."""
    plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[: _SHOWN + 1])
    return plain[:_SHOWN] + "…" if len(plain) > _SHOWN else plain
