"""One line of the record: canonical JSON, TAB, base64 signature, LF (formats.md §2).

A line is taken apart by one regular expression over its stored bytes. It describes the canonical encoding to the last
byte, so an extra space, an escaped letter, a key twice or in another order, a number written otherwise, a wrong id all
fail to match: nothing is ever parsed loosely and written again for comparison.
"""

import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from surefoot.trail.canonical import LARGEST
from surefoot.trail.dsse import pae
from surefoot.trail.facts import FORMAT, Subject

PAYLOAD_TYPE = "application/vnd.surefoot.event.v1+json"
LONGEST = 256 * 1024

_ID, _HEX, _INT = r"[a-z0-9_-]{1,64}", r"[0-9a-f]{64}", r"(?:0|[1-9][0-9]{0,15})"
_SUBJECT = rf'\["{_ID}","{_HEX}"\]'
_HEAD = rf'"{_HEX}":\[{_INT},"{_HEX}"\]'
_LINE = re.compile(
    rf'\{{"actor":"({_ID})","app":"([a-z]{{1,16}}/[0-9a-z.+-]{{1,32}})",'
    r'"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)",'
    rf'"body":\{{"count":({_INT}),"root":"({_HEX})"\}},"boot":\{{"id":"([0-9a-f]{{16}})","ms":({_INT})\}},'
    rf'"cause":\[((?:"{_HEX}"(?:,"{_HEX}")*)?)\],"feed":"({_HEX})","hlc":({_INT}),'
    rf'"mean":"([a-z-]{{1,64}})","prev":"({_HEX})","role":"([a-z-]{{1,64}})",'
    rf'(?:"seen":\{{({_HEAD}(?:,{_HEAD})*)\}},)?("self":true,)?'
    rf'"seq":({_INT}),"subj":\[((?:{_SUBJECT}(?:,{_SUBJECT})*)?)\],'
    rf'"type":"([a-z]+\.[a-z]+(?:-[a-z]+)*)","v":1,"ws":"({_HEX})"\}}',
    re.ASCII,
)
_PREV = b'"prev":"'
_THIS_FORMAT = b'"v":1,"ws":"'
TAIL = 89  # TAB and the base64 of 64 bytes


class LineFault(Exception):  # noqa: N818 - not an error yet: whoever reads decides what a bad line means
    """A line is not as it has to be. Its argument says in what."""


class NewerLine(LineFault):
    """A line of a later format: kept, not judged."""


class Line(NamedTuple):
    """The fields of a line. A tuple, since a million of them are made at a time.

    `seen` maps feeds to (size, root), `body` is (count, root), `boot` is (id, milliseconds since the machine started).
    """

    actor: str
    app: str
    at: str
    body: tuple[int, str]
    boot: tuple[str, int]
    cause: tuple[str, ...]
    feed: str
    hlc: int
    mean: str
    prev: str
    role: str
    seen: Mapping[str, tuple[int, str]]
    is_self: bool
    seq: int
    subjects: tuple[Subject, ...]
    type: str
    ws: str


class Chained(NamedTuple):
    """What the next line of a feed has to continue: its number, the leaf before it, the clock before it."""

    ws: str
    feed: str
    seq: int
    prev: str
    hlc: int


def payload_of(line: Line) -> bytes:
    """The canonical JSON of a line. Its parts are checked where they are made, so that this only joins them."""
    cause = ",".join(f'"{leaf}"' for leaf in line.cause)
    subjects = ",".join(f'["{one.id}","{one.sha256}"]' for one in line.subjects)
    heads = ",".join(f'"{feed}":[{size},"{root}"]' for feed, (size, root) in sorted(line.seen.items()))
    seen = f'"seen":{{{heads}}},' if heads else ""
    solo = '"self":true,' if line.is_self else ""
    return (
        f'{{"actor":"{line.actor}","app":"{line.app}","at":"{line.at}",'
        f'"body":{{"count":{line.body[0]},"root":"{line.body[1]}"}},'
        f'"boot":{{"id":"{line.boot[0]}","ms":{line.boot[1]}}},"cause":[{cause}],"feed":"{line.feed}",'
        f'"hlc":{line.hlc},"mean":"{line.mean}","prev":"{line.prev}","role":"{line.role}",{seen}{solo}'
        f'"seq":{line.seq},"subj":[{subjects}],"type":"{line.type}","v":{FORMAT},"ws":"{line.ws}"}}'
    ).encode()


