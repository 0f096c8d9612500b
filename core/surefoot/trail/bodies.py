"""Details of events: each field committed to by a salted hash, so that it can be erased or shown alone.

Entry of a field = HMAC-SHA-256(32-byte salt, canonical JSON of [path, value]); entries in path order make an RFC 6962
tree, whose size and root stand in the line. A body line is
`{"fields":{<path>:{"salt":…,"value":…}},"seq":…,"v":1}`; an erased field is `{"leaf":…}`, an encrypted one
`{"data":…,"enc":…,"leaf":…}`: its entry stays, so every other field can still be checked.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surefoot.errors import Code, InputRefusedError
from surefoot.trail import merkle
from surefoot.trail.canonical import Json, encode
from surefoot.trail.facts import FORMAT

LONGEST = 16 * 2**20
_SALT = 32


class BodyFault(Exception):  # noqa: N818 - whoever reads decides what a bad body means
    """A body is not what its line committed to. Its argument says in what."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A verified body.

    Attributes:
        values: what is there, by path. hidden: paths whose value was erased. sealed: paths that are encrypted.
    """

    values: Mapping[str, Json]
    hidden: Sequence[str] = field(default_factory=tuple)
    sealed: Sequence[str] = field(default_factory=tuple)


def entry(salt: bytes, path: str, value: Json) -> bytes:
    """The commitment to one field."""
    return hmac.digest(salt, encode([path, value]), hashlib.sha256)


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
        pair = encode([path, body[path]])
        entries.append(hmac.digest(salt, pair, hashlib.sha256))
        # A path is plain ASCII (Draft), so the value's bytes start at a known place.
        value = pair[len(path) + 4 : -1]
        fields.append(b'"%s":{"salt":"%s","value":%s}' % (path.encode(), base64.b64encode(salt), value))
    data = b"{%s}" % b",".join(fields)
    if len(data) > LONGEST:
        raise InputRefusedError(Code.DRAFT_REFUSED, field="body", detail=f"{len(data)} bytes")
    return data, (len(entries), merkle.root_of(entries).hex())


def joined(fields: bytes, seq: int) -> bytes:
    """A body line without its LF."""
    return b'{"fields":%s,"seq":%d,"v":%d}' % (fields, seq, FORMAT)


def parse(raw: bytes) -> tuple[int, dict[str, dict[str, Json]]]:
    """Takes a body line apart, unchecked: its seq and its fields.

    Raises:
        BodyFault: it is no body line of this format.
    """
    try:
        line = json.loads(raw)
        seq, fields, version = line["seq"], line["fields"], line["v"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BodyFault("not a body line") from error
    shaped = isinstance(seq, int) and isinstance(fields, dict) and all(isinstance(one, dict) for one in fields.values())
    if not shaped or version != FORMAT:
        raise BodyFault("not a body line")
    return seq, fields


def check(fields: Mapping[str, Mapping[str, Json]], committed: tuple[int, str]) -> Opened:
    """Checks fields against what their line committed to.

    Raises:
        BodyFault: another number of fields, or a field that was changed, moved, added or taken away.
    """
    entries: list[bytes] = []
    hidden: list[str] = []
    sealed: list[str] = []
    values: dict[str, Json] = {}
    for path in sorted(fields):
        one = fields[path]
        kept = one.get("leaf")
        if isinstance(kept, str):
            entries.append(_unhex(kept))
            (sealed if "enc" in one else hidden).append(path)
            continue
        entries.append(entry_of(path, one))
        values[path] = one["value"]
    if (len(entries), merkle.root_of(entries).hex()) != committed:
        raise BodyFault("a field was changed, added or taken away")
    return Opened(values, tuple(hidden), tuple(sealed))


def entry_of(path: str, one: Mapping[str, Json]) -> bytes:
    """The commitment to a field as it lies in a body line.

    Raises:
        BodyFault: it is no such field.
    """
    salt = one.get("salt")
    try:
        raw = base64.b64decode(salt, validate=True) if isinstance(salt, str) else b""
        if len(raw) == _SALT and set(one) == {"salt", "value"}:
            return entry(raw, path, one["value"])
    except (ValueError, InputRefusedError) as error:
        raise BodyFault(f"field {path} has another shape") from error
    raise BodyFault(f"field {path} has another shape")


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BodyFault("an erased field has lost its commitment") from error
