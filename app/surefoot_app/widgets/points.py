"""Points of two figures, with the line that none of them beats and the ground that is out of bounds.

Drawn with QPainter. The mouse, and the arrow keys, walk over the points; Return chooses one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from surefoot_app.theme import Weight, made, px, tokens
from surefoot_app.widgets.chart import ticks

_NEAR = 12.0  # pixels between the mouse and a point that it means
_ROOM = 0.06  # of an axis, beyond the outermost points


@dataclass(frozen=True, slots=True)
class Spot:
    """One point: what it stands for, in words, where it lies, and its series (None for the mass)."""

    key: str
    name: str
    x: float
    y: float
    series: int | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is out of bounds on an axis: below `at` where `is_least`, else above it."""

    at: float
    is_least: bool


@dataclass(frozen=True, slots=True)
class Field:
    """What is drawn: points, the line that none beats, bounds of x and y, and the names of both axes."""

    spots: Sequence[Spot] = ()
    front: Sequence[tuple[float, float]] = ()
    bounds: tuple[Bounds | None, Bounds | None] = (None, None)
    axes: tuple[str, str] = ("", "")


class Scatter(QWidget):
    """Shows a field. Signals: `chosen(key)` when a point is pressed, or Return is at one."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._field = Field()
        self._current = -1
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def set(self, field: Field, sentence: str) -> None:
        """Draws another field; the sentence says in words what it shows."""
        self._field, self._current = field, -1
        self.setAccessibleName(sentence)
        self.update()

    def _frame(self) -> QRectF:
        return QRectF(px(46), 6, max(1, self.width() - px(46) - 12), max(1, self.height() - 6 - px(38)))

    def _ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        found = []
        for values, bounds in zip(
            ([spot.x for spot in self._field.spots], [spot.y for spot in self._field.spots]),
            self._field.bounds,
            strict=True,
        ):
            all_of = [*values, *([bounds.at] if bounds else [])] or [0.0, 1.0]
            low, high = min(all_of), max(all_of)
            room = (high - low) * _ROOM or abs(high) * _ROOM or 0.5
            found.append((low - room, high + room))
        return found[0], found[1]

    def _at(self, x: float, y: float) -> QPointF:
        (left, right), (low, high) = self._ranges()
        frame = self._frame()
        return QPointF(
            frame.left() + (x - left) / (right - left) * frame.width(),
            frame.bottom() - (y - low) / (high - low) * frame.height(),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(made(px(11)))
        if not self._field.spots:
            return
        self._ground(painter)
        self._axes(painter)
        if len(self._field.front) > 1:
            painter.setPen(QPen(QColor(tokens().accent), 1.4, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF([self._at(x, y) for x, y in self._field.front]))
        for spot in sorted(self._field.spots, key=lambda each: each.series is not None):
            self._spot(painter, spot)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens().accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _ground(self, painter: QPainter) -> None:
        frame, colour = self._frame(), QColor(tokens().bad_soft)
        for number, bounds in enumerate(self._field.bounds):
            if bounds is None:
                continue
            edge = self._at(bounds.at, bounds.at)
            part = QRectF(frame)
            if number == 0:
                part.setRight(edge.x()) if bounds.is_least else part.setLeft(edge.x())
            else:
                part.setTop(edge.y()) if bounds.is_least else part.setBottom(edge.y())
            painter.fillRect(part, colour)

    def _axes(self, painter: QPainter) -> None:
        frame, ((left, right), (low, high)) = self._frame(), self._ranges()
        grid, muted = QColor(tokens().muted), QColor(tokens().muted)
        grid.setAlphaF(0.12)
        for value in ticks(low, high):
            y = self._at(left, value).y()
            painter.setPen(grid)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(muted)
            rect = QRectF(0, y - 10, frame.left() - 6, 20)
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.4g}")
        for value in ticks(left, right):
            rect = QRectF(self._at(value, low).x() - 30, frame.bottom() + 3, 60, px(16))
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{value:.4g}")
        painter.setFont(made(px(11), Weight.MEDIUM))
        under = QRectF(frame.left(), frame.bottom() + px(18), frame.width(), px(18))
        painter.drawText(under, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._field.axes[0])
        painter.drawText(frame.adjusted(6, 2, 0, 0), Qt.AlignmentFlag.AlignLeft, self._field.axes[1])

    def _spot(self, painter: QPainter, spot: Spot) -> None:
        colours, size = tokens(), 3.5 if spot.series is None else 5.5
        colour = QColor(colours.edge if spot.series is None else colours.series[spot.series % len(colours.series)])
        is_current = 0 <= self._current < len(self._field.spots) and self._field.spots[self._current] is spot
        painter.setPen(QPen(QColor(colours.text), 2) if is_current else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(self._at(spot.x, spot.y), size + 2 * is_current, size + 2 * is_current)

    def _turn(self, number: int) -> None:
        if number != self._current:
            self._current = number
            spot = self._field.spots[number] if number >= 0 else None
            said = (
                f"{spot.name}\n{self._field.axes[0]} {spot.x:.4g}\n{self._field.axes[1]} {spot.y:.4g}" if spot else ""
            )
            self.setAccessibleDescription(said.replace("\n", ", "))
            if spot is not None:
                QToolTip.showText(self.mapToGlobal(self._at(spot.x, spot.y).toPoint()), said, self)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        far = [math.dist((place.x(), place.y()), self._at(spot.x, spot.y).toTuple()) for spot in self._field.spots]
        nearest = min(range(len(far)), key=far.__getitem__, default=-1)
        self._turn(nearest if nearest >= 0 and far[nearest] <= _NEAR else -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.mouseMoveEvent(event)
        if self._current >= 0:
            self.chosen.emit(self._field.spots[self._current].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        count = len(self._field.spots)
        if event.key() in steps and count:
            order = sorted(range(count), key=lambda number: self._field.spots[number].x)
            here = order.index(self._current) if self._current >= 0 else -1
            self._turn(order[min(count - 1, max(0, here + steps[Qt.Key(event.key())]))])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._current >= 0:
            self.chosen.emit(self._field.spots[self._current].key)
        else:
            super().keyPressEvent(event)
