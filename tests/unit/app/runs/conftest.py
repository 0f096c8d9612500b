"""Qt without a screen, and a desk over invented runs."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from surefoot.errors import Code, InputRefusedError
from surefoot.runs.facts import Run
from surefoot.runs.listing import Known, Order
from surefoot_app import theme
from surefoot_app.__main__ import application
from surefoot_app.shell.desk import Desk
from tests.fakes.desk import fake_desk
from tests.gallery.runs import RUNS


class FakeListing:
    """Runs in memory; a filter that begins with `state =` is obeyed, `wrong` is refused."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = list(runs)
        self.pages: list[int] = []

    def order(self, *, where: str = "", also: str = "", sort: str = "") -> Order:
        if "wrong" in where:
            raise InputRefusedError(Code.FILTER_NAME, text=where, name="wrong", place=1, near="metric.auc")
        kept = [place for place, run in enumerate(self.runs) if not where or run.state == where.partition("= ")[2]]
        if also == "state = finished":
            kept = [place for place in kept if self.runs[place].state == "finished"]
        if sort.startswith("-"):
            kept.reverse()
        return Order(np.array(kept, dtype=np.int64))

    def page(self, order: Order, first: int, most: int) -> Sequence[Run]:
        self.pages.append(first)
        return [self.runs[int(key)] for key in order.keys[first : first + most]]

    def place(self, order: Order, run: str) -> int:
        return next((at for at, key in enumerate(order.keys) if self.runs[int(key)].run == run), -1)

    def count(self) -> int:
        return len(self.runs)

    def known(self) -> Known:
        return Known(("auc", "gap", "loss"), ("depth", "rate", "trees"))

    def span(self, _metric: str) -> tuple[float, float]:
        return 0.7, 0.82


class FakeRuns:
    """The room of runs, as far as the panel asks it."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.listing = FakeListing(runs)
        self.live: Mapping[str, Mapping[str, float]] = {}
        self.cancelled: list[str] = []
        self.drawn: list[str] = []

    def newest(self, runs: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        return {run: self.live[run] for run in runs if run in self.live}

    def curves(self, run: str) -> Mapping[str, Sequence[tuple[float, float]]]:
        self.drawn.append(run)
        return {"auc": [(1, 0.5), (2, 0.7)]}

    def show(self, ref: str) -> Run:
        return next(run for run in self.listing.runs if run.run == ref)

    def log(self, _ref: str, *, offset: int = 0) -> tuple[bytes, int]:
        text = b"epoch 1\nepoch 2\n"[offset:]
        return text, offset + len(text)

    def compare(self, _refs: Sequence[str], *, everything: bool = False) -> Sequence[object]:
        return []

    def cancel(self, ref: str, *, leave: object = None) -> Run:
        self.cancelled.append(ref)
        return self.show(ref)


@pytest.fixture(scope="session", autouse=True)
def app() -> QApplication:
    made = QApplication.instance()
    app = made if isinstance(made, QApplication) else application(["test"])
    theme.theme().apply(mode="light")
    return app


@pytest.fixture
def runs() -> FakeRuns:
    return FakeRuns(RUNS)


@pytest.fixture
def desk(runs: FakeRuns, tmp_path: Path) -> Iterator[Desk]:
    bench = SimpleNamespace(runs=runs, own_state=tmp_path / "state", checks=SimpleNamespace(list=lambda _ref: ()))
    desk = fake_desk(bench, tmp_path)
    yield desk
    desk.session.shut()
