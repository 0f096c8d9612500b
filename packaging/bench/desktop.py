"""Row 10: the desktop over a million runs, on a screen that is not there.

The project is a real one (large_project.py), and so is the application: its whole window, its threads, its watchers;
the window is Qt's offscreen one. First paint is from the press on "Runs" to rows on the screen; a frame is one whole
drawing of the table after a step of the scroll bar; content after a jump is from the jump to true rows at the new
place, drawn; sort and filter are from the press to the new rows, drawn. Then all of it goes on while another process
keeps 50 runs going (live_runs.py). The longest stop is the longest time for which a timer of 4 ms was late while all of
that went on. Beside stands DuckDB with the bare question, asked afterwards. A start is a whole process from its exec
until Home is drawn with what the project holds (home_start.py). A quick round takes a small project and writes no page.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from measuring import proportional, quiet, tell
from screen import Screen
from surefoot.catalog.service import REST
from surefoot_app.__main__ import application
from surefoot_app.runs.page import RunsPage

HERE = Path(__file__).resolve().parent
WHOLE, SMALL, QUICK = 1_000_000, 5_000, 2_000
POINTS, FEW_POINTS = 1_000_000, 20_000  # of the newest run
STARTS, REPEATS = 5, 5
LIVE, LIVE_SECONDS, QUICK_SECONDS = 50, 30.0, 2.0
Rounds = list[float]


def p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def milliseconds(
    what: str, size: int, values: Sequence[float], goal: str = "", beside: tuple[str, Rounds] | None = None
) -> None:
    tell("10", what, size, [value * 1000 for value in values], beside=beside, unit="ms", goal=goal)


def made(folder: Path, runs: int) -> Path:
    """A project of so many runs, made where it is not there yet; beside it lies its state."""
    if not (folder / "large" / "surefoot.toml").exists():
        points = POINTS if runs > QUICK else FEW_POINTS
        command = [sys.executable, str(HERE / "large_project.py"), str(folder), str(runs), str(points)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment(folder))
    return folder / "large"


def environment(folder: Path) -> dict[str, str]:
    places = {name: str(folder / name.lower()) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"}


def starts(folder: Path, runs: int, goal: str) -> None:
    """Whole processes until Home is drawn, in turn with one that shows an empty window."""
    taken, first, bare = [], [], []
    for number in range(1 + (STARTS if runs > QUICK else 1)):
        shown, usable = started(folder, "home_start.py", str(made(folder, runs)))
        (empty,) = started(folder, "bare_window.py")
        if number:  # one to warm up: the first after an update compiles, and reads everything from the disk
            first.append(shown)
            taken.append(usable)
            bare.append(empty * 1000)
    milliseconds("start: exec to the first window", runs, first, "≤ 300 ms", ("Qt, an empty window", bare))
    milliseconds("start: exec to a usable Home", runs, taken, goal)


def started(folder: Path, script: str, *arguments: str) -> list[float]:
    """Seconds from the exec of a script to each time that it prints."""
    quiet()
    began = time.monotonic()
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment(folder))
    return [float(word) - began for word in done.stdout.splitlines()[-1].split()]


def still(screen: Screen, size: int) -> None:
    """All that can be done with the list, while nothing changes."""
    milliseconds("first paint of the panel, project open", size, [screen.open_runs()])
    screen.settle()
    screen.watch()
    frames = screen.frames()
    milliseconds("a frame while scrolling", size, frames, "≤ 16 ms")
    milliseconds("a frame while scrolling, 95 in 100", size, [p95(frames)], "≤ 33 ms")
    jumps = screen.jumps(random.Random(1))  # noqa: S311 - places, no secret
    milliseconds("content after a jump", size, jumps)
    milliseconds("content after a jump, 95 in 100", size, [p95(jumps)], "≤ 80 ms")
    listed = screen.page.list
    ways = ["-metric.m0", "metric.m0"] * REPEATS
    sorts = [settled(screen, "sort", lambda way=way: listed.set_sort(way)) for way in ways]  # type: ignore[misc]
    settled(screen, "sort", lambda: listed.set_sort(""))
    limits = [f"metric.m0 > 0.{990 + place}" for place in range(REPEATS)]
    filters = [settled(screen, "filter", lambda text=text: listed.set_where(text)) for text in limits]  # type: ignore[misc]
    settled(screen, "filter", listed.clear)
    looks(screen, size, "")
    milliseconds("longest stop of the window meanwhile", size, [screen.late], "≤ 50 ms")
    print(f"the longest stop was met at: {screen.worst}", file=sys.stderr)
    memory(screen, size, "")
    order = "SELECT hlc FROM runs ORDER BY metric['m0'] DESC NULLS LAST, hlc DESC"
    milliseconds("sort by a metric", size, sorts, "≤ 400 ms", bare(screen, order, len(sorts)))
    kept = "SELECT hlc FROM runs WHERE metric['m0'] > 0.99 ORDER BY hlc DESC"
    milliseconds("filter by a metric", size, filters, "≤ 100 ms", bare(screen, kept, REPEATS))


def settled(screen: Screen, doing: str, ask: Callable[[], object]) -> float:
    """As `answered`, once the question before has come to rest."""
    taken = screen.answered(doing, ask)
    screen.settle()
    return taken


def looks(screen: Screen, size: int, meanwhile: str) -> None:
    """Pins, comparison, menu of columns: what answers at once."""
    page = screen.page
    page.list.table.verticalScrollBar().setValue(0)
    screen.until(lambda: page.list.model.at(7) is not None)
    pins = [screen.look("pin", lambda at=at: page.list.toggle_pin(at)) for at in range(8)]  # type: ignore[misc]
    milliseconds(f"a pin, drawn; the newest run has a million points{meanwhile}", size, pins, "≤ 50 ms")
    views = ("trade", "difference", "curves") * 2
    turned = [screen.look("compare", lambda view=view: turn(page, view)) for view in views]  # type: ignore[misc]
    milliseconds(f"another view of 8 pinned runs, drawn{meanwhile}", size, turned, "≤ 50 ms")
    menus = [screen.look("columns", page.list.columns_button.fill) for _ in range(REPEATS)]
    milliseconds(f"the menu of 10,000 columns{meanwhile}", size, menus, "≤ 50 ms")
    for at in range(8):
        page.list.toggle_pin(at)


def turn(page: RunsPage, view: str) -> None:
    page.compare.segments.choose(view)
    page.compare.refresh()


def bare(screen: Screen, sql: str, times: int) -> tuple[str, Rounds]:
    """What the engine takes for the bare question."""
    catalog, taken = screen.desktop.session._benches.asked.catalog, []  # type: ignore[union-attr]  # noqa: SLF001 - beside it
    for _ in range(times):
        start = time.perf_counter()
        catalog.whole_numbers(sql)
        taken.append((time.perf_counter() - start) * 1000)
    return ("DuckDB, the bare question", taken)


def live(screen: Screen, project: Path, size: int) -> None:
    """The same while 50 runs are going on."""
    command = [sys.executable, str(HERE / "live_runs.py"), str(project), str(LIVE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        if writer.stdout.readline().strip() != "ready":
            raise SystemExit("no run went on")
        screen.until(lambda: any(row.live for _, row in screen.model.rows()))
        meanwhile(screen, size)
        writer.stdin.close()
        writer.wait()
    screen.settle()


def meanwhile(screen: Screen, size: int) -> None:
    told = f", {LIVE} runs going on"
    listed, chance = screen.page.list, random.Random(3)  # noqa: S311 - places, no secret
    found: dict[str, list[float]] = {"frame": [], "jump": [], "sort": [], "filter": []}
    values: set[float] = set()
    screen.watch()
    end = time.monotonic() + (LIVE_SECONDS if size > QUICK else QUICK_SECONDS)
    while time.monotonic() < end or not found["filter"]:
        found["frame"] += screen.frames(40)
        found["jump"] += screen.jumps(chance, 6)
        for way in ("-metric.m0", "metric.m0", ""):
            found["sort"].append(screen.answered("sort", lambda way=way: listed.set_sort(way)))  # type: ignore[misc]
        for limit in (990, 995):
            text = f"metric.m0 > 0.{limit}"
            found["filter"].append(screen.answered("filter", lambda text=text: listed.set_where(text)))  # type: ignore[misc]
        screen.answered("filter", listed.clear)
        screen.until(lambda: any(row.live for _, row in screen.model.rows()))
        values |= {value for _, row in screen.model.rows() for value in row.live.values()}
    looks(screen, size, told)
    if len(values) < LIVE:
        raise SystemExit(f"only {len(values)} live values were shown")
    milliseconds(f"a frame while scrolling{told}", size, found["frame"], "≤ 16 ms")
    milliseconds(f"a frame while scrolling, 95 in 100{told}", size, [p95(found["frame"])], "≤ 33 ms")
    milliseconds(f"content after a jump, 95 in 100{told}", size, [p95(found["jump"])], "≤ 80 ms")
    milliseconds(f"sort by a metric{told}", size, found["sort"], "≤ 400 ms")
    milliseconds(f"filter by a metric{told}", size, found["filter"], "≤ 100 ms")
    milliseconds(f"longest stop of the window meanwhile{told}", size, [screen.late], "≤ 50 ms")
    print(f"the longest stop was met at: {screen.worst}", file=sys.stderr)
    memory(screen, size, told)


def memory(screen: Screen, size: int, told: str) -> None:
    """Right after the work, and once what a question had needed has been given back."""
    tell("10", f"memory of the process right after{told}", size, [proportional(os.getpid())], unit="MiB")
    end = time.monotonic() + REST + 2
    screen.until(lambda: time.monotonic() > end)
    tell("10", f"memory of the process{told}", size, [proportional(os.getpid())], unit="MiB", goal="≤ 400 MiB")


def measured(folder: Path, size: int) -> None:
    """The window itself, in this process."""
    project = made(folder, size)
    os.environ.update(environment(folder))
    app = application(["bench"])
    screen = Screen(app, project, folder / "desktop.ini")
    screen.settle()
    still(screen, size)
    live(screen, project, size)
    screen.desktop.window.close()
    screen.desktop.shut()
    # A supervisor that was woken, be it just now, ends once it has nothing to watch; until then it writes there.
    while is_named(project):
        time.sleep(0.1)


def is_named(project: Path) -> bool:
    """Whether the command of another process names a project."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if path.parent.name != str(os.getpid()) and bytes(project) in path.read_bytes():
                return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="not used: no peer has such a table")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} runs")
    parser.add_argument("--folder", type=Path, help="keeps the projects here, and takes those that are there")
    options = parser.parse_args()
    size = QUICK if options.quick else WHOLE
    with tempfile.TemporaryDirectory(prefix="surefoot-bench-") as name:
        folder = options.folder or Path(name)
        if not options.quick:
            starts(folder / str(SMALL), SMALL, "≤ 800 ms at 5,000")
        starts(folder / str(size), size, "≤ 1,500 ms at 1,000,000")
        measured(folder / str(size), size)


if __name__ == "__main__":
    main()
