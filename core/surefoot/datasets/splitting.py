"""Which side of the split a row is on: formats.md §3, to the letter.

    side = first 8 bytes, big-endian, of SHA-256(salt ‖ 0x00 ‖ canonical JSON of key or group) ÷ 2^64,
           held against the cumulative shares of train, validation, test, in this order

The salt belongs to the dataset, so a row keeps its side in later versions. Everything here is exact arithmetic; the
same rule stands as expressions of the import engine in `engine.py`, and a test holds the two against each other.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from surefoot.datasets.csvtext import shown
from surefoot.datasets.facts import SIDES
from surefoot.errors import Code, InputRefusedError
from surefoot.trail.canonical import Json, encode

DEFAULT_SIDES: Mapping[str, str] = {"train": "0.7", "test": "0.3"}
_RANGE = 2**64
_PLACES = 6  # digits after the point that a share may have


def bounds(sides: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """The sides in order, each with the first number that is no longer its own.

    A row whose hash is h is on the first side with h < bound. Comparing h ÷ 2^64 with a decimal share is the same as
    comparing h with the share × 2^64 rounded up, which is a whole number: no rounding decides about a row.

    Raises:
        InputRefusedError: an unknown side, no train or test, or shares that are no decimals above 0 adding up to 1.
    """
    shares = _shares(sides)
    total = Decimal(0)
    edges = []
    for side in SIDES:
        if side in shares:
            total += shares[side]
            edges.append((side, math.ceil(Fraction(total) * _RANGE)))
    return tuple(edges)


def _shares(sides: Mapping[str, str]) -> dict[str, Decimal]:
    unknown = sorted(set(sides) - set(SIDES))
    if unknown:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="no-side", text=repr(shown(unknown[0])))
    lacking = [side for side in ("train", "test") if side not in sides]
    if lacking:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="lacks-side", text=repr(lacking[0]))
    shares = {side: _share(side, text) for side, text in sides.items()}
    if sum(shares.values()) != 1:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="sum", sum=sum(shares.values()))
    return shares


def _share(side: str, text: str) -> Decimal:
    try:
        share = Decimal(text)
    except InvalidOperation as error:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="share", text=repr(shown(text)), name=side) from error
    exponent = share.as_tuple().exponent
    if not (share.is_finite() and 0 < share < 1) or not isinstance(exponent, int) or exponent < -_PLACES:
        raise InputRefusedError(Code.SPLIT_VALUE, detail="share", text=repr(shown(text)), name=side)
    return share


def number_of(salt: str, value: Json) -> int:
    """The number, below 2^64, that fixes the side of a key or group value."""
    return int.from_bytes(hashlib.sha256(salt.encode() + b"\0" + encode(value)).digest()[:8], "big")


def side_of(salt: str, value: Json, edges: Sequence[tuple[str, int]]) -> str:
    """The side of a row by the value of its key or group.

    Args:
        salt: the dataset's.
        value: of one column, or a list of the values of several. Dates are ISO 8601 text, numbers with fractions and
            integers beyond ±2^53 are decimal text.
        edges: from `bounds`.
    """
    number = number_of(salt, value)
    return next(side for side, edge in edges if number < edge)
