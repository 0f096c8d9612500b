"""What the bodies of the six steps have in common: a heading, fields that tell what is typed, a part that follows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLineEdit, QVBoxLayout, QWidget

from surefoot_app.datasets.draft import Draft, Judged, field_of
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import column, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.text import Text


class Step(QWidget):
    """One step's body.

    Signals: `changed(changes)`, the fields of the draft that were answered, by name; `going(step)` when another step
    is asked for, where something can be mended.

    Attributes:
        desk: the hub. draft: as it stands. body: a column. fields: those that may be wrong, by their name in the draft.
    """

    changed = Signal(object)
    going = Signal(int)

    def __init__(self, key: str, desk: Desk, draft: Draft) -> None:
        super().__init__()
        self.desk, self.words, self.draft = desk, desk.words, draft
        self.fields: dict[str, Field] = {}
        self.body = column(
            Text(self.words(f"app.datasets.{key}_title"), "step-title", wrap=True),
            Text(self.words(f"app.datasets.{key}_detail"), "quiet", wrap=True),
            gap=GAP - 2,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(self.body))

    def line(self, field: str, value: str, *, example: str = "", hint: str = "") -> Field:
        """A labelled line for a field of the draft."""
        edit = QLineEdit(value)
        edit.setPlaceholderText(example)
        edit.textEdited.connect(self.telling(field))
        return self.field(field, edit, hint=hint)

    def field(self, field: str, edit: QWidget, *, hint: str = "") -> Field:
        """A labelled editor for a field of the draft."""
        made = Field(self.words(f"app.datasets.{field}"), edit, name=f"dataset.{field}", hint=hint)
        self.fields[field] = made
        return made

    @staticmethod
    def beside(*parts: QWidget | QLayout, shares: Sequence[int]) -> QHBoxLayout:
        """Fields beside each other, their labels on one line however long the hints are."""
        made = row(*parts, gap=12)
        for place, share in enumerate(shares):
            made.setStretch(place, share)
            item = made.itemAt(place)
            if item is not None:
                item.setAlignment(Qt.AlignmentFlag.AlignTop)
        return made

    def telling(self, field: str) -> Callable[[Any], None]:
        """What tells of an answer to a field."""
        return lambda value: self.tell({field: value})

    def tell(self, changes: Mapping[str, Any]) -> None:
        """Tells of answers."""
        self.changed.emit(dict(changes))

    def go(self, key: str, step: int, *, name: str) -> Button:
        """A button that leads to another step."""
        button = Button(self.words(f"app.datasets.{key}"), name=name, kind="quiet")
        button.clicked.connect(lambda _checked=False: self.going.emit(step))
        return button

    def follow(self, judged: Judged) -> None:
        """Shows what came of the answers, given here or at another step; what is wrong is told beside its field."""
        self.draft = judged.draft
        error = judged.error
        told = self.words.error(error) if error is not None else None
        wrong = field_of(error) if error is not None else ""
        for name, field in self.fields.items():
            field.set_wrong(f"{told.what} {told.do} ({told.code})" if told is not None and name == wrong else "")
