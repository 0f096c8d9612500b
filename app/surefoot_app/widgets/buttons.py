"""What can be pressed. One filled button a page; a button that cannot be pressed says why in text beside it."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from surefoot_app.theme import icon
from surefoot_app.theme.icons import SIZE
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.text import Text

Kind = Literal["plain", "primary", "danger", "quiet", "link", "nav", "chip", "segment", "palette-field"]
_ROLES = {"primary": "on_fill", "danger": "on_fill", "quiet": "accent", "link": "accent"}


class Button(QPushButton):
    """A button with a text, and an icon where it helps.

    Args:
        text: what pressing it does. name: its object name, the id of its action, by which tests find it.
        kind: how it looks. glyph: an icon's name. act: called when it is pressed.
    """

    def __init__(
        self,
        text: str,
        *,
        name: str,
        kind: Kind = "plain",
        glyph: str = "",
        act: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.setObjectName(name)
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if glyph:
            self.setIcon(icon(glyph, _ROLES.get(kind, "muted"), _ROLES.get(kind, "accent")))
            self.setIconSize(QSize(SIZE - 2, SIZE - 2))
            self.setText(f" {self.text()}")
        if act is not None:
            self.clicked.connect(lambda _checked=False: act())


class IconButton(QToolButton):
    """A button that is an icon alone: its name is told as a tooltip and to those who listen."""

    def __init__(self, glyph: str, text: str, *, name: str, act: Callable[[], object] | None = None) -> None:
        super().__init__()
        self.setObjectName(name)
        self.set_glyph(glyph, text)
        self.setIconSize(QSize(SIZE, SIZE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if act is not None:
            self.clicked.connect(lambda _checked=False: act())

    def set_glyph(self, glyph: str, text: str) -> None:
        """Shows another icon under another name."""
        self.setIcon(icon(glyph))
        self.setToolTip(text)
        self.setAccessibleName(text)


class ReasonedButton(QWidget):
    """A button and, where it cannot be pressed, the reason in words at its left.

    Signals: `pressed`.
    """

    pressed = Signal()

    def __init__(self, button: Button, *, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = button
        self._own = self._hindrance = ""
        self._reason = Text("", "secondary", wrap=True)
        self._reason.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(NEAR + 4)
        layout.addWidget(self._reason, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
        button.clicked.connect(lambda _checked=False: self.pressed.emit())
        self.set_reason(reason)

    def set_reason(self, reason: str) -> None:
        """Says why it cannot be pressed; an empty reason lets it be pressed."""
        self._own = reason
        self._update()

    def hinder(self, reason: str) -> None:
        """Says why nothing of its kind can be done now, whatever else is well; an empty reason takes that back."""
        self._hindrance = reason
        self._update()

    def _update(self) -> None:
        reason = self._hindrance or self._own
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self.button.setEnabled(not reason)
        self.button.setAccessibleDescription(reason)
