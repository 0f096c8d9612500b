"""Points over two figures: with the line that none of them beats, and the ground that is out of bounds.

Drawn with QPainter. The mouse, and the arrow keys, walk over the points; Return or a press chooses one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from surefoot_app.theme import Weight, made, px, tokens
from surefoot_app.widgets.chart import brief, ticks

Mark = Literal["chosen", "live", "other"]
_NEAR = 12.0  # pixels between the mouse and a point that it means
_ROOM = 0.08  # of an axis, beyond the outermost points


@dataclass(frozen=True, slots=True)
class Spot:
    """One point.

    Attributes:
        key: what it stands for. name: in words. x, y: where it lies.
        mark: `chosen` and `live` are drawn large, with their names. series: whose colour it has; None for the mass.
    """

    key: str
    name: str
    x: float
    y: float
    mark: Mark = "other"
    series: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A limit on one axis: where, and whether it is the least that is allowed, not the most."""

    at: float
    is_least: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """What a scatter draws.

    Attributes:
        spots: the points. front: those that no other beats in both figures, in the order of x.
        across, up: limits on x and y; what lies beyond is shaded. axes: names of x and y.
    """

    spots: Sequence[Spot] = ()
    front: Sequence[tuple[float, float]] = ()
    across: Edge | None = None
    up: Edge | None = None
    axes: tuple[str, str] = ("", "")


