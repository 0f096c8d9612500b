"""The error tree: one code has one exit code wherever it is raised, and the documentation lists those there are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot import errors
from surefoot.errors import Code, SurefootError

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SurefootError)
}


def raised() -> Iterator[tuple[str, str, str]]:
    """Every `SomeError(Code.X, ...)` in the library: code, class, place."""
    for path in sorted((ROOT / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in KINDS:
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Attribute) and isinstance(first.value, ast.Name) and first.value.id == "Code":
                yield first.attr, node.func.id, f"{path.relative_to(ROOT)}:{node.lineno}"


RAISED = list(raised())


def test_the_scan_sees_the_tree() -> None:
    assert len({code for code, _, _ in RAISED}) > len(Code) * 0.75


@pytest.mark.parametrize("code", sorted({code for code, _, _ in RAISED}))
def test_a_code_leaves_with_one_exit_code_only(code: str) -> None:
    found = {KINDS[kind].exit_code: place for name, kind, place in RAISED if name == code}
    assert len(found) == 1, found


def test_no_two_kinds_of_error_share_an_exit_code() -> None:
    exits = [kind.exit_code for kind in KINDS.values()]
    assert len(exits) == len(set(exits))


def test_the_documented_exit_codes_are_those_that_there_are() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    cells = [cell.strip() for line in page.splitlines() if line.startswith("| ") for cell in line.split("|")]
    listed = {int(cell) for cell in cells if cell.isdecimal()}
    assert listed >= {0, *(kind.exit_code for kind in KINDS.values())}
    tree = str(errors.__doc__)
    drawn = {name: int(code) for name, code in re.findall(r"(\w+Error)\s+exit (\d+)", tree)}
    assert drawn == {name: kind.exit_code for name, kind in KINDS.items()}
