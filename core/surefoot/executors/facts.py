"""What passes through the port: places, handles, states, ends and what an executor offers. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["going", "ended", "lost"]
EndState = Literal["finished", "failed", "interrupted", "cancelled"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run's folder lies for its executor.

    Attributes:
        run: the run's id.
        where: an address only the executor reads; short text that can be recorded.
    """

    run: str
    where: str


@dataclass(frozen=True, slots=True)
class Handle:
    """A run that was started.

    Attributes:
        run: the run's id.
        where: as in its place.
        job: who carries it out, so precisely that nobody else is ever taken for it.
    """

    run: str
    where: str
    job: str


@dataclass(frozen=True, slots=True)
class Output:
    """A collected file."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended, as the agent's `end.json` tells it: a claim of the place where it ran, checked for its form.

    Attributes:
        state: finished, failed, interrupted (by a guardrail, or with its agent) or cancelled.
        reason: empty where finished; else a guardrail's name, `exit-code`, `signal`, `not-started`, `outputs-missing`,
            `inputs-changed`, `cancelled`, `agent-killed`, `agent-failed` or `disk-full`.
        detail: what the system said where the command could not be started.
        guardrail: name, limit and value (and metric, step) of the one that was broken.
        outputs: path below `output/` to hash and size.
        refused: path to the reason it was not collected.
        left_behind: processes that still ran when the command had ended, and were ended.
        points: metric values in `telemetry.jsonl`.
        bad_lines: lines of `metrics.jsonl` that could not be read.
        lost_lines: lines of telemetry that could not be kept.
        tracking: parameters, tags and artefacts that came through the tracking endpoint.
    """

    state: EndState
    reason: str
    started_at: str
    ended_at: str
    seconds: str
    cpu_seconds: str
    peak_memory_bytes: int
    exit_code: int | None = None
    signal: int | None = None
    guardrail: Mapping[str, Any] | None = None
    detail: str = ""
    outputs: Mapping[str, Output] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    changed_inputs: tuple[str, ...] = ()
    left_behind: int = 0
    points: int = 0
    bad_lines: int = 0
    lost_lines: int = 0
    tracking: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a started run now.

    Attributes:
        state: going; ended, with `end`; or lost: whoever carried it out is gone without having said how it ended.
        phase: of a going run: starting, running, ending or collecting.
        since: when that phase began (RFC 3339), empty where unknown.
        last: the last sign of life.
    """

    state: State
    phase: str = ""
    since: str = ""
    last: str = ""
    end: End | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an executor has to offer, and how far it shuts a run in.

    Attributes:
        agent: SHA-256 of the agent that will carry the run out.
        network: `open` or `closed`.
        sandbox: level 0 to 3 (formats.md §7).
        price: an amount with its currency for an hour, empty where it costs nothing.
        region: where the data will be, empty for this machine.
    """

    cores: int
    memory_bytes: int
    system: str
    python: str
    agent: str
    network: str
    sandbox: int
    accelerators: tuple[str, ...] = ()
    price: str = ""
    region: str = ""
