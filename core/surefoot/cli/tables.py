"""Rows as aligned columns for a terminal."""

import unicodedata
from collections.abc import Sequence

from surefoot.texts import printable

_WIDEST = 48


def width(text: str) -> int:
    """How many cells a terminal needs for a text (UAX #11; marks that combine need none)."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)


def plain(value: object) -> str:
    """A value on one line; control characters from data are shown, never sent to the terminal."""
    return "–" if value is None else printable(str(value))


def elided(text: str, limit: int = _WIDEST) -> str:
    """A text that is too long, shortened in the middle, where names differ least."""
    if len(text) <= limit:
        return text
    half = (limit - 1) // 2
    return f"{text[: limit - 1 - half]}…{text[len(text) - half :]}"


def aligned(head: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> tuple[str, ...]:
    """A head and rows in columns.

    Args:
        head: the columns' names.
        rows: a value for each column.
        right: numbers of the columns that hold figures.
    """
    cells = [[*head], *([elided(plain(value)) for value in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    return tuple(
        "  ".join(_padded(text, widths[column], right=column in right) for column, text in enumerate(row)).rstrip()
        for row in cells
    )


def _padded(text: str, size: int, *, right: bool) -> str:
    gap = " " * (size - width(text))
    return gap + text if right else text + gap
