"""How values are spread, drawn small in a cell of a table: a bar a part."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from surefoot_app.theme import tokens
from surefoot_app.widgets.cells import CellDelegate

SPREAD_ROLE = int(Qt.ItemDataRole.UserRole) + 40
"""Under which a model answers the bars of a cell: shares of the highest, 0 to 1."""
_SIDE, _PAD, _BETWEEN, _WIDEST = 12, 7, 1.5, 18.0


def draw(painter: QPainter, place: QRectF, bars: Sequence[float]) -> None:
    """Draws bars, shares of the highest, on the lower edge of a place; one that is not empty is a line at least."""
    if not bars:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().fill))
    width = min(_WIDEST, place.width() / len(bars))
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
        draw(painter, place, index.data(SPREAD_ROLE) or ())
        painter.restore()
