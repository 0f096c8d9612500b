"""The pure decision whether a run goes on: what it uses, held against what it may use."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from surefoot.payloads.agent.plan import Guardrails


class Usage(NamedTuple):
    """What a run uses at one moment: milliseconds since its start, bytes, bytes, processes."""

    time_ms: int = 0
    memory_bytes: int = 0
    disk_bytes: int = 0
    processes: int = 0


class Stop(NamedTuple):
    """Why a run is stopped.

    Attributes:
        state: `interrupted` by a guardrail or because the agent was told to die, `cancelled` by a person.
        reason: the guardrail's name, `cancelled` or `agent-killed`.
        guardrail: name, limit and value as `end.json` holds them, None where no guardrail was broken.
        is_hard: no time to say goodbye, since it would be used to do more damage.
    """

    state: str
    reason: str
    guardrail: Mapping[str, Any] | None = None
    is_hard: bool = False


def broken(rails: Guardrails, usage: Usage) -> Stop | None:
    """The first guardrail that a run has broken, the most dangerous first."""
    for name, limit, value, is_hard in (
        ("processes", rails.processes, usage.processes, True),
        ("memory", rails.memory_bytes, usage.memory_bytes, True),
        ("disk", rails.disk_bytes, usage.disk_bytes, True),
        ("time", rails.time_ms, usage.time_ms, False),
    ):
        if value > limit:
            return Stop("interrupted", name, {"name": name, "limit": limit, "value": value}, is_hard)
    return None


def not_finite(metric: str, value: str, step: int) -> Stop:
    """A metric that is no finite number: what comes after it is worth nothing."""
    guardrail = {"name": "finite", "limit": "finite", "value": value, "metric": metric, "step": step}
    return Stop("interrupted", "finite", guardrail)
