"""What is told beside the work: one toast at most, and a strip of problems that stay until they are solved."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import MARGIN, NEAR
from surefoot_app.widgets.boxes import cleared
from surefoot_app.widgets.buttons import Button, IconButton
from surefoot_app.widgets.pill import GLYPHS, Glyph
from surefoot_app.widgets.text import Text

_SECONDS = 6000
_FOOT = 57  # pixels that the foot of guided work is high: a notice lies above it, or it would cover its act


class Toast(QFrame):
    """A notice at the lower right of its parent for six seconds; under the pointer it stays."""

    def __init__(self, parent: QWidget, *, close: str) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._glyph = Glyph("info", "info")
        self._text = Text("", wrap=True)
        self._timer = QTimer(self, singleShot=True, interval=_SECONDS)
        self._timer.timeout.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(NEAR + 2)
        layout.addWidget(self._glyph)
        layout.addWidget(self._text, 1)
        layout.addWidget(IconButton("x", close, name="toast.close", act=self.hide))
        self._over = parent
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str, tone: Tone) -> None:
        """Shows a notice in place of the one before."""
        self._glyph.set(GLYPHS[tone], "muted" if tone == "neutral" else tone)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _place(self) -> None:
        parent = self._over
        width = min(420, parent.width() - 2 * MARGIN)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move(parent.width() - width - MARGIN, parent.height() - self.height() - px(_FOOT) - NEAR)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, _event: QEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, _event: QEvent) -> None:
        self._timer.start()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is in the way.

    Attributes:
        key: one problem, one key. text: what it is and what it means. tone: `bad` or `warn`.
        act: the word on the button that solves it, and what it does; None where there is none.
    """

    key: str
    text: str
    tone: Tone = "bad"
    act: tuple[str, Callable[[], object]] | None = None


class ProblemsStrip(QWidget):
    """Problems under each other, each with what solves it. Signals: `dismissed(key)`."""

    dismissed = Signal(str)

    def __init__(self, *, close: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._close = close
        self.problems: dict[str, Problem] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(MARGIN, NEAR, MARGIN, 0)
        self._layout.setSpacing(NEAR)
        self.hide()

    def put(self, problem: Problem) -> None:
        """Shows a problem, in place of an earlier one of its key."""
        self.problems[problem.key] = problem
        self._refresh()

    def solve(self, key: str) -> None:
        """Takes a problem away."""
        if self.problems.pop(key, None) is not None:
            self._refresh()

    def _refresh(self) -> None:
        cleared(self._layout)
        for problem in self.problems.values():
            self._layout.addWidget(self._row(problem))
        self.setVisible(bool(self.problems))

    def _row(self, problem: Problem) -> QFrame:
        frame = QFrame()
        frame.setProperty("kind", "warn" if problem.tone == "warn" else "bad")
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(Glyph(GLYPHS[problem.tone], problem.tone))
        layout.addWidget(Text(problem.text, wrap=True), 1)
        if problem.act is not None:
            word, act = problem.act
            layout.addWidget(Button(word, name=f"problem.{problem.key}", act=act))
        close = IconButton("x", self._close, name=f"problem.{problem.key}.close")
        close.clicked.connect(lambda _checked=False: self._dismiss(problem.key))
        layout.addWidget(close)
        return frame

    def _dismiss(self, key: str) -> None:
        self.solve(key)
        self.dismissed.emit(key)
