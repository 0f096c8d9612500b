"""A table as the desktop draws it: 34 px rows, hairlines, figures at the right, long names cut in the middle.

A model says what a cell holds by the roles below; `Rows` is such a model over a list of rows in memory. Longer lists
bring a model of their own that reads pages. `data` never raises and never asks anybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, Literal, TypeVar

from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from surefoot_app.theme import Tone, px, theme
from surefoot_app.theme.tokens import HEADER, ROW
from surefoot_app.widgets.cells import CellDelegate, CellRole

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex


class Align(IntEnum):
    """Where a column's header and cells stand."""

    LEFT = 0
    RIGHT = 1


@dataclass(frozen=True)  # no slots: Python 3.11 cannot name the row type of a frozen class that has them
class Column(Generic[R]):
    """One column.

    Attributes:
        title: its header. text: what a row's cell says. align: figures stand at the right.
        look: `plain`, `strong` (one a table), `quiet`, `pill` (with `tone`), `bar` (with `share`), `mono` or `dot`
            (with `dot`: a series' place, or None).
        tone: the meaning of a pill. share: how much of a bar is filled, 0 to 1. width: in pixels; 0 takes the rest.
    """

    title: str
    text: Callable[[R], str]
    align: Align = Align.LEFT
    look: Literal["plain", "strong", "quiet", "pill", "bar", "mono", "dot"] = "plain"
    tone: Callable[[R], Tone] | None = None
    share: Callable[[R], float] | None = None
    dot: Callable[[R], int | None] | None = None
    width: int = 0


class Rows(QAbstractTableModel, Generic[R]):
    """A model over rows in memory, for lists of some hundreds."""

    def __init__(self, columns: Sequence[Column[R]], rows: Sequence[R] = ()) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._rows: Sequence[R] = tuple(rows)

    def set_rows(self, rows: Sequence[R]) -> None:
        """Shows other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def at(self, place: int) -> R | None:
        """The row at a place, or None."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.at(index.row()) if index.isValid() else None
        if row is None:
            return None
        return cell(self.columns[index.column()], row, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        return header(self.columns[section], role)


def header(column: Column[Any], role: int) -> Any:
    """What a model answers about a column's header."""
    if role == Qt.ItemDataRole.DisplayRole:
        return column.title
    if role == Qt.ItemDataRole.TextAlignmentRole:
        side = Qt.AlignmentFlag.AlignRight if column.align is Align.RIGHT else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)
    return None


def cell(column: Column[R], row: R, role: int) -> Any:
    """What a model answers about a cell of a row."""
    if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole}:
        return column.text(row)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return header(column, role)
    if role == CellRole.LOOK:
        return column.look
    asked: dict[int, Callable[[R], Any] | None] = {
        CellRole.TONE: column.tone,
        CellRole.SHARE: column.share,
        CellRole.DOT: column.dot,
    }
    answer = asked.get(role)
    return answer(row) if answer is not None else None


class Table(QTableView):
    """Shows a model.

    Signals: `opened(row)` at Return or a double click; `keyed(key)` for a single letter or Space with the table in
    focus, such as `C` to compare, once however long it is held.
    """

    opened = Signal(int)
    keyed = Signal(str)

    def __init__(self, name: str, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setItemDelegate(CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(24)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme().changed.connect(self._measure)
        self._measure()

    def set_model(self, model: QAbstractItemModel, columns: Sequence[Column[Any]]) -> None:
        """Shows a model whose columns are these."""
        self.setModel(model)
        self._columns = tuple(columns)
        self._measure()

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        heading = self.horizontalHeader()
        heading.setFixedHeight(px(HEADER))
        for place, column in enumerate(getattr(self, "_columns", ())):
            stretched = column.width == 0
            mode = QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.Fixed
            heading.setSectionResizeMode(place, mode)
            if not stretched:
                self.setColumnWidth(place, px(column.width))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model() is not None and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif plain and event.text() and (event.text() == " " or event.text().isalpha() or event.text() == "?"):
            if not event.isAutoRepeat():  # a key that is held down asks for its act once
                self.keyed.emit(event.text().upper())
        else:
            super().keyPressEvent(event)
