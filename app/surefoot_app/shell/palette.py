"""Ctrl+K: everything by its name. `>` acts, `@` objects, `?` lessons; what was used last stands first.

What cannot be done now stays listed, with its reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from surefoot_app.theme import made, pixmap, px, tokens
from surefoot_app.widgets.fields import SearchLine
from surefoot_app.widgets.text import Text

_MOST = 60
_ENTRY = Qt.ItemDataRole.UserRole + 1
_WIDTH, _ROW = 620, 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line.

    Attributes:
        key: under which its use is remembered. sort: `>`, `@`, `?` or empty for a page. text, detail: what is read.
        icon: of the set. run: what choosing it does. reason: why it cannot be chosen.
    """

    key: str
    sort: str
    text: str
    detail: str
    icon: str
    run: Callable[[], object]
    reason: str = ""


def score(wanted: str, text: str) -> int | None:
    """How well a text answers what was typed, more is better; None where its letters do not come in order."""
    if not wanted:
        return 0
    place = text.find(wanted)
    if place >= 0:
        starts_word = place == 0 or not text[place - 1].isalnum()
        return 200 - place + (100 if starts_word else 0)
    place = gaps = 0
    for letter in wanted:
        found = text.find(letter, place)
        if found < 0:
            return None
        gaps += found - place
        place = found + 1
    return 100 - gaps


def matching(typed: str, entries: Sequence[Entry], recent: Sequence[str]) -> list[Entry]:
    """The entries that answer what was typed, the best first, among equals the one that was used last."""
    sort, wanted = (typed[0], typed[1:]) if typed[:1] in {">", "@", "?"} else ("", typed)
    wanted = wanted.strip().casefold()
    found = []
    for entry in entries:
        if sort and entry.sort != sort:
            continue
        worth = score(wanted, entry.text.casefold())
        if worth is not None:
            used = len(recent) - recent.index(entry.key) if entry.key in recent else 0
            found.append((worth, used, entry))
    found.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return [entry for _, _, entry in found[:_MOST]]


class _Lines(QStyledItemDelegate):
    """Draws an entry: icon, text, reason or detail at the right."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_WIDTH, px(_ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry, rect, colours = index.data(_ENTRY), option.rect, tokens()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 7, 7)
        role = "faint" if entry.reason else "text"
        glyph = pixmap(entry.icon, "faint" if entry.reason else "muted", 18, painter.device().devicePixelRatioF())
        painter.drawPixmap(rect.x() + 18, rect.y() + (rect.height() - 18) // 2, glyph)
        said = entry.reason or entry.detail
        small = made(px(12))
        width = min(QFontMetrics(small).horizontalAdvance(said), rect.width() // 2)
        inner = QRect(rect.x() + 48, rect.y(), rect.width() - 48 - 18 - width - 12, rect.height())
        painter.setFont(made(px(13)))
        painter.setPen(QColor(colours.colour(role)))
        shown = QFontMetrics(painter.font()).elidedText(entry.text, Qt.TextElideMode.ElideMiddle, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(small)
        painter.setPen(QColor(colours.muted))
        place = QRect(rect.right() - 18 - width, rect.y(), width + 1, rect.height())
        shown = QFontMetrics(small).elidedText(said, Qt.TextElideMode.ElideRight, width + 1)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, shown)
        painter.restore()


class Palette(QDialog):
    """The list with its field. Signals: `chosen(Entry)`; `typed(text)` for whoever brings more entries."""

    chosen = Signal(object)
    typed = Signal(str)

    def __init__(self, *, title: str, hint: str, none: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setProperty("kind", "card")
        self._entries: Sequence[Entry] = ()
        self._recent: Sequence[str] = ()
        self._field = SearchLine(hint, name="palette.edit")
        self._field.setAccessibleName(title)
        self._list = QListView()
        self._list.setObjectName("palette.list")
        self._list.setAccessibleName(title)
        self._list.setItemDelegate(_Lines(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = QStandardItemModel(self)
        self._list.setModel(self._model)
        self._none = Text(none, "quiet", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self._field)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._none)
        self._field.textChanged.connect(self._on_typed)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._choose)
        self.resize(_WIDTH, 460)

    def fill(self, entries: Sequence[Entry], recent: Sequence[str]) -> None:
        """Offers these entries; the line that was gone to stays the current one."""
        self._entries, self._recent = entries, recent
        chosen = self._list.currentIndex()
        gone_to = chosen.data(_ENTRY).key if chosen.row() > 0 else ""
        self._refresh()
        for place in range(self._model.rowCount()):
            if self._model.index(place, 0).data(_ENTRY).key == gone_to:
                self._list.setCurrentIndex(self._model.index(place, 0))

    def ask(self, beginning: str = "") -> None:
        """Opens it, with what was begun to be typed."""
        self._field.setText(beginning)
        self._refresh()
        self._refresh()
        parent = self.parentWidget()
        if parent is not None:
            corner = parent.mapToGlobal(parent.rect().topLeft())
            self.move(corner.x() + (parent.width() - self.width()) // 2, corner.y() + 60)
        self.open()
        self._field.setFocus()

    def _on_typed(self, text: str) -> None:
        self._refresh()
        self.typed.emit(text)

    def _refresh(self) -> None:
        found = matching(self._field.text(), self._entries, self._recent)
        self._model.clear()
        for entry in found:
            item = QStandardItem(f"{entry.text} {entry.reason or entry.detail}".strip())
            item.setData(entry, _ENTRY)
            self._model.appendRow(item)
        if found:
            self._list.setCurrentIndex(self._model.index(0, 0))
        self._list.setVisible(bool(found))
        self._none.setVisible(not found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(event.key())
            )
            if step is not None and self._model.rowCount():
                place = min(self._model.rowCount() - 1, max(0, self._list.currentIndex().row() + step))
                self._list.setCurrentIndex(self._model.index(place, 0))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._choose(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(_ENTRY) if index.isValid() else None
        if isinstance(entry, Entry) and not entry.reason:
            self.accept()
            self.chosen.emit(entry)
