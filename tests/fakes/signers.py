"""Signers with keys made from a seed: the same in every run; and the signatures of OpenSSL, a second opinion."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class FakeSigner:
    """Implements Signer. Its id and key follow from its name."""

    def __init__(self, name: str = "owner", role: str = "owner") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        self.public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.feed = hashlib.sha256(self.public).hexdigest()
        letters = hashlib.sha256(name.encode()).hexdigest().translate(str.maketrans("0189", "ghij"))[:26]
        self.actor = f"{'dev' if role == 'machine' else 'per'}_{letters}"
        self.role = role

    def sign(self, data: bytes, /) -> bytes:
        return self._key.sign(data)


def openssl_verifies(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether OpenSSL, which is less strict, takes a signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
