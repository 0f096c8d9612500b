"""P16: a real wrapper is stopped, or its lease ends, while clients ask it without a pause; when was its last answer?

Time is that of one clock on one machine: the order counts from the moment when it lies in the state folder, an answer
from the moment when a client has the whole of it.
"""

import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.service import ROW, Site, content

CLIENTS = 4
_PATIENCE = 60.0
_AFTER = 0.6
"""Seconds for which clients go on asking after the first refusal: an answer among refusals would be seen."""


@dataclass
class _Crowd:
    """Clients that ask until they are told to rest.

    Attributes:
        last: when the last answer was there. refused: when the first refusal was there, or 0.
    """

    site: Site
    last: float = 0.0
    refused: float = 0.0
    is_over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """One client."""
        while not self.is_over.is_set():
            status = self.site.ask(body={"rows": [ROW]}).status
            now = time.time()
            if status == 200:
                self.last = max(self.last, now)
            elif not self.refused:
                self.refused = now

    def watched(self, act: Callable[[], float]) -> float:
        """Seconds from the moment that `act` returns to the last answer."""
        threads = [threading.Thread(target=self.ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            since, until = act(), time.monotonic() + _PATIENCE
            while not self.refused and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(_AFTER)
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()
        return self.last - since if self.refused else _PATIENCE


def stopped(folder: Path, seed: int) -> float:
    """One trial: seconds from the order to the last answer. Orders are signed ones and plain files in turn."""
    chance = random.Random(seed)

    def order() -> float:
        time.sleep(chance.random() * 0.5)
        if seed % 2:
            (site.state / "STOP").touch()
        else:
            site.write_stop()
        return time.time()

    site = Site(folder).build(content(requests_per_minute=10_000_000, requests_per_day=10_000_000))
    try:
        return _Crowd(site.start()).watched(order)
    finally:
        site.end()


def expired(folder: Path, seed: int) -> float:
    """One trial: seconds from the end of the lease to the last answer, below 0 where that came before."""
    site = Site(folder).build(content(requests_per_minute=10_000_000, requests_per_day=10_000_000))
    try:
        site.start()
        lasting = 1.5 + random.Random(seed).random()
        site.write_lease(2, seconds=lasting)
        end = time.time() + lasting
        site.wait_for("ready", lease_version=2)
        return _Crowd(site).watched(lambda: end)
    finally:
        site.end()


def trials(base: Path, count: int, trial: Callable[[Path, int], float]) -> list[float]:
    """So many trials, from the shortest to the longest."""
    found = []
    for seed in range(count):
        folder = base / f"{trial.__name__}-{seed}"
        folder.mkdir()
        found.append(trial(folder, seed))
    return sorted(found)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that at least this share does not exceed."""
    return ordered[max(1, math.ceil(share * len(ordered))) - 1]
