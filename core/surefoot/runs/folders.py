"""The folder of a run: everything its agent needs, made from the record and from nothing else.

    plan.json       what the agent carries out
    code/           the training code, from its manifest; the command's working folder
    inputs/<name>/  the data sets, read-only
    output/         what the command makes        log.txt, telemetry.jsonl, state.json, end.json: the agent's
    cancel          appears when somebody wants the run to stop; its agent looks for it
    launch.json     where the executor put it; written before the agent is started

The wish to stop a run is a file in `runs/.cancel`, because a run that waits has no folder yet, and because the
supervisor can look for all wishes at once.

A folder is built beside its place and renamed, so that one which is there is whole.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from surefoot.errors import Code, IncompleteError
from surefoot.experiments import code
from surefoot.experiments.rules import handed_over
from surefoot.files import explained, open_plain, write_whole
from surefoot.objects import Objects
from surefoot.runs.facts import Run

PLAN = "plan.json"
LAUNCH = "launch.json"
LOG = "log.txt"
TELEMETRY = "telemetry.jsonl"
POINTS = "points.parquet"
_DRAFT = ".draft-"
_CANCEL = ".cancel"
MOST_LOG = 2**20
_LARGEST = 64 * 2**20

Inputs = Callable[[str, Mapping[str, Any], Path], object]
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
        write_whole(draft / PLAN, json.dumps(order(run, plan, python), indent=1).encode(), mode=0o600)
        with explained(runs / run):
            draft.rename(runs / run)
    except BaseException:
        remove(draft)
        raise
    return runs / run


def order(run: str, plan: Mapping[str, Any], python: str | None) -> dict[str, Any]:
    """What an agent is told of a plan."""
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
    }


def sweep(runs: Path) -> None:
    """Removes what an earlier supervisor began and did not finish. Only the holder of the lock may call it."""
    for draft in runs.glob(f"{_DRAFT}*"):
        remove(draft)


def remove(folder: Path) -> None:
    """Removes a folder with what is in it, read-only or not, or what lies in its place. Links are never followed."""
    if folder.is_symlink() or not folder.is_dir():
        folder.unlink(missing_ok=True)
        return
    for here, folders, _ in os.walk(folder):
        for path in (Path(here), *(Path(here, name) for name in folders)):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON file of the agent: None where there is none, or where it is no object (the agent writes it whole).

    It lies where the user's command can write, so its size is bounded and no link is followed.
    """
    file = open_plain(path)
    if file is None:
        return None
    with file:
        data = file.read(_LARGEST)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def ask_to_cancel(runs: Path, run: str, *, by: str) -> None:
    """Leaves the sign that a run is to stop, for the supervisor and, where it runs on this machine, for its agent."""
    write_whole(runs / _CANCEL / run, json.dumps({"by": by}).encode())
    if (runs / run / PLAN).exists():
        write_whole(runs / run / "cancel", b"")


def asked_to_cancel(runs: Path) -> set[str]:
    """The runs that somebody wants to stop."""
    try:
        return set(os.listdir(runs / _CANCEL))  # noqa: PTH208 (names are all that is wanted, many times a second)
    except (FileNotFoundError, NotADirectoryError):
        return set()


def cancelled_by(runs: Path, run: str) -> str | None:
    """Who asked for it, as they claimed."""
    by = (read_json(runs / _CANCEL / run) or {}).get("by")
    return by if isinstance(by, str) else None


def note_launch(folder: Path, where: str) -> None:
    """Remembers where an executor put the run, before anything is started there."""
    write_whole(folder / LAUNCH, json.dumps({"where": where}).encode())


def launched_at(folder: Path) -> str | None:
    """Where an executor put the run; None where it cannot have been started."""
    where = (read_json(folder / LAUNCH) or {}).get("where")
    return where if isinstance(where, str) else None


def tidy(runs: Path, run: str) -> None:
    """Clears what an ended run needs no more: its inputs (recorded by hash) and the wish to stop it."""
    remove(runs / run / "inputs")
    (runs / _CANCEL / run).unlink(missing_ok=True)


def plan_of(objects: Objects, run: str, sha256: str) -> dict[str, Any]:
    """The recorded plan of a run.

    Raises:
        IncompleteError: it is not in the store.
    """
    if not objects.has(sha256):
        raise IncompleteError(Code.RECORD_LACKS, run=run, what=f"plan {sha256}")
    plan: dict[str, Any] = json.loads(objects.read(sha256))
    return plan


def refuse_gaps(run: Run, *, objects: Objects) -> None:
    """Refuses to run again what the record does not hold in full.

    Raises:
        IncompleteError: with the first thing that is missing.
    """
    if not run.body or run.code is None:
        raise IncompleteError(Code.RECORD_LACKS, run=run.run, what="run.requested")
    if not objects.has(run.code):
        raise IncompleteError(Code.RECORD_LACKS, run=run.run, what=f"code {run.code}")
    wanted = {f"plan {run.plan}": run.plan}
    wanted |= contents(run, objects=objects)["code"]
    if run.environment_kind == "lock" and run.environment is not None:
        wanted["lock"] = run.environment
    for what, sha in wanted.items():
        if not objects.has(sha):
            raise IncompleteError(Code.RECORD_LACKS, run=run.run, what=what)


def contents(run: Run, *, objects: Objects) -> dict[str, dict[str, str]]:
    """What a run was made of, for comparison: `code` (path to hash) and `package` (name to version).

    What the store does not hold is left out.
    """
    found: dict[str, dict[str, str]] = {"code": {}, "package": {}}
    if run.code is not None and objects.has(run.code):
        found["code"] = {entry["path"]: entry["sha256"] for entry in json.loads(objects.read(run.code))["files"]}
    listed = run.found or run.environment
    if listed is not None and objects.has(listed):
        for line in objects.read(listed).decode("utf-8", "replace").splitlines():
            name, equal, version = line.partition("==")
            if equal and not line.startswith("#"):
                found["package"][name.strip()] = version.split()[0] if version.split() else ""
            elif line.startswith("# ") and "python" not in found["package"]:
                found["package"]["python"] = line[2:]
    return found


def tail(path: Path, offset: int) -> bytes:
    """Bytes of a growing file from a place on, at most 1 MiB; none where there is no such file."""
    file = open_plain(path)
    if file is None:
        return b""
    with file:
        return os.pread(file.fileno(), MOST_LOG, offset)
