"""Frozen facts of releases: policies, gates, what a candidate rests on, proposals.

Figures are decimal strings as recorded (never floats); times are RFC 3339 UTC; a leaf is the SHA-256 that names an
event of the trail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from surefoot.models.facts import INSIDE
from surefoot.trail import Json


class State(StrEnum):
    """How a gate stands."""

    PASSED = "passed"
    WAIVED = "waived"
    """Not passed, and let be by name, for some days."""
    FAILED = "failed"
    MISSING = "missing"

    @property
    def mark(self) -> str:
        """The sign before its sentence; what is waived never bears that of having passed."""
        return {State.PASSED: "✓", State.WAIVED: "!", State.FAILED: "✗", State.MISSING: "?"}[self]


@dataclass(frozen=True, slots=True)
class Gate:
    """One question that a release has to answer with yes.

    Attributes:
        name: `run`, `criteria`, `model`, `check.<kind>`, `data`, `policy`, `content` or `approvals`.
        state: passed, waived, failed (answered with no) or missing (not answered yet).
        why: text key below `why.releases`, filled with `values`.
        values: what the sentence names.
        mend: the command that mends it; empty where the gate is open.
    """

    name: str
    state: State
    why: str
    values: Mapping[str, str] = field(default_factory=dict)
    mend: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a release may go through: it passed, or it is waived."""
        return self.state in {State.PASSED, State.WAIVED}


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a policy asks of one kind of check, beside that it passed.

    Attributes:
        check: kind of check.
        at_least: the figure's lower limit, or None to leave the judgement to the check's own limit.
        at_most: the figure's upper limit, or None.
        on_interval: whether the whole 95 % interval has to keep the limit, not the figure alone.
        settings: what is chosen of the check's parameters; the check says what there is to choose.
    """

    check: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    on_interval: bool = False
    settings: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a release of the project must show.

    Attributes:
        name: chosen by the user.
        requirements: by kind of check, in the order of their names.
        count: how many different persons have to approve.
        roles: in which roles an approval counts.
        waiver_days: the longest a waiver may last; 0 forbids waivers.
    """

    name: str
    requirements: tuple[Requirement, ...]
    count: int
    roles: tuple[str, ...]
    waiver_days: int


@dataclass(frozen=True, slots=True)
class Loosening:
    """One point in which a new policy asks less than the one it replaces.

    Attributes:
        key: the key in the policy file.
        old: its value in the policy in force, as written there (or `-`).
        new: its value in the new one (or `-`).
    """

    key: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy in force: what was adopted, by whom and when.

    Attributes:
        id: `pol_…`, one for each name.
        leaf: the event policy.adopted.
        sha256: of its bytes, an object.
        number: 1, 2, … over all adoptions of the project.
        policy: what it says.
        at: when it was adopted.
        actor: who adopted it.
        loosened: where it asks less than the one before.
    """

    id: str
    leaf: str
    sha256: str
    number: int
    policy: Policy
    at: str
    actor: str
    loosened: tuple[Loosening, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event as the catalog holds it: enough to judge by and to build statements from."""

    leaf: str
    type: str
    at: str
    actor: str
    role: str
    subject: str
    sha256: str
    cause: tuple[str, ...]
    body: Mapping[str, Any]
    is_self: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model and all that it rests on, read from the record by following causes.

    Attributes:
        model: model.accepted.
        refusal: a later model.refused of the same model, if any.
        ended: the run's end (run.finished and its like).
        started: run.started, where it is recorded.
        requested: run.requested, where it is recorded.
        data: the dataset versions of the request, by the name that the recipe gives them.
        checks: the newest check event of each kind on this very model.
        strangers: kinds that were only ever checked on another model of the project.
        missing_objects: digests that the run's record names and the store does not hold.
        waivers: the newest waiver of each kind of check on this very model that nobody ended.
    """

    model: RecordedEvent
    ended: RecordedEvent
    started: RecordedEvent | None
    requested: RecordedEvent | None
    data: Mapping[str, RecordedEvent]
    checks: Mapping[str, RecordedEvent]
    strangers: tuple[str, ...] = ()
    refusal: RecordedEvent | None = None
    missing_objects: tuple[str, ...] = ()
    waivers: Mapping[str, RecordedEvent] = field(default_factory=dict)

    @property
    def preprocessing(self) -> str | None:
        """SHA-256 of the graph that raw rows go through first, as the gate recorded it; None where it is inside."""
        said = self.model.body.get("preprocessing")
        return said if isinstance(said, str) and said != INSIDE else None


@dataclass(frozen=True, slots=True)
class Change:
    """What a release changes against the one before it.

    Attributes:
        kind: `first`, `none`, `retrained`, `minor` or `substantial` (trail.md D2's classes in our words).
        bump: the part of the version that moves: `patch`, `minor`, `major`; `first` for 1.0.0.
        reasons: text keys below `why.releases.change`.
        replaces: name and version of the release before, or empty.
    """

    kind: str
    bump: str
    reasons: tuple[str, ...]
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a draft of a model would be.

    Attributes:
        name, version: as they follow from the record. change: against the release before of that name.
        signature: signature.json as data, its version left open.
        signed: versions of that name that are taken. goal: the intended use in the recipe's words, may be empty.
    """

    name: str
    version: str
    change: Change
    signature: Mapping[str, Any]
    signed: tuple[str, ...]
    goal: str


@dataclass(frozen=True, slots=True)
class Release:
    """A proposed or approved release.

    Attributes:
        id: `rel_…`.
        name: of the product; the model's name in the service.
        version: `major.minor.patch`.
        digest: SHA-256 of the capsule's manifest.
        proposed: release.proposed.
        approvals: approval.given events that name this proposal and digest.
        refusals: approval.refused events that do.
        approved: release.approved, once signed.
    """

    id: str
    name: str
    version: str
    digest: str
    proposed: RecordedEvent
    approvals: tuple[RecordedEvent, ...] = ()
    refusals: tuple[RecordedEvent, ...] = ()
    approved: RecordedEvent | None = None

    @property
    def state(self) -> str:
        """`signed` or `proposed`."""
        return "signed" if self.approved else "proposed"


@dataclass(frozen=True, slots=True, order=True)
class CapsuleFile:
    """One content file of a capsule: its name in the folder, its SHA-256, its size in bytes."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a capsule holds and where it may run; its canonical bytes give the release digest."""

    ws: str
    release: str
    name: str
    version: str
    environments: tuple[str, ...]
    files: tuple[CapsuleFile, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a verifier knows of a capsule beforehand, kept outside it.

    Attributes:
        ws: the workspace, SHA-256 of its first role document's payload.
        release: the release digest.
        environment: where it is to run.
    """

    ws: str
    release: str
    environment: str


@dataclass(frozen=True, slots=True)
class LockedPackage:
    """One distribution of the wrapper's environment.

    Attributes:
        name: normalised distribution name.
        version: exact.
        hashes: SHA-256 of its archives, where known.
        files_sha256: SHA-256 over its installed files (lock.py), or empty.
        licence: SPDX expression or the licence text's short name, or empty.
    """

    name: str
    version: str
    hashes: tuple[str, ...] = ()
    files_sha256: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that should be known before a release is signed: a key below `say.releases.caution`, and its values."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is said beforehand of a release.

    Attributes:
        inputs: as in signature.json: what a service takes; it refuses the rest.
        cautions: what of the data travels with it.
    """

    inputs: tuple[Mapping[str, Any], ...]
    cautions: tuple[Caution, ...]
