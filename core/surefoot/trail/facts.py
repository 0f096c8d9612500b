"""What the record is made of: frozen values, and the two ports (who signs, who records)."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import Json

FORMAT = 1
SEGMENT = 256

_ID = re.compile(r"[a-z0-9_-]{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z]+\.[a-z]+(?:-[a-z]+)*")
_PATH = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_WORD = re.compile(r"[a-z]{1,32}(?:-[a-z]{1,32})*")


def _keep(pattern: re.Pattern[str], text: str, field_name: str) -> None:
    if pattern.fullmatch(text) is None:
        raise InputRefusedError(Code.DRAFT_REFUSED, field=field_name, detail=repr(text)[:80])


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about.

    Attributes:
        id: its id, `[a-z0-9_-]`, at most 64 characters.
        sha256: the hash that fixes its content, as 64 lower-case hexadecimal characters.
    """

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is recorded.

    Attributes:
        type: from the closed vocabulary (`rules.TYPES`).
        subjects: what it is about; the first is the main one.
        body: details by path; names, texts and figures belong here, never in a line.
        cause: leaf hashes of the direct premises (`rules.CAUSES`).
        mean: the meaning of the signature (`rules.MEANS`).
    """

    type: str
    subjects: tuple[Subject, ...] = ()
    body: Mapping[str, Json] = field(default_factory=lambda: MappingProxyType({}))
    cause: tuple[str, ...] = ()
    mean: str = "created"

    def __post_init__(self) -> None:
        _keep(_TYPE, self.type, "type")
        _keep(_WORD, self.mean, "mean")
        for subject in self.subjects:
            _keep(_ID, subject.id, "subject")
            _keep(_SHA256, subject.sha256, "subject hash")
        for leaf in self.cause:
            _keep(_SHA256, leaf, "cause")
        for path in self.body:
            _keep(_PATH, path, "body path")


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event: one verified line with its details.

    Attributes:
        leaf: SHA-256(0x00 ‖ line), its name in causes.
        ws: the workspace. feed: the feed (SHA-256 of the public key). seq: its number there, from 0.
        at: claimed time, RFC 3339 UTC with milliseconds and Z.
        hlc: hybrid logical clock in microseconds, which orders events across feeds.
        actor, role, mean, type: who, as what, meaning what, did what.
        subjects: what it is about. cause: the leaves it rests on.
        body: details by path; None where the detail is missing. An erased field is absent.
        is_self: a decision taken by the only person there is.
    """

    leaf: str
    ws: str
    feed: str
    seq: int
    at: str
    hlc: int
    actor: str
    role: str
    mean: str
    type: str
    subjects: tuple[Subject, ...]
    cause: tuple[str, ...]
    body: Mapping[str, Json] | None
    is_self: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Verified lines of one feed that follow each other, as they lie: for readers of a million of them.

    Attributes:
        feed: whose. first: number of the first line.
        leaves: SHA-256(0x00 ‖ line) of each, hexadecimal.
        lines: the canonical JSON of each (formats.md §2), without its signature.
        bodies: details of each as a JSON object of values by path; None where the detail is missing.
    """

    feed: str
    first: int
    leaves: Sequence[str]
    lines: Sequence[bytes]
    bodies: Sequence[bytes | None]


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a feed: number of lines and their RFC 6962 root (hexadecimal)."""

    size: int
    root: str


class Signer(Protocol):
    """A key that can sign, and whose it is."""

    @property
    def feed(self) -> str:
        """SHA-256 of the 32 public bytes, hexadecimal."""
        ...

    @property
    def public(self) -> bytes:
        """The 32 public bytes."""
        ...

    @property
    def actor(self) -> str:
        """Id of the person or the device."""
        ...

    @property
    def role(self) -> str:
        """What it acts as: `owner`, `machine`."""
        ...

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of an Ed25519 signature (RFC 8032) over these bytes."""
        ...


class Recorder(Protocol):
    """Whoever has one may record events, signed by the key behind it."""

    def ready(self) -> None:
        """Asked before an act that does something first: may this key record here, now? Writes nothing.

        Raises:
            InputRefusedError, IncompleteError, RecordBrokenError: as `record` would.
        """
        ...

    def record(self, *drafts: Draft) -> tuple[Event, ...]:
        """Records all drafts in one durable append, in order.

        Raises:
            InputRefusedError: a draft is off, before anything is written.
            RecordBrokenError: the trail below is damaged or was rolled back; nothing is written.
        """
        ...


class Followed(Protocol):
    """What whoever keeps up with a trail without a catalog asks of it."""

    def events(self, *, after: Mapping[str, int] | None = None, types: Container[str] | None = None) -> Iterator[Event]:
        """Verified events of some types, each feed in order; `after` says how many lines of a feed were seen."""
        ...

    def sizes(self) -> dict[str, int]:
        """How many lines each feed has; cheap."""
        ...
