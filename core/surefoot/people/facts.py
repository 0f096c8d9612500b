"""Who there is: a person or a device of a workspace on this machine."""

from dataclasses import dataclass
from enum import StrEnum


class Kept(StrEnum):
    """How a secret key is kept."""

    PASSPHRASE = "passphrase"  # noqa: S105 - the name of a way, not a secret
    STORE = "store"
    SAMPLE = "sample"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Person:
    """An identity; a device has one too.

    Attributes:
        id: `per_…` or `dev_…`. name: as approvers read it; it never stands in a line.
        public: the 32 bytes of its Ed25519 key. feed: their SHA-256.
        role: what its lines say. kept: how the secret key is kept.
        ws: the workspace it belongs to; None until there is one.
    """

    id: str
    name: str
    public: bytes
    feed: str
    role: str
    kept: Kept
    ws: str | None = None
