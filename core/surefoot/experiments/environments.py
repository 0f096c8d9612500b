"""What a training command runs in, captured so that it can be told apart and made again.

`workbench`: the running installation, recorded as its frozen list. `lock`: a virtual environment made once per lock
file, from pinned and hashed packages only. `own`: the user's; recorded as claimed, nothing is checked.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot.experiments import leaks
from surefoot.experiments.facts import Environment, Recipe
from surefoot.files import locked, private_folder, write_whole
from surefoot.objects import Objects
from surefoot.workers.facts import Cancel, Progress, quiet

LOCK_FILE = "lock.txt"
_COMPLETE = "surefoot-environment.json"
_PINNED = re.compile(
    r"[A-Za-z0-9][\w.-]*(?:\[[\w.,\s-]*\])?\s*==\s*[\w.!+-]+\s*(?:;[^#]*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+"
)
_TICK = 0.05
_SHOWN = 200


@cache
def frozen_list() -> bytes:
    """The packages of the running installation with their versions, and its Python: one a line, in order.

    Looked up once a process: what was loaded then is what runs.
    """
    packages = {
        f"{re.sub(r'[-_.]+', '-', found.metadata['Name']).lower()}=={found.version}"
        for found in importlib.metadata.distributions()
        if found.metadata["Name"]
    }
    head = f"# {platform.python_implementation()} {platform.python_version()} {sys.platform} {platform.machine()}\n"
    return leaks.masked(head + "".join(f"{line}\n" for line in sorted(packages))).encode()


def workbench() -> tuple[Environment, bytes]:
    """The running installation, and the list that says what it is."""
    listed = frozen_list()
    return Environment("workbench", hashlib.sha256(listed).hexdigest(), sys.executable), listed


def own() -> tuple[Environment, bytes]:
    """The user's own environment, taken at their word."""
    return Environment("own"), b""


def read_lock(path: Path) -> bytes:
    """The bytes of a lock file in which every package has one exact version and its hashes.

    Raises:
        InputRefusedError: it is missing, or a line is something else (an option, an address, a loose version).
    """
    if not path.is_file():
        raise InputRefusedError(Code.LOCK_MISSING, path=path)
    data = path.read_bytes()
    entry, first = "", 1
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        text = "" if line.lstrip().startswith("#") else re.sub(r"\s#.*$", "", line).strip()
        first = first if entry else number
        entry = f"{entry} {text.removesuffix(chr(92)).strip()}".strip()
        if text.endswith("\\"):
            continue
        if entry and not _PINNED.fullmatch(entry):
            raise InputRefusedError(Code.LOCK_UNPINNED, path=path, line=first)
        entry = ""
    if entry:
        raise InputRefusedError(Code.LOCK_UNPINNED, path=path, line=first)
    return data


def from_lock(lock: bytes, *, state: Path, progress: Progress = quiet, cancel: Cancel | None = None) -> Environment:
    """The virtual environment of a lock, made where it is not there yet.

    Args:
        lock: the bytes of the lock file, as `read_lock` lets them pass.
        state: the project's state folder; environments lie in it, never in the project.
        progress: told `environment` while it is made.
        cancel: asked while it is made.

    Raises:
        SurefootError: it cannot be made; what was begun is removed.
        CancelledError: stopped; what was begun is removed.
    """
    digest = hashlib.sha256(lock).hexdigest()
    home = private_folder(state / "environments")
    name = f"{digest[:32]}-py{sys.version_info.major}{sys.version_info.minor}"
    folder, python = home / name, home / name / "bin" / "python"
    with locked(home / f"{name}.lock"):
        if not (folder / _COMPLETE).is_file():
            progress("environment", 0, 0)
            shutil.rmtree(folder, ignore_errors=True)
            try:
                _make(folder, lock, home / f"{name}.log", cancel)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            write_whole(folder / _COMPLETE, json.dumps({"format": 1, "lock": digest}).encode())
            progress("environment", 1, 1)
    return Environment("lock", digest, str(python))


def here(kind: str, digest: str | None, *, objects: Objects, state: Path) -> Environment:
    """A recorded environment as it is on this machine now; its digest says whether it is still the same.

    Args:
        kind: `workbench`, `lock` or `own`.
        digest: what the record says it was.
        objects: where the lock file comes from.
        state: the project's state folder.

    Raises:
        IncompleteError: the lock file is not in the store.
        SurefootError: the environment cannot be made.
    """
    if kind == "workbench":
        return workbench()[0]
    if kind == "lock" and digest is not None:
        return from_lock(objects.read(digest), state=state)
    return own()[0]


def _make(folder: Path, lock: bytes, log: Path, cancel: Cancel | None) -> None:
    log.write_bytes(b"")
    _step([sys.executable, "-I", "-m", "venv", str(folder)], log, cancel)
    given = folder / LOCK_FILE
    write_whole(given, lock)
    words = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check"]
    _step([str(folder / "bin" / "python"), "-I", "-m", "pip", "install", *words, "-r", str(given)], log, cancel)


def _step(command: Sequence[str], log: Path, cancel: Cancel | None) -> None:
    with log.open("ab") as out:
        running = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while running.poll() is None:
            if cancel is not None and cancel():
                raise CancelledError(Code.CANCELLED)
            time.sleep(_TICK)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
    if running.returncode != 0:
        lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        detail = lines[-1][:_SHOWN] if lines else f"exit {running.returncode}"
        raise SurefootError(Code.ENVIRONMENT_FAILED, detail=leaks.masked(detail), log=log)


def wanted(
    recipe: Recipe, folder: Path, *, state: Path, progress: Progress = quiet, cancel: Cancel | None = None
) -> tuple[Environment, bytes]:
    """What a recipe runs in, given the folder of its code; and the list or lock that stands for it, if any.

    Raises:
        InputRefusedError: the lock cannot be used. IncompleteError: there is none.
    """
    if recipe.environment == "own":
        return own()[0], b""
    if recipe.environment == "workbench":
        return workbench()
    lock = read_lock(folder / LOCK_FILE)
    return from_lock(lock, state=state, progress=progress, cancel=cancel), lock
