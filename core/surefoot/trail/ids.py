"""Names for things: a kind prefix, `_`, and 26 base32 characters of a UUIDv7 (RFC 9562), as in `run_…`.

An id says its kind and orders by the millisecond it was made in; it says nothing else. Names that users choose live
in bodies, never in lines.
"""

import base64
import secrets
import time

PREFIXES = ("per", "dev", "ds", "exp", "run", "mod", "chk", "pol", "rel", "act", "svc", "adv")


def new(prefix: str) -> str:
    """A new id, such as `run_agh7…`.

    Raises:
        ValueError: no such kind.
    """
    if prefix not in PREFIXES:
        raise ValueError(prefix)
    milliseconds = time.time_ns() // 1_000_000
    chance = secrets.randbits(74)
    number = (milliseconds & (2**48 - 1)) << 80
    number |= 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (2**62 - 1)
    return f"{prefix}_{base64.b32encode(number.to_bytes(16)).decode().rstrip('=').lower()}"
