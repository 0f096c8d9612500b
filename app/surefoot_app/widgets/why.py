"""The pane at the right that says why: why it matters, what is compared, what can be done. At most 90 words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QWidget

from surefoot_app.theme import px
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

MOST_WORDS = 90


@dataclass(frozen=True, slots=True)
class Why:
    """What the pane says.

    Attributes:
        about: what it is about, in a few words. parts: heading and text; the first heading may be empty.
    """

    about: str
    parts: Sequence[tuple[str, str]]


class WhyPane(Card):
    """Shows a `Why`, and buttons under it."""

    def __init__(self, title: str, *, width: int = 296, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setFixedWidth(px(width))
        self.setAccessibleName(title)
        self._parts = column(gap=6)
        self.body.addLayout(_heading(title))
        self.body.addLayout(self._parts, 1)

    def set(self, why: Why, acts: Sequence[Button] = ()) -> None:
        """Says something else."""
        cleared(self._parts)
        if why.about:
            self._parts.addWidget(Text(why.about, "label", wrap=True))
        for heading, text in why.parts:
            if heading:
                self._parts.addSpacing(6)
                self._parts.addWidget(Text(heading, "strong", wrap=True))
            self._parts.addWidget(Text(text, "quiet", wrap=True))
        if acts:
            self._parts.addSpacing(6)
        for act in acts:
            self._parts.addWidget(act)
        self._parts.addStretch(1)


def _heading(title: str) -> QHBoxLayout:
    made = row(Glyph("lightbulb", "info"), Text(title, "card-title", wrap=True))
    made.setStretch(1, 1)
    return made
