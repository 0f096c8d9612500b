"""Ed25519 public keys and signatures (RFC 8032), strictly: weak keys are refused, whichever library is asked.

PyNaCl (libsodium) verifies here, OpenSSL where only that is at hand. OpenSSL takes small-order and non-canonical keys,
with which one constant signature verifies every message; libsodium refuses small-order R, OpenSSL does not. So this
module refuses both itself, before a library is asked, and behind it the two give the same answer (test P12).
"""

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from surefoot.errors import Code, InputRefusedError

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SIGNATURE = 64
_PUBLIC = 32
# The y coordinates of the eight points of small order: 1, -1, 0 and the two of order 8, with every encoding of them.
_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_Y = {0, 1, _P - 1, _ORDER_8, _P - _ORDER_8, _P, _P + 1}
_SMALL = frozenset((y | sign << 255).to_bytes(32, "little") for y in _SMALL_Y for sign in (0, 1))


def feed_of(public: bytes) -> str:
    """The id of a key and of its feed: SHA-256 of the 32 public bytes, hexadecimal."""
    return hashlib.sha256(public).hexdigest()


@lru_cache(maxsize=1024)
def is_strong(public: bytes) -> bool:
    """Whether these are the canonical bytes of a point on the curve that is not of small order."""
    if len(public) != _PUBLIC or public in _SMALL:
        return False
    number = int.from_bytes(public, "little")
    y, sign = number & (2**255 - 1), number >> 255
    return y < _P and _has_x(y, sign)


def checked(public: bytes) -> bytes:
    """Returns the key, or refuses it.

    Raises:
        InputRefusedError: a weak key, or none at all.
    """
    if not is_strong(public):
        raise InputRefusedError(Code.KEY_WEAK, key=public.hex()[:16])
    return public


def verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether a signature over the data was made by this key. A weak key verifies nothing."""
    if len(signature) != _SIGNATURE or signature[:32] in _SMALL or not is_strong(public):
        return False
    return _verify_one(public, data, signature)


def verify_all(public: bytes, pairs: Sequence[tuple[bytes, bytes]], *, threads: int = 2) -> int | None:
    """Verifies many (data, signature) pairs of one key, on several threads (the library lets go of the lock).

    Returns:
        The place of the first bad pair, or None.
    """
    if not is_strong(public):
        return 0 if pairs else None
    if threads < 2 or len(pairs) < 64:  # noqa: PLR2004 - a thread costs more than a few signatures
        return _first_bad(public, pairs, 0)
    share = -(-len(pairs) // threads)
    starts = range(0, len(pairs), share)
    with ThreadPoolExecutor(threads) as pool:
        found: Iterable[int | None] = pool.map(lambda at: _first_bad(public, pairs[at : at + share], at), starts)
        return min((place for place in found if place is not None), default=None)


def _first_bad(public: bytes, pairs: Sequence[tuple[bytes, bytes]], first: int) -> int | None:
    for place, (data, signature) in enumerate(pairs, first):
        if len(signature) != _SIGNATURE or signature[:32] in _SMALL or not _verify_one(public, data, signature):
            return place
    return None


def _verify_one(public: bytes, data: bytes, signature: bytes) -> bool:
    try:
        crypto_sign_open(signature + data, public)
    except BadSignatureError:
        return False
    return True


def _has_x(y: int, sign: int) -> bool:
    """Whether the curve has a point with this y (RFC 8032 §5.1.3, without needing the x)."""
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 * pow(u * v**7, (_P - 5) // 8, _P) % _P
    if v * x * x % _P not in (u, _P - u):
        return False
    return not (u == 0 and sign == 1)
