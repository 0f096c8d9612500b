"""Reads a TOML file key by key and says, for each thing that is wrong, on which line and how to write it.

A `Section` hands out its values one at a time, checked; `finish` refuses whatever was not asked for, so that a
misspelt key is never passed over in silence. Numbers with fractions are read as decimals, never as floats.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from surefoot.errors import Code, InputRefusedError

_T = TypeVar("_T")
MAX_BYTES = 256 * 1024
_LINE = re.compile(r"at line (\d+)")
_TABLE = re.compile(r"\s*\[\[?\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([^=#\[]+?)\s*=")
_SHOWN = 60
_LONGEST = 4096
_INTEGER = 2**53


def shown(value: object) -> str:
    """A value as it is quoted in an error: short, on one line."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[: _SHOWN + 1])
    return repr(text[:_SHOWN] + "…" if len(text) > _SHOWN else text)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML file: what to call it, and its text, for line numbers."""

    name: str
    text: str

    def line(self, where: tuple[str, ...]) -> int:
        """The line on which a key or table begins; that of the table around it where the key is not there."""
        best, depth = 1, 0
        table: tuple[str, ...] = ()
        for number, row in enumerate(self.text.splitlines(), start=1):
            head, key = _TABLE.match(row), _KEY.match(row)
            place: tuple[str, ...] = ()
            if head and "=" not in head[1]:
                place = table = _parts(head[1])
            elif key:
                place = (*table, *_parts(key[1]))
            common = next((i for i, (a, b) in enumerate(zip(place, where, strict=False)) if a != b), None)
            common = min(len(place), len(where)) if common is None else common
            if common > depth:
                best, depth = number, common
        return best


def parse(data: bytes, *, name: str) -> "Section":
    """The whole file as one section.

    Raises:
        InputRefusedError: it is too large, not UTF-8, or not TOML; the error names the line.
    """
    if len(data) > MAX_BYTES:
        raise InputRefusedError(
            Code.RECIPE_UNREADABLE, path=name, line=1, detail="size", count=len(data), most=MAX_BYTES
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputRefusedError(Code.RECIPE_UNREADABLE, path=name, line=line, detail="not-utf8") from error
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        detail = str(error).partition(" (at ")[0]
        raise InputRefusedError(Code.RECIPE_UNREADABLE, path=name, line=line, detail=detail) from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        # Endless nesting, and numbers of more digits than Python will read.
        raise InputRefusedError(Code.RECIPE_UNREADABLE, path=name, line=1, detail=type(error).__name__) from error
    return Section(Source(name, text), (), values)


@dataclass(slots=True)
class Section:
    """One table of a file, read key by key.

    Attributes:
        source: the file.
        where: the path of this table in it.
        values: what stands there.
    """

    source: Source
    where: tuple[str, ...]
    values: Mapping[str, Any]
    _asked: list[str] = field(default_factory=list)

    def refuse(self, key: str, example: str) -> InputRefusedError:
        """The error that says that a key's value cannot be, and shows one that can."""
        path = (*self.where, key)
        return InputRefusedError(
            Code.RECIPE_VALUE,
            path=self.source.name,
            line=self.source.line(path),
            key=".".join(path),
            value=shown(self.values.get(key)),
            example=example,
        )

    def missing(self, key: str, example: str) -> InputRefusedError:
        """The error that says that a key is missing, and shows how it could be written."""
        path = (*self.where, key)
        line = self.source.line(path)
        return InputRefusedError(
            Code.RECIPE_KEY_MISSING, path=self.source.name, line=line, key=".".join(path), example=example
        )

    def has(self, key: str) -> bool:
        """Whether the key stands there (and is now asked for)."""
        self._asked.append(key)
        return key in self.values

    def table(self, key: str) -> "Section":
        """The table under a key; empty where there is none."""
        value = self.values[key] if self.has(key) else {}
        if not isinstance(value, Mapping):
            raise self.refuse(key, f"[{'.'.join((*self.where, key))}]")
        return Section(self.source, (*self.where, key), value)

    def tables(self) -> "list[Section]":
        """All tables in this one, under names that the user chose."""
        return [self.table(key) for key in self.values]

    def text(self, key: str, *, default: str = "", limit: int = 2000) -> str:
        """A text of at most `limit` characters."""
        if not self.has(key):
            return default
        value = self.values[key]
        if not isinstance(value, str) or len(value) > limit or "\0" in value:
            raise self.refuse(key, f'{key} = "…"')
        return value

    def choice(self, key: str, options: tuple[str, ...], *, default: str) -> str:
        """One of a few words."""
        value = self.values[key] if self.has(key) else default
        if value not in options:
            raise self.refuse(key, " | ".join(f'"{option}"' for option in options))
        return str(value)

    def whole(self, key: str, bounds: tuple[int, int], *, default: int) -> int:
        """A whole number between two bounds, both allowed."""
        value = self.values[key] if self.has(key) else default
        low, high = bounds
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.refuse(key, f"{key} = {default}   # {low} … {high}")
        return value

    def decimal(self, key: str) -> Decimal | None:
        """A finite number, None where the key is not there."""
        if not self.has(key):
            return None
        value = self.values[key]
        if not is_number(value):
            raise self.refuse(key, f"{key} = 0.75")
        return Decimal(value)

    def texts(self, key: str, *, example: str, limit: int = 256) -> tuple[str, ...]:
        """A list of texts, none of them empty or holding a zero byte."""
        value = self.values[key] if self.has(key) else []
        if not isinstance(value, list) or len(value) > limit:
            raise self.refuse(key, example)
        if not all(isinstance(item, str) and 0 < len(item) <= _LONGEST and "\0" not in item for item in value):
            raise self.refuse(key, example)
        return tuple(value)

    def unit(self, key: str, read: Callable[[str], _T], *, default: _T, example: str) -> _T:
        """A quantity with its unit, read by one of `units`."""
        if not self.has(key):
            return default
        value = self.values[key]
        if not isinstance(value, str):
            raise self.refuse(key, example)
        try:
            return read(value.strip())
        except ValueError as error:
            raise self.refuse(key, example) from error

    def finish(self) -> None:
        """Refuses the first key that nobody asked for, and names the ones that are near it.

        Raises:
            InputRefusedError: there is such a key.
        """
        for key in self.values:
            if key in self._asked:
                continue
            near = difflib.get_close_matches(key, self._asked, n=2, cutoff=0.5) or sorted(set(self._asked))
            path = (*self.where, key)
            raise InputRefusedError(
                Code.RECIPE_KEY_UNKNOWN,
                path=self.source.name,
                line=self.source.line(path),
                key=".".join(shown(part)[1:-1] for part in path),
                near=", ".join(near),
            )


def is_number(value: object) -> bool:
    """Whether a value is a finite number that events can hold exactly."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return -_INTEGER <= value <= _INTEGER
    return isinstance(value, Decimal) and value.is_finite() and abs(value) < Decimal("1e300")
