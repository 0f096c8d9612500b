"""Brings home what a run left: outputs, log and points become objects, the end becomes the details of an event.

Whatever lies in a run's folder was written beside the user's command and is believed only as far as it can be
checked: an output counts when it is a plain file whose bytes hash to what the agent saw when the command ended.
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.errors import IncompleteError, InputRefusedError
from surefoot.executors.facts import End, Output
from surefoot.experiments import leaks
from surefoot.experiments.recipe import is_inside
from surefoot.experiments.rules import criteria_of, judge, verdict_body
from surefoot.objects import Objects
from surefoot.runs import folders, telemetry
from surefoot.runs.facts import Ending
from surefoot.runs.points import text_of
from surefoot.trail.canonical import Json

_MOST_TEXT = 2000
_MOST_ENTRIES = 1000
_LARGEST = 2**53
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """How a run ended, and the details to record."""

    ending: Ending
    body: dict[str, Json]


def collect(folder: Path, plan: Mapping[str, Any], *, objects: Objects, end: End | None) -> Collected:
    """Collects a run that has ended, or one that nobody watches any more.

    Args:
        folder: the run's folder.
        plan: its recorded plan, which holds the criteria.
        objects: where things go.
        end: what its agent says of its end; None where it is lost, and what is there is kept for whoever looks into it.

    Raises:
        SurefootError: the store cannot take them (a full disk). Nothing is lost; call again.
    """
    outputs, faults = _outputs(folder / "output", end.outputs if end else {}, objects)
    missing = [name for name in plan["outputs"] if not _is_there(name, outputs)]
    ending: Ending = end.state if end else "lost"
    if ending == "finished" and (faults or missing):
        ending = "failed"
    points = telemetry.collect(
        folder / folders.TELEMETRY,
        folder / folders.POINTS,
        goals={entry["metric"]: entry["rule"] for entry in plan["criteria"]},
    )
    verdict = judge(criteria_of(plan["criteria"]) if ending == "finished" else (), points.metrics)
    told: dict[str, Json] = {
        "unreadable": points.unreadable + (end.bad_lines + end.lost_lines if end else 0),
        "missing": missing,
        "refused": faults + [{"name": exact(name), "reason": exact(why)} for name, why in _some(end)],
    }
    body: dict[str, Json] = {
        **_facts(end),
        **{name: value for name, value in told.items() if value},
        "telemetry": objects.put_file(folder / folders.POINTS) if points.count else None,
        "metrics": points.metrics,
        "points": points.count,
        "outputs": outputs,
        "log": _log_object(folder / folders.LOG, objects),
        "verdict": verdict_body(verdict),
        "tracking": _tracking(end.tracking if end else {}),
    }
    return Collected(ending, body)


def _some(end: End | None) -> list[tuple[str, str]]:
    """What the agent saw and did not take (links, devices, sockets), as far as it is worth recording."""
    return list(end.refused.items())[:_MOST_ENTRIES] if end else []


def _is_there(name: str, outputs: Mapping[str, Json]) -> bool:
    return name in outputs or any(path.startswith(f"{name}/") for path in outputs)


def never_started(reason: str, **values: object) -> dict[str, Json]:
    """The details of a run that ended before its command began."""
    return {
        **_facts(None),
        "telemetry": None,
        "metrics": {},
        "points": 0,
        "outputs": {},
        "log": None,
        "verdict": verdict_body(judge((), {})),
        "tracking": _tracking({}),
        **_reasons(reason, ", ".join(f"{name}={str(value)[:_MOST_TEXT]}" for name, value in values.items())),
    }


def exact(value: Any, *, depth: int = _DEPTH) -> Json:
    """A value of foreign JSON as events can hold it: no floats, no endless nesting, texts cut to a bound."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _LARGEST):
        return value
    if isinstance(value, float):
        return text_of(value)
    if isinstance(value, int | str):
        return leaks.masked(str(value)[:_MOST_TEXT].encode("utf-8", "replace").decode())
    if isinstance(value, list) and depth:
        return [exact(item, depth=depth - 1) for item in value[:_MOST_ENTRIES]]
    if isinstance(value, dict) and depth:
        kept = list(value.items())[:_MOST_ENTRIES]
        return {str(exact(str(key))): exact(item, depth=depth - 1) for key, item in kept}
    return None


def _facts(end: End | None) -> dict[str, Json]:
    """What is known of the end itself."""
    odd = {"changed_inputs": exact(list(end.changed_inputs)), "left_behind": end.left_behind} if end else {}
    return {
        "exit_code": end.exit_code if end else None,
        "signal": end.signal if end else None,
        "guardrail": exact(dict(end.guardrail)) if end and end.guardrail else None,
        "seconds": exact(end.seconds) if end else None,
        "peak_memory": exact(end.peak_memory_bytes) if end else None,
        "cpu_seconds": exact(end.cpu_seconds) if end else None,
        **{name: value for name, value in odd.items() if value},
        **(_reasons(end.reason, end.detail) if end else {}),
    }


def _reasons(why: str | None, detail: str) -> dict[str, Json]:
    """Why it ended as it did; a success needs no reason, and a field that says nothing is left out."""
    return {name: exact(text) for name, text in (("why", why), ("detail", detail)) if text}


def _outputs(folder: Path, listed: Mapping[str, Output], objects: Objects) -> tuple[dict[str, Json], list[Json]]:
    """What can be taken over by hash, and the names of what cannot, each with the reason."""
    faults = {name: _fault(folder, name) for name in sorted(listed)}
    plain = [name for name, fault in faults.items() if fault is None]
    try:
        hashes: list[str | None] = [*objects.put_many(folder / name for name in plain)]
    except (IncompleteError, InputRefusedError):
        hashes = [_put(folder / name, objects) for name in plain]
    outputs: dict[str, Json] = {}
    for name, sha in zip(plain, hashes, strict=True):
        if sha == listed[name].sha256:
            outputs[name] = {"sha256": sha, "size": listed[name].size}
        else:
            faults[name] = "changed"
    return outputs, [{"name": exact(name), "reason": fault} for name, fault in faults.items() if fault is not None]


def _put(path: Path, objects: Objects) -> str | None:
    try:
        return objects.put_file(path)
    except (IncompleteError, InputRefusedError):
        return None


def _fault(folder: Path, name: str) -> str | None:
    """Why an output cannot be taken: its name leads elsewhere, or a part of it is a link."""
    if not is_inside(name):
        return "name"
    place, mode = folder, 0
    for part in name.split("/"):
        place = place / part
        try:
            mode = place.lstat().st_mode
        except OSError:
            return "missing"
        if stat.S_ISLNK(mode):
            return "link"
    return None if stat.S_ISREG(mode) else "kind"


def _log_object(path: Path, objects: Objects) -> str | None:
    if not path.is_file() or path.is_symlink():
        return None
    return _put(path, objects)


def _tracking(found: Mapping[str, Any]) -> dict[str, Json]:
    """What the command told the MLflow end point, bounded and with secrets masked."""
    kept: dict[str, Json] = {}
    for name in ("parameters", "tags", "artifacts"):
        part = found.get(name)
        kept[name] = exact(part) if isinstance(part, dict | list) else {}
        values = kept[name]
        if isinstance(values, dict):
            kept[name] = {key: leaks.MASK if leaks.in_values({key: value}) else value for key, value in values.items()}
    return kept
