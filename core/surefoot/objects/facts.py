"""What the store knows of an object: its name, and what can be wrong with it."""

import re
from dataclasses import dataclass

from surefoot.errors import Code, InputRefusedError

SMALL = 1024 * 1024  # bytes; below this an object may share a pack with others (formats.md §3)
READ_LIMIT = 1024 * 1024 * 1024  # bytes; what `read` takes into memory unless told otherwise

_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Damage:
    """A stored file whose bytes are not what its name says.

    Attributes:
        sha256: the object; empty where a whole pack cannot be read, so that its objects cannot be told.
        file: where it lies, relative to the store.
        detail: what is wrong, in short: `changed`, `cut short`, `unreadable`.
    """

    sha256: str
    file: str
    detail: str


def digest_of(name: str) -> bytes:
    """The 32 bytes that an object's name stands for.

    Raises:
        InputRefusedError: this is not a SHA-256 in lower-case hexadecimal, so it must not become part of a path.
    """
    if _NAME.fullmatch(name) is None:
        raise InputRefusedError(Code.OBJECT_NAME, name=repr(name)[:80])
    return bytes.fromhex(name)
