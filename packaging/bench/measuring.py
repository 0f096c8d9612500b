"""How the scripts of this folder measure, and the form in which they tell what they found.

Ours and what stands beside it take turns, so that whatever else the machine does hits both; each round waits a little
for a quiet moment. A figure is the median of the rounds, its spread the least and the greatest of them, and a ratio is
the median of the rounds' own ratios.
"""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 4.0  # seconds before one round
_ALL_PATIENCE = 60.0  # seconds in one script
_GLANCE = 0.15  # seconds
_QUIET = 0.15  # of one core

Rounds = Sequence[float]


def _busy() -> float:
    """CPU seconds of all processes since the machine started, without idling and waiting for disks."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]) / _TICKS


class _Patience:
    """Waits until the machine has next to nothing to do, but not for ever, and less and less often in vain."""

    def __init__(self) -> None:
        self._left = _ALL_PATIENCE

    def __call__(self) -> None:
        start = time.monotonic()
        deadline = start + min(_PATIENCE, self._left)
        while time.monotonic() < deadline:
            before = _busy()
            time.sleep(_GLANCE)
            if _busy() - before < _QUIET * _GLANCE:
                break
        self._left -= time.monotonic() - start


quiet = _Patience()


def in_turn(*works: Callable[[], float], repeats: int, warm: int = 1) -> tuple[Rounds, ...]:
    """What each of several works returned, round by round; the first `warm` rounds do not count."""
    rounds = []
    for number in range(warm + repeats):
        quiet()
        taken = [work() for work in works]
        if number >= warm:
            rounds.append(taken)
    return tuple(zip(*rounds, strict=True))


def seconds(command: Sequence[str], environment: dict[str, str], folder: Path | None = None) -> float:
    """Wall time of a whole process that has to succeed."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env=environment, check=False,
    )  # fmt: skip
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{list(command)}: {done.returncode}\n{done.stderr.decode(errors='replace')[-2000:]}")
    return taken


def tell(
    row: str, what: str, size: int, ours: Rounds, *, beside: tuple[str, Rounds] | None = None, **rest: str
) -> None:
    """Prints one finding as a line of JSON.

    Args:
        row: its number among the performance goals.
        what: what was done.
        size: how much of it.
        ours: the rounds.
        beside: name and rounds of the peer or limit; a single one is taken for each round.
        rest: `unit`, and `goal` where there is one.
    """
    line: dict[str, object] = {"row": row, "what": what, "size": size, "ours": statistics.median(ours)}
    line.update(spread=[min(ours), max(ours)], load=os.getloadavg()[0])
    if beside:
        name, values = beside
        pairs = zip(ours, values if len(values) == len(ours) else list(values) * len(ours), strict=True)
        line.update(peer=name, peer_or_limit=statistics.median(values), beside_spread=[min(values), max(values)])
        line["ratio"] = statistics.median(mine / theirs for mine, theirs in pairs)
    print(json.dumps({**line, **rest}), flush=True)


def proportional(pid: int) -> float:
    """MiB that a process holds, its share of what it shares counted once (proportional set size)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def family(pid: int) -> list[int]:
    """A process and all of its descendants."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in children.read_text().split()]
    return found
