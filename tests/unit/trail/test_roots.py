"""The founding document: what it fixes, and every way in which it may be wrong."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import Code, IncompleteError, RecordBrokenError
from surefoot.trail import dsse, roots
from surefoot.trail.canonical import encode
from tests.fakes.signers import FakeSigner

OWNER, OTHER, THIRD = FakeSigner("owner"), FakeSigner("other"), FakeSigner("third")
PATH = Path("roots/1.dsse")


def payload() -> dict[str, Any]:
    return dict(json.loads(dsse.parse(roots.found(OWNER))[1]))


def signed(fields: Any, signer: FakeSigner = OWNER, kind: str = roots.PAYLOAD_TYPE) -> bytes:
    return dsse.sign(fields if isinstance(fields, bytes) else encode(fields), kind, [signer])


def test_a_founding_fixes_the_owner_and_every_one_is_another() -> None:
    founding = roots.parse(roots.found(OWNER, sample=True), PATH)
    assert (founding.is_solo, founding.is_sample, founding.owner.roles) == (True, True, ("owner",))
    assert founding.publics == {OWNER.feed: OWNER.public}
    assert founding.ws != roots.parse(roots.found(OWNER), PATH).ws
    assert founding.person_of(OTHER.feed) is None


def second(fields: dict[str, Any]) -> None:
    other = {"feed": OTHER.feed, "public": base64.b64encode(OTHER.public).decode()}
    fields["persons"].append({"id": OTHER.actor, "keys": [other], "roles": ["owner"]})


def shared(fields: dict[str, Any]) -> None:
    """One key under two names."""
    fields.update(solo=False, persons=[*fields["persons"], {**fields["persons"][0], "id": OTHER.actor}])


def twice(fields: dict[str, Any]) -> None:
    """One name with two keys, written down as two people."""
    second(fields)
    fields.update(solo=False)
    fields["persons"][1]["id"] = OWNER.actor


def of_two(signers: Sequence[FakeSigner] = (OWNER, OTHER)) -> bytes:
    """A founding by two people, of whom the first has two keys."""
    fields = payload()
    second(fields)
    third = {"feed": THIRD.feed, "public": base64.b64encode(THIRD.public).decode()}
    fields["persons"][0]["keys"].append(third)
    return dsse.sign(encode(fields | {"solo": False}), roots.PAYLOAD_TYPE, signers)


def weak(fields: dict[str, Any]) -> None:
    fields["persons"][0]["keys"][0]["public"] = base64.b64encode(bytes([1]) + bytes(31)).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields.update(persons=[]),
        lambda fields: fields.update(persons=[{"id": "x", "keys": [], "roles": []}]),
        lambda fields: fields.update(version=2),
        lambda fields: fields.update(solo=False),
        lambda fields: fields.pop("sample"),
        lambda fields: fields.update(v="1"),
        lambda fields: fields["persons"][0]["keys"][0].update(feed="00" * 32),
        second,
        shared,
        twice,
        weak,
    ],
)
def test_a_founding_whose_parts_do_not_fit_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    fields = payload()
    change(fields)
    with pytest.raises(RecordBrokenError) as caught:
        roots.parse(dsse.sign(encode(fields), roots.PAYLOAD_TYPE, [OWNER, OTHER]), PATH)
    assert caught.value.code == Code.ROOT_BROKEN


@pytest.mark.parametrize(("signers", "is_good"), [((OWNER, OTHER), True), ((OWNER, THIRD), False), ((OWNER,), False)])
def test_two_keys_of_one_person_do_not_found_for_two(signers: tuple[FakeSigner, ...], is_good: bool) -> None:
    """The owner has the first and the third key; the second person has to have signed, too (trail.md row 24)."""
    envelope = of_two(signers)
    if is_good:
        assert len(roots.parse(envelope, PATH).persons) == 2
        return
    with pytest.raises(RecordBrokenError) as caught:
        roots.parse(envelope, PATH)
    assert caught.value.code == Code.ROOT_BROKEN


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        signed(b"no json"),
        signed(b"[" * 100_000),
        signed(payload(), OTHER),
        signed(payload(), kind="text/plain"),
        b" " * (dsse.LARGEST + 1),
    ],
)
def test_what_is_no_founding_signed_by_its_owner_is_refused(envelope: bytes) -> None:
    with pytest.raises(RecordBrokenError) as caught:
        roots.parse(envelope, PATH)
    assert caught.value.code == Code.ROOT_BROKEN


def test_a_founding_of_a_later_version_is_told_as_that() -> None:
    with pytest.raises(IncompleteError) as caught:
        roots.parse(signed(payload() | {"v": 2}), PATH)
    assert caught.value.code == Code.PROJECT_NEWER
