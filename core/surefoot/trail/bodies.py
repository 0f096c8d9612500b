"""Details of events: each field committed to by a salted hash, so that it can be erased or shown alone.

Entry of a field = HMAC-SHA-256(32-byte salt, canonical JSON of [path, value]); entries in path order make an RFC 6962
tree, whose size and root stand in the line. A body line is
`{"fields":{<path>:{"salt":…,"value":…}},"seq":…,"v":1}`; an erased field is `{"leaf":…}`, an encrypted one
`{"data":…,"enc":…,"leaf":…}`: its entry stays, so every other field can still be checked.

Values stay the bytes that they are (`Raw`), so that a million of them can be read without being taken apart.
"""

import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from surefoot.errors import Code, InputRefusedError
from surefoot.trail import merkle
from surefoot.trail.canonical import Json, encode, is_canonical
from surefoot.trail.facts import FORMAT

LONGEST = 16 * 2**20
_SALT = 32
# Values whose only canonical bytes are the ones they have, seen without taking them apart.
_PLAIN = re.compile(rb'"[^"\\\x00-\x1f]*"|0|-?[1-9][0-9]{0,14}|true|false|null')


class BodyFault(Exception):  # noqa: N818 - whoever reads decides what a bad body means
    """A body is not what its line committed to. Its argument says in what."""


class Field(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A field as it lies there. What is unset is absent; with nothing at all it is no field."""

    data: Raw | UnsetType = UNSET
    enc: Raw | UnsetType = UNSET
    leaf: str | UnsetType = UNSET
    salt: str | UnsetType = UNSET
    value: Raw | UnsetType = UNSET


class Body(msgspec.Struct, frozen=True, gc=False):
    """A body line as it lies there, unchecked."""

    fields: dict[str, Field]
    seq: int
    v: int


_LINE = msgspec.json.Decoder(Body)


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified body.

    Attributes:
        values: what is there, by path, as canonical JSON. hidden: paths whose value was erased.
        sealed: paths that are encrypted.
    """

    values: Mapping[str, Raw]
    hidden: Sequence[str] = field(default_factory=tuple)
    sealed: Sequence[str] = field(default_factory=tuple)


def commit(body: Mapping[str, Json]) -> tuple[bytes, tuple[int, str]]:
    """Makes the salted fields of a body.

    Returns:
        Their canonical JSON, and what the line holds: their count and root.

    Raises:
        InputRefusedError: a value that no record may hold, or more than 16 MiB of them.
    """
    salts = secrets.token_bytes(_SALT * len(body))
    fields, entries = [], []
    for at, path in enumerate(sorted(body)):
        salt = salts[_SALT * at : _SALT * (at + 1)]
        name, value = _quoted(path), encode(body[path], inside=1)
        entries.append(_entry(salt, name, value))
        fields.append(b'%s:{"salt":"%s","value":%s}' % (name, binascii.b2a_base64(salt, newline=False), value))
    data = b"{%s}" % b",".join(fields)
    if len(data) > LONGEST:
        raise InputRefusedError(Code.DRAFT_REFUSED, field="body", detail=f"{len(data)} bytes")
    return data, (len(entries), merkle.root_of(entries).hex())


def joined(fields: bytes, seq: int) -> bytes:
    """A body line without its LF."""
    return b'{"fields":%s,"seq":%d,"v":%d}' % (fields, seq, FORMAT)


def parse(raw: bytes) -> Body:
    """Takes a body line apart, unchecked.

    Raises:
        BodyFault: it is no body line of this format.
    """
    try:
        body = _LINE.decode(raw.decode())
    except (ValueError, RecursionError):
        body = _parsed_loosely(raw)
    if body.v != FORMAT:
        raise BodyFault("not a body line")
    return body


def parse_all(data: bytes) -> dict[int, Body]:
    """The body lines of a segment that was checked before, by seq."""
    return {body.seq: body for body in _LINE.decode_lines(data)}


def _parsed_loosely(raw: bytes) -> Body:
    """The same of a line in odd shape, which may still say what was committed to."""
    try:
        line = json.loads(raw)
        seq, fields, version = line["seq"], line["fields"], line["v"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BodyFault("not a body line") from error
    shaped = isinstance(seq, int) and isinstance(fields, dict) and all(isinstance(one, dict) for one in fields.values())
    if not shaped or version != FORMAT:
        raise BodyFault("not a body line")
    return Body({path: _field_of(one) for path, one in fields.items()}, seq, FORMAT)


def _field_of(one: Mapping[str, Any]) -> Field:
    parts = {name: Raw(json.dumps(value).encode()) for name, value in one.items()}
    if isinstance(leaf := one.get("leaf"), str):
        return Field(leaf=leaf, enc=parts.get("enc", UNSET))
    if isinstance(salt := one.get("salt"), str) and set(one) == {"salt", "value"}:
        return Field(salt=salt, value=parts["value"])
    return Field()


def check(fields: Mapping[str, Field], committed: tuple[int, str]) -> Opened:
    """Checks fields against what their line committed to.

    Raises:
        BodyFault: another number of fields, or a field that was changed, moved, added or taken away.
    """
    entries: list[bytes] = []
    hidden: list[str] = []
    sealed: list[str] = []
    values: dict[str, Raw] = {}
    for path in sorted(fields):
        one = fields[path]
        if one.leaf is not UNSET:
            entries.append(_unhex(one.leaf))
            (hidden if one.enc is UNSET else sealed).append(path)
            continue
        entry, values[path] = entry_of(path, one)
        entries.append(entry)
    if (len(entries), merkle.root_of(entries).hex()) != committed:
        raise BodyFault("a field was changed, added or taken away")
    return Opened(values, tuple(hidden), tuple(sealed))


def entry_of(path: str, one: Field) -> tuple[bytes, Raw]:
    """The commitment to a field as it lies in a body line, and its value as canonical JSON.

    Raises:
        BodyFault: it is no such field.
    """
    try:
        if one.salt is not UNSET and one.value is not UNSET and one.data is UNSET and one.enc is UNSET:
            salt = binascii.a2b_base64(one.salt, strict_mode=True)
            if len(salt) == _SALT:
                value = one.value if _is_canonical(one.value) else Raw(encode(json.loads(bytes(one.value)), inside=1))
                return _entry(salt, _quoted(path), value), value
    except (ValueError, InputRefusedError) as error:
        raise BodyFault(f"field {path} has another shape") from error
    raise BodyFault(f"field {path} has another shape")


def _is_canonical(value: Raw) -> bool:
    return _PLAIN.fullmatch(value) is not None or is_canonical(bytes(value))


def _entry(salt: bytes, name: bytes, value: bytes | Raw) -> bytes:
    return hmac.digest(salt, b"[%s,%s]" % (name, value), hashlib.sha256)


@lru_cache(maxsize=4096)
def _quoted(path: str) -> bytes:
    return encode(path)


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BodyFault("an erased field has lost its commitment") from error
