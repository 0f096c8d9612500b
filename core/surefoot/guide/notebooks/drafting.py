"""From the cells of a notebook to a script and a recipe. Pure.

The script is the cells from top to bottom, as they are: what is wrong with them stays visible, and `rules` names it.
Values that stand by themselves in the first cell, in a cell tagged `parameters`, or under a name in capitals become
parameters of the recipe, so that they can be varied and are on the record.
"""

import ast
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from surefoot.guide.notebooks.cells import Read

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
_READERS = re.compile(r"^(?:read_\w+|scan_\w+|open|load_dataset|loadtxt|genfromtxt|imread|load)$")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(slots=True)
class Sketch:
    """What the cells come to.

    Attributes:
        script: the text of the script. parameters: their values by name. data: what is read, each once.
    """

    script: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)


def sketch(read: Sequence[Read], head: str) -> Sketch:
    """The script and what it wants to be told.

    Args:
        read: the cells.
        head: the beginning of the script, which makes `PARAMETERS`.
    """
    made = Sketch()
    first = next((each.cell.number for each in read if each.cell.source.strip()), 0)
    parts = (
        f"# %% {each.cell.number}\n{_cell(each, made, is_first=each.cell.number == first)}"
        for each in read
        if each.cell.source.strip()
    )
    made.script = "\n\n".join((head.rstrip("\n"), *parts)) + "\n"
    made.data = list(dict.fromkeys(found for each in read for found in _data(each)))
    return made


def _cell(read: Read, made: Sketch, *, is_first: bool) -> str:
    lines = read.cell.source.rstrip("\n").splitlines()
    commands = {line for line, _ in read.commands}
    if read.tree is None or (commands and not read.tree.body):
        return "\n".join(f"# {line}".rstrip() for line in lines)
    for number in commands:
        text = lines[number - 1]
        indent = text[: len(text) - len(text.lstrip())]
        lines[number - 1] = f"{indent}pass  # {text.strip()}" if indent else f"# {text.strip()}"
    for node in read.tree.body:
        name, value = _parameter(node, everything=is_first or read.cell.is_parameters)
        if name and name not in made.parameters and node.lineno == node.end_lineno:
            made.parameters[name] = value
            lines[node.lineno - 1] = f'{name} = PARAMETERS["{name}"]'
    return "\n".join(lines)


def _parameter(node: ast.stmt, *, everything: bool) -> tuple[str, Any]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if everything or _CONSTANT.fullmatch(name):
            constant = _constant(value)
            if constant is not None and _NAME.fullmatch(name):
                return name, constant
        case _:
            pass
    return "", None


def _constant(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)) if not isinstance(
            value, bool
        ):
            return -value
        case _:
            pass
    return None


def _data(read: Read) -> Iterator[str]:
    """What is read from a place that is written out."""
    for node in ast.walk(read.tree or ast.Module([], [])):
        if isinstance(node, ast.Call) and node.args and not _is_written(node):
            place = node.args[0]
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if isinstance(place, ast.Constant) and isinstance(place.value, str) and _READERS.match(name):
                yield place.value


def _is_written(call: ast.Call) -> bool:
    """Whether a file is opened for writing."""
    given = (*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "mode"))
    return any(isinstance(one, ast.Constant) and str(one.value)[:1] in {"w", "a", "x"} for one in given)


def toml_value(value: object) -> str:
    """A parameter as TOML. What JSON escapes in a text, TOML escapes in the same way."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'"{value}"'
    return json.dumps(value, ensure_ascii=False)
