"""Lets workers import the tests' own tasks: a stand-in for the interpreter that puts the checkout on the path.

A worker's interpreter is isolated and sees installed code only. That is right for users and wrong for tests alone.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INTERPRETER = """#!/bin/sh
shift 3  # -I -m surefoot.workers.child
exec {python} -I -c 'import sys; sys.path.insert(0, "{root}"); from surefoot.workers.child import main; main()' "$@"
"""


def stand_in(folder: Path) -> Path:
    """Writes the stand-in and returns its path, to be put in the place of `sys.executable`."""
    path = folder / "python"
    path.write_text(INTERPRETER.format(python=sys.executable, root=ROOT))
    path.chmod(0o755)
    return path
