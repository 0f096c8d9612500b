"""The scheme and text size in force. Widgets ask for them whenever they paint, so that a switch needs no rebuilding."""

from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from surefoot_app.theme import style
from surefoot_app.theme.fonts import made
from surefoot_app.theme.tokens import DARK, LARGEST, LIGHT, SMALLEST, Tokens

Mode = Literal["light", "dark", "system"]
_NAME = "surefoot-theme"


class Theme(QObject):
    """What the application looks like. Signals: `changed` after a switch.

    Attributes:
        mode: what the user chose. scale: text size in per cent.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        self._app = app
        self.mode: Mode = "light"
        self.scale = 100
        self.tokens = LIGHT
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def apply(self, *, mode: Mode | None = None, scale: int | None = None) -> None:
        """Switches scheme and text size, at once and everywhere."""
        self.mode = mode or self.mode
        self.scale = min(LARGEST, max(SMALLEST, scale or self.scale))
        self.tokens = self._wanted()
        # In place of another sheet, Qt lays one on a widget once for each thing it lies in: several times the work.
        self._app.setStyleSheet("")
        self._app.setFont(made(13 * self.scale / 100))
        self._app.setPalette(style.palette(self.tokens))
        self._app.setStyleSheet(style.sheet(self.tokens, self.scale))
        self.changed.emit()

    def _wanted(self) -> Tokens:
        if self.mode == "system":
            is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return DARK if is_dark else LIGHT
        return DARK if self.mode == "dark" else LIGHT

    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self.mode == "system":
            self.apply()


def theme() -> Theme:
    """The application's theme; made at the first question, so that a widget can be looked at by itself."""
    app = cast("QApplication", QApplication.instance())
    found = app.findChild(Theme, _NAME)
    return found if found is not None else Theme(app)


def tokens() -> Tokens:
    """The colours in force."""
    return theme().tokens


def px(size: float) -> int:
    """A length that grows with the text, in pixels."""
    return round(size * theme().scale / 100)
