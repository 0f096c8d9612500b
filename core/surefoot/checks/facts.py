"""What a check is and what it finds, as values; and the port that a plug-in implements.

A check measures; it does not judge. It hands in figures with intervals and evidence, and every check is judged by
the same rules (`rules.state_of`), so that no plug-in can pass itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from surefoot.advisories.facts import Advice
from surefoot.models.facts import Model
from surefoot.trail.canonical import Json
from surefoot.workers.facts import Cancel, Progress

FEWEST_ROWS = 30
"""Rows below which a figure about a group says little and is not judged (formats.md §6)."""

State: TypeAlias = Literal["passed", "close", "failed", "undetermined"]
Rule: TypeAlias = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on a figure and who set it.

    Attributes:
        value: a decimal number as text.
        origin: `recipe` (a criterion written before training), `policy` (the policy in force), `vectors` (the
            tolerance that training declared) or `check` (what the check asks where nobody has said anything).
    """

    rule: Rule
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that a check has measured.

    Attributes:
        metric: `auc`, `accuracy`, `max_difference` …
        figure: a decimal number as text; None where it could not be told, and then `why` says why.
        low, high: the 95 % interval, None where the figure has none.
        smallest: rows in the smallest group that the figure compares; under 30 it is undetermined.
        why: key of a sentence that says why there is no figure.
        names: what else its sentence names (groups, columns, other figures), each as it is shown.
    """

    metric: str
    figure: str | None
    low: str | None = None
    high: str | None = None
    smallest: int = 0
    why: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check hands in.

    Attributes:
        measures: the figures; the first is the check's main one, which a policy's limit is held against.
        rows: rows looked at.
        evidence: what the figures rest on, as JSON values; it is stored as an object. No row of a dataset in it.
        limits: limits that the check itself brings, by metric; the recipe's criteria come before them.
    """

    measures: tuple[Measure, ...]
    rows: int
    evidence: Mapping[str, Json]
    limits: Mapping[str, Limit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a policy may choose of a check, and what holds where it chooses nothing.

    Attributes:
        default: a text, a whole number or a list of texts; what is chosen has to be of the same kind.
        choices: the texts there are; empty where any will do.
        least, most: of a number, both included. A decimal number is a text with both of them.
    """

    default: Json
    choices: tuple[str, ...] = ()
    least: str | None = None
    most: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy in force asks of one kind of check: limits on its main figure, and what it chooses."""

    limits: tuple[Limit, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Data:
    """The dataset version that the model was trained on, with its rows where a check asked for them.

    Attributes:
        id: of the dataset. version: SHA-256 of its manifest. number: as people say it, `name@3`.
        test: a Parquet file with the rows that training never saw; None where the version has no such side.
        target: the column that holds the truth. positive: the value whose probability the model gives.
        leaf: the event that registered the version.
        train: a Parquet file with the rows that training was given, likewise.
        protected: columns that nobody should be judged by. types: column to type (`datasets.facts.TYPES`).
    """

    id: str
    version: str
    name: str
    number: int
    test: Path | None
    target: str | None
    positive: str | None
    leaf: str
    train: Path | None = None
    protected: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)


class Ground(Protocol):
    """What only some checks ask for. Each thing is looked up or laid out when it is first asked for, and once."""

    @property
    def answers(self) -> Path | None:
        """The run's own cross-fitted answers about its training rows (docs/checks.md), None where it wrote none."""
        ...

    @property
    def own(self) -> Path | None:
        """What the trained model itself answered about its training rows, before it became a graph; None likewise."""
        ...

    @property
    def trained(self) -> Path | None:
        """The rows that training was given, for a check that asks for no others; None where they are no table."""
        ...

    @property
    def live(self) -> Path | None:
        """The model that was activated last, as ONNX; None where nothing else than this very model was."""
        ...

    @property
    def live_preprocessing(self) -> Path | None:
        """The graph that raw rows go through before `live`; None where that takes them itself."""
        ...

    @property
    def profile(self) -> Mapping[str, Json]:
        """The profile of the dataset version, empty where none is kept."""
        ...

    @property
    def before(self) -> Mapping[str, Json] | None:
        """The profile of the version before, empty where none is kept; None where this is the first version."""
        ...

    @property
    def packages(self) -> str | None:
        """The frozen list or lock of the environment that the run was given, None where it was its own."""
        ...

    @property
    def wrapper(self) -> str:
        """The packages that a service of the model would get, as a lock; "" where they cannot be told."""
        ...

    @property
    def advice(self) -> Advice | None:
        """The list of known vulnerabilities that was imported last, None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """What a check is given: copies of the files, to be opened by a worker.

    Attributes:
        model: what the gate accepted. onnx, vectors: its files.
        preprocessing: the graph that raw rows go through before `onnx`, None where the model takes them itself.
        criteria: the recipe's limits, each with its metric.
        seed: the run's, or the one that the policy chose; a check that draws lots draws them from it.
        settings: the check's parameters as they hold: what the policy chose, else their defaults.
        ground: what only some checks ask for.
    """

    model: Model
    onnx: Path
    vectors: Path
    data: Data
    criteria: tuple[tuple[str, Limit], ...]
    seed: int
    settings: Mapping[str, Json] = field(default_factory=dict)
    ground: Ground | None = None
    preprocessing: Path | None = None

    @property
    def graphs(self) -> Mapping[str, Path]:
        """The files that together answer raw rows, by the names under which a worker's tasks expect them."""
        before = {} if self.preprocessing is None else {"preprocessing": self.preprocessing}
        return {"model": self.onnx, **before}


class Check(Protocol):
    """One kind of check: an object that an entry point of the group `surefoot.checks` leads to.

    Attributes:
        kind: its name, `[a-z][a-z0-9-]*`; the entry point has the same.
        version: raised when the same model and data could get another figure.
        metrics: what it measures, main one first.
        needs_rows: whether it asks held-out rows; without such rows it is undetermined.

    It may have three more, which `plugins` reads: `parameters`, a mapping of names to `Parameter`, which a policy may
    choose in `with`; `needs`, the modules it imports in its worker that come with an extra; and `applies(case)`, which
    says whether there is anything to look at: where there is not, it runs only when it is asked for by name.
    """

    kind: str
    version: int
    metrics: tuple[str, ...]
    needs_rows: bool

    def measure(self, case: Case, *, progress: Progress, cancel: Cancel | None) -> Finding:
        """Measures. Foreign bytes and heavy libraries only in a worker (`surefoot.workers.run`).

        Raises:
            SurefootError: it could not be done; nothing is recorded then.
        """
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """A figure with one limit (or none) and the state that follows from them."""

    measure: Measure
    limit: Limit | None
    state: State


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the texts: its dotted key and what it names."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A check that ran, judged and recorded.

    Attributes:
        id: `chk_…`. leaf: its event. model, run: what was checked.
        state: the worst of its figures'. judged: each figure, main one first.
        sentence: what came out, in plain words. cannot_show: what this check can never tell.
        evidence: SHA-256 of the object.
    """

    id: str
    leaf: str
    at: str
    model: str
    run: str
    kind: str
    state: State
    judged: tuple[Judged, ...]
    rows: int
    seed: int
    sentence: Sentence
    cannot_show: str
    data: str
    data_version: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A finished run, which is what can be checked.

    Attributes:
        run: its id. name: how people call it, `experiment/number`. ended: when it finished, UTC without a zone.
        model: what the gate made of it; empty where nobody asked the gate. is_refused: the gate did not take it.
        results: the last result of each kind of check on that model.
    """

    run: str
    name: str
    model: str
    is_refused: bool
    ended: datetime | None
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the view of what ran and what did not.

    Attributes:
        kind: the check. result: its last result on this model, None where it has not run.
        is_known: whether the check is installed here; a result can outlive its plug-in.
        lacking: the modules that it needs and that are not installed here.
    """

    kind: str
    model: str
    result: Result | None
    is_known: bool = True
    lacking: tuple[str, ...] = ()
