"""What an explanation is made of: statements in words, each with the signed lines it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from surefoot.trail.facts import Event


class Weight(StrEnum):
    """How a statement is to be read."""

    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, told by a key of `say.audit` and its values, with its evidence.

    Attributes:
        key: the sentence, under `say.audit`.
        values: what its placeholders name.
        evidence: the events it rests on; empty for a gap, whose point is that there are none.
        weight: whether it is good, a warning, or something missing.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Event, ...] = ()
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Chapter:
    """One question of the explanation and its statements.

    Attributes:
        key: the question, under `say.audit.chapter`.
        statements: the answer, in order.
    """

    key: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What one activation rests on, found by following signed hashes backwards.

    Attributes:
        activation: the `release.activated` that it starts from.
        events: every event reached by `cause`, the activation included, by leaf hash.
        missing: leaf hashes that an event names and the record does not hold.
        after: what happened to the service since: started, stopped, lifted, ended.
        replaced: the activation whose place it took; what that one rested on is another story.
        beside: the newest result of each check of this model that nothing rests on: run, and not asked for.
    """

    activation: Event
    events: Mapping[str, Event]
    missing: tuple[str, ...]
    after: tuple[Event, ...]
    replaced: Event | None = None
    beside: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole answer to "what answers here, and on what evidence".

    Attributes:
        environment: where it runs.
        at: the moment asked about, RFC 3339.
        chapters: the answer, question by question.
        gaps: how many statements name something missing.
        names: person and device ids with their names, where the record still holds them.
    """

    environment: str
    at: str
    chapters: tuple[Chapter, ...]
    gaps: int
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """One request to a service, explained.

    Attributes:
        explanation: in sentences.
        about: the same for programs: the line of the log, the service, the release, what was computed anew.
    """

    explanation: Explanation
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of the record are asked for; an empty part takes all.

    Attributes:
        actor: the id of whoever acted. object: the id of what a line is about, or the beginning of it.
        noun: the first word of its type, such as `run`.
    """

    actor: str = ""
    object: str = ""
    noun: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acted: the id, the name where the record holds one, and the role."""

    id: str
    name: str
    role: str
