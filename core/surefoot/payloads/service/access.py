"""Who may ask, and how much: bearer tokens, a rate and a day's budget for each.

Only SHA-256 of a token is kept. A token is compared with every known one in constant time, so an answer's time says
nothing about how close a guess was. The rate is a bucket that holds one minute's requests and refills steadily.
"""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from surefoot.payloads.service import places
from surefoot.payloads.service.clock import Clock
from surefoot.payloads.service.documents import Access, Limits, parsed
from surefoot.payloads.service.places import Memory, Spent
from surefoot.payloads.service.refusals import Reason, RefusedError

_DAY = 86_400_000
_PREFIX = b"Bearer "


@dataclass(slots=True)
class Caller:
    """A token and what it has left."""

    name: str
    sha256: str
    left: float
    filled: float
    spent: Spent


class Callers:
    """Every token that may ask."""

    def __init__(self, state: Path, limits: Limits, *, memory: Memory, clock: Clock) -> None:
        """Reads `access.json`.

        Raises:
            RefusedError: it cannot be read.
        """
        self._path = state / places.ACCESS_FILE
        self._limits = limits
        self._memory = memory
        self._clock = clock
        self._mark: tuple[int, ...] = ()
        self._callers: tuple[Caller, ...] = ()
        self.look()
        if not self._mark:
            raise RefusedError(Reason.ANCHOR, f"{places.ACCESS_FILE} cannot be read")

    def look(self) -> None:
        """Reads the tokens again where the file changed; without a readable file nobody may ask."""
        try:
            facts = self._path.lstat()
            mark: tuple[int, ...] = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
            if mark == self._mark:
                return
            access = parsed(places.read_limited(self._path), Access)
        except (OSError, ValueError):
            self._mark, self._callers = (), ()
            return
        known = {(each.name, each.sha256): each for each in self._callers}
        self._callers = tuple(
            known.get((token.name, token.sha256)) or self._fresh(token.name, token.sha256)
            for token in access.tokens
            if not token.revoked
        )
        self._mark = mark

    def _fresh(self, name: str, sha256: str) -> Caller:
        spent = self._memory.spent.setdefault(sha256, Spent(day=0, requests=0))
        return Caller(name, sha256, float(self._limits.requests_per_minute), self._clock.steady(), spent)

    def known(self, header: bytes) -> Caller | None:
        """Whose token an Authorization header holds."""
        if not header.startswith(_PREFIX):
            return None
        given = hashlib.sha256(header[len(_PREFIX) :].strip()).hexdigest()
        found = None
        for caller in self._callers:
            if hmac.compare_digest(caller.sha256, given):
                found = caller
        return found

    def wait(self, caller: Caller) -> float:
        """Takes one request from what the caller has left; 0, or how many seconds to wait."""
        now = self._clock.steady()
        rate = self._limits.requests_per_minute / 60
        caller.left = min(self._limits.requests_per_minute, caller.left + (now - caller.filled) * rate)
        caller.filled = now
        if caller.left < 1:
            return (1 - caller.left) / rate
        present = self._clock.now()
        if caller.spent.day != present // _DAY:
            caller.spent.day, caller.spent.requests = present // _DAY, 0
        if caller.spent.requests >= self._limits.requests_per_day:
            return (_DAY - present % _DAY) / 1000
        caller.left -= 1
        caller.spent.requests += 1
        return 0.0
