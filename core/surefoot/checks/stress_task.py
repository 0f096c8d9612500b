"""The worker's part of the stress check: rows asked about one by one, on a clock that does not wait for answers.

A question's time runs from when it should have been asked, so that a slow answer makes the ones after it late too, as
it does to those who wait (Tene, "How not to measure latency"). The interval of the 95th percentile is by ranks.
"""

import os
import resource
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from surefoot.checks import answers, rows
from surefoot.checks.answers import Asker, Floats
from surefoot.checks.facts import Measure
from surefoot.checks.statistics import Z95
from surefoot.checks.stress import LATENCY, MEMORY
from surefoot.trail.canonical import decimal
from surefoot.workers import Request

_SHARE = 0.95
_ROWS = 200
_WARM = 20


def measure(request: Request) -> dict[str, Any]:
    """Asks, and takes the time.

    Returns:
        `measures`, the number of `rows`, and `evidence`.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    asker = answers.open_asker(request)
    table = answers.known_rows(request, "rows", asker.columns).select(asker.columns)[:_ROWS]
    if not len(table):
        lost = Measure(LATENCY, None, why="no_rows")
        return {"measures": [msgspec.to_builtins(lost)], "rows": 0, "evidence": {}}
    rate, seconds = int(request["settings"]["rate"]), int(request["settings"]["seconds"])
    taken = latencies(request, asker, table, rate=rate, count=rate * seconds)
    low, figure, high = percentile(taken)
    kept_up = float((taken < 1.0).mean())
    names = {"ms": f"{1000 * figure:.1f}", "rate": str(rate), "cores": str(os.cpu_count() or 1)}
    memory = _peak_mib()
    told_ms = [decimal(round(1000 * one, 4)) for one in (figure, low, high)]
    measures = [
        Measure(LATENCY, told_ms[0], told_ms[1], told_ms[2], len(taken), names=names),
        Measure(MEMORY, decimal(round(memory, 1)), smallest=len(taken), names={"mib": f"{memory:.0f}"}),
    ]
    evidence = {
        "rate": rate,
        "seconds": seconds,
        "answers": len(taken),
        "median_ms": 1000 * float(np.median(taken)),
        "p99_ms": 1000 * float(np.quantile(taken, 0.99)),
        "within_a_second": kept_up,
        "processors": os.cpu_count() or 1,
        "load": os.getloadavg()[0],
    }
    told = [msgspec.to_builtins(one) for one in measures]
    return {"measures": told, "rows": len(table), "evidence": answers.plain(evidence)}


def _peak_mib() -> float:
    """The most memory that this process has held, in MiB (VmHWM of proc(5)).

    Linux hands `ru_maxrss` down from whoever started a process, so it is used only where there is no /proc.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024


def latencies(request: Request, asker: Asker, table: pl.DataFrame, *, rate: int, count: int) -> Floats:
    """Seconds from when each question was due to when it was answered."""
    names = [one.name for one in asker.signature.outputs]
    inputs = asker.signature.inputs
    feeds = [
        {one.name: rows.tensor_of(table[place : place + 1][one.name], one) for one in inputs}
        for place in range(len(table))
    ]
    for place in range(_WARM):
        asker.graph.answer(feeds[place % len(feeds)], names)
    taken = np.zeros(count)
    start = time.perf_counter()
    for number in range(count):
        due = start + number / rate
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        asker.graph.answer(feeds[number % len(feeds)], names)
        taken[number] = time.perf_counter() - due
        if not number % rate:
            request.progress("checks.stress", number, count)
    return taken


def percentile(taken: Floats) -> tuple[float, float, float]:
    """The 95th percentile between its bounds: the answers whose ranks are 1.96 standard errors away from its own."""
    ordered = np.sort(taken)
    count = len(ordered)
    middle, reach = _SHARE * count, Z95 * (count * _SHARE * (1 - _SHARE)) ** 0.5
    places = [min(count - 1, max(0, int(rank))) for rank in (middle - reach, middle, np.ceil(middle + reach))]
    return float(ordered[places[0]]), float(ordered[places[1]]), float(ordered[places[2]])
