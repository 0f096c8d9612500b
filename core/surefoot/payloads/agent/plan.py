"""What the agent is told: `plan.json` of a run's folder, read and checked before anything starts."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any, Mapping, NamedTuple, Sequence

FORMAT = 1
MOST_PROCESSES = 512
GRACE_MS = 5000


class PlanError(Exception):
    """The plan cannot be carried out as it stands; the text says which key and why."""


class Guardrails(NamedTuple):
    """What stops the run: milliseconds, bytes, bytes, processes at one time, and a metric that is no finite number."""

    time_ms: int
    memory_bytes: int
    disk_bytes: int
    processes: int = MOST_PROCESSES
    finite: bool = True


class Plan(NamedTuple):
    """One run as it is to be carried out.

    Attributes:
        run: its id; all its processes carry it in SUREFOOT_RUN.
        command: program and arguments; `python` means the interpreter named by `python`.
        inputs: name to folder or file, relative to the run's folder.
        outputs: paths below `output/` without which the run has failed.
        grace_ms: how long a command has between the request to end and the kill.
    """

    run: str
    command: Sequence[str]
    seed: int
    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Sequence[str]
    guardrails: Guardrails
    python: str | None
    grace_ms: int = GRACE_MS


def read(folder: Path) -> Plan:
    """Reads the plan of a run's folder.

    Raises:
        PlanError: it is missing, unreadable, of another format, or a value is not of its kind.
    """
    try:
        data = json.loads((folder / "plan.json").read_bytes())
    except (OSError, ValueError) as error:
        raise PlanError("plan.json: " + str(error)) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise PlanError("plan.json is not of format 1")
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanError("plan.json: " + repr(error)) from error


def _plan(data: Mapping[str, Any]) -> Plan:
    command = [str(word) for word in data["command"]]
    if not command or not all(command[:1]) or any("\0" in word for word in command):
        raise PlanError("plan.json names no command")
    return Plan(
        run=str(data["run"]),
        command=command,
        seed=int(data.get("seed", 0)),
        parameters=dict(data.get("parameters", {})),
        inputs={str(name): _inside(str(path)) for name, path in dict(data.get("inputs", {})).items()},
        outputs=[_inside(str(path)) for path in data.get("outputs", [])],
        guardrails=_guardrails(data["guardrails"]),
        python=data.get("environment", {}).get("python"),
        grace_ms=int(data.get("grace_ms", GRACE_MS)),
    )


def _guardrails(data: Mapping[str, Any]) -> Guardrails:
    guardrails = Guardrails(
        time_ms=int(data["time_ms"]),
        memory_bytes=int(data["memory_bytes"]),
        disk_bytes=int(data["disk_bytes"]),
        processes=int(data.get("processes", MOST_PROCESSES)),
        finite=bool(data.get("finite", True)),
    )
    if min(guardrails.time_ms, guardrails.memory_bytes, guardrails.disk_bytes, guardrails.processes) <= 0:
        raise PlanError("a guardrail is not above zero")
    return guardrails


def _inside(path: str) -> str:
    """A relative path that stays below its folder."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path:
        raise PlanError("a path leaves the run's folder: " + repr(path))
    return str(pure)
