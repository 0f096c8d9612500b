"""What texts look like besides words: numbers and dates in other spellings, and what points at a person.

Shapes are counted in the engine; what has a check digit (IBAN: ISO 13616, mod 97; card numbers: Luhn, ISO/IEC 7812) is
checked on a sample, so that any long number is not taken for one. Only counts leave here, never a value.
"""

from collections.abc import Mapping

SHAPES: Mapping[str, str] = {
    "decimal-comma": r"[+-]?[0-9]{1,3}(\.[0-9]{3})*,[0-9]+|[+-]?[0-9]+,[0-9]+",
    "odd-dates": r"[0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{2}|[0-9]{4})",
    "decimal-point": r"[+-]?[0-9]+\.[0-9]+",
    "e-mail": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "ip-address": r"([0-9]{1,3}\.){3}[0-9]{1,3}",
    "iban": r"[A-Z]{2}[0-9]{2}( ?[A-Z0-9]){11,30}",
    "card": r"[0-9]([ -]?[0-9]){12,18}",
}
SPELT = ("decimal-comma", "odd-dates")
PERSONAL = ("e-mail", "ip-address", "iban", "card")
CHECKED = ("iban", "card")
SAMPLE = 1000
"""Values that are held against their check digits."""
MOSTLY = 0.5
"""Share of a column's values from which it counts as one of other spelling."""

_IBAN = 97
_TEN = 10


def is_valid(kind: str, value: str) -> bool:
    """Whether a value of this shape has the check digits that it should."""
    plain = "".join(letter for letter in value if letter.isalnum())
    if kind == "iban":
        digits = "".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])
        return int(digits) % _IBAN == 1
    total = 0
    for place, digit in enumerate(reversed(plain)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number >= _TEN else number
    return total % _TEN == 0
