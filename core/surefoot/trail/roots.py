"""Role documents: who may do what in a workspace. The first one founds it; `ws` is the SHA-256 of its payload.

Version 1 has exactly one person, the owner, and says `solo`: threshold 1, every decision marked as self-made. It is a
DSSE envelope signed by the owner's key, which stands in it, so a workspace id fixes the key that everything hangs on.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.errors import Code, IncompleteError, RecordBrokenError
from surefoot.trail import clock, dsse, keys
from surefoot.trail.canonical import Json, encode
from surefoot.trail.facts import FORMAT, Signer

PAYLOAD_TYPE = "application/vnd.surefoot.roles.v1+json"
_NEWER = re.compile(r"application/vnd\.surefoot\.roles\.v([2-9]|[1-9][0-9]{1,5})\+json")
FIRST = Path("roots") / "1.dsse"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a role document names them: no name, only an id, keys by feed, and roles."""

    id: str
    publics: Mapping[str, bytes]
    roles: tuple[str, ...]

    @property
    def feed(self) -> str:
        """The feed of their first key."""
        return next(iter(self.publics))


@dataclass(frozen=True, slots=True)
class Founding:
    """Role document 1.

    Attributes:
        ws: SHA-256 of its payload. version: its number. persons: who is named. is_solo: exactly one person.
        is_sample: the owner's key is kept unwrapped and is good for this workspace alone.
    """

    ws: str
    version: int
    persons: tuple[Person, ...]
    is_solo: bool
    is_sample: bool

    @property
    def owner(self) -> Person:
        """The first person."""
        return self.persons[0]

    @property
    def publics(self) -> dict[str, bytes]:
        """Feed to public key, over all persons."""
        return {feed: public for person in self.persons for feed, public in person.publics.items()}

    def person_of(self, feed: str) -> Person | None:
        """Whose feed it is."""
        return next((person for person in self.persons if feed in person.publics), None)


def found(owner: Signer, *, sample: bool = False) -> bytes:
    """A founding document, signed by the only person in it. A nonce makes every workspace another one."""
    person: Json = {
        "id": owner.actor,
        "keys": [{"feed": owner.feed, "public": base64.b64encode(owner.public).decode()}],
        "roles": ["owner"],
    }
    payload: Json = {
        "at": clock.text_of(clock.now()),
        "nonce": secrets.token_hex(16),
        "persons": [person],
        "sample": sample,
        "solo": True,
        "thresholds": {"decide": 1},
        "v": FORMAT,
        "version": 1,
    }
    return dsse.sign(encode(payload), PAYLOAD_TYPE, [owner])


def read(trail: Path) -> Founding:
    """Reads and verifies role document 1.

    Raises:
        RecordBrokenError: it is missing, a link, or does not verify.
        IncompleteError: a newer version of Surefoot wrote it.
    """
    path = trail / FIRST
    if path.is_symlink():
        raise RecordBrokenError(Code.OUTSIDE_LINK, path=path)
    if not path.is_file():
        raise RecordBrokenError(Code.TRAIL_MISSING, path=path)
    return parse(path.read_bytes(), path)


def parse(envelope: bytes, path: Path) -> Founding:
    """Verifies role document 1 from its bytes; `path` is named in errors. Raises as `read` does."""
    try:
        kind, payload, _ = dsse.parse(envelope)
        if (newer := _NEWER.fullmatch(kind)) is not None:
            raise IncompleteError(Code.PROJECT_NEWER, path=path, found=newer[1], known=FORMAT)
        founding = _founding(payload, path)
        # Each person by one of their keys: two keys of one are not two people.
        for person in founding.persons:
            dsse.verify(envelope, person.publics, payload_type=PAYLOAD_TYPE)
    except RecordBrokenError as error:
        detail = error.values.get("detail", "")
        raise RecordBrokenError(Code.ROOT_BROKEN, path=path, detail=detail) from error
    return founding


def _founding(payload: bytes, path: Path) -> Founding:
    try:
        fields = json.loads(payload)
        if isinstance(fields["v"], int) and fields["v"] > FORMAT:
            raise IncompleteError(Code.PROJECT_NEWER, path=path, found=fields["v"], known=FORMAT)
        persons = tuple(_person(one) for one in fields["persons"])
        founding = Founding(
            hashlib.sha256(payload).hexdigest(),
            fields["version"],
            persons,
            fields["solo"] is True,
            fields["sample"] is True,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RecordBrokenError(Code.ROOT_BROKEN, path=path, detail="it is not readable") from error
    # Whoever is named twice, or shares a key with somebody, would count as two.
    is_distinct = len({person.id for person in persons}) == len(persons)
    is_distinct = is_distinct and len(founding.publics) == sum(len(person.publics) for person in persons)
    is_fit = (fields["v"], founding.version) == (FORMAT, 1) and founding.is_solo == (len(persons) == 1)
    if not (persons and is_distinct and is_fit):
        raise RecordBrokenError(Code.ROOT_BROKEN, path=path, detail="its parts contradict each other")
    return founding


def _person(fields: Mapping[str, Any]) -> Person:
    publics = {}
    for one in fields["keys"]:
        public = base64.b64decode(one["public"], validate=True)
        if keys.feed_of(public) != one["feed"] or not keys.is_strong(public):
            raise ValueError(one["feed"])
        publics[one["feed"]] = public
    return Person(str(fields["id"]), publics, tuple(str(role) for role in fields["roles"]))
