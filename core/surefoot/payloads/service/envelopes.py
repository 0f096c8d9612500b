"""DSSE envelopes: bytes that somebody signed (secure-systems-lab/dsse v1, Ed25519).

Only the bytes that were signed are ever parsed, and only after a signature was found good. Several signatures are
allowed; one that is unknown is ignored.
"""

import base64
import binascii
from collections.abc import Collection

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_MOST_SIGNATURES = 64


class _Signed(msgspec.Struct, frozen=True):
    sig: str
    keyid: str = ""


class _Envelope(msgspec.Struct, frozen=True, rename="camel"):
    payload: str
    payload_type: str
    signatures: list[_Signed]


def pae(kind: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: what is signed (DSSE v1, protocol.md)."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)


def opened(data: bytes, *, kind: str, keys: Collection[str]) -> bytes:
    """The payload of an envelope that one of the keys signed.

    Args:
        data: the envelope's JSON.
        kind: the payloadType it must have.
        keys: base64 of the public keys whose signature counts.

    Raises:
        ValueError: it is no envelope, of another type, or signed by none of the keys.
    """
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        signatures = [base64.b64decode(each.sig, validate=True) for each in envelope.signatures[:_MOST_SIGNATURES]]
    except (msgspec.DecodeError, binascii.Error, RecursionError) as error:
        raise ValueError("not an envelope") from error
    if envelope.payload_type != kind:
        raise ValueError(f"an envelope of type {envelope.payload_type!r}")
    message = pae(kind, payload)
    for key in keys:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        if any(_is_good(public, signature, message) for signature in signatures):
            return payload
    raise ValueError("signed by nobody who may sign it")


def _is_good(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
