"""The window stays alive while the list of runs works, and a start loads what Home needs.

A small list with all that makes large ones slow: ten thousand names, hundreds of runs with figures of their own.
What is measured is the processor time of the GUI's own thread, which other work on the machine does not stretch.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot.runs.listing import Known
from surefoot_app.runs.asking import Listed, usual
from surefoot_app.runs.comparing import sample
from surefoot_app.runs.page import RunsPage
from surefoot_app.shell.desk import Desk
from tests.gallery.runs import RUNS

LONGEST = 0.05  # seconds
KNOWN = Known(tuple(f"m{n:05}" for n in range(10_000)), tuple(f"p{n}" for n in range(20)))
MANY = [
    replace(
        RUNS[at % len(RUNS)],
        run=f"run_many{at}",
        metrics={"auc": {"last": str(at / 400)}, f"m{at:05}": {"last": "1.0"}},
        parameters={f"p{n}": at * n for n in range(10)},
    )
    for at in range(400)
]


def held(work: Callable[[], object]) -> float:
    """Seconds for which the thread worked, until everything is painted; the best of three."""
    taken = []
    for _ in range(3):
        QApplication.processEvents()
        start = time.thread_time()
        work()
        QApplication.processEvents()
        taken.append(time.thread_time() - start)
    return min(taken)


@pytest.fixture
def full(desk: Desk, qtbot: QtBot) -> RunsPage:
    page = RunsPage(desk)
    qtbot.addWidget(page)
    page.resize(1440, 900)
    source = page.list.source
    assert source.found is not None
    source.found = replace(source.found, known=KNOWN)
    page.compare.show_sample(sample(MANY, 1_000_000))
    page.show()
    qtbot.waitExposed(page)
    return page


def listed(page: RunsPage, **changes: object) -> Listed:
    found = page.list.source.found
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]


def test_an_answer_is_taken_in_time(full: RunsPage) -> None:
    assert held(lambda: full.list.show_listed(listed(full))) < LONGEST


def test_the_menu_of_ten_thousand_columns_opens_in_time_and_finds_each(full: RunsPage) -> None:
    button = full.list.columns_button
    assert held(button.fill) < LONGEST
    assert sum(act.isCheckable() for act in button.menu().actions()) < 60
    button.search.setText("09999")
    button.search.textEdited.emit("09999")
    assert [act.text() for act in button.menu().actions() if act.isCheckable()] == ["m09999"]
    wanted: list[object] = []
    before = full.list.source.shown_columns()
    button.wanted.connect(wanted.append)
    next(act for act in button.menu().actions() if act.isCheckable()).trigger()
    assert wanted == [(*before, "metric.m09999")]


def test_a_pin_is_drawn_in_time(full: RunsPage) -> None:
    assert held(lambda: full.list.toggle_pin(4)) < LONGEST


def test_live_values_and_other_columns_are_drawn_in_time(full: RunsPage) -> None:
    values = iter(range(1, 10))
    assert held(lambda: full.list.model.set_live({run.run: {"auc": next(values)} for run in RUNS[:1]})) < LONGEST
    sets = iter([("seed",), ("seed", "commit"), ("metric.auc",)])
    assert held(lambda: full.list.set_columns(next(sets))) < LONGEST


def test_the_usual_columns_of_ten_thousand_are_found_at_once() -> None:
    assert held(lambda: [usual(KNOWN, ("m00007",)) for _ in range(1000)]) < LONGEST
    assert usual(KNOWN, ("m00007",)) == ("metric.m00007", "metric.m00000", "seconds", "started")


@pytest.mark.parametrize("heavy", ["polars", "numpy", "onnx", "onnxruntime", "pyqtgraph", "mlflow", "asyncio"])
def test_a_start_does_not_load(heavy: str) -> None:
    assert heavy not in loaded()


def test_a_start_loads_no_page_but_home() -> None:
    pages = {name for name in loaded() if name.startswith("surefoot_app.") and name.endswith(".page")}
    assert pages == {"surefoot_app.home.page"}
    assert "surefoot.guide.sample" not in loaded()


_loaded: set[str] = set()


def loaded() -> set[str]:
    """The modules that a start has loaded before a window is there."""
    if not _loaded:
        code = "import sys, surefoot_app.__main__; print(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
        _loaded.update(done.stdout.split())
    return _loaded
