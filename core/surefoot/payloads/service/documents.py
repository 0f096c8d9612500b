"""The documents that the wrapper reads, as types; whatever does not fit a type is refused.

Beside the capsule (its files are described in `surefoot.releases.capsule`) these exist, all of them written by
`surefoot.deployments`:

* ``anchor.json``, outside the capsule: what must be served, and whose signatures count.
* ``grant.dsse`` in the state folder, payloadType `GRANT`, signed by a person at deploy: within which bounds the
  keeper may write leases.
* ``lease.dsse``, payloadType `LEASE`, signed by the keeper's machine key: until when the wrapper may serve.
* ``stop.dsse``, payloadType `STOP`, signed by a person; a plain file ``STOP`` beside it stops just as well.
* ``access.json``: SHA-256 of each bearer token, never the token.

Times are RFC 3339 in UTC; keys are base64 of 32-byte Ed25519 public keys; digests are lower-case hex of SHA-256.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

GRANT = "application/vnd.surefoot.grant.v1+json"
LEASE = "application/vnd.surefoot.lease.v1+json"
STOP = "application/vnd.surefoot.stop.v1+json"

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Key = Annotated[str, Meta(pattern="^[A-Za-z0-9+/]{43}=$")]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Moment = Annotated[datetime, Meta(tz=True)]
Positive = Annotated[int, Meta(ge=1, le=2**53)]
Type = Literal["float32", "float64", "int32", "int64", "bool", "string"]
DATATYPES = {
    "float32": "FP32",
    "float64": "FP64",
    "int32": "INT32",
    "int64": "INT64",
    "bool": "BOOL",
    "string": "BYTES",
}
"""Types of a port, and what the Open Inference Protocol calls them."""
INTEGERS = {"int32": 2**31, "int64": 2**63}
LONGEST_TEXT = 65_536
_Document = TypeVar("_Document")


class Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be served, and whose signatures count."""

    format: Literal[1]
    ws: Digest
    environment: Name
    activation: Name
    release: Digest
    persons: Annotated[tuple[Key, ...], Meta(min_length=1)]


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bounds of every lease of one activation; `lifts` names the stops that a person has lifted."""

    format: Literal[1]
    ws: Digest
    environment: Name
    activation: Name
    releases: tuple[Digest, ...]
    keeper: Key
    lease_ms: Positive
    issued: Moment
    until: Moment | None = None
    lifts: tuple[Name, ...] = ()


class Halted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A release that a lease calls stopped, and what may be served instead."""

    release: Digest
    reason: str
    fallback: Digest | None = None


class Lease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when the wrapper may serve; `grant` is the digest of the grant's payload."""

    format: Literal[1]
    ws: Digest
    environment: Name
    activation: Name
    grant: Digest
    version: Positive
    issued: Moment
    expires: Moment
    releases: tuple[Digest, ...]
    stopped: tuple[Halted, ...] = ()


class StopOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person's order to stop."""

    format: Literal[1]
    ws: Digest
    environment: Name
    release: Digest
    stop: Name
    issued: Moment
    reason: str


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bearer token's name and SHA-256."""

    name: Name
    sha256: Digest
    revoked: bool = False


class Access(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may ask."""

    format: Literal[1]
    tokens: tuple[Token, ...]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A content file of the capsule."""

    path: Name
    sha256: Digest
    size: Annotated[int, Meta(ge=0, le=2**53)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The capsule's content; the SHA-256 of its bytes is the release digest."""

    format: Literal[1]
    kind: Literal["surefoot.capsule"]
    ws: Digest
    release: Name
    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    version: Name
    environments: tuple[Name, ...]
    files: tuple[File, ...]


class Port(msgspec.Struct, frozen=True):
    """An input or output of the model; -1 in a shape is the number of rows.

    `nullable` says that a value may be missing: null is sent, NaN or the empty text is what the model gets. Categories
    of truth values on a number say that true and false are taken for 1 and 0.
    """

    name: Name
    type: Type
    shape: Annotated[tuple[int, ...], Meta(min_length=1, max_length=8)]
    categories: tuple[str | int | bool, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    unit: str | None = None
    nullable: bool = False


class Signature(msgspec.Struct, frozen=True):
    """What goes into the model and comes out of it."""

    format: Literal[1]
    name: Name
    version: Name
    inputs: Annotated[tuple[Port, ...], Meta(min_length=1, max_length=20_000)]
    outputs: Annotated[tuple[Port, ...], Meta(min_length=1, max_length=1_000)]
    target: dict[str, Any] | None = None


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one token and one request may ask for."""

    requests_per_minute: Positive
    requests_per_day: Positive
    body_bytes: Positive
    rows: Positive
    depth: Positive
    concurrency: Annotated[int, Meta(ge=1, le=256)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wrapper's limits; they are part of the release."""

    format: Literal[1]
    limits: Limits
    lease_ms: Positive


class Vectors(msgspec.Struct, frozen=True):
    """Parity vectors: raw rows in, outputs out, and how far apart they may be."""

    format: Literal[1]
    tolerance: str
    inputs: dict[str, list[Any]]
    outputs: dict[str, list[Any]]


def parsed(data: bytes, kind: type[_Document]) -> _Document:
    """A document from its bytes.

    Raises:
        ValueError: it is not JSON, or not a document of this kind.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
