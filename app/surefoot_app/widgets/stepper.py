"""Guided work on a whole page: the steps at the left, the work in the middle, why at the right, acts at the foot.

Any step can be gone back to. Ctrl+Enter continues, Alt+Left goes back. Closing keeps the draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP, MARGIN, NEAR
from surefoot_app.widgets.boxes import Card, column, holding, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.why import Why, WhyPane

StepState = Literal["todo", "now", "done", "failed", "close", "again"]
_LOOKS: dict[StepState, tuple[str, str]] = {
    "todo": ("circle", "edge"), "now": ("circle-dot", "accent"), "done": ("circle-check", "ok"),
    "failed": ("circle-x", "bad"), "close": ("triangle-alert", "warn"), "again": ("refresh-cw", "warn"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepperWords:
    """The words of a stepper's own parts."""

    back: str
    leave: str
    forward: str
    why: str
    steps: str


class _StepButton(QPushButton):
    """One step in the list: icon, title, and its state in words."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self.setObjectName(f"step.{number}")
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.title = f"{number}. {title}"
        self._glyph = Glyph("circle", "edge", 20)
        self._words = Text("", "secondary", wrap=True)
        heading = Text(self.title, "strong", wrap=True)
        inside = row(self._glyph, column(heading, self._words, gap=0), gap=10)
        inside.setStretch(1, 1)
        inside.setContentsMargins(10, 7, 8, 7)
        self._inside = inside
        self.setLayout(inside)
        for part in (self._glyph, heading, self._words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_state(self, state: StepState, words: str) -> None:
        """Shows how far the step is."""
        self._glyph.set(*_LOOKS[state])
        self._words.setText(words)
        self.setAccessibleName(f"{self.title}: {words}")

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.minimumSize()


class Stepper(QWidget):
    """The frame of guided work; the bodies of the steps come from the page.

    Signals: `moved(number)` when another step is asked for, counted from 0; `finished` at the last step's act;
    `left` at Save and close.
    """

    moved = Signal(int)
    finished = Signal()
    left = Signal()

    def __init__(self, titles: Sequence[str], words: StepperWords, *, last: str, parent: QWidget | None = None) -> None:
        """Makes it.

        Args:
            titles: the steps'.
            words: of its own parts.
            last: the act of the last step.
            parent: the widget that it lies in.
        """
        super().__init__(parent)
        self._words, self._last, self._hindrance = words, last, ""
        self.why = WhyPane(words.why)
        self.foot_note = Text("", "secondary", wrap=True)
        self._steps = [_StepButton(number, title) for number, title in enumerate(titles, 1)]
        self._stack = QStackedWidget()
        self._back = Button(words.back, name="stepper.back", act=lambda: self.go(self.current - 1))
        forward = Button(words.forward, name="stepper.forward", kind="primary", act=self._forward)
        self._forward_button = ReasonedButton(forward)
        self._arrange(titles)
        for number, step in enumerate(self._steps):
            step.clicked.connect(lambda _checked=False, number=number: self.go(number))
        QShortcut(QKeySequence("Ctrl+Return"), self, self._press_forward)
        QShortcut(QKeySequence("Alt+Left"), self, lambda: self.go(self.current - 1))
        self._show(0)

    @property
    def current(self) -> int:
        """The step that is shown, from 0."""
        return self._stack.currentIndex()

    def _arrange(self, titles: Sequence[str]) -> None:
        listed = Card()
        listed.setFixedWidth(px(228))
        listed.setAccessibleName(self._words.steps)
        listed.whole.setContentsMargins(10, 14, 10, 14)
        for step in self._steps:
            step.setMinimumHeight(46)
            listed.body.addWidget(step)
        listed.body.addStretch(1)
        listed.body.addWidget(self.foot_note)
        body = Card()
        body.body.addWidget(self._stack)
        for _ in titles:
            self._stack.addWidget(QWidget())
        middle = row(listed, body, self.why, gap=GAP)
        middle.setStretch(1, 1)
        middle.setContentsMargins(MARGIN, 0, MARGIN, GAP)
        leave = Button(self._words.leave, name="stepper.leave", kind="quiet", act=self.left.emit)
        foot = row(self._back, leave, self._forward_button, gap=NEAR)
        foot.setStretch(2, 1)
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(holding(foot, "foot"))

    def set_body(self, number: int, body: QWidget) -> None:
        """Puts the body of a step in, in place of the one before."""
        shown = self.current
        old = self._stack.widget(number)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()
        self._stack.insertWidget(number, body)
        self._stack.setCurrentIndex(shown)

    def set_state(self, number: int, state: StepState, words: str) -> None:
        """Says how far a step is, by icon and in words."""
        self._steps[number].set_state(state, words)

    def set_why(self, why: Why, acts: Sequence[Button] = ()) -> None:
        """Says why the step that is shown exists."""
        self.why.set(why, acts)

    def set_reason(self, reason: str) -> None:
        """Says why one cannot go on from here; an empty reason lets one go on."""
        self._forward_button.set_reason(reason)

    def hinder(self, reason: str) -> None:
        """Says why the act of the last step cannot be done now, whatever was answered; empty takes that back."""
        self._hindrance = reason
        self._show_hindrance()

    def _show_hindrance(self) -> None:
        is_last = self.current == len(self._steps) - 1
        self._forward_button.hinder(self._hindrance if is_last else "")

    def set_last(self, text: str) -> None:
        """Gives the last step's act another text, such as how many runs it starts."""
        self._last = text
        self._show(self.current)

    def go(self, number: int) -> None:
        """Shows another step and tells it."""
        if 0 <= number < len(self._steps):
            self._show(number)
            self.moved.emit(number)

    def _show(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        for place, step in enumerate(self._steps):
            step.setChecked(place == number)
        self._back.setEnabled(number > 0)
        button = self._forward_button.button
        button.setText(self._last if number == len(self._steps) - 1 else self._words.forward)
        button.setAccessibleName(button.text())
        self._show_hindrance()

    def _press_forward(self) -> None:
        if self._forward_button.button.isEnabled():
            self._forward()

    def _forward(self) -> None:
        if self.current == len(self._steps) - 1:
            self.finished.emit()
        else:
            self.go(self.current + 1)
