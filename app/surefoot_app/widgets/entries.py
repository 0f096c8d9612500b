"""A short list that is written by hand: rows of fields under headings, one more, one less."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from surefoot_app.theme import px
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import cleared, row
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One column of fields.

    Attributes:
        title: its heading. hint: an example, shown while nothing is written. width: in pixels; 0 takes the rest.
        options: key and text of what is chosen from; without them it is written.
    """

    title: str
    hint: str = ""
    width: int = 0
    options: Sequence[tuple[str, str]] = ()


class Entries(QWidget):
    """Rows of fields.

    Signals: `changed(rows)`, a tuple of tuples of texts.

    Args:
        entries: the columns. name: of the whole; a field is `<name>.<row>.<column>`.
        add, remove: the words of the two buttons.
    """

    changed = Signal(object)

    def __init__(
        self, entries: Sequence[Entry], *, name: str, add: str, remove: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entries, self._name, self._remove = tuple(entries), name, remove
        self._rows: list[list[str]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(NEAR)
        self._grid.setVerticalSpacing(NEAR)
        self._add = Button(add, name=f"{name}.add", glyph="plus", act=self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(NEAR)
        layout.addLayout(self._grid)
        layout.addLayout(row(self._add, 1))

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What is written."""
        return tuple(map(tuple, self._rows))

    def set(self, rows: Sequence[Sequence[str]]) -> None:
        """Shows other rows, without telling."""
        self._rows = [list(each) for each in rows]
        self._lay_out()

    def add(self) -> None:
        """Puts an empty row at the end, and the keyboard into it."""
        self._rows.append([entry.options[0][0] if entry.options else "" for entry in self._entries])
        self._lay_out()
        self.changed.emit(self.rows)
        first = self.findChild(QWidget, f"{self._name}.{len(self._rows) - 1}.0")
        if isinstance(first, QWidget):
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        cleared(self._grid)
        for place, entry in enumerate(self._entries):
            self._grid.setColumnStretch(place, 0 if entry.width else 1)
            if self._rows:
                self._grid.addWidget(Text(entry.title, "label"), 0, place)
        for number, said in enumerate(self._rows):
            for place, entry in enumerate(self._entries):
                self._grid.addWidget(self._field(number, place, entry, said[place]), number + 1, place)
            away = IconButton("x", f"{self._remove}: {said[0] or number + 1}", name=f"{self._name}.{number}.remove")
            away.clicked.connect(lambda _checked=False, number=number: self._take(number))
            self._grid.addWidget(away, number + 1, len(self._entries))

    def _field(self, number: int, place: int, entry: Entry, said: str) -> QWidget:
        name = f"{self._name}.{number}.{place}"
        field: QWidget
        if entry.options:
            field = select = Select(entry.options, name=name)
            select.choose(said)
            select.call(f"{entry.title} {number + 1}")
            select.chosen.connect(lambda text: self._on_changed(number, place, text))
        else:
            field = edit = QLineEdit(said)
            edit.setObjectName(name)
            edit.setPlaceholderText(entry.hint)
            edit.setAccessibleName(f"{entry.title} {number + 1}")
            edit.textChanged.connect(lambda text: self._on_changed(number, place, text))
        if entry.width:
            field.setFixedWidth(px(entry.width))
        return field

    def _on_changed(self, number: int, place: int, text: str) -> None:
        self._rows[number][place] = text
        self.changed.emit(self.rows)

    def _take(self, number: int) -> None:
        del self._rows[number]
        self._lay_out()
        self.changed.emit(self.rows)
        self._add.setFocus(Qt.FocusReason.OtherFocusReason)
