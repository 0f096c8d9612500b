"""Makes the folder of a run, as the agent and the executors expect it."""

import json
import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RUN = f"run_{os.getpid()}".ljust(30, "a")
"""A run of this process alone: what is left of a lost one is ended by its id, wherever on the machine it runs."""

GUARDRAILS = {"time_ms": 30_000, "memory_bytes": 2 << 30, "disk_bytes": 1 << 28}

IN_THE_WAY: list[Callable[[Path], None]] = [
    os.mkfifo,
    Path.mkdir,
    lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.symlink_to(path.name),
]
"""What a command can put where somebody expects a file."""


def make_run(folder: Path, code: str = "", *, run: str = RUN, **plan: Any) -> Path:
    """A run's folder whose command is a Python script.

    Args:
        folder: where; made.
        code: the script.
        run: its id.
        plan: keys of plan.json that differ from the usual; `guardrails` are added to the usual ones.
    """
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "train.py").write_text(textwrap.dedent(code), encoding="utf-8")
    whole = {
        "format": 1,
        "run": run,
        "command": ["python", "train.py"],
        "seed": 7,
        "parameters": {},
        "inputs": {},
        "outputs": [],
        "grace_ms": 300,
        "environment": {"kind": "workbench", "python": sys.executable},
        **plan,
        "guardrails": {**GUARDRAILS, **plan.get("guardrails", {})},
    }
    (folder / "plan.json").write_text(json.dumps(whole), encoding="utf-8")
    return folder


def wait_until(is_so: Any, *, seconds: float = 20.0) -> None:
    """Waits until something is so.

    Raises:
        TimeoutError: it never was.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)
