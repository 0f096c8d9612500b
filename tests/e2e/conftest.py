"""A user's home in which the real program is called as a user calls it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SUREFOOT = (sys.executable, "-m", "surefoot.cli")
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")


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

    def interrupted(self, *words: str, when: Callable[[], bool] | None = None, times: int = 1) -> tuple[int, str]:
        """Gives a command and presses Ctrl-C when something is seen (by default its first word).

        Returns:
            Its exit code, and what it told aside.
        """
        said = self.folder / "said.txt"
        with said.open("w", encoding="utf-8") as file:
            process = subprocess.Popen(
                [*SUREFOOT, *words, *self.options],
                cwd=self.project,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.PIPE,
                text=True,
            )
        is_time = when or (lambda: said.stat().st_size > 0)
        until = time.monotonic() + 60
        while not is_time() and process.poll() is None:
            assert time.monotonic() < until, "it was never seen"
            time.sleep(0.02)
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, told = process.communicate(timeout=60)
        assert "Traceback" not in told
        # A press that comes while Python is leaving ends it by the signal; a shell calls both 130.
        return 128 + signal.SIGINT if process.returncode == -signal.SIGINT else process.returncode, told

    def json(self, *words: str, exit_code: int = 0) -> Any:
        """The answer of `--json`."""
        return json.loads(self.call(*words, "--json", exit_code=exit_code).stdout)

    def is_serving(self) -> bool:
        """Whether a service of this project answers."""
        return any(each["state"] == "serving" for each in self.json("status")["deployments"])


def with_fewer_rights(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    """The same command by somebody who is bound to what a folder allows, as root is not."""
    return tried(home, *words, prefix=WITHOUT_RIGHTS if os.geteuid() == 0 else ())


def tried(home: Home, *words: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A command, however it ends."""
    return subprocess.run(
        [*prefix, *SUREFOOT, *words, *home.options],
        cwd=home.project,
        env=home.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a project whose key is wrapped by a passphrase."""
    return founded(tmp_path)


def founded(folder: Path) -> Home:
    """A home with a project whose key is wrapped by a passphrase."""
    project = folder / "my project"
    made = Home(folder, project)
    secret = folder / "passphrase"
    secret.write_text("correct horse battery staple\n", encoding="utf-8")
    secret.chmod(0o600)
    made.options = ("--passphrase-file", str(secret))
    made.call("init", str(project), "--person", "Ada Lovelace", cwd=folder)
    return made


def golden_home(folder: Path) -> Home:
    """A stranger's home in which the project of format 1 lies, without a key."""
    # By tar: Python 3.11.2, which Debian 12 has, knows no extraction filter.
    folder.mkdir(exist_ok=True)
    archive = Path(__file__).parents[1] / "golden" / "project" / "1.tar.gz"
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(folder), "--no-same-owner"], check=True)
    return Home(folder, folder / "project")
