"""A list of facts: what it is at the left, its value at the right. Ids lead on, hashes are short and copied whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from surefoot_app.widgets.boxes import cleared, row
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.text import Elided, Text

SHORT = 8
_ROW, _INSET = 26, 4  # the second is what a line of text leaves free above it in a row


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        label: what it is. value: as people read it. kind: `text`, `hash` (shown by 8 characters) or `link`.
        target: what a link leads to, `(kind, id)`. copies: the word for copying a hash, told with the button.
    """

    label: str
    value: str
    kind: Literal["text", "hash", "link"] = "text"
    target: tuple[str, str] = ("", "")
    copies: str = ""


class FactsList(QWidget):
    """Shows facts in two columns. Signals: `followed(kind, id)` when a link is pressed."""

    followed = Signal(str, str)

    def __init__(self, facts: Sequence[Fact] = (), *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.set(facts)

    def set(self, facts: Sequence[Fact]) -> None:
        """Shows other facts."""
        cleared(self._grid)
        for place, fact in enumerate(facts):
            label = Text(fact.label, "secondary")
            if _is_long(fact):
                label.setContentsMargins(0, _INSET + 1, 0, 0)  # its letters are smaller
            side = Qt.AlignmentFlag.AlignTop if _is_long(fact) else Qt.AlignmentFlag.AlignVCenter
            self._grid.addWidget(label, place, 0, side)
            self._grid.addWidget(self._value(fact), place, 1)
            self._grid.setRowMinimumHeight(place, _ROW)

    def _value(self, fact: Fact) -> QWidget:
        if fact.kind == "link":
            button = Button(fact.value, name=f"open-{fact.target[0]}", kind="link")
            button.clicked.connect(lambda _checked=False: self.followed.emit(*fact.target))
            beside = QWidget()  # by itself it would make the whole column as narrow as it is
            beside.setLayout(row(button, 1))
            return beside
        if fact.kind == "hash":
            short = Text(fact.value[:SHORT], "mono")
            short.setToolTip(fact.value)
            copy = IconButton("copy", f"{fact.copies}: {fact.label}", name="copy")
            copy.setProperty("kind", "small")
            copy.setFixedSize(_ROW, _ROW)
            copy.setIconSize(QSize(16, 16))
            copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(fact.value))
            holder = QWidget()
            holder.setLayout(row(short, copy, 1, gap=2))
            return holder
        if _is_long(fact):
            text = Text(fact.value, "body", wrap=True)
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
            text.setContentsMargins(0, _INSET, 0, _INSET)
            return text
        return Elided(fact.value)


def _is_long(fact: Fact) -> bool:
    """Whether a value is a text that may wrap."""
    return fact.kind == "text" and any(letter.isspace() for letter in fact.value)
