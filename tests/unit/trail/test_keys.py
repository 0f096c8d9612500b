"""P12 in short: RFC 8032 vectors and random alterations on both code paths, and the weak keys that OpenSSL takes."""

import hashlib
import random

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import keys
from tests.fakes.signers import FakeSigner, openssl_verifies
from tests.independent import checker

# RFC 8032 §7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
PATHS = [keys._verify_one, openssl_verifies, checker.signed]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
@pytest.mark.parametrize("path", PATHS)
def test_the_vectors_of_rfc_8032_verify(path: object, public: str, message: str, signature: str) -> None:
    assert callable(path)
    assert path(*map(bytes.fromhex, (public, message, signature)))
    assert keys.verify(*map(bytes.fromhex, (public, message, signature)))


def test_all_code_paths_agree_on_random_alterations(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(12)
    signer = FakeSigner()
    message = b"a message of some length"
    signature = signer.sign(message)
    for number in range(300):
        parts = [bytearray(signer.public), bytearray(message), bytearray(signature)]
        if number:
            part = chance.choice(parts)
            part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
        public, data, altered = map(bytes, parts)
        answers = set()
        for path in PATHS[:2]:
            monkeypatch.setattr(keys, "_verify_one", path)
            answers.add(keys.verify(public, data, altered))
        if number % 10 == 0:
            answers.add(checker.signed(public, data, altered))
        assert answers == {number == 0}


def small_points() -> set[bytes]:
    """The eight points of small order, found by calculation, in every encoding that 32 bytes have for them."""
    found = set[bytes]()
    seed = 0
    while len(found) < 8:
        seed += 1
        start = checker.point(hashlib.sha256(bytes([seed])).digest())
        if start is not None:
            found.add(checker.packed(checker.times(ORDER, start)))
    every = set(found)
    for raw in found:
        number = int.from_bytes(raw, "little")
        y, sign = number & (2**255 - 1), number >> 255
        every |= {(y | other << 255).to_bytes(32, "little") for other in (0, 1) if y in (1, checker.P - 1)}
        if y + checker.P < 2**255:
            every.add((y + checker.P | sign << 255).to_bytes(32, "little"))
    return every


def test_the_list_of_small_points_is_complete() -> None:
    assert small_points() <= keys._SMALL


@pytest.mark.parametrize("public", sorted(small_points()), ids=lambda raw: raw.hex()[:8])
def test_small_order_keys_are_refused_though_they_verify_anything(public: bytes) -> None:
    signature = public + bytes(32)
    assert not keys.is_strong(public)
    assert not keys.verify(public, b"anything", signature)
    assert keys.verify_all(public, [(b"anything", signature)]) == 0
    with pytest.raises(InputRefusedError):
        keys.checked(public)


@pytest.mark.parametrize(
    "public", [b"", bytes(31), bytes(33), (2**255 - 19 + 3).to_bytes(32, "little"), b"\x02" + bytes(31)]
)
def test_what_is_no_canonical_point_is_no_key(public: bytes) -> None:
    assert not keys.is_strong(public)


def test_a_signature_with_the_order_added_is_refused() -> None:
    signer = FakeSigner()
    signature = signer.sign(b"x")
    moved = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not keys.verify(signer.public, b"x", signature[:32] + moved)


def test_a_signature_with_a_small_first_half_is_refused_on_both_paths() -> None:
    """With R the neutral point and S = h·a, OpenSSL says yes and libsodium no; both have to say no."""
    signer = FakeSigner()
    assert not keys.verify(signer.public, b"x", (1).to_bytes(32, "little") + bytes(32))


@pytest.mark.parametrize("bad", [None, 0, 63, 64, 199])
@pytest.mark.parametrize("threads", [1, 2])
def test_many_signatures_are_verified_together_and_the_first_bad_one_is_named(bad: int | None, threads: int) -> None:
    signer = FakeSigner()
    pairs = [(data := b"line %d" % number, signer.sign(data)) for number in range(200)]
    if bad is not None:
        pairs[bad] = (pairs[bad][0] + b"!", pairs[bad][1])
    assert keys.verify_all(signer.public, pairs, threads=threads) == bad