class Scatter(QWidget):
    """Shows a spread. Signals: `chosen(key)` when a point is pressed, or Return is at one."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._spread, self._current = Spread(), -1
        self._across = self._up = (0.0, 1.0)  # the ends of both axes
        self.setMinimumSize(px(200), px(160))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def set(self, spread: Spread, sentence: str) -> None:
        """Draws another spread; the sentence says in words what it shows."""
        self._spread, self._current = spread, -1
        if spread.spots:
            self._across = _ends([spot.x for spot in spread.spots], spread.across)
            self._up = _ends([spot.y for spot in spread.spots], spread.up)
        self.setAccessibleName(sentence)
        self.update()

    # where things lie

    def _frame(self) -> QRectF:
        left, top = px(50), px(22)
        return QRectF(left, top, max(1, self.width() - left - 12), max(1, self.height() - top - px(40)))

    def _at(self, x: float, y: float) -> QPointF:
        frame, (left, right), (low, high) = self._frame(), self._across, self._up
        return QPointF(
            frame.left() + (x - left) / (right - left) * frame.width(),
            frame.bottom() - (y - low) / (high - low) * frame.height(),
        )

    # drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        spread = self._spread
        if not spread.spots:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._forbidden(painter)
            self._grid(painter)
            self._names(painter)
            if len(spread.front) > 1:
                painter.setPen(QPen(QColor(tokens().ok), 1.6, Qt.PenStyle.DashLine))
                painter.drawPolyline(QPolygonF([self._at(x, y) for x, y in spread.front]))
            for spot in sorted(spread.spots, key=lambda one: (one.series is not None, one.mark != "other")):
                self._spot(painter, spot)
            if self._current >= 0:
                self._tag(painter, spread.spots[self._current])
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(tokens().accent), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)

    def _forbidden(self, painter: QPainter) -> None:
        frame, colour = self._frame(), QColor(tokens().bad_soft)
        if (edge := self._spread.across) is not None:
            part, x = QRectF(frame), self._at(edge.at, 0).x()
            part.setRight(x) if edge.is_least else part.setLeft(x)
            painter.fillRect(part, colour)
        if (edge := self._spread.up) is not None:
            part, y = QRectF(frame), self._at(0, edge.at).y()
            part.setTop(y) if edge.is_least else part.setBottom(y)
            painter.fillRect(part, colour)

    def _grid(self, painter: QPainter) -> None:
        frame = self._frame()
        grid, muted = QColor(tokens().muted), QColor(tokens().muted)
        grid.setAlphaF(0.12)
        painter.setFont(made(px(11)))
        for value in ticks(*self._up):
            y = self._at(0, value).y()
            painter.setPen(grid)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(muted)
            rect = QRectF(0, y - 10, frame.left() - 8, 20)
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, brief(value))
        painter.setPen(muted)
        for value in ticks(*self._across):
            rect = QRectF(self._at(value, 0).x() - 30, frame.bottom() + 4, 60, px(16))
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, brief(value))

    def _names(self, painter: QPainter) -> None:
        frame = self._frame()
        painter.setFont(made(px(12), Weight.MEDIUM))
        painter.setPen(QColor(tokens().muted))
        wide = QFontMetrics(painter.font())
        below = QRectF(frame.left(), frame.bottom() + px(20), frame.width(), px(20))
        across = wide.elidedText(self._spread.axes[0], Qt.TextElideMode.ElideRight, int(frame.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, across)
        up = wide.elidedText(self._spread.axes[1], Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), px(20)), Qt.AlignmentFlag.AlignLeft, up)

    def _spot(self, painter: QPainter, spot: Spot) -> None:
        colours, at = tokens(), self._at(spot.x, spot.y)
        is_current = self._current >= 0 and self._spread.spots[self._current] is spot
        painter.setPen(QPen(QColor(colours.text), 2) if is_current else QPen(QColor(colours.surface), 1.5))
        if spot.mark == "other":
            mass = spot.series is None
            painter.setBrush(QColor(colours.edge if mass else colours.series[(spot.series or 0) % len(colours.series)]))
            painter.drawEllipse(at, 4.0 if mass else 6.0, 4.0 if mass else 6.0)
            return
        role = colours.accent if spot.mark == "chosen" else colours.info
        painter.setBrush(QColor(role))
        if spot.mark == "live":
            painter.drawRect(QRectF(at.x() - 5.5, at.y() - 5.5, 11, 11))
        else:
            painter.drawEllipse(at, 7, 7)
        painter.setFont(made(px(12), Weight.SEMIBOLD))
        painter.setPen(QColor(role))
        width = QFontMetrics(painter.font()).horizontalAdvance(spot.name)
        x = at.x() + 12 if at.x() + 12 + width < self.width() else at.x() - 12 - width
        painter.drawText(QPointF(x, at.y() - 8), spot.name)

    def _tag(self, painter: QPainter, spot: Spot) -> None:
        """What the point is that is walked to, beside it and inside the widget."""
        colours, at, lines = tokens(), self._at(spot.x, spot.y), self._told(spot)
        painter.setFont(made(px(12)))
        wide = QFontMetrics(painter.font())
        width = max(wide.horizontalAdvance(line) for line in lines) + 16
        height = wide.height() * len(lines) + 10
        x = min(max(4.0, at.x() + 10), self.width() - width - 4.0)
        y = min(max(4.0, at.y() - height - 10), self.height() - height - 4.0)
        box = QRectF(x, y, width, height)
        painter.setPen(QPen(QColor(colours.edge), 1))
        painter.setBrush(QColor(colours.surface))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(colours.text))
        inside = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box.adjusted(8, 0, -8, 0), inside, "\n".join(lines))

    # walking

    def _told(self, spot: Spot) -> tuple[str, str, str]:
        across, up = self._spread.axes
        return spot.name, f"{across}  {brief(spot.x)}", f"{up}  {brief(spot.y)}"

    def _turn(self, number: int) -> None:
        if number != self._current:
            self._current = number
            told = self._told(self._spread.spots[number]) if number >= 0 else ()
            self.setAccessibleDescription(", ".join(told))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        far = [math.dist((place.x(), place.y()), self._at(spot.x, spot.y).toTuple()) for spot in self._spread.spots]
        nearest = min(range(len(far)), key=far.__getitem__, default=-1)
        self._turn(nearest if nearest >= 0 and far[nearest] <= _NEAR else -1)

    def leaveEvent(self, _event: QEvent) -> None:
        if not self.hasFocus():
            self._turn(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.mouseMoveEvent(event)
        if self._current >= 0:
            self.chosen.emit(self._spread.spots[self._current].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        spots = self._spread.spots
        if event.key() in steps and spots:
            order = sorted(range(len(spots)), key=lambda number: spots[number].x)
            here = order.index(self._current) if self._current >= 0 else -1
            self._turn(order[min(len(order) - 1, max(0, here + steps[Qt.Key(event.key())]))])
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._current >= 0:
            self.chosen.emit(spots[self._current].key)
        else:
            super().keyPressEvent(event)


def _ends(values: Sequence[float], edge: Edge | None) -> tuple[float, float]:
    known = [*values, *([] if edge is None else [edge.at])]
    low, high = min(known), max(known)
    room = (high - low) * _ROOM or abs(high) * _ROOM or 0.5
    return low - room, high + room
