"""Who is who in a chart: a dot in the run's colour, its name, and its figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from surefoot.runs.facts import Run
from surefoot.texts import Words
from surefoot_app.runs.comparing import legend
from surefoot_app.widgets.boxes import cleared
from surefoot_app.widgets.chart import pen_of
from surefoot_app.widgets.text import Elided, Text


class _Sample(QWidget):
    """A short piece of a run's line, with its dashes."""

    def __init__(self) -> None:
        super().__init__()
        self._series = 0
        self.setFixedSize(QSize(22, 14))

    def set(self, series: int) -> None:
        """Shows the line of another run."""
        if series != self._series:
            self._series = series
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = pen_of(self._series)
            pen.setWidthF(2.6)
            painter.setPen(pen)
            painter.drawLine(QPointF(1, 7), QPointF(21, 7))


@dataclass(frozen=True, slots=True)
class _Row:
    sample: _Sample
    name: Elided
    figures: tuple[Text, ...]

    @property
    def parts(self) -> tuple[QWidget, ...]:
        return (self.sample, self.name, *self.figures)


class Legend(QWidget):
    """Shows the pinned runs, a row each. Rows are kept: to make them anew at each pin takes longer than to draw it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: list[Text] = []
        self._rows: list[_Row] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)

    def show_runs(self, pins: Sequence[tuple[int, Run]], metrics: Sequence[str], words: Words) -> None:
        """Shows other runs, with their values of the first metrics and how long they took."""
        heads = (*metrics[:2], words("app.runs.column_seconds"))
        if len(heads) != len(self._heads):
            self._begin(len(heads))
        for head, name in zip(self._heads, heads, strict=True):
            head.setText(name)
        while len(self._rows) < len(pins):
            self._add()
        for row, (series, run) in zip(self._rows, pins, strict=False):
            row.sample.set(series)
            row.name.set_text(run.name)
            for figure, text in zip(row.figures, legend(run, metrics, words), strict=True):
                figure.setText(text)
        for line, row in enumerate(self._rows):
            for part in row.parts:
                part.setVisible(line < len(pins))

    def _begin(self, columns: int) -> None:
        cleared(self._grid)
        self._rows = []
        self._heads = [Text("", "caption") for _ in range(columns)]
        for place, head in enumerate(self._heads, start=2):
            self._grid.addWidget(head, 0, place, Qt.AlignmentFlag.AlignRight)

    def _add(self) -> None:
        made = _Row(_Sample(), Elided(), tuple(Text("", "secondary") for _ in self._heads))
        self._rows.append(made)
        sides = (Qt.AlignmentFlag(0), Qt.AlignmentFlag(0), *(Qt.AlignmentFlag.AlignRight for _ in self._heads))
        for place, (part, side) in enumerate(zip(made.parts, sides, strict=True)):
            self._grid.addWidget(part, len(self._rows), place, side)
