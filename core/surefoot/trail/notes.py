"""Checkpoints: signed notes in the formats of C2SP (signed-note, tlog-checkpoint), which foreign tools can read.

The text is three lines (origin, size, base64 root); a blank line and signature lines follow. The origin is
`surefoot/<ws>/<feed>`; a note starts with it and an event's signed bytes with `DSSEv1`, so a signature over one can
never pass for the other.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from surefoot.trail import keys
from surefoot.trail.facts import Signer

LONGEST = 64 * 1024
_DASH = "\u2014"
_ED25519 = b"\x01"
_TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")
_SIGNATURE = re.compile(rf"{_DASH} ([^\n ]+) ([A-Za-z0-9+/]+={{0,2}})")


class NoteFault(Exception):  # noqa: N818 - whoever reads decides what a bad note means
    """A note is not as it has to be. Its argument says in what."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a feed, as its own key states it: how many lines, under which root (hexadecimal)."""

    size: int
    root: str


def origin_of(ws: str, feed: str) -> str:
    """The name under which a feed is known to witnesses and other tools."""
    return f"surefoot/{ws}/{feed}"


def write(checkpoint: Checkpoint, ws: str, signer: Signer) -> bytes:
    """A signed checkpoint."""
    origin = origin_of(ws, signer.feed)
    root = base64.b64encode(bytes.fromhex(checkpoint.root)).decode()
    text = f"{origin}\n{checkpoint.size}\n{root}\n".encode()
    blob = base64.b64encode(_key_id(origin, signer.public) + signer.sign(text)).decode()
    return text + f"\n{_DASH} {origin} {blob}\n".encode()


def read(data: bytes, ws: str, feed: str, public: bytes) -> Checkpoint:
    """Verifies a checkpoint of a feed by its key. Signatures by other keys are passed over, as C2SP asks.

    Raises:
        NoteFault: no checkpoint of this feed, or a signature of its key that is bad or missing.
    """
    text, signatures = _parts(data)
    match = _TEXT.fullmatch(text)
    origin = origin_of(ws, feed)
    if match is None or match[1] != origin:
        raise NoteFault("no checkpoint of this feed")
    root = base64.b64decode(match[3])
    if base64.b64encode(root).decode() != match[3]:
        raise NoteFault("no checkpoint of this feed")
    own = _key_id(origin, public)
    mine = [blob[4:] for name, blob in signatures if name == origin and blob[:4] == own]
    if not mine or not all(keys.verify(public, text.encode(), one) for one in mine):
        raise NoteFault("its signature is bad or missing")
    return Checkpoint(int(match[2]), root.hex())


def _key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:4]


def _parts(data: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    try:
        whole = data.decode() if len(data) <= LONGEST else ""
    except UnicodeDecodeError as error:
        raise NoteFault("no signed note") from error
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteFault("no signed note")
    signatures = []
    for line in tail[:-1].split("\n"):
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise NoteFault("no signed note")
        try:
            signatures.append((match[1], base64.b64decode(match[2], validate=True)))
        except binascii.Error as error:
            raise NoteFault("no signed note") from error
    return text + "\n", signatures
