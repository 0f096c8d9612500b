"""Python run with -O drops every assert; nothing that is verified may hang on one (trail.md row 80)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.trails import found

CORE = Path(__file__).parents[3] / "core"
VERIFY = """
import sys
from pathlib import Path
from surefoot.trail import verify
print(verify(Path(sys.argv[1]), pins=Path(sys.argv[2]), anchor=sys.argv[3]).verdict.name)
"""


@pytest.mark.parametrize("damage", ["", "a flipped byte", "nothing there"])
def test_the_verifier_says_the_same_without_asserts(tmp_path: Path, damage: str) -> None:
    project = found(tmp_path)
    folder = project.folder
    if damage == "a flipped byte":
        segment = next(project.feed().glob("*.evt"))
        data = bytearray(segment.read_bytes())
        data[len(data) // 2] ^= 1
        segment.write_bytes(data)
    elif damage:
        folder = tmp_path / "empty"
        folder.mkdir()
    told = {
        subprocess.run(
            [sys.executable, *options, "-c", VERIFY, str(folder), str(project.state), project.ws],
            env={"PYTHONPATH": str(CORE), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for options in ((), ("-O",), ("-OO",))
    }
    assert len(told) == 1
    assert (told <= {"FAIL"}) == bool(damage)


def test_no_code_of_ours_asserts() -> None:
    for path in sorted(CORE.glob("surefoot/**/*.py")):
        found = [node.lineno for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Assert)]
        assert not found, (path, found)
