"""What stands where nothing is: one sentence, one act, one way to see an example."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot_app.theme.tokens import GAP, NEAR
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

Emptiness = Literal["nothing", "no-match", "loading", "no-permission"]
_GLYPHS: dict[Emptiness, str] = {
    "nothing": "inbox", "no-match": "search", "loading": "loader", "no-permission": "lock"
}  # fmt: skip
_WIDTH = 460


class EmptyState(QWidget):
    """Why there is nothing to see, and what can be done about it.

    Args:
        kind: nothing yet, no match, still loading, or no permission.
        title: the sentence. detail: what it means. acts: buttons, the main one first.
    """

    def __init__(
        self,
        kind: Emptiness,
        title: str,
        detail: str = "",
        *,
        acts: tuple[Button, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setAccessibleName(title)
        heading, body = Text(title, "card-title", wrap=True), Text(detail, "quiet", wrap=True)
        layout = QVBoxLayout(self)
        layout.setSpacing(NEAR)
        layout.addStretch(2)
        layout.addWidget(Glyph(_GLYPHS[kind], "faint", 32), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        for text in (heading, body):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            text.setFixedWidth(_WIDTH)
            text.setVisible(bool(text.text()))
            # Between two stretches: an alignment alone would ask how high it is at the width of the whole page.
            layout.addLayout(row(1, text, 1))
        if acts:
            layout.addSpacing(NEAR)
            layout.addLayout(row(1, *acts, 1, gap=GAP))
        layout.addStretch(3)
