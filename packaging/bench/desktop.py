"""Row 10 and the run rows of the desktop: the table of runs over a catalog, on a screen that is not there.

The real page asks a real catalog through the real threads; the window is Qt's offscreen one. First paint is from the
first question to rows on the screen; a frame is one whole drawing of the table after a step of the scroll bar; content
after a jump is from the jump to true rows at the new place; sort and filter are from the press to the new first row.
The longest stop is the longest time for which a timer of 4 ms was late while all of that went on. Beside stands DuckDB
with the bare question. A quick round takes a small catalog and writes no page.
"""

import argparse
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from catalog import FEEDS, WS, event_of, line_of
from measuring import proportional, tell
from surefoot.catalog import Catalog
from surefoot.runs import tables
from surefoot.runs.listing import Listing
from surefoot.trail.facts import SEGMENT, Page
from surefoot_app import theme
from surefoot_app.__main__ import application
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Project, Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.runs.page import RunsPage
from surefoot_app.shell.desk import Desk

WHOLE, QUICK = 1_000_000, 20_000
FRAMES, JUMPS, REPEATS = 200, 40, 5
LIVE = 50
_LONGEST = 60.0  # seconds that anything may take


class Growing:
    """A record that is made while it is read, so that a million runs need no memory."""

    ws = WS

    def __init__(self, runs: int) -> None:
        self._runs = runs

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        """All requests, then all ends, from what is known on."""
        for side in (0, 1):
            for first in range((after or {}).get(FEEDS[side], 0), self._runs, SEGMENT):
                some = [event_of(2 * run + side) for run in range(first, min(self._runs, first + SEGMENT))]
                yield Page(
                    FEEDS[side], first, [one.leaf for one in some], [line_of(one) for one in some],
                    [msgspec.json.encode(one.body) for one in some],
                )  # fmt: skip

    def sizes(self) -> dict[str, int]:
        """As a trail does."""
        return dict.fromkeys(FEEDS, self._runs)


class Screen:
    """The page of runs on an invisible window, over a catalog."""

    def __init__(self, app: QApplication, catalog: Catalog, folder: Path) -> None:
        self.app = app
        self.session = Session(Tasks())
        # What the page asks: the real rooms, without a trail behind them.
        nothing: Callable[..., Any] = lambda *_args, **_more: {}  # noqa: E731 - a stand-in of one line
        runs = SimpleNamespace(listing=Listing(catalog, lambda: None), newest=nothing, curves=nothing, compare=nothing)
        bench = SimpleNamespace(runs=runs, catalog=catalog, own_state=folder, close=lambda: None)
        self.session._asked = cast("Any", bench)  # noqa: SLF001 - no project lies behind it
        self.session.project = Project(folder, "bench", WS, is_sample=True, is_solo=True)
        self.desk = Desk(self.session, Events(self.session), Settings(folder / "desktop.ini"))
        self.late = 0.0
        self._beat = time.perf_counter()
        self._timer = QTimer(interval=4)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late, self._beat = max(self.late, now - self._beat - 0.004), now

    def watch(self) -> None:
        """Begins to note how late the timer is."""
        self.late, self._beat = 0.0, time.perf_counter()
        self._timer.start()

    def until(self, is_so: Callable[[], bool]) -> float:
        """Lets the window live until something is so; returns the seconds."""
        start = time.perf_counter()
        while not is_so():
            self.app.processEvents()
            if time.perf_counter() - start > _LONGEST:
                raise SystemExit("it never came")
        return time.perf_counter() - start

    def open(self) -> float:
        """Shows the page; returns the seconds until rows are drawn."""
        start = time.perf_counter()
        self.page = RunsPage(self.desk)
        self.page.resize(1440, 900)
        self.page.show()
        self.table, self.model = self.page.list.table, self.page.list.model
        self.until(lambda: self.model.at(0) is not None)
        self.table.viewport().grab()
        taken = time.perf_counter() - start
        self.settle()
        return taken

    def settle(self) -> None:
        """Waits until nothing is asked and nothing waits to be told."""
        self.until(lambda: self.session.tasks.is_idle)
        self.app.processEvents()

    def frames(self) -> list[float]:
        """Seconds of single frames while the list is scrolled by three rows each."""
        bar, taken = self.table.verticalScrollBar(), []
        bar.setValue(0)
        for _ in range(FRAMES):
            bar.setValue(bar.value() + 3 * 34)
            start = time.perf_counter()
            self.table.viewport().grab()
            taken.append(time.perf_counter() - start)
            self.app.processEvents()
        return taken

    def jumps(self) -> list[float]:
        """Seconds until true rows stand at a place that was jumped to."""
        bar, taken, chance = self.table.verticalScrollBar(), [], random.Random(1)  # noqa: S311 - places, no secret
        for _ in range(JUMPS):
            bar.setValue(chance.randrange(bar.maximum()))
            start = time.perf_counter()
            self.table.viewport().grab()
            self.until(lambda: self.model.at(self.page.list.seen()[1]) is not None)
            self.table.viewport().grab()
            taken.append(time.perf_counter() - start)
        return taken

    def answered(self, ask: Callable[[], object]) -> float:
        """Seconds until the list has answered, and is drawn."""
        self.settle()
        before = self.model.order
        start = time.perf_counter()
        ask()
        self.until(lambda: self.model.order is not before)
        self.table.viewport().grab()
        return time.perf_counter() - start

    def live(self) -> float:
        """Seconds of a second's worth of live values: so many runs change, and the table is drawn."""
        rows = [row for _, row in self.model.rows()][:LIVE]
        values = {row.run.run: {"m0": random.random()} for row in rows}  # noqa: S311 - figures, no secret
        start = time.perf_counter()
        self.model.set_live(values)
        self.table.viewport().grab()
        return time.perf_counter() - start


