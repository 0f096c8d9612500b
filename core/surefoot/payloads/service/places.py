"""The wrapper's state folder: what lies where, what is remembered, and how it is written.

`anchor.json` lies outside the capsule and is handed over by name. In the state folder lie, written by
`surefoot.deployments`: ``grant.dsse``, ``lease.dsse``, ``stop.dsse`` or ``STOP``, ``access.json``, ``go``; and written
by the wrapper: ``status.json`` (what it is doing, for whoever watches), ``memory.json`` (what must survive a restart),
``log.key`` and ``log/`` (the request log).
"""

import errno
import os
import secrets
import stat
from pathlib import Path

import msgspec

from surefoot.payloads.service.documents import parsed
from surefoot.payloads.service.refusals import Reason, RefusedError

MOST_BYTES = 8 * 2**20
GRANT_FILE = "grant.dsse"
LEASE_FILE = "lease.dsse"
STOP_FILE = "stop.dsse"
PLAIN_STOP = "STOP"
ACCESS_FILE = "access.json"
GO_FILE = "go"
STATUS_FILE = "status.json"
MEMORY_FILE = "memory.json"
KEY_FILE = "log.key"


class Stopped(msgspec.Struct, frozen=True):
    """A stop that was seen; it counts until a grant lifts it by its id."""

    stop: str
    at: int
    reason: str


class Spent(msgspec.Struct):
    """What a token has used of a day's budget (days since 1970)."""

    day: int
    requests: int


class Memory(msgspec.Struct):
    """What must survive a restart."""

    format: int = 1
    lease_version: int = 0
    lease_sha256: str = ""
    latest: int = 0
    stops: list[Stopped] = []
    spent: dict[str, Spent] = {}


def read_limited(path: Path) -> bytes:
    """The bytes of a small plain file, not through a link.

    Raises:
        OSError: it is not there, not plain, a link, or too large.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a plain file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(f"{path.name} is too large")
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Replaces a file in one step, durably; only its owner may read it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def remembered(state: Path) -> Memory:
    """What the last start left behind; nothing, the first time.

    Raises:
        RefusedError: it is there and cannot be read: guessing could bring an old lease back.
    """
    try:
        return parsed(read_limited(state / MEMORY_FILE), Memory)
    except FileNotFoundError:
        return Memory()
    except (OSError, ValueError) as error:
        raise RefusedError(Reason.LEASE, f"{MEMORY_FILE} cannot be read ({error})") from error


def remember(state: Path, memory: Memory) -> None:
    """Writes what must survive a restart."""
    write_whole(state / MEMORY_FILE, msgspec.json.encode(memory))
