"""A state in a word: icon, word and a soft colour, never a colour alone."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from surefoot_app.theme import Tone, Weight, made, pixmap, px, tokens
from surefoot_app.theme.tokens import RADIUS_PILL
from surefoot_app.widgets.text import capital

GLYPHS: dict[Tone, str] = {
    "neutral": "circle", "accent": "circle-dot", "ok": "circle-check", "warn": "triangle-alert", "bad": "circle-x",
    "info": "info",
}  # fmt: skip
_ICON, _SIDE, _BETWEEN = 14, 9, 5


class Pill(QWidget):
    """A badge. `soft=False` leaves the background out, as in a table's cell."""

    def __init__(
        self, word: str, tone: Tone = "neutral", *, glyph: str = "", soft: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._soft = soft
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set(word, tone, glyph=glyph)

    def set(self, word: str, tone: Tone, *, glyph: str = "") -> None:
        """Shows another state."""
        self.word, self.tone, self._glyph = word, tone, glyph or GLYPHS[tone]
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(made(px(12), Weight.SEMIBOLD))
        sides = 2 * _SIDE if self._soft else 0
        return QSize(
            metrics.horizontalAdvance(capital(self.word)) + _ICON + _BETWEEN + sides + 1, max(22, metrics.height() + 6)
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour, soft = tokens().tone(self.tone)
            left = _SIDE if self._soft else 0
            if self._soft:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(soft))
                radius = min(RADIUS_PILL, self.height() / 2)
                painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
            role = "muted" if self.tone == "neutral" else self.tone
            place = QPointF(left, (self.height() - _ICON) / 2)
            painter.drawPixmap(place, pixmap(self._glyph, role, _ICON, self.devicePixelRatioF()))
            painter.setFont(made(px(12), Weight.SEMIBOLD))
            painter.setPen(QColor(colour))
            rest = self.rect().adjusted(left + _ICON + _BETWEEN, 0, 0, 0)
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, capital(self.word))


class Glyph(QWidget):
    """An icon that stands for itself or beside a text that says the same."""

    def __init__(self, glyph: str, role: str = "muted", size: int = 18, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size = size
        self.setFixedSize(size, size)
        self.set(glyph, role)

    def set(self, glyph: str, role: str) -> None:
        """Shows another icon."""
        self._glyph, self._role = glyph, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, pixmap(self._glyph, self._role, self._size, self.devicePixelRatioF()))
