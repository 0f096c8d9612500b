"""The common part of checks that ask a model about rows: the request to the worker, and the finding it sends back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from surefoot import workers
from surefoot.checks.facts import Case, Finding, Limit, Measure
from surefoot.trail.canonical import Json
from surefoot.workers import Cancel, Limits, Progress

LIMITS = Limits(memory_bytes=8 * 2**30, cpu_seconds=1800, wall_seconds=1800.0, reply_bytes=2**22)


def run(
    task: str,
    case: Case,
    *,
    files: Mapping[str, Path | None],
    more: Mapping[str, Json] | None = None,
    progress: Progress,
    cancel: Cancel | None,
) -> dict[str, Any]:
    """Runs a check's worker with what every one of them is given: signature, target, positive answer, settings, seed.

    Args:
        task: `module:function`.
        case: what is checked.
        files: further files by name; one that is None is left out.
        more: further values.
        progress: told how far it is.
        cancel: asked whether to stop.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    request = {
        "signature": msgspec.to_builtins(case.model.signature),
        "target": case.data.target,
        "positive": case.data.positive,
        "settings": dict(case.settings),
        "seed": case.seed,
        **(more or {}),
    }
    there = {name: path for name, path in files.items() if path is not None}
    return workers.run(task, request, limits=LIMITS, files={**case.graphs, **there}, progress=progress, cancel=cancel)


def finding_of(answer: Mapping[str, Any], limits: Mapping[str, Limit] | None = None) -> Finding:
    """What the worker measured, as a finding."""
    measures = tuple(msgspec.convert(one, Measure) for one in answer["measures"])
    return Finding(measures, int(answer["rows"]), answer["evidence"], limits or {})
