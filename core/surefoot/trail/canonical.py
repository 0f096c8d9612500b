"""The one canonical JSON: what is signed, hashed and committed to is encoded here and nowhere else.

The subset of RFC 8785 that formats.md §2 allows: null, booleans, integers within ±2^53, text, lists and objects with
text keys. A number with a fraction is text, made by `decimal`. On this subset the bytes equal those of RFC 8785
(tested against the rfc8785 library), because keys are ordered by UTF-16 code units as it demands.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias

import msgspec

from surefoot.errors import Code, InputRefusedError

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

LARGEST = 2**53
DEEPEST = 64
_STYLE: dict[str, Any] = {"ensure_ascii": False, "allow_nan": False, "separators": (",", ":"), "check_circular": False}
_SORTED = json.JSONEncoder(sort_keys=True, **_STYLE).encode
_AS_IT_IS = json.JSONEncoder(**_STYLE).encode
# Python orders text by code point, RFC 8785 by UTF-16 code unit; below the surrogates the two are the same.
_SAME_ORDER_BELOW = "\ud800"


# What most details are: plain values, at most two levels of them. msgspec writes these as `encode` does (tested).
_One: TypeAlias = str | Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)] | bool | None
_Few: TypeAlias = _One | list[_One] | dict[str, _One]
_SIMPLE = msgspec.json.Decoder(_One | list[_Few] | dict[str, _Few])
_WRITTEN = msgspec.json.Encoder(order="sorted").encode


def is_canonical(raw: bytes) -> bool:
    """Whether these bytes are the canonical encoding of what they say; False too where that is not seen at once."""
    try:
        return raw.isascii() and _WRITTEN(_SIMPLE.decode(raw)) == raw
    except ValueError:
        return False


def encode(value: Json, *, inside: int = 0) -> bytes:
    """Encodes a value as canonical JSON.

    Args:
        value: what to encode.
        inside: how many levels there are around it.

    Raises:
        InputRefusedError: the value holds a float, an integer beyond ±2^53, a key that is no text, half a
            surrogate pair, something that JSON has no word for, or more than 64 levels.
    """
    is_in_order = isinstance(value, str) or _checked(value, DEEPEST - inside)
    text = _SORTED(value) if is_in_order else _AS_IT_IS(_ordered(value))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail="text with half a surrogate pair") from error


def decimal(number: float) -> str:
    """A number as the shortest decimal text that reads back as the same double.

    Raises:
        InputRefusedError: NaN or infinite, which no record may hold as a number.
    """
    if not math.isfinite(number):
        raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail=f"the number {number}")
    return repr(float(number))


def _checked(value: object, deepest: int) -> bool:
    """Refuses what is outside the subset; says whether Python's own key order is the right one."""
    in_order, level = True, [value]
    for _ in range(deepest + 1):
        below: list[object] = []
        for item in level:
            if isinstance(item, (str, bool)) or item is None:
                continue
            if isinstance(item, int):
                if not -LARGEST <= item <= LARGEST:
                    raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail=f"the integer {item}, beyond 2^53")
            elif isinstance(item, (list, tuple)):
                below.extend(item)
            elif isinstance(item, dict):
                ordered = [_checked_key(key) for key in item]  # every key is looked at, also after a False
                in_order = in_order and all(ordered)
                below.extend(item.values())
            else:
                raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail=f"a value of type {type(item).__name__}")
        if not below:
            return in_order
        level = below
    raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail=f"more than {DEEPEST} levels")


def _checked_key(key: object) -> bool:
    if not isinstance(key, str):
        raise InputRefusedError(Code.VALUE_NOT_RECORDABLE, detail=f"the key {key!r}, which is no text")
    return key.isascii() or max(key) < _SAME_ORDER_BELOW


def _ordered(value: Json) -> Json:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value
