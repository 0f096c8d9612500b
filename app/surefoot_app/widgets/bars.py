"""Figures as bars: one with its interval against a limit, as small as a word, and several under each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from surefoot_app.theme import Tone, Weight, made, px, tokens

_ROW, _NAME, _TEXT, _THICK = 24, 168, 150, 8


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with its interval and its limit.

    Attributes:
        figure, low, high: the figure, and its interval where it has one. limit: None where there is none.
        is_least: whether the limit is the least that is allowed, not the most.
    """

    figure: float
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    is_least: bool = False


class SpanBar(QWidget):
    """A figure as a dot on its interval, a limit as an upright line, and what is allowed as a soft ground."""

    def __init__(self, span: Span, tone: Tone, sentence: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span, self._tone = span, tone
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.setFixedSize(QSize(px(116), px(24)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            span, middle = self._span, self.height() / 2
            known = [each for each in (span.figure, span.low, span.high, span.limit) if each is not None]
            low, high = min(known), max(known)
            pad = (high - low) * 0.18 or abs(high) * 0.2 or 1.0
            low, high = low - pad, high + pad

            def x(value: float) -> float:
                return 4 + (value - low) / (high - low) * (self.width() - 8)

            ends = (4.0, self.width() - 4.0)
            self._track(painter, ends, "border", middle)
            if span.limit is not None:
                limit = x(span.limit)
                self._track(painter, (limit, ends[1]) if span.is_least else (ends[0], limit), "ok_soft", middle)
                painter.setPen(QPen(QColor(tokens().muted), 1.6))
                painter.drawLine(QPointF(limit, middle - 8), QPointF(limit, middle + 8))
            colour = QColor(tokens().tone(self._tone)[0])
            if span.low is not None and span.high is not None:
                painter.setPen(QPen(colour, 2))
                painter.drawLine(QPointF(x(span.low), middle), QPointF(x(span.high), middle))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x(span.figure), middle), 4, 4)

    def _track(self, painter: QPainter, ends: tuple[float, float], role: str, middle: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().colour(role)))
        painter.drawRoundedRect(QRectF(ends[0], middle - 3, max(1.0, ends[1] - ends[0]), 6), 3, 3)


@dataclass(frozen=True, slots=True)
class NamedBar:
    """One bar of several: its name, its length, how that is told, and whether it is the one that matters."""

    name: str
    value: float
    text: str
    is_worst: bool = False


class BarRows(QWidget):
    """Bars under each other: name, bar, figure; the one that matters in the colour of its meaning, and bold."""

    def __init__(
        self, title: str, bars: Sequence[NamedBar], *, tone: Tone = "bad", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bars, self._tone = tuple(bars), tone
        said = "; ".join(f"{bar.name} {bar.text}" for bar in bars)
        self.setAccessibleName(f"{title}: {said}")
        self.setToolTip(title)
        self.setFixedHeight(px(_ROW) * len(self._bars) + 2)
        self.setMinimumWidth(240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            most = max((abs(bar.value) for bar in self._bars), default=0.0) or 1.0
            name_width = min(px(_NAME), self.width() // 3)
            room = max(24, self.width() - name_width - px(_TEXT))
            for number, bar in enumerate(self._bars):
                top, height = number * px(_ROW), px(_ROW)
                role = self._tone if bar.is_worst else "muted"
                self._words(painter, QRectF(0, top, name_width - 8, height), bar.name, "text", bold=bar.is_worst)
                length = abs(bar.value) / most * room
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens().colour(role)))
                painter.drawRoundedRect(
                    QRectF(name_width, top + (height - _THICK) / 2, max(2.0, length), _THICK), _THICK / 3, _THICK / 3
                )
                place = QRectF(name_width + max(2.0, length) + 8, top, px(_TEXT) - 8, height)
                self._words(painter, place, bar.text, role, bold=bar.is_worst)

    def _words(self, painter: QPainter, place: QRectF, text: str, role: str, *, bold: bool) -> None:
        font = made(px(12), Weight.SEMIBOLD if bold else Weight.REGULAR)
        painter.setFont(font)
        painter.setPen(QColor(tokens().colour(role)))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
