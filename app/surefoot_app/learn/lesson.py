"""One lesson: an idea, an act on your own data, a question with three answers."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from surefoot.guide.lessons import Lesson
from surefoot_app.learn import due
from surefoot_app.learn.due import Ground
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text, line

_LETTERS = "ABC"


class LessonCard(Card):
    """Shows a lesson.

    Signals: `read` when its question was answered, rightly or not; `onward` when the next one is wanted;
    `checking` when its act is to look at a notebook.
    """

    read = Signal()
    onward = Signal()
    checking = Signal()

    def __init__(self, desk: Desk, lesson: Lesson, ground: Ground, *, has_next: bool) -> None:
        super().__init__()
        self._desk, self._lesson = desk, lesson
        self._command = due.act(lesson, ground)
        self.setAccessibleName(lesson.title)
        words = desk.words
        content = column(gap=14)
        content.addWidget(Text(lesson.title, "step-title", wrap=True))
        content.addWidget(Text(lesson.idea, "body", wrap=True))
        content.addWidget(self._act())
        content.addWidget(line())
        content.addWidget(Text(lesson.question, "strong", wrap=True))
        self._answers = [self._answer(place, text) for place, text in enumerate(lesson.answers)]
        for button, answer in zip(self._answers, lesson.answers, strict=True):
            content.addLayout(_beside(button, answer))
        self._verdict, self._glyph, self._said = self._reason()
        content.addWidget(self._verdict)
        content.addStretch(1)
        self.body.addWidget(scrolled(content), 1)
        if has_next:
            onward = Button(words("app.learn.next"), name="learn.next", kind="primary", glyph="arrow-right")
            onward.clicked.connect(lambda _checked=False: self.onward.emit())
            self.body.addLayout(row(1, onward))

    def _act(self) -> QWidget:
        words, panel = self._desk.words, due.panel(self._lesson)
        acts = row()
        if panel == "learn":
            acts.addWidget(Button(words("app.learn.check"), name="learn.go", glyph="file-text", act=self.checking.emit))
        elif panel:
            text = words("app.learn.go", panel=words(f"app.{panel}.title"))
            acts.addWidget(Button(text, name="learn.go", glyph="arrow-right", act=lambda: self._desk.go(panel)))
        acts.addWidget(Button(words("app.learn.copy"), name="learn.copy", glyph="copy", act=self._copy))
        acts.addStretch(1)
        command = Text(self._command, "mono", wrap=True)
        command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside = Card(words("app.learn.try"), kind="sunken")
        inside.body.addWidget(Text(self._lesson.do, "quiet", wrap=True))
        inside.body.addWidget(command)
        inside.body.addLayout(acts)
        return inside

    def _answer(self, place: int, text: str) -> Button:
        button = Button(_LETTERS[place], name=f"learn.answer.{place}", kind="chip")
        button.setAccessibleName(f"{_LETTERS[place]}: {text}")
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.clicked.connect(lambda _checked=False: self._judge(place))
        return button

    def _reason(self) -> tuple[QWidget, Glyph, Text]:
        glyph, said = Glyph("circle-check", "ok", 20), Text("", "body", wrap=True)
        inside = row(glyph, said, gap=12)
        inside.setStretch(1, 1)
        inside.setContentsMargins(14, 12, 14, 12)
        frame = holding(inside, "info")
        frame.hide()
        return frame, glyph, said

    def _judge(self, place: int) -> None:
        is_right = place == self._lesson.right
        self._glyph.set("circle-check" if is_right else "circle-x", "ok" if is_right else "bad")
        word = self._desk.words(f"app.learn.{'right' if is_right else 'wrong'}", letter=_LETTERS[self._lesson.right])
        self._said.setText(f"{word} {self._lesson.because}")
        self._verdict.setAccessibleName(self._said.text())
        self._verdict.show()
        self._desk.settings.read_lesson(self._lesson.name)
        self.read.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._command)
        self._desk.tell(self._desk.words("app.learn.copied", command=self._command), "info")


def _beside(button: Button, text: str) -> QHBoxLayout:
    made = row(button, Text(text, wrap=True), gap=10)
    made.setStretch(1, 1)
    return made
