"""Where something is written or chosen: a filter, a choice, a labelled field with its hint and what is wrong."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from surefoot_app.theme import pixmap
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

_REST = 150  # milliseconds without a key before a filter is asked for


class SearchLine(QLineEdit):
    """A line with a magnifying glass in it."""

    def __init__(self, hint: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("lead", "true")
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self._glyph = Glyph("search", "muted", 16, parent=self)
        self._glyph.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._glyph.move(11, (self.height() - self._glyph.height()) // 2)


class FilterLine(SearchLine):
    """A line that filters what is below it. Signals: `asked(text)` when the keys rest, or at Return."""

    asked = Signal(str)

    def __init__(self, hint: str, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(hint, name=name, parent=parent)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._ask)
        self.textEdited.connect(lambda _text: self._rest.start())
        self.returnPressed.connect(self._ask)

    def _ask(self) -> None:
        self._rest.stop()
        self.asked.emit(self.text())

    def set_wrong(self, *, wrong: bool) -> None:
        """Marks what is written as something that cannot be read."""
        mark(self, wrong=wrong)


def mark(field: QWidget, *, wrong: bool) -> None:
    """Draws a field's edge as that of one with a fault, or not."""
    field.setProperty("wrong", "true" if wrong else "false")
    field.style().unpolish(field)
    field.style().polish(field)


class Choice(QComboBox):
    """A choice among texts.

    The wheel passes over it to what scrolls, unless it has the keyboard: a form would change its answers unseen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._label: Text | None = None

    def call(self, name: str) -> None:
        """Says what is chosen here, to those who listen, where no label beside it does.

        Qt gives them what is chosen as the name of a choice, and what it is for from a label alone. That need not be
        shown, but lie in the same widget.
        """
        self.setAccessibleName(name)
        if self._label is None:
            self._label = Text()
            self._label.hide()
            self._label.setBuddy(self)
            self._label.setParent(self.parentWidget())
        self._label.setText(name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ParentChange and self._label is not None:
            self._label.setParent(self.parentWidget())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            place = QPoint(self.width() - 26, (self.height() - 16) // 2)
            role = "muted" if self.isEnabled() else "faint"
            painter.drawPixmap(place, pixmap("chevron-down", role, 16, self.devicePixelRatioF()))


class Select(Choice):
    """A choice among several, by keys. Signals: `chosen(key)` when the user picks another."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        for key, text in options:
            self.addItem(text, key)
        self.activated.connect(lambda _place: self.chosen.emit(self.current))

    @property
    def current(self) -> str:
        """The key that is chosen; empty where there is nothing to choose."""
        return str(self.currentData() or "")

    def choose(self, key: str) -> None:
        """Chooses without telling."""
        self.setCurrentIndex(self.findData(key))


class Field(QWidget):
    """A label, an editor under it, a hint, and where need be what is wrong.

    Attributes:
        edit: the editor.
    """

    def __init__(self, label: str, edit: QWidget, *, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = edit
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        edit.setAccessibleDescription(hint)
        heading = Text(label, "label")
        heading.setBuddy(edit)
        self._hint, self._wrong = Text(hint, "secondary", wrap=True), Text("", "bad", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (heading, edit, self._hint, self._wrong):
            layout.addWidget(widget)
        self._hint.setVisible(bool(hint))
        self._wrong.hide()

    def set_wrong(self, text: str) -> None:
        """Says what is wrong with what is written; an empty text takes it back."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        mark(self.edit, wrong=bool(text))
