"""Rows that open, and figures that are drawn: they say in words what they show, and draw whatever they are given."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from surefoot_app.widgets.bars import BarRows, NamedBar, Span, SpanBar
from surefoot_app.widgets.scatter import Edge, Scatter, Spot, Spread
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.unfolding import Heading, UnfoldingRow

HEADING = Heading("one", "Fairness", "The gap is small.", "passed", "ok", "limit ≤ 5 %")


def _inked(widget: QWidget) -> int:
    """How many colours a widget is drawn in."""
    image = widget.grab().toImage()
    return len({image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)})


def test_what_a_row_holds_is_made_when_it_is_opened_and_let_go_when_it_is_closed(qtbot: QtBot) -> None:
    made: list[int] = []

    def fill() -> list[QWidget]:
        made.append(1)
        return [Text("inside")]

    row = UnfoldingRow(HEADING, ("Details", "Close"), fill)
    qtbot.addWidget(row)
    assert made == []
    row.turn()
    row.turn()
    assert not row.is_open
    row.turn()
    assert (made, row.is_open) == ([1, 1], True)
    assert "Fairness" in row.accessibleName()
    assert "Close: Fairness" in row._button.accessibleName()


@pytest.mark.parametrize(
    "span",
    [Span(0.1), Span(0, 0, 0, 0), Span(0.119, 0.06, 0.17, 0.05), Span(0.8, 0.7, 0.9, 0.75, is_least=True), Span(-1e9)],
)
def test_a_figure_is_drawn_on_its_interval(span: Span, qtbot: QtBot) -> None:
    bar = SpanBar(span, "bad", "the gap: 11.9 %")
    qtbot.addWidget(bar)
    assert _inked(bar) > 2
    assert bar.accessibleName() == "the gap: 11.9 %"


def test_bars_say_their_figures(qtbot: QtBot) -> None:
    bars = BarRows(
        "Who is told yes", [NamedBar("a very long name of a group " * 4, 0.0, "0 %"), NamedBar("b", 1, "1 %")]
    )
    qtbot.addWidget(bars)
    assert "b 1 %" in bars.accessibleName()
    assert _inked(bars) > 2


@pytest.mark.parametrize(
    "spots", [[], [Spot("1", "one", 1, 1, "chosen")], [Spot("a", "A", 0, 1), Spot("b", "B", 2, 3, "live")]]
)
def test_points_are_drawn_with_limits_or_without(spots: list[Spot], qtbot: QtBot) -> None:
    edges = (Edge(0.5, is_least=True), Edge(2, is_least=False))
    for spread in (Spread(spots), Spread(spots, [(0, 1)], *edges)):
        scatter = Scatter("points")
        scatter.set(spread, "two points")
        qtbot.addWidget(scatter)
        assert (_inked(scatter) > 2) == bool(spots)


def test_a_point_is_walked_to_told_and_chosen_by_keys(qtbot: QtBot) -> None:
    scatter = Scatter("points")
    qtbot.addWidget(scatter)
    scatter.resize(300, 200)
    spots = [Spot("b", "B", 2.0, 1.0, series=0), Spot("a", "A", 1.0, 3.0)]
    edges = (Edge(1.5, is_least=True), Edge(2.0, is_least=False))
    scatter.set(Spread(spots, [(1.0, 3.0), (2.0, 1.0)], *edges, ("auc", "gap")), "two points")
    plain = scatter.grab().toImage()
    chosen = QSignalSpy(scatter.chosen)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(scatter, key)
    assert chosen.at(0) == ["b"]
    assert scatter.accessibleDescription() == "B, auc  2, gap  1"
    assert scatter.grab().toImage() != plain, "what it is stands beside it"
    QTest.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=scatter._at(1.0, 3.0).toPoint())
    assert chosen.at(1) == ["a"]


SCALED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from surefoot_app.widgets.parallel import ParallelAxes, Strand
app = QApplication([])
begun = []
class Counted(ParallelAxes):
    def _begin(self):
        begun.append(1)
        super()._begin()
axes = Counted("axes")
axes.resize(301, 161)
axes.set(("a", "b"), [Strand((n % 7, n % 5)) for n in range(350)], "many")
axes.show()
QTimer.singleShot(500, app.quit)
app.exec()
print(len(begun), axes._mass.size() == axes._pixels(), not axes._drawing.isActive())
"""


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5"])
def test_lines_are_drawn_once_whatever_a_pixel_of_the_screen_is(scale: str) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
    done = subprocess.run([sys.executable, "-c", SCALED], capture_output=True, text=True, check=True, env=env)
    assert done.stdout == "1 True True\n"
