"""What an experiment is made of: the recipe as values, its variants, the state of code and environment.

Values only; nothing here reads or decides. Fractions are `Decimal`, as the user wrote them; times are milliseconds,
sizes bytes, money an amount with its ISO 4217 code, never converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from surefoot.errors import SurefootError

Value = bool | int | Decimal | str
Rule = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Need:
    """A data set that the training command is given.

    Attributes:
        name: the command finds it under `SUREFOOT_INPUT_<NAME>`.
        version: which one: a name, `name@3`, `name@<sha prefix>` or an id.
        target: the column to learn, where the recipe names it.
    """

    name: str
    version: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """A limit, set before training, that the final value of a metric has to keep."""

    metric: str
    rule: Rule
    limit: Decimal


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How the training command is asked to estimate its metrics."""

    method: str
    folds: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What stops a run. Every run has limits; a recipe only changes them."""

    time_ms: int = 2 * 3600 * 1000
    memory_bytes: int = 8 * 2**30
    disk_bytes: int = 10 * 2**30
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a run wants to be, and how much of the machine it asks for."""

    name: str = "local"
    cpu: int = 1
    gpu: int = 0
    memory_bytes: int = 0
    priority: str = "normal"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One experiment as the user wrote it: a question, what it is asked of, and how the answer will be judged.

    Attributes:
        parameters: name to the values it takes; more than one makes variants.
        seeds: each variant is run with each of them.
        repeats: how often each is run with the same seed, which shows what the seed does not hold.
    """

    name: str
    command: tuple[str, ...]
    goal: str = ""
    product: str = ""
    outputs: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (1,)
    repeats: int = 1
    data: tuple[Need, ...] = ()
    evaluate: Evaluation | None = None
    environment: str = "workbench"
    parameters: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = ()
    guardrails: Guardrails = field(default_factory=Guardrails)
    placement: Placement = field(default_factory=Placement)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in `experiments/`, as it lies there.

    Attributes:
        path: the file. text: what stands in it, as far as it could be read.
        recipe: what it says; None where it cannot be read, and then `error` says why, and on which line.
    """

    path: Path
    text: str
    recipe: Recipe | None = None
    error: SurefootError | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One run to be: a value for each parameter, a seed, and which repeat it is (from 1)."""

    parameters: Mapping[str, Value]
    seed: int
    repeat: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion, held against what the run reported.

    Attributes:
        value: the metric's final value, None where the run reported none.
    """

    criterion: Criterion
    value: str | None
    meets: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run keeps its criteria. `meets` is None where it had none."""

    meets: bool | None
    criteria: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeState:
    """The training code of a run, as objects.

    Attributes:
        files: SHA-256 of the manifest: each file with its path, size, SHA-256 and whether it is executable.
        commit: the git commit it started from, None without git.
        dirty: whether a file differs from that commit or is unknown to it.
        patch: SHA-256 of the difference from that commit, None where there is none.
        count: files in the manifest.
    """

    files: str
    commit: str | None = None
    dirty: bool = False
    patch: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Environment:
    """What the training command runs in.

    Attributes:
        kind: `workbench`, `lock` or `own`.
        digest: SHA-256 of the frozen list or of the lock file; of nothing (None) where it is the user's own.
        python: the interpreter that `python` in a command means; None where it is the user's own.
    """

    kind: str
    digest: str | None = None
    python: str | None = None
