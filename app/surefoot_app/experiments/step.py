"""What the bodies of the seven steps have in common: a heading, fields that tell what is typed, a part that follows."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from surefoot.texts import Words
from surefoot_app.experiments.draft import Draft, Judged, Known
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import column, scrolled
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.text import Text


class Step(QWidget):
    """One step's body.

    Signals: `changed(changes)`, the fields of the draft that were answered, by name.

    Attributes:
        words: the texts. draft: as it was when the step was made. known: what can be chosen. body: a column.
    """

    changed = Signal(object)

    def __init__(self, key: str, words: Words, draft: Draft, known: Known) -> None:
        super().__init__()
        self.words, self.draft, self.known = words, draft, known
        self.body = column(
            Text(words(f"app.experiments.{key}_title"), "step-title", wrap=True),
            Text(words(f"app.experiments.{key}_detail"), "quiet", wrap=True),
            gap=GAP - 2,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(self.body))

    def line(self, field: str, value: str, *, example: str = "", hint: str = "") -> Field:
        """A labelled line for a field of the draft."""
        edit = QLineEdit(value)
        edit.setPlaceholderText(example)
        edit.textChanged.connect(self.telling(field))
        return Field(self.words(f"app.experiments.{field}"), edit, name=f"experiment.{field}", hint=hint)

    def telling(self, field: str) -> Callable[[Any], None]:
        """What tells of an answer to a field."""
        return lambda value: self.tell({field: value})

    def tell(self, changes: Mapping[str, Any]) -> None:
        """Tells of answers."""
        self.changed.emit(dict(changes))

    def follow(self, judged: Judged) -> None:
        """Shows what came of an answer, given here or at another step."""