def p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def bare(catalog: Catalog, sql: str, times: int = REPEATS) -> list[float]:
    """What the engine takes for the bare question, in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        catalog.whole_numbers(sql)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def measured(screen: Screen, catalog: Catalog, size: int) -> None:
    def milliseconds(what: str, values: Sequence[float], goal: str, beside: list[float] | None = None) -> None:
        limit = ("DuckDB, the bare question", beside) if beside else None
        tell("10", what, size, [value * 1000 for value in values], beside=limit, unit="ms", goal=goal)

    milliseconds("first paint of the panel, project open", [screen.open()], "≤ 1,500 ms at 1,000,000")
    screen.watch()
    frames = screen.frames()
    milliseconds("a frame while scrolling", frames, "≤ 16 ms")
    milliseconds("a frame while scrolling, 95 in 100", [p95(frames)], "≤ 33 ms")
    jumps = screen.jumps()
    milliseconds("content after a jump", jumps, "")
    milliseconds("content after a jump, 95 in 100", [p95(jumps)], "≤ 80 ms")
    ways = [("-metric.m0", "metric.m0") for _ in range(REPEATS)]
    sorts = [screen.answered(lambda sort=sort: screen.page.list.set_sort(sort)) for pair in ways for sort in pair]  # type: ignore[misc]
    screen.answered(lambda: screen.page.list.set_sort(""))
    order = "SELECT hlc FROM runs ORDER BY metric['m0'] DESC NULLS LAST, hlc DESC"
    milliseconds("sort by a metric", sorts, "≤ 400 ms", bare(catalog, order, len(sorts)))
    limits = [f"metric.m0 > 0.{990 + place}" for place in range(REPEATS)]
    filters = [screen.answered(lambda text=text: screen.page.list.set_where(text)) for text in limits]  # type: ignore[misc]
    kept = "SELECT hlc FROM runs WHERE metric['m0'] > 0.99 ORDER BY hlc DESC"
    milliseconds("filter by a metric", filters, "≤ 100 ms", bare(catalog, kept))
    screen.answered(screen.page.list.clear)
    milliseconds(f"{LIVE} runs change and are drawn", [screen.live() for _ in range(20)], "≤ 16 ms")
    milliseconds("longest stop of the window meanwhile", [screen.late], "≤ 50 ms")
    tell("10", "memory of the process", size, [proportional(os.getpid())], unit="MiB", goal="≤ 400 MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="not used: no peer has such a table")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} runs")
    parser.add_argument("--folder", type=Path, help="keeps the catalog here, and takes one that is there")
    options = parser.parse_args()
    size = QUICK if options.quick else WHOLE
    folder = options.folder or Path(tempfile.mkdtemp(prefix="surefoot-bench-"))
    try:
        Catalog.open(folder / "catalog", Growing(size), tables.REDUCERS).close()
        app = application(["bench"])
        theme.theme().apply(mode="light")
        with Catalog.open(folder / "catalog", Growing(size), tables.REDUCERS) as catalog:
            screen = Screen(app, catalog, folder)
            measured(screen, catalog, size)
            screen.page.close()
            screen.session.shut()
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
