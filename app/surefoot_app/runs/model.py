"""A model over pages of a list that may hold a million runs: what is not there yet is "…", and is asked for.

`data` never raises and never asks the project; it notes which page is missing, and `wanted` is sent when Qt is at rest.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer, Signal

from surefoot.runs.facts import Run
from surefoot.runs.listing import Order
from surefoot_app.runs.asking import PAGE
from surefoot_app.runs.columns import Row
from surefoot_app.widgets.cells import CellRole
from surefoot_app.widgets.table import Column, Index, cell, header

_KEPT = 24  # pages
_SHOWN = frozenset({Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole})
PENDING = "…"


class RunsModel(QAbstractTableModel):
    """Rows of an order. Signals: `wanted(first)` when a page is looked at that is not there; `shown` after a change."""

    wanted = Signal(int)

    def __init__(self, columns: Sequence[Column[Row]]) -> None:
        super().__init__()
        self._take_columns(columns)
        self.order: Order | None = None
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._missing: int | None = None
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._ask)

    # what is put in

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Shows other columns. The rows stay as they are: to build a million of them anew takes as long as a frame."""
        before, after = len(self.columns), len(columns)
        self._forget_texts()
        if after > before:
            self.beginInsertColumns(QModelIndex(), before, after - 1)
            self._take_columns(columns)
            self.endInsertColumns()
        elif after < before:
            self.beginRemoveColumns(QModelIndex(), after, before - 1)
            self._take_columns(columns)
            self.endRemoveColumns()
        else:
            self._take_columns(columns)
        if columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, after - 1)
        self._tell(0, self.rowCount() - 1)

    def set_order(self, order: Order, first: int, rows: Sequence[Run]) -> bool:
        """Shows another order, with the page that was read beside it; says whether runs stand in other places now.

        Where they do not, cells change and nothing is built anew.
        """
        is_same = self.order is not None and self.order.is_same(order)
        if is_same:
            self.order = order
            for other in [place for place in self._pages if place != first]:
                del self._pages[other]
            self.set_page(first, rows)
            return False
        self.beginResetModel()
        self.order = order
        self._pages.clear()
        self._pages[first] = [Row(run) for run in rows]
        self.endResetModel()
        return True

    def set_page(self, first: int, rows: Sequence[Run]) -> None:
        """Takes a page that was asked for; of a run that is going on the live values stay."""
        live = {row.run.run: row.live for row in self._pages.get(first, ()) if row.live}
        self._pages[first] = [Row(run, {} if run.has_ended else live.get(run.run, {})) for run in rows]
        self._pages.move_to_end(first)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)
        self._tell(first, first + len(rows) - 1)

    def set_live(self, values: Mapping[str, Mapping[str, float]]) -> int:
        """Shows newer values of runs that are going on, cell by cell; returns how many rows changed."""
        changed = 0
        for place, row in self.rows():
            newer = values.get(row.run.run)
            if newer is not None and newer != row.live and not row.run.has_ended:
                row.live = newer
                row.texts.clear()
                self._tell(place, place)
                changed += 1
        return changed

    def refresh(self) -> None:
        """Asks every cell again, as when time has passed; what is shown is drawn, and nothing else."""
        self._forget_texts()
        self._tell(0, self.rowCount() - 1)

    def refresh_dots(self) -> None:
        """Draws the first column again, as after a pin."""
        if last := self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(last - 1, 0))

    # what is asked

    def at(self, place: int) -> Row | None:
        """The row at a place; None where it is not there, or not yet."""
        page = self._pages.get(place // PAGE * PAGE)
        within = place % PAGE
        return page[within] if page is not None and 0 <= within < len(page) else None

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows that are there, with their places."""
        for first, page in tuple(self._pages.items()):
            yield from enumerate(page, start=first)

    def has_page(self, first: int) -> bool:
        """Whether a page is there."""
        return first in self._pages

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self.order is None else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        place, number = index.row(), index.column()
        row = self.at(place)
        if row is None:
            return self._pending(place, number, role)
        if role in _SHOWN:
            text = row.texts.get(number)
            if text is None:
                text = row.texts[number] = self.columns[number].text(row)
            return text
        return self._looks[number] if role == CellRole.LOOK else self._rest_of(row, number, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        return header(self.columns[section], role)

    def _rest_of(self, row: Row, number: int, role: int) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._sides[number]
        return cell(self.columns[number], row, role)

    def _take_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Takes columns, with what Qt asks of them for every cell it draws."""
        self.columns = tuple(columns)
        self._looks = tuple(column.look for column in columns)
        self._sides = tuple(header(column, Qt.ItemDataRole.TextAlignmentRole) for column in columns)

    def _pending(self, place: int, column: int, role: int) -> Any:
        first = place // PAGE * PAGE
        # A page that came shorter than it should has no more rows; the next order is without them.
        if first not in self._pages and 0 <= place < self.rowCount():
            self._missing = first
            if not self._rest.isActive():
                self._rest.start()
        if role in _SHOWN:
            return PENDING if column else ""
        if role == CellRole.LOOK:
            return "quiet"
        return header(self.columns[column], role) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _ask(self) -> None:
        if self._missing is not None:
            first, self._missing = self._missing, None
            self.wanted.emit(first)

    def _forget_texts(self) -> None:
        for _, row in self.rows():
            row.texts.clear()

    def _tell(self, first: int, last: int) -> None:
        if 0 <= first <= last < self.rowCount():
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
