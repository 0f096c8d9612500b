"""Rows as a table: as many columns as there are, with a bar to move along them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from surefoot.datasets.facts import Head
from surefoot_app.widgets.table import Column, Rows, Table

Cells = tuple[str | None, ...]
_NARROW, _WIDE, _LETTER = 72, 220, 8


def head_table(head: Head, title: str, *, name: str, parent: QWidget | None = None) -> Table:
    """A table of the first rows; what is missing is a dash."""
    columns = tuple(_column(head, place) for place in range(len(head.names)))
    rows = Rows[Cells](columns, head.rows)
    table = Table(name, title, parent=parent)
    rows.setParent(table)
    table.set_model(rows, columns)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    return table


def _column(head: Head, place: int) -> Column[Cells]:
    longest = max([len(head.names[place]), *(len(row[place] or "") for row in head.rows[:30])])
    width = min(_WIDE, max(_NARROW, 26 + _LETTER * longest))
    return Column[Cells](head.names[place], lambda row: "–" if row[place] is None else str(row[place]), width=width)
