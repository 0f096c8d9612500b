"""Who is who in a chart: a dot in the run's colour, its name, and its figures."""

from collections.abc import Sequence

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

    def __init__(self, series: int) -> None:
        super().__init__()
        self._series = series
        self.setFixedSize(QSize(22, 14))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = pen_of(self._series)
            pen.setWidthF(2.6)
            painter.setPen(pen)
            painter.drawLine(QPointF(1, 7), QPointF(21, 7))


class Legend(QWidget):
    """Shows the pinned runs, a row each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)

    def show_runs(self, pins: Sequence[tuple[int, Run]], metrics: Sequence[str], words: Words) -> None:
        """Shows other runs, with their values of the first metrics and how long they took."""
        cleared(self._grid)
        heads = (*metrics[:2], words("app.runs.column_seconds"))
        for place, name in enumerate(heads, start=2):
            self._grid.addWidget(Text(name, "caption"), 0, place, Qt.AlignmentFlag.AlignRight)
        for line, (series, run) in enumerate(pins, start=1):
            self._grid.addWidget(_Sample(series), line, 0)
            self._grid.addWidget(Elided(run.name), line, 1)
            for place, figure in enumerate(legend(run, metrics, words), start=2):
                self._grid.addWidget(Text(figure, "secondary"), line, place, Qt.AlignmentFlag.AlignRight)
