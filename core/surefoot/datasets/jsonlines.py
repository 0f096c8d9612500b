"""JSON lines, one object a line, brought into rows of text.

Runs in a worker. A key that is absent is a missing value. What JSON says about types is kept: text in quotation marks
stays text even if it is all digits, unless it is a date.
"""

import csv
import json
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from surefoot.datasets.csvtext import MOST_COLUMNS, shown
from surefoot.errors import Code, InputRefusedError
from surefoot.workers.facts import Progress

_DATE_LIKE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:.*)?")
_STEP = 10_000


def columns(path: Path, *, drop: Collection[str], progress: Progress) -> dict[str, str]:
    """Finds the keys of all objects.

    Returns:
        The columns in the order in which they first come, each with its type where JSON says it: "text" for a column
        with text in quotation marks that is not all dates. A column without an entry of its own is left to `inference`
        and stands here as ""; so does one that is to be dropped, whose values nobody looks at.

    Raises:
        InputRefusedError: a line is no JSON object, a value is a list or an object, or a column holds text and
            numbers; with the line.
    """
    kinds: dict[str, set[str]] = {}
    for line, row in objects(path):
        for name, value in row.items():
            found = kinds.setdefault(name, set())
            if name not in drop:
                _note(found, name, value, line)
        if len(kinds) > MOST_COLUMNS:
            raise InputRefusedError(Code.TOO_MANY_COLUMNS, count=len(kinds), limit=MOST_COLUMNS)
        if line % _STEP == 0:
            progress("datasets.text", line, 0)
    return {name: "text" if "text" in found else "" for name, found in kinds.items()}


def to_csv(path: Path, target: Path, names: Collection[str]) -> None:
    """Writes these columns of the objects as rows of a CSV file."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for _, row in objects(path):
            writer.writerow([_cell(row.get(name)) for name in names])


def line_of(path: Path, row: int) -> int:
    """The line on which a row stands (rows count from 0)."""
    return next(line for line, _ in islice(objects(path), row, None))


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every object with its line; its numbers stand there as `Number`, as they were written.

    Raises:
        InputRefusedError: a line is no JSON object.
    """
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                row = json.loads(text, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant)
            except (ValueError, RecursionError) as error:
                raise InputRefusedError(
                    Code.BROKEN_ROW, line=line, detail="no-json", problem=str(error)[:200]
                ) from error
            if not isinstance(row, dict):
                raise InputRefusedError(Code.BROKEN_ROW, line=line, detail="no-object")
            yield line, row


class Number(str):
    """A number as it stands in the text."""

    __slots__ = ()


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _note(found: set[str], name: str, value: Any, line: int) -> None:
    if value is None:
        return
    if isinstance(value, dict | list):
        kind = "object" if isinstance(value, dict) else "list"
        raise InputRefusedError(Code.COLUMN_TYPE, column=shown(name), type=kind, line=line)
    if isinstance(value, bool):
        kind = "boolean"
    elif isinstance(value, Number):
        kind = "number"
    else:
        kind = "time" if _DATE_LIKE.fullmatch(value) else "text"
    found.add(kind)
    plain = {"text" if one == "time" else one for one in found}
    if len(plain) > 1:
        first, second = sorted(plain)
        raise InputRefusedError(
            Code.MIXED_TYPES,
            column=shown(name),
            type=first if kind != first else second,
            line=line,
            value=shown(str(value)),
            count=1,
            total=line,
            advice="missing",
        )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
