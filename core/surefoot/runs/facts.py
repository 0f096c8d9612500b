"""What a run is, as values: its request, its state, its summary of metrics, how two runs agree.

State (how it ended) and verdict (whether it meets its criteria) are two things everywhere: a run that finished may
fail its criteria, and a run that was stopped has no verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from surefoot.executors.facts import End

Ending = Literal["finished", "failed", "interrupted", "cancelled", "lost"]
State = Literal["queued", "running", "finished", "failed", "interrupted", "cancelled", "lost", "preempted"]
Agreement = Literal["exact", "within tolerance", "differs", "only one"]

REQUESTED = "run.requested"
STARTED = "run.started"
ENDINGS: tuple[Ending, ...] = ("finished", "failed", "interrupted", "cancelled", "lost")
PREEMPTED = "run.preempted"
TYPES = frozenset({REQUESTED, STARTED, PREEMPTED, *(f"run.{ending}" for ending in ENDINGS)})


@dataclass(frozen=True, slots=True)
class Life:
    """Where a run stands, folded from its events.

    Attributes:
        run: its id.
        state: what the events say.
        requested, started: leaves of these events; None where there is none (yet).
        order: (hlc, feed, seq) of the event that set the state.
        place: (hlc, feed, seq) of the request: its place in the queue.
        body: the details of the request.
        plan: SHA-256 of the plan.
    """

    run: str
    state: State = "queued"
    requested: str | None = None
    started: str | None = None
    order: tuple[int, str, int] = (0, "", -1)
    place: tuple[int, str, int] = (0, "", -1)
    plan: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDINGS


@dataclass(frozen=True, slots=True)
class Load:
    """What a run asks of the machine, or what the machine has.

    Attributes:
        cpu: cores. gpu: accelerators. memory_bytes: 0 where a run does not say.
    """

    cpu: int = 1
    gpu: int = 0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queued run: its id, priority (`urgent`, `normal`, `low`), place in the queue, and what it asks for."""

    run: str
    priority: str
    place: tuple[int, str, int]
    load: Load


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing in which two runs were compared.

    Attributes:
        kind: `metric` or `output`.
        first, second: decimal strings or hashes; None where a run has none.
    """

    kind: str
    name: str
    first: str | None
    second: str | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How a run that was run again agrees with the first.

    Attributes:
        first, second: ids of the two runs.
        overall: the worst of `metrics`; what the outputs say stands beside it, since a file may hold a time stamp.
        same_environment: whether both environments have the same digest.
    """

    first: str
    second: str
    overall: Agreement
    compared: tuple[Compared, ...]
    same_environment: bool


@dataclass(frozen=True, slots=True)
class Started:
    """The runs that one start has queued, and what was recorded of them."""

    runs: tuple[str, ...]
    number: int
    leaves: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a recipe that was tried on a small part of its data.

    Attributes:
        end: how it ended. figures: the last value of each metric. log: the last 16 KiB of what the command said.
        rows: rows or files it was given for training, of all inputs. of: how many there are.
        outputs: what it made, of what the recipe asks for.
    """

    end: End
    figures: Mapping[str, float]
    log: str
    rows: int
    of: int
    outputs: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether the command ended well and left what the recipe asks for."""
        return self.end.state == "finished"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the catalog shows it. Hashes name objects; figures are as recorded, decimal strings.

    Attributes:
        run: id. experiment, number: how people call it (`german-credit/3`). state, meets: how it ended, its verdict.
        plan, recipe, code, patch, telemetry, log: objects. commit, dirty: the state of git.
        environment_kind, environment: as asked for. found: the digest of what it truly ran in.
        cause: leaves that its request rests on. body: all details of the request.
        requested, started, ended: leaves of its events.
        metrics: name to `{last, min, max, best?, last_step, min_step, max_step, count}`.
        outputs: path to `{sha256, size}`. refused: `{name, reason}` of those that were not taken.
        why, detail: the reason of an end that is no success.
    """

    run: str
    experiment: str
    number: int
    state: State
    meets: bool | None
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    requested_by: str
    seed: int
    repeat: int
    plan: str
    recipe: str | None
    code: str | None
    commit: str | None
    dirty: bool | None
    patch: str | None
    environment_kind: str | None
    environment: str | None
    found: str | None
    executor: str | None
    place: str | None
    reproduces: str | None
    exit_code: int | None
    signal: int | None
    guardrail: str | None
    seconds: float | None
    peak_memory: int | None
    cpu_seconds: float | None
    telemetry: str | None
    points: int | None
    log: str | None
    why: str | None
    detail: str | None
    requested: str
    started: str | None
    ended: str | None
    cause: tuple[str, ...]
    body: Mapping[str, Any]
    parameters: Mapping[str, Any]
    host: Mapping[str, Any]
    metrics: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]
    verdict: Mapping[str, Any]
    tracking: Mapping[str, Any]
    refused: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{self.experiment}/{self.number}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDINGS


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which runs differ, or do not.

    Attributes:
        kind: `parameter`, `setting`, `data`, `code`, `package`, `metric`, `verdict` or `output`.
        name: which one.
        values: one a run, in their order; None where a run has none.
    """

    kind: str
    name: str
    values: tuple[str | None, ...]

    @property
    def is_same(self) -> bool:
        """Whether all runs agree in it."""
        return len(set(self.values)) <= 1
