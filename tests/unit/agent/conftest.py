"""The agent as it is shipped: one file, run by a bare interpreter."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surefoot.payloads.agent.build import build
from tests.fakes.run_folder import make_run

Ran = Callable[..., dict[str, Any]]
Started = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("tools") / "agent.pyz")


@pytest.fixture
def started(agent: Path) -> Started:
    """Starts the agent on a folder."""

    def start(folder: Path, *, python: str = sys.executable) -> "subprocess.Popen[bytes]":
        words = [python, "-I", "-S", str(agent), "run", str(folder)]
        return subprocess.Popen(words, env={"PATH": os.defpath}, start_new_session=True)

    return start


@pytest.fixture
def ran(tmp_path: Path, started: Started) -> Ran:
    """Runs a script under the agent and returns how it ended."""

    def run(code: str, **plan: Any) -> dict[str, Any]:
        folder = make_run(tmp_path / "run", code, **plan)
        with started(folder) as process:
            assert process.wait(200) == 0
        end: dict[str, Any] = json.loads((folder / "end.json").read_text())
        return end

    return run
