"""What each input of a model takes, from what is known of its column in the whole dataset version. Pure.

A service refuses what lies outside, so every row of the version lies inside: numbers within a range that is wider than
the one seen (which also keeps the smallest and the largest value of a person out of a file that travels), texts that
occur, null where a value was missing.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from surefoot.releases.facts import Candidate

MOST_VALUES = 100
"""Different texts up to which a column is taken to name kinds of things; one that has more takes any text."""
_LONGEST_VALUE = 200
_NUMBERS = {"integer", "number"}
_DIGITS = 2
_PLAIN = 15


def known(candidate: Candidate, profile: bytes | None) -> dict[str, dict[str, Any]]:
    """What the data's record says of each column, by name: type, unit, role, and the profile's figures."""
    found: dict[str, dict[str, Any]] = {}
    for _, event in sorted(candidate.data.items()):
        named = [event.body.get("subject"), *(event.body.get("key") or ())]
        for column in event.body.get("columns") or ():
            said = found.setdefault(str(column["name"]), {})
            said["unit"] = column.get("unit")
            said["names_somebody"] = column["name"] in named
    for column in [] if profile is None else json.loads(profile).get("columns", []):
        found.setdefault(str(column.get("name")), {}).update(column)
    return found


def unlisted(tensors: Sequence[Mapping[str, Any]], columns: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The text columns whose values have to be looked up in the data: the profile names those that many rows share."""
    wanted = []
    for tensor in tensors:
        column = columns.get(str(tensor["name"]), {})
        is_text = tensor["type"] == "string" and column.get("type") == "text" and not column.get("names_somebody")
        is_short = 0 < int(column.get("distinct") or 0) <= MOST_VALUES
        if is_text and is_short and (column.get("rare") or not column.get("values")):
            wanted.append(str(tensor["name"]))
    return wanted


def of(tensor: Mapping[str, Any], column: Mapping[str, Any]) -> dict[str, Any]:
    """Unit, categories, range of an input, and whether its value may be missing, as far as the data say them."""
    found: dict[str, Any] = {}
    if column.get("unit"):
        found["unit"] = str(column["unit"])
    kind, is_text = column.get("type"), tensor["type"] == "string"
    is_float = str(tensor["type"]).startswith("float")
    if is_text:
        found |= _texts(column)
    elif kind == "boolean" and is_float:
        found["categories"] = [False, True]
        found |= {"minimum": "0", "maximum": "1"}
    elif kind in _NUMBERS and column.get("min") is not None and column.get("max") is not None:
        low, high = widened(Decimal(str(column["min"])), Decimal(str(column["max"])))
        found |= {"minimum": _text(low), "maximum": _text(high)}
    if (is_text or is_float) and (column.get("missing") or column.get("infinite")):
        found["nullable"] = True
    return found


def _texts(column: Mapping[str, Any]) -> dict[str, Any]:
    values = column.get("values")
    is_whole = column.get("type") == "text" and not column.get("rare") and not column.get("names_somebody")
    if not (is_whole and values) or any(len(str(value)) > _LONGEST_VALUE for value in values):
        return {}
    return {"categories": sorted(values)}


def widened(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """The range seen, half its span wider on each side, rounded outward to two digits; what is never negative stays so.

    It refuses what can be no such value (an age of 700), and tells nobody's exact value.
    """
    half = (high - low or abs(high) or Decimal(1)) / 2
    least = low - half if low < 0 else max(low - half, Decimal(0))
    return _outward(least, ROUND_FLOOR), _outward(high + half, ROUND_CEILING)


def _outward(value: Decimal, rounding: str) -> Decimal:
    if not value:
        return Decimal(0)
    return value.quantize(Decimal(1).scaleb(value.adjusted() - _DIGITS + 1), rounding)


def _text(value: Decimal) -> str:
    short = value.normalize()
    return format(short, "f") if abs(short.adjusted()) <= _PLAIN else str(short)
