"""The folder of a run: everything its agent needs, made from the record and from nothing else.

    plan.json       what the agent carries out
    code/           the training code, from its manifest; the command's working folder
    inputs/<name>/  the data sets, read-only
    output/         what the command makes        log.txt, telemetry.jsonl, state.json, end.json: the agent's
    cancel          appears when somebody wants the run to stop
    launch.json     written before the agent is started

A folder is built beside its place and renamed, so that one which is there is whole.
"""

import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from surefoot.errors import Code, IncompleteError
from surefoot.experiments import code
from surefoot.experiments.rules import handed_over
from surefoot.files import explained, write_whole
from surefoot.objects import Objects

PLAN = "plan.json"
END = "end.json"
STATE = "state.json"
CANCEL = "cancel"
LAUNCH = "launch.json"
LOG = "log.txt"
TELEMETRY = "telemetry.jsonl"
POINTS = "points.parquet"
_DRAFT = ".draft-"
_LARGEST = 64 * 2**20

Inputs = Callable[[str, Mapping[str, Any], Path], None]
"""Writes one data set's training side into a folder, given the input's name and what the plan says of it."""


def prepare(
    runs: Path, run: str, plan: Mapping[str, Any], *, objects: Objects, inputs: Inputs, python: str | None
) -> Path:
    """Makes the folder of a run, whole or not at all.

    Args:
        runs: the folder of all runs.
        run: its id.
        plan: its plan, as recorded.
        objects: where code comes from.
        inputs: writes a data set.
        python: what `python` in the command means; None leaves it to the machine.

    Raises:
        IncompleteError: code or data is missing from the record.
    """
    draft = runs / f"{_DRAFT}{run}-{secrets.token_hex(4)}"
    with explained(draft):
        draft.mkdir(parents=True)
    try:
        code.restore(plan["code"], draft / "code", objects=objects)
        (draft / "output").mkdir()
        (draft / "inputs").mkdir()
        for name, version in plan["data"].items():
            inputs(name, version, draft / "inputs" / name)
        close_for_writing(draft / "inputs")
        write_whole(draft / PLAN, json.dumps(_order(run, plan, python), indent=1).encode(), mode=0o600)
        with explained(runs / run):
            draft.rename(runs / run)
    except BaseException:
        remove(draft)
        raise
    return runs / run


def _order(run: str, plan: Mapping[str, Any], python: str | None) -> dict[str, Any]:
    rails = plan["guardrails"]
    return {
        "format": 1,
        "run": run,
        "command": list(plan["command"]),
        "seed": plan["seed"],
        "parameters": handed_over(plan),
        "inputs": {name: f"inputs/{name}" for name in plan["data"]},
        "outputs": list(plan["outputs"]),
        "guardrails": {name: rails[name] for name in ("time_ms", "memory_bytes", "disk_bytes")},
        "environment": {"kind": plan["environment"]["kind"], "python": python},
        "token": secrets.token_urlsafe(32),
    }


def sweep(runs: Path) -> None:
    """Removes what an earlier supervisor began and did not finish. Only the holder of the lock may call it."""
    for draft in runs.glob(f"{_DRAFT}*"):
        remove(draft)


def close_for_writing(folder: Path) -> None:
    """Takes the right to write away from every file and folder."""
    for here, _, files in os.walk(folder, topdown=False):
        for name in files:
            Path(here, name).chmod(0o444)
        Path(here).chmod(0o555)


def remove(folder: Path) -> None:
    """Removes a folder with what is in it, read-only or not. Links are removed, never followed."""
    for here, folders, _ in os.walk(folder):
        for path in (Path(here), *(Path(here, name) for name in folders)):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON file of the agent: None where there is none, or where it is no object (the agent writes it whole).

    It lies where the user's command can write, so its size is bounded and no link is followed.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        data = file.read(_LARGEST)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def ask_to_cancel(runs: Path, run: str, *, by: str) -> None:
    """Leaves the sign that a run is to stop; the agent and the supervisor look for it."""
    folder = runs / run
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / CANCEL, json.dumps({"by": by}).encode())


def is_asked_to_cancel(runs: Path, run: str) -> bool:
    """Whether somebody wants the run to stop."""
    return (runs / run / CANCEL).exists()


def cancelled_by(runs: Path, run: str) -> str | None:
    """Who asked for it, as they claimed."""
    by = (read_json(runs / run / CANCEL) or {}).get("by")
    return by if isinstance(by, str) else None


def plan_of(objects: Objects, run: str, sha256: str) -> dict[str, Any]:
    """The recorded plan of a run.

    Raises:
        IncompleteError: it is not in the store.
    """
    if not objects.has(sha256):
        raise IncompleteError(Code.RECORD_LACKS, run=run, what=f"plan {sha256}")
    plan: dict[str, Any] = json.loads(objects.read(sha256))
    return plan
