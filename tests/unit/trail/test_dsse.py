"""DSSE envelopes, with securesystemslib as the oracle."""

import base64
import json
from typing import Any

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer._key import Key

from surefoot.errors import RecordBrokenError
from surefoot.trail import dsse
from tests.fakes.signers import FakeSigner

KIND = "application/vnd.in-toto+json"
FIRST, SECOND = FakeSigner("first"), FakeSigner("second")
PUBLICS = {FIRST.feed: FIRST.public, SECOND.feed: SECOND.public}


def test_the_signed_bytes_are_those_of_the_protocol() -> None:
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_securesystemslib_verifies_our_envelopes() -> None:
    envelope = Envelope.from_dict(json.loads(dsse.sign(b'{"a":1}', KIND, [FIRST, SECOND])))
    known = [
        Key.from_dict(one.feed, {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": one.public.hex()}})
        for one in (FIRST, SECOND)
    ]
    assert set(envelope.verify(known, 2)) == {FIRST.feed, SECOND.feed}


def test_an_envelope_gives_its_payload_and_who_signed() -> None:
    verified = dsse.verify(dsse.sign(b"bytes", KIND, [FIRST, SECOND]), PUBLICS, payload_type=KIND, threshold=2)
    assert (verified.payload, set(verified.signers)) == (b"bytes", set(PUBLICS))


def test_a_key_counts_once_however_often_it_signed() -> None:
    with pytest.raises(RecordBrokenError):
        dsse.verify(dsse.sign(b"bytes", KIND, [FIRST, FIRST]), PUBLICS, payload_type=KIND, threshold=2)


def altered(change: dict[str, Any]) -> bytes:
    return json.dumps(json.loads(dsse.sign(b"bytes", KIND, [FIRST])) | change).encode()


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"[]",
        b"{}",
        b"[" * 100_000,
        altered({"payload": base64.b64encode(b"other").decode()}),
        altered({"payload": "%%%"}),
        altered({"payloadType": "text/plain"}),
        altered({"payloadType": 7}),
        altered({"signatures": []}),
        altered({"signatures": [{"sig": "AAAA"}] * 65}),
        altered({"signatures": [{"sig": "AAAA"}]}),
        dsse.sign(b"bytes", KIND, [FakeSigner("stranger")]),
    ],
)
def test_anything_else_is_refused(envelope: bytes) -> None:
    with pytest.raises(RecordBrokenError):
        dsse.verify(envelope, PUBLICS, payload_type=KIND)


def test_a_key_under_a_name_that_is_not_its_own_does_not_count() -> None:
    with pytest.raises(RecordBrokenError):
        dsse.verify(dsse.sign(b"bytes", KIND, [FIRST]), {SECOND.feed: FIRST.public}, payload_type=KIND)
