"""Points over two figures: what was chosen, what is live, what else there was, and the line that nothing beats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from surefoot_app.theme import Weight, made, px, tokens
from surefoot_app.widgets.chart import ticks

Mark = Literal["chosen", "live", "other"]
Place = Callable[[float, float], QPointF]


@dataclass(frozen=True, slots=True)
class Spot:
    """One point: its name, where it is, and what it is."""

    name: str
    x: float
    y: float
    mark: Mark = "other"


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
        across, up: limits on x and y; what lies beyond is shaded.
    """

    spots: Sequence[Spot]
    front: Sequence[tuple[float, float]] = ()
    across: Edge | None = None
    up: Edge | None = None


class Scatter(QWidget):
    """Draws points. The sentence says in words what they show.

    Args:
        axes: names of x and y.
    """

    def __init__(self, spread: Spread, axes: tuple[str, str], sentence: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spread, self._axes = spread, axes
        self.setAccessibleName(sentence)
        self.setMinimumSize(px(280), px(210))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, _event: QPaintEvent) -> None:
        spread = self._spread
        if not spread.spots:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(px(50), px(22), self.width() - px(50) - 12, self.height() - px(22) - px(44))
        left, right = _ends([spot.x for spot in spread.spots], spread.across)
        low, high = _ends([spot.y for spot in spread.spots], spread.up)

        def place(x: float, y: float) -> QPointF:
            return QPointF(
                frame.left() + (x - left) / (right - left) * frame.width(),
                frame.bottom() - (y - low) / (high - low) * frame.height(),
            )

        self._forbidden(painter, frame, place)
        self._ticks(painter, frame, (ticks(left, right), ticks(low, high)), place)
        painter.setPen(QPen(QColor(tokens().ok), 1.6, Qt.PenStyle.DashLine))
        painter.drawPolyline(QPolygonF([place(x, y) for x, y in spread.front]))
        for spot in sorted(spread.spots, key=lambda one: one.mark != "other"):
            self._spot(painter, spot, place(spot.x, spot.y))

    def _forbidden(self, painter: QPainter, frame: QRectF, place: Place) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().bad_soft))
        if (edge := self._spread.across) is not None:
            x = place(edge.at, 0).x()
            side = (frame.left(), x) if edge.is_least else (x, frame.right())
            painter.drawRect(QRectF(side[0], frame.top(), max(0.0, side[1] - side[0]), frame.height()))
        if (edge := self._spread.up) is not None:
            y = place(0, edge.at).y()
            side = (y, frame.bottom()) if edge.is_least else (frame.top(), y)
            painter.drawRect(QRectF(frame.left(), side[0], frame.width(), max(0.0, side[1] - side[0])))

    def _ticks(
        self, painter: QPainter, frame: QRectF, values: tuple[Sequence[float], Sequence[float]], place: Place
    ) -> None:
        painter.setFont(made(px(11)))
        painter.setPen(QColor(tokens().muted))
        for value in values[0]:
            rect = QRectF(place(value, 0).x() - 30, frame.bottom() + 4, 60, px(16))
            painter.drawText(rect, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{value:.4g}")
        grid = QColor(tokens().muted)
        grid.setAlphaF(0.14)
        for value in values[1]:
            y = place(0, value).y()
            painter.setPen(grid)
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(QColor(tokens().muted))
            rect = QRectF(0, y - 10, frame.left() - 8, 20)
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.4g}")
        painter.setFont(made(px(12), Weight.MEDIUM))
        wide = QFontMetrics(painter.font())
        across = wide.elidedText(self._axes[0], Qt.TextElideMode.ElideRight, int(frame.width()))
        below = QRectF(frame.left(), frame.bottom() + px(22), frame.width(), px(20))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, across)
        up = wide.elidedText(self._axes[1], Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), px(20)), Qt.AlignmentFlag.AlignLeft, up)

    def _spot(self, painter: QPainter, spot: Spot, at: QPointF) -> None:
        colours = tokens()
        role = {"chosen": colours.accent, "live": colours.info, "other": colours.muted}[spot.mark]
        if spot.mark == "other":
            painter.setPen(QPen(QColor(role), 1.6))
            painter.setBrush(QColor(colours.surface))
            painter.drawEllipse(at, 4.5, 4.5)
            return
        painter.setPen(QPen(QColor(colours.surface), 1.5))
        painter.setBrush(QColor(role))
        if spot.mark == "live":
            painter.drawRect(QRectF(at.x() - 5.5, at.y() - 5.5, 11, 11))
        else:
            painter.drawEllipse(at, 7, 7)
        font = made(px(12), Weight.SEMIBOLD)
        painter.setFont(font)
        painter.setPen(QColor(role))
        width = QFontMetrics(font).horizontalAdvance(spot.name)
        x = at.x() + 12 if at.x() + 12 + width < self.width() else at.x() - 12 - width
        painter.drawText(QPointF(x, at.y() - 8), spot.name)


def _ends(values: Sequence[float], edge: Edge | None) -> tuple[float, float]:
    known = [*values, *([] if edge is None else [edge.at])]
    low, high = min(known), max(known)
    pad = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return low - pad, high + pad
