"""Reads a notebook (nbformat 4) as JSON and as syntax trees. Nothing in it is run.

What IPython adds to Python (`!ls`, `%time`, `%%bash`) is taken out and kept as commands, line for line, so that line
numbers stay those of the cell.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from surefoot.errors import Code, InputRefusedError
from surefoot.guide.notebooks.facts import Cell

MOST_CELLS = 10_000
_MAGIC = re.compile(r"^\s*(?:[!%?]|[A-Za-z_][\w, ]*=\s*[!%])")
_WHOLE = re.compile(r"^\s*%%(\S+)")
_FORMAT = 4


@dataclass(frozen=True, slots=True)
class Read:
    """A cell as Python sees it.

    Attributes:
        cell: what it came from. tree: its syntax, or None where it is no Python.
        problem: line and message where it is no Python. commands: line and text of what is not Python's.
    """

    cell: Cell
    tree: ast.Module | None
    problem: tuple[int, str] | None
    commands: tuple[tuple[int, str], ...]


def code_cells(data: bytes, name: str) -> tuple[Cell, ...]:
    """The cells that hold code, in order.

    Raises:
        InputRefusedError: it is no notebook of Python that can be read.
    """
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _refused(name, "no-json") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("cells"), list):
        raise _refused(name, "no-cells")
    if whole.get("nbformat") != _FORMAT:
        raise _refused(name, "format")
    if _language(whole) != "python":
        raise _refused(name, "language")
    if len(whole["cells"]) > MOST_CELLS:
        raise _refused(name, "large")
    return tuple(_cells(whole["cells"]))


def read(cell: Cell) -> Read:
    """A cell's syntax."""
    whole = _WHOLE.match(cell.source)
    if whole and whole[1] not in {"time", "timeit", "capture"}:
        return Read(cell, ast.Module([], []), None, ((1, cell.source.strip().splitlines()[0]),))
    lines, commands = [], []
    for number, line in enumerate(cell.source.splitlines(), 1):
        is_magic = bool(_MAGIC.match(line))
        if is_magic:
            commands.append((number, line.strip()))
        lines.append(f"{line[: len(line) - len(line.lstrip())]}pass" if is_magic else line)
    try:
        return Read(cell, ast.parse("\n".join(lines)), None, tuple(commands))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Read(cell, None, _problem(error), tuple(commands))


def _problem(error: Exception) -> tuple[int, str]:
    return (error.lineno or 1, error.msg) if isinstance(error, SyntaxError) else (1, type(error).__name__)


def _cells(found: list[Any]) -> Iterator[Cell]:
    for number, each in enumerate(found, 1):
        match each:
            case {"cell_type": "code", "source": str() | list() as source}:
                text = source if isinstance(source, str) else "".join(part for part in source if isinstance(part, str))
                count = each.get("execution_count")
                metadata = each.get("metadata")
                tags = metadata.get("tags") if isinstance(metadata, dict) else None
                is_parameters = isinstance(tags, list) and "parameters" in tags
                yield Cell(number, count if isinstance(count, int) else None, text, is_parameters)
            case _:
                pass


def _language(whole: dict[str, Any]) -> str:
    metadata = whole.get("metadata")
    facts = metadata if isinstance(metadata, dict) else {}
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        found = facts.get(place)
        if isinstance(found, dict) and isinstance(found.get(key), str):
            return str(found[key]).lower()
    return "python"


def _refused(name: str, detail: str) -> InputRefusedError:
    return InputRefusedError(Code.NOTEBOOK_UNREADABLE, path=name, detail=detail)
