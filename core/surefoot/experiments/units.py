"""Times, sizes and money as people write them: `"2h"`, `"1h30min"`, `"4GiB"`, `"5 EUR"`.

Exact: a text that does not come out as whole milliseconds or bytes is refused, never rounded.
"""

import re
from decimal import Decimal, InvalidOperation

from surefoot.experiments.facts import Money

_NUMBER = r"\d{1,15}(?:\.\d{1,9})?"
_TIMES = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SIZES = {"B": 1} | {
    f"{letter}{mark}": base**power
    for power, letter in enumerate("KMGTP", start=1)
    for mark, base in (("B", 1000), ("iB", 1024))
}
_SIZES["kB"] = 1000
_TIME = re.compile(rf"({_NUMBER})\s?(ms|s|min|h|d)")
_SIZE = re.compile(rf"({_NUMBER})\s?({'|'.join(_SIZES)})")
_MONEY = re.compile(rf"({_NUMBER})\s([A-Z]{{3}})")
_LARGEST = 2**53


def _whole(amount: Decimal) -> int:
    if amount != amount.to_integral_value() or not 0 < amount <= _LARGEST:
        raise ValueError(amount)
    return int(amount)


def milliseconds(text: str) -> int:
    """A length of time: one or more of `d h min s ms`, largest first, as in `1h30min`.

    Raises:
        ValueError: the text is no such length, is zero, or is no whole number of milliseconds.
    """
    total, place, last = Decimal(0), 0, None
    while place < len(text):
        part = _TIME.match(text, place)
        if part is None or (last is not None and _TIMES[part[2]] >= last):
            raise ValueError(text)
        last = _TIMES[part[2]]
        total += Decimal(part[1]) * last
        place = part.end()
    return _whole(total)


def size(text: str) -> int:
    """A number of bytes: `B`, `kB MB GB TB PB` (thousands) or `KiB MiB GiB TiB PiB` (1,024).

    Raises:
        ValueError: the text is no such size, is zero, or is no whole number of bytes.
    """
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return _whole(Decimal(found[1]) * _SIZES[found[2]])


def money(text: str) -> Money:
    """An amount with its ISO 4217 code, as in `5 EUR`.

    Raises:
        ValueError: the text is no such amount.
    """
    found = _MONEY.fullmatch(text)
    if found is None:
        raise ValueError(text)
    try:
        return Money(Decimal(found[1]), found[2])
    except InvalidOperation as error:
        raise ValueError(text) from error
