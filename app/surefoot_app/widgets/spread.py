"""How values are spread, drawn small: a bar a part, in a cell of a table or by itself with a sentence."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionViewItem, QWidget

from surefoot_app.theme import px, tokens
from surefoot_app.widgets.cells import CellDelegate

SPREAD_ROLE = int(Qt.ItemDataRole.UserRole) + 40
"""Under which a model answers the bars of a cell: shares of the highest, 0 to 1."""
_SIDE, _PAD, _BETWEEN, _WIDEST, _WIDE = 12, 7, 1.5, 18, 40


def draw(painter: QPainter, place: QRectF, bars: Sequence[float], *, widest: float) -> None:
    """Draws bars that stand on the lower edge of a place; one that is not empty is never lower than a line.

    Args:
        painter: that draws.
        place: where.
        bars: shares of the highest, 0 to 1.
        widest: how wide one may be.
    """
    if not bars:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().fill))
    width = min(widest, place.width() / len(bars))
    for number, bar in enumerate(bars):
        height = max(1.0, bar * place.height()) if bar > 0 else 0.0
        left = place.left() + number * width
        painter.drawRect(QRectF(left, place.bottom() - height, max(1.0, width - _BETWEEN), height))
    painter.setBrush(QColor(tokens().border))
    painter.drawRect(QRectF(place.left(), place.bottom(), width * len(bars) - _BETWEEN, 1))


class SpreadDelegate(CellDelegate):
    """Draws the cells of a column that hold bars."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        self._ground(painter, option, index)
        place = QRectF(option.rect).adjusted(_SIDE, _PAD, -_SIDE, -_PAD - 1)
        draw(painter, place, index.data(SPREAD_ROLE) or (), widest=_WIDEST)
        painter.restore()


class Spread(QWidget):
    """Bars by themselves.

    Args:
        bars: shares of the highest, 0 to 1. sentence: what they show, for who cannot see them.
    """

    def __init__(self, bars: Sequence[float], sentence: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars = tuple(bars)
        self.setAccessibleName(sentence)
        self.setToolTip(sentence)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(px(200), px(64))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(80), px(64))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter, QRectF(self.rect()).adjusted(0, 2, 0, -2), self._bars, widest=px(_WIDE))
