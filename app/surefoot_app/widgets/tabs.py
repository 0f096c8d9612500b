"""A choice among a few, side by side: segments that switch what is seen, chips that filter."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QWidget

from surefoot_app.widgets.buttons import Button


class _Choice(QFrame):
    """Exclusive buttons. Signals: `chosen(key)` when the user picks another."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, kind: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, Button] = {}
        layout = self._row = QHBoxLayout(self)
        for key, text in options:
            button = Button(text, name=f"{name}.{key}", kind="segment" if kind == "segment" else "chip")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
            layout.addWidget(button)
        if options:
            self.choose(options[0][0])

    @property
    def current(self) -> str:
        """The key that is chosen."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Chooses without telling."""
        self._buttons[key].setChecked(True)


class Segments(_Choice):
    """Views of one thing."""

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(options, name=name, kind="segment", parent=parent)
        self.setProperty("kind", "sunken")
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(2)


class Chips(_Choice):
    """Filters of one list."""

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(options, name=name, kind="chip", parent=parent)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