def joined(payload: bytes, signature: bytes) -> bytes:
    """A whole line without its LF."""
    return payload + b"\t" + binascii.b2a_base64(signature, newline=False)


def to_sign(payload: bytes) -> bytes:
    """The bytes that are signed for a line."""
    return pae(PAYLOAD_TYPE, payload)


def split(raw: bytes) -> tuple[bytes, bytes]:
    """A line (without LF) as its payload and its 64 signature bytes.

    Raises:
        NewerLine: a later format.
        LineFault: no TAB, or base64 that is not the one encoding of 64 bytes (spare bits are zero).
    """
    text = raw[1 - TAIL :]
    try:
        signature = binascii.a2b_base64(text)
    except ValueError:
        signature = b""
    is_one = raw[-TAIL : 1 - TAIL] == b"\t" and binascii.b2a_base64(signature, newline=False) == text
    if not is_one or len(raw) > LONGEST:
        raise NewerLine("a newer format") if is_newer(raw) else LineFault("no signed line")
    return raw[:-TAIL], signature


def parse(payload: bytes) -> Line:
    """The fields of a line's canonical JSON.

    Raises:
        NewerLine: a later format.
        LineFault: not canonical, or not a line of ours.
    """
    match = _LINE.fullmatch(payload.decode("latin-1"))
    if match is None:
        raise NewerLine("a newer format") if is_newer(payload) else LineFault("not canonical")
    got = match.groups("")
    actor, app, at, count, root, boot, ms, cause, feed, hlc, mean, prev, role, seen, solo, seq, subjects, kind, ws = got
    line = Line(
        actor=actor,
        app=app,
        at=at,
        body=(int(count), root),
        boot=(boot, int(ms)),
        cause=tuple(cause[1:-1].split('","')) if cause else (),
        feed=feed,
        hlc=int(hlc),
        mean=mean,
        prev=prev,
        role=role,
        seen=_heads(seen) if seen else {},
        is_self=bool(solo),
        seq=int(seq),
        subjects=tuple(Subject(*pair.split('","')) for pair in subjects[2:-2].split('"],["')) if subjects else (),
        type=kind,
        ws=ws,
    )
    if line.hlc >= LARGEST or line.seq >= LARGEST or line.body[0] >= LARGEST or line.boot[1] >= LARGEST:
        raise LineFault("a number beyond 2^53")
    return line


def leaves_of(raws: Sequence[bytes]) -> list[str]:
    """The leaf of each line (without LF), hexadecimal."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + raw).hexdigest() for raw in raws]


def prev_of(raw: bytes) -> str:
    """The leaf that a line continues, as it says; anything where it is no line."""
    at = raw.find(_PREV) + len(_PREV)
    return raw[at : at + 64].decode("latin-1")


def breaks(raws: Sequence[bytes], leaves: Sequence[str]) -> list[int]:
    """The places of the lines (without LF) that do not continue the line before them."""
    return [at for at, (raw, leaf) in enumerate(zip(raws[1:], leaves, strict=False), 1) if prev_of(raw) != leaf]


def check_place(line: Line, place: Chained) -> None:
    """Checks that a line is the next one of its feed.

    Raises:
        LineFault: another workspace or feed, a gap, a broken chain, or a clock that stands.
    """
    if line.ws != place.ws or line.feed != place.feed:
        raise LineFault("it belongs to another workspace or feed")
    if line.seq != place.seq:
        raise LineFault(f"it says it is number {line.seq}")
    if line.prev != place.prev:
        raise LineFault("it does not continue the line before it")
    if line.hlc <= place.hlc:
        raise LineFault("its clock does not go on")


def _heads(text: str) -> dict[str, tuple[int, str]]:
    heads = json.loads(f"{{{text}}}")
    if list(heads) != sorted(heads) or len(heads) != text.count("["):
        raise LineFault("not canonical")
    return {feed: (size, root) for feed, (size, root) in heads.items()}


def is_newer(raw: bytes) -> bool:
    """Whether a line (with or without its signature) says that it is of a later format."""
    tab = raw.find(b"\t")
    end = len(raw) if tab < 0 else tab
    if raw.rfind(_THIS_FORMAT, 0, end) >= 0 or len(raw) > LONGEST:  # near the end, where a line of ours has it
        return False
    try:
        fields = json.loads(raw[:end])
    except (ValueError, RecursionError):
        return False
    version = fields.get("v") if isinstance(fields, dict) else None
    return isinstance(version, int) and not isinstance(version, bool) and version > FORMAT
