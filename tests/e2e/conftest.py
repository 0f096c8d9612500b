"""A user's home in which the real program is called as a user calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SUREFOOT = (sys.executable, "-m", "surefoot.cli")


class Home:
    """A home of its own, and a project in it.

    Attributes:
        folder: the home. project: where commands are given from.
    """

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder, self.project = folder, project
        kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        self.environment = {**kept, "HOME": str(folder), "LANG": "C.UTF-8"}
        self.options: tuple[str, ...] = ()

    def call(self, *words: str, exit_code: int = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Gives a command and expects its exit code; a trace is never shown to a user."""
        done = subprocess.run(
            [*SUREFOOT, *words, *self.options],
            cwd=cwd or self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )
        assert done.returncode == exit_code, f"{words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str, exit_code: int = 0) -> Any:
        """The answer of `--json`."""
        return json.loads(self.call(*words, "--json", exit_code=exit_code).stdout)

    def is_serving(self) -> bool:
        """Whether a service of this project answers."""
        return any(each["state"] == "serving" for each in self.json("status")["deployments"])
