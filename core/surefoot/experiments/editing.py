"""Changes keys in the text of a recipe and leaves every other letter as it is: comments, order, spaces.

Pure: text in, text out. A place is a path of names, `("criteria", "auc", "at_least")`; a value is TOML as it will stand
there. What it makes is not checked: whoever writes it reads it first (`recipe.read`).
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Where = tuple[str, ...]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"true|false|[+-]?\d+(?:_\d+)*|[+-]?\d+\.\d+(?:[eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A table's heading, or a key with its value: its path, and its lines from `first` to before `end`."""

    path: Where
    first: int
    end: int
    is_table: bool


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def values(text: str) -> str:
    """What somebody typed for a parameter, as TOML: `3`, `0.1, 0.5`, `forest` or `{ from = 1, to = 9, count = 3 }`."""
    typed = text.strip()
    if typed.startswith(("{", "[", '"', "'")) or _PLAIN.fullmatch(typed):
        return f"[{typed}]" if typed.startswith(('"', "'")) and _is_toml(f"[{typed}]") and _count(typed) > 1 else typed
    parts = [part.strip() for part in typed.split(",")]
    written = [part if _PLAIN.fullmatch(part) or part.startswith('"') else quoted(part) for part in parts]
    return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def typed(value: object) -> str:
    """The other way round: a value that stands in a recipe, as somebody would type it."""
    if isinstance(value, list):
        return ", ".join(_scalar(one) for one in value) if len(value) > 1 else f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name} = {_scalar(one, is_inside=True)}" for name, one in value.items())
        return f"{{ {inside} }}"
    return _scalar(value)


def edited(text: str, changes: Mapping[Where, str | None]) -> str:
    """The text with other values.

    Args:
        text: a recipe that is TOML.
        changes: place to value; None takes the key, or the whole table, away. A key that stands there keeps its place
            and the comment behind it; a new one comes after the others of its table, a new table after its like.
    """
    is_windows = "\r\n" in text
    lines = text.replace("\r\n", "\n").split("\n")
    found = list(_statements(lines))
    known = {one.path: one for one in found if not one.is_table}
    added: dict[int, list[str]] = {}
    gone: set[int] = set()
    fresh: dict[Where, list[str]] = {}
    there = tomllib.loads(text, parse_float=Decimal)
    for where, value in changes.items():
        if value is not None and _stands(there, where, value):
            continue
        if value is None:
            for one in found:
                if one.path[: len(where)] == where:
                    gone |= set(range(one.first, one.end + _is_blank(lines, one)))
        elif where in known:
            _replace(lines, known[where], value)
        elif (table := _table(found, where[:-1])) is not None:
            added.setdefault(table, []).append(f"{_name(where[-1])} = {value}")
        else:
            fresh.setdefault(where[:-1], []).append(f"{_name(where[-1])} = {value}")
    for where, written in fresh.items():
        heading = f"[{'.'.join(map(_name, where))}]"
        added.setdefault(_after_its_like(found, where, len(lines)), []).extend(["", heading, *written])
    whole = "\n".join(_woven(lines, added, gone))
    return (whole.rstrip("\n") + "\n").replace("\n", "\r\n" if is_windows else "\n")


def _woven(lines: Sequence[str], added: Mapping[int, Sequence[str]], gone: set[int]) -> Iterator[str]:
    for place, line in enumerate([*lines, None]):
        yield from added.get(place, ())
        if line is not None and place not in gone:
            yield line


def _statements(lines: Sequence[str]) -> Iterator[_Statement]:
    place = 0
    table: Where = ()
    while place < len(lines):
        line = lines[place].strip()
        if not line or line.startswith("#"):
            place += 1
        elif line.startswith("["):
            table = _path(line)
            yield _Statement(table, place, place + 1, is_table=True)
            place += 1
        else:
            end = _end(lines, place)
            yield _Statement((*table, *_path(f"{_split(lines[place])[0]} = 0")), place, end, is_table=False)
            place = end


def _end(lines: Sequence[str], first: int) -> int:
    """The line after the last one of a value that may go over several."""
    for end in range(first + 1, len(lines) + 1):
        if _is_toml("\n".join(lines[first:end])):
            return end
    return first + 1


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text if "=" in text else f"x = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return True


def _count(text: str) -> int:
    return len(tomllib.loads(f"x = [{text}]")["x"])


def _path(text: str) -> Where:
    """The names that a line with an empty or a plain value goes through."""
    node: Any = tomllib.loads(text)
    names = []
    while isinstance(node, dict | list) and node:
        if isinstance(node, list):
            node = node[0]
            continue
        name = next(iter(node))
        names.append(name)
        node = node[name]
    return tuple(names)


def _split(line: str) -> tuple[str, str]:
    """The key of a line, and the rest from the equals sign on."""
    place = line.find("=")
    while place >= 0:
        if _is_toml(f"{line[:place]} = 0"):
            return line[:place], line[place:]
        place = line.find("=", place + 1)
    return line, ""


def _replace(lines: list[str], one: _Statement, value: str) -> None:
    """Puts a value in place of another, and keeps what stands behind it."""
    old = "\n".join(lines[one.first : one.end])
    key, rest = _split(old)
    said = tomllib.loads(old)
    cut = rest.find("#")
    while cut >= 0 and not (_is_toml(key + rest[:cut]) and tomllib.loads(key + rest[:cut]) == said):
        cut = rest.find("#", cut + 1)
    bare = rest[:cut] if cut >= 0 else rest
    new = f"{key.rstrip()} = {value}"
    room = max(1, len(key + bare) - len(new)) if "\n" not in bare else 1
    lines[one.first] = new + (" " * room + rest[cut:] if cut >= 0 else "")
    for place in range(one.first + 1, one.end):
        lines[place] = ""


def _stands(whole: Any, where: Where, value: str) -> bool:
    """Whether a value is there already, however it is written, such as inside `{ }`."""
    for name in where:
        if not isinstance(whole, Mapping) or name not in whole:
            return False
        whole = whole[name]
    # By how they are written out: 1, 1.0 and true are equal to Python.
    return repr(_loaded(value)) == repr({"x": whole})


def _loaded(value: str) -> Any:
    try:
        return tomllib.loads(f"x = {value}", parse_float=Decimal)
    except tomllib.TOMLDecodeError:
        return None


def _table(found: Sequence[_Statement], where: Where) -> int | None:
    """The line after the last key of a table; None where there is no such table."""
    end = None
    for one in found:
        if one.is_table and one.path == where:
            end = one.end
        elif end is not None and one.is_table:
            break
        elif end is not None:
            end = one.end
    return end


def _after_its_like(found: Sequence[_Statement], where: Where, last: int) -> int:
    """Where a new table goes: after the last one under the same first name, or at the end."""
    ends = [one.end for one in found if one.path[:1] == where[:1]]
    return max(ends, default=last)


def _is_blank(lines: Sequence[str], one: _Statement) -> bool:
    return one.end < len(lines) and not lines[one.end].strip() and one.is_table


def _name(name: str) -> str:
    return name if _BARE.fullmatch(name) else quoted(name)


def _scalar(value: object, *, is_inside: bool = False) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        is_plain = bool(value) and not is_inside and values(value) == quoted(value) and value == value.strip()
        return value if is_plain else quoted(value)
    return str(value)
