"""DSSE envelopes (secure-systems-lab/dsse, protocol v1.0.2): sign bytes, keep bytes, verify bytes.

An envelope may carry several signatures. Key ids are a hint: a signature counts by the key that verifies it, and a
key counts once however often it signed.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surefoot.errors import Code, RecordBrokenError
from surefoot.trail import keys
from surefoot.trail.canonical import encode
from surefoot.trail.facts import Signer

LARGEST = 64 * 2**20
MOST_SIGNATURES = 64


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verified envelope holds.

    Attributes:
        payload: the signed bytes. payload_type: what they are.
        signers: ids (SHA-256 of the public key) of the given keys that signed, each once, in the order given.
    """

    payload: bytes
    payload_type: str
    signers: tuple[str, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload: bytes, payload_type: str, signers: Sequence[Signer]) -> bytes:
    """An envelope with one signature by each signer, as canonical JSON."""
    data = pae(payload_type, payload)
    signatures = [{"keyid": signer.feed, "sig": base64.b64encode(signer.sign(data)).decode()} for signer in signers]
    payload_text = base64.b64encode(payload).decode()
    return encode({"payload": payload_text, "payloadType": payload_type, "signatures": signatures})


def verify(envelope: bytes, publics: Mapping[str, bytes], *, payload_type: str, threshold: int = 1) -> Verified:
    """Verifies an envelope against known keys.

    Args:
        envelope: its bytes.
        publics: key id (SHA-256 of the public bytes) to the 32 public bytes.
        payload_type: what the payload has to be.
        threshold: how many distinct keys have to have signed.

    Raises:
        RecordBrokenError: no envelope of this type, or too few good signatures.
    """
    kind, payload, signatures = parse(envelope)
    if kind != payload_type:
        raise RecordBrokenError(Code.ENVELOPE_BROKEN, detail=f"it says {kind!r}, not {payload_type!r}")
    data = pae(kind, payload)
    good = tuple(
        name
        for name, public in publics.items()
        if keys.feed_of(public) == name and any(keys.verify(public, data, signature) for signature in signatures)
    )
    if len(good) < max(threshold, 1):
        raise RecordBrokenError(Code.ENVELOPE_BROKEN, detail=f"{len(good)} of {max(threshold, 1)} signatures are good")
    return Verified(payload, kind, good)


def parse(envelope: bytes) -> tuple[str, bytes, list[bytes]]:
    """Takes an envelope apart without trusting it: payload type, payload, signatures.

    Raises:
        RecordBrokenError: it is no envelope.
    """
    if len(envelope) > LARGEST:
        raise RecordBrokenError(Code.ENVELOPE_BROKEN, detail="it is too large")
    try:
        fields = json.loads(envelope)
        kind, payload = fields["payloadType"], base64.b64decode(fields["payload"], validate=True)
        signatures = [base64.b64decode(one["sig"], validate=True) for one in fields["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error) as error:
        raise RecordBrokenError(Code.ENVELOPE_BROKEN, detail="it is no DSSE envelope") from error
    if not isinstance(kind, str) or len(signatures) > MOST_SIGNATURES:
        raise RecordBrokenError(Code.ENVELOPE_BROKEN, detail="it is no DSSE envelope")
    return kind, payload, signatures
