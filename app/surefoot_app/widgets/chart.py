"""Lines over a common axis, drawn small (`Sparkline`) or whole (`LineChart`), with a sentence for who cannot see them.

Drawn with QPainter, so that no plotting library has to be loaded; for up to some thousand points a line.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from surefoot_app.theme import Weight, made, px, tokens
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text

_DASHES: tuple[list[float], ...] = ([], [6.0, 3.0], [2.0, 2.0], [8.0, 3.0, 2.0, 3.0])
_PLACES = 5  # ticks on an axis, about


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, and its points in the order of x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit drawn across: where, and what it is called."""

    at: float
    name: str


def brief(value: float, digits: int = 4) -> str:
    """A figure with so many digits that count, as the language in force writes it."""
    return QLocale().toString(float(value), "g", digits)


def ticks(low: float, high: float) -> list[float]:
    """Round values from `low` to `high`, about five."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return [low]
    raw = (high - low) / _PLACES
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _range(values: Sequence[float]) -> tuple[float, float]:
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    return (low - 0.5, high + 0.5) if low == high else (low, high)


class _Plot(QWidget):
    """The drawing of a chart."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self.goal: Goal | None = None
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(made(px(11)))
            points = [point for line in self.lines for point in line.points]
            if not points:
                return
            (left, right), (low, high) = _range([x for x, _ in points]), _range([y for _, y in points])
            if self.goal is not None:
                low, high = min(low, self.goal.at), max(high, self.goal.at)
            pad = (high - low) * 0.06
            low, high = low - pad, high + pad
            frame = QRectF(px(38), 8, max(1, self.width() - px(38) - 10), max(1, self.height() - 8 - px(24)))

            def place(x: float, y: float) -> QPointF:
                return QPointF(
                    frame.left() + (x - left) / (right - left) * frame.width(),
                    frame.bottom() - (y - low) / (high - low) * frame.height(),
                )

            self._axes(painter, frame, ticks(left, right), ticks(low, high), place)
            drawn = [[place(x, y) for x, y in line.points] for line in self.lines]
            for number, spots in enumerate(drawn):
                painter.setPen(pen_of(number))
                painter.drawPolyline(QPolygonF(spots))
            if self.goal is not None:
                everything = [spot for spots in drawn for spot in spots]
                self._goal(painter, frame, self.goal, place(left, self.goal.at).y(), everything)

    def _axes(
        self,
        painter: QPainter,
        frame: QRectF,
        across: Sequence[float],
        up: Sequence[float],
        place: Callable[[float, float], QPointF],
    ) -> None:
        grid, muted = QColor(tokens().muted), QColor(tokens().muted)
        grid.setAlphaF(0.12)
        for value in up:
            y = place(across[0], value).y()
            painter.setPen(grid)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(muted)
            rect = QRectF(0, y - 10, frame.left() - 8, 20)
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, brief(value))
        for value in across:
            x = place(value, up[0]).x()
            rect = QRectF(x - 30, frame.bottom() + 4, 60, px(18))
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, brief(value))

    def _goal(self, painter: QPainter, frame: QRectF, goal: Goal, y: float, drawn: Sequence[QPointF]) -> None:
        painter.setPen(QPen(QColor(tokens().ok), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        font = made(px(12), Weight.MEDIUM)
        painter.setFont(font)
        width, height = QFontMetrics(font).horizontalAdvance(goal.name), px(18)
        spots = [
            QRectF(left, top, width, height)
            for top in (y - height - 2, y + 3)
            for left in (frame.left() + 8, frame.right() - width - 4, frame.center().x() - width / 2)
        ]
        free = (spot for spot in spots if not any(spot.contains(point) for point in drawn))
        painter.drawText(next(free, spots[0]), Qt.AlignmentFlag.AlignVCenter, goal.name)


def pen_of(number: int) -> QPen:
    """The pen of a line by its place: five colours, and dashes from the sixth on."""
    series = tokens().series
    pen = QPen(QColor(series[number % len(series)]), 1.8)
    dashes = _DASHES[min(number // len(series), len(_DASHES) - 1)]
    if dashes:
        pen.setDashPattern(dashes)
    return pen


class _Legend(QWidget):
    """The lines by name, each with its last value, under the drawing: nothing floats over it."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Line] = ()

    def set(self, lines: Sequence[Line]) -> None:
        """Names other lines."""
        self._lines = tuple(lines)
        self.setAccessibleName(", ".join(line.name for line in lines))
        self.setFixedHeight(px(20) * len(lines) + 2)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            height = px(20)
            for number, line in enumerate(self._lines):
                top = number * height
                painter.setPen(pen_of(number))
                painter.drawLine(QPointF(1, top + height / 2), QPointF(17, top + height / 2))
                painter.setPen(QColor(tokens().text))
                painter.setFont(made(px(12), Weight.MEDIUM))
                metrics, rest = QFontMetrics(painter.font()), QRectF(26, top, self.width() - 26 - px(72), height)
                name = metrics.elidedText(line.name, Qt.TextElideMode.ElideMiddle, int(rest.width()))
                painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, name)
                painter.setPen(QColor(tokens().muted))
                painter.setFont(made(px(12)))
                last = brief(line.points[-1][1]) if line.points else ""
                side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                painter.drawText(QRectF(0, top, self.width() - 1, height), side, last)


class LineChart(QWidget):
    """Lines with a legend, a sentence that says what they show, and the same as a table.

    Args:
        title: what is drawn. words: the texts of the switch, `(as table, as chart)`. axes: names of x and y.
        has_legend: whether the lines are named under it; not where they are named beside it.
    """

    def __init__(
        self,
        title: str,
        *,
        words: tuple[str, str],
        axes: tuple[str, str],
        has_legend: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._axes_names = words, axes
        self._plot = _Plot()
        self._columns = (
            Column[tuple[str, float, float]]("", lambda row: row[0]),
            Column[tuple[str, float, float]](axes[0], lambda row: brief(row[1], 6), Align.RIGHT, width=96),
            Column[tuple[str, float, float]](axes[1], lambda row: brief(row[2], 6), Align.RIGHT, width=110),
        )
        self._rows = Rows[tuple[str, float, float]](self._columns)
        self._rows.setParent(self)
        table = Table("chart.table", title)
        table.set_model(self._rows, self._columns)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._plot)
        self._stack.addWidget(table)
        self._legend = _Legend()
        self._legend.setVisible(has_legend)
        self._sentence = Text("", "secondary", wrap=True)
        self._switch = Button(words[0], name="chart.switch", kind="quiet", act=self._turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(Text(title, "secondary"), 1, self._switch))
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._legend)
        layout.addWidget(self._sentence)

    def set(self, lines: Sequence[Line], sentence: str, *, goal: Goal | None = None) -> None:
        """Draws other lines; the sentence says in words what they show."""
        self._plot.lines, self._plot.goal = tuple(lines), goal
        self._plot.setAccessibleName(sentence)
        self._sentence.setText(sentence)
        self._rows.set_rows([(line.name, x, y) for line in lines for x, y in line.points])
        self._plot.update()
        self._legend.set(lines)

    def _turn(self) -> None:
        shown = 1 - self._stack.currentIndex()
        self._stack.setCurrentIndex(shown)
        self._switch.setText(self._words[shown])
        self._switch.setAccessibleName(self._words[shown])


class Sparkline(QWidget):
    """The course of one figure, as large as a word."""

    def __init__(self, values: Sequence[float] = (), *, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Sequence[float] = tuple(values)
        self.setAccessibleName(name)
        self.setFixedSize(QSize(72, 22))

    def set(self, values: Sequence[float], sentence: str) -> None:
        """Draws other values."""
        self._values = tuple(values)
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if len(self._values) < 2:  # noqa: PLR2004 - a line has two ends
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            low, high = _range(self._values)
            last = len(self._values) - 1
            spots = [
                QPointF(
                    2 + number / last * (self.width() - 4),
                    self.height() - 3 - (value - low) / (high - low) * (self.height() - 6),
                )
                for number, value in enumerate(self._values)
            ]
            painter.setPen(QPen(QColor(tokens().accent), 1.5))
            painter.drawPolyline(QPolygonF(spots))
