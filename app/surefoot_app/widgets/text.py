"""Words on the screen: a label with a role, and one that is cut in the middle where there is no room."""

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from surefoot_app.theme import tokens

_LONGEST = 20  # letters without a place to break at
_LONG = re.compile(rf"\S{{{_LONGEST + 1},}}")
_PIECE = re.compile(rf"\S{{1,{_LONGEST}}}?(?:[/\\]+|$)|\S{{1,{_LONGEST}}}")
_BREAK = "\u200b"  # of no width


def capital(text: str) -> str:
    """A word as it begins a line or stands alone."""
    return text[:1].upper() + text[1:]


class Text(QLabel):
    """A text of one role: `page-title`, `step-title`, `card-title`, `body`, `strong`, `quiet`, `secondary`, `label`,
    `caption`, `figure`, `reading`, `mono` or `bad`. It wraps where `wrap` says so, within a path or a hash too, which
    are cut otherwise; markup in it is shown, not obeyed.
    """  # noqa: D205 - one sentence over two lines

    def __init__(
        self, text: str = "", role: str = "body", *, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        self.setText(text)

    def setText(self, text: str) -> None:
        # What can be copied is left as it is: a name with breaks in it would be another one.
        is_copied = bool(self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse)
        is_broken = self.wordWrap() and not is_copied
        shown = _LONG.sub(lambda word: _BREAK.join(_PIECE.findall(word[0])), text) if is_broken else text
        if shown != text or super().text() != self.text():
            self.setAccessibleName(text if shown != text else "")
        super().setText(shown)

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:
        super().setTextInteractionFlags(flags)
        self.setText(self.text())

    def text(self) -> str:
        """What it says, as it was given."""
        return super().text().replace(_BREAK, "")

    def set_role(self, role: str) -> None:
        """Makes it a text of another role."""
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)


class Elided(QWidget):
    """One line, cut in the middle where it is too long; the whole of it is its tooltip and its accessible name."""

    def __init__(self, text: str = "", *, role: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str) -> None:
        """Shows another text."""
        self._text = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(tokens().colour(self._role))
            shown = QFontMetrics(self.font()).elidedText(self._text, Qt.TextElideMode.ElideMiddle, self.width())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def line() -> QFrame:
    """A hairline across."""
    made = QFrame()
    made.setProperty("kind", "line")
    made.setFixedHeight(1)
    return made
