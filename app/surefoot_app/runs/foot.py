"""The line under the list: how many are pinned, which keys do what, which places are in view."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from surefoot.texts import Words
from surefoot_app.bridge.formatting import number
from surefoot_app.theme import px
from surefoot_app.widgets.text import Text


class Foot(QHBoxLayout):
    """Laid out under the table."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.pinned, self.places = Text("", "strong"), Text("", "secondary")
        # Of one width, so that scrolling lays nothing out anew.
        self.places.setFixedWidth(px(240))
        self.places.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setContentsMargins(14, 2, 14, 10)
        self.setSpacing(10)
        self.addWidget(self.pinned)
        self.addWidget(Text(words("app.runs.keys"), "secondary", wrap=True), 1)
        self.addWidget(self.places)

    def show_pinned(self, count: int) -> None:
        """Says how many runs are pinned."""
        self.pinned.setText(self._words("app.runs.pinned", count=count) if count else "")
        self.pinned.setVisible(bool(count))

    def show_places(self, first: int, last: int, total: int) -> None:
        """Says which places, from 0, of how many are in view."""
        words = self._words
        places = {"first": number(first + 1, words), "last": number(last + 1, words), "total": number(total, words)}
        self.places.setText(words("app.runs.places", **places) if total else "")
