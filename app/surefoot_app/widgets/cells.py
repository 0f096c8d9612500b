"""How a cell of a table is drawn: words, figures, a state, a bar, a dot. Reads the colours while it paints."""

from enum import IntEnum
from functools import cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from surefoot_app.theme import Tone, Weight, made, pixmap, px, tokens
from surefoot_app.widgets.pill import GLYPHS
from surefoot_app.widgets.text import capital

_SELECTED, _OVER = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_MouseOver.value
_SIDE, _ICON, _BAR_WIDTH, _BAR_HEIGHT, _DOT = 12, 15, 46, 5, 5.5


class CellRole(IntEnum):
    """What a model answers beside Qt's own roles."""

    LOOK = Qt.ItemDataRole.UserRole + 1
    TONE = Qt.ItemDataRole.UserRole + 2
    SHARE = Qt.ItemDataRole.UserRole + 3
    DOT = Qt.ItemDataRole.UserRole + 4


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


@cache
def _lettering(size: int, weight: Weight, *, mono: bool = False) -> tuple[QFont, QFontMetrics]:
    font = made(size, weight, mono=mono)
    return font, QFontMetrics(font)


class CellDelegate(QStyledItemDelegate):
    """Draws the cells of one table."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        rect = option.rect
        self._ground(painter, option, index)
        look = index.data(CellRole.LOOK) or "plain"
        place = rect.adjusted(_SIDE, 0, -_SIDE, -1)
        if look == "dot":
            self._dot(painter, rect, index.data(CellRole.DOT))
        elif look == "pill":
            self._state(painter, place, str(index.data() or ""), index.data(CellRole.TONE) or "neutral")
        else:
            if look == "bar":
                self._bar(painter, place, float(index.data(CellRole.SHARE) or 0))
            self._words(painter, place, index, look)
        painter.restore()

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours, rect = tokens(), option.rect
        state = option.state.value  # as a number: Python's flags take as long as half a cell
        if state & _SELECTED:
            painter.fillRect(rect, _colour(colours.accent_soft))
        elif state & _OVER:
            painter.fillRect(rect, _colour(colours.sunken))
        painter.setPen(_colour(colours.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if self._table.hasFocus() and index.row() == self._table.currentIndex().row():
            painter.setPen(QPen(_colour(colours.accent), 2))
            painter.drawLine(rect.left(), rect.top() + 1, rect.right(), rect.top() + 1)
            painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
            if index.column() == 0:
                painter.drawLine(rect.left() + 1, rect.top() + 1, rect.left() + 1, rect.bottom())

    def _words(self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex, look: str) -> None:
        is_strong = look in {"strong", "bar"}
        font, metrics = _lettering(
            px(12 if look == "mono" else 13), Weight.SEMIBOLD if is_strong else Weight.REGULAR, mono=look == "mono"
        )
        painter.setFont(font)
        painter.setPen(_colour(tokens().colour("muted" if look == "quiet" else "text")))
        shown = metrics.elidedText(str(index.data() or ""), Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, int(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0x81), shown)

    def _state(self, painter: QPainter, place: QRect, word: str, tone: Tone) -> None:
        role = "muted" if tone == "neutral" else tone
        glyph = GLYPHS[tone]
        top = place.y() + (place.height() - _ICON) / 2
        painter.drawPixmap(QPointF(place.x(), top), pixmap(glyph, role, _ICON, painter.device().devicePixelRatioF()))
        font, metrics = _lettering(px(12), Weight.MEDIUM)
        painter.setFont(font)
        painter.setPen(_colour(tokens().colour(role)))
        rest = place.adjusted(_ICON + 6, 0, 0, 0)
        shown = metrics.elidedText(capital(word), Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _bar(self, painter: QPainter, place: QRect, share: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        top = place.y() + (place.height() - _BAR_HEIGHT) / 2
        for width, role in ((_BAR_WIDTH, "border"), (_BAR_WIDTH * min(1.0, max(0.0, share)), "fill")):
            painter.setBrush(_colour(tokens().colour(role)))
            painter.drawRoundedRect(QRectF(place.x(), top, width, _BAR_HEIGHT), 2.5, 2.5)

    def _dot(self, painter: QPainter, rect: QRect, series: int | None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre = QPointF(rect.center().x(), rect.center().y())
        if series is None:
            painter.setPen(QPen(_colour(tokens().edge), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_colour(tokens().series[series % len(tokens().series)]))
        painter.drawEllipse(centre, _DOT, _DOT)
