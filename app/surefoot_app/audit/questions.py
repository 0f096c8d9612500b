"""Five questions that need no training, each answered by one paragraph and then the evidence."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from surefoot.audit.facts import Explanation
from surefoot_app.audit import asking
from surefoot_app.audit.asking import MARKS, QUESTIONS, Answer, Part, Question
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text, line

_WIDTH = 300


class QuestionsView(QWidget):
    """Shows the questions at the left and the answer at the right. Signals: `followed(kind, ref)`."""

    followed = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._found: Explanation | None = None
        self._current: Question = QUESTIONS[0][0]
        self._told: tuple[Question, Answer] | None = None
        self._answer = column(gap=12)
        listed = Card(desk.words("app.audit.questions"))
        listed.setFixedWidth(_WIDTH)
        group = QButtonGroup(self)
        self._buttons: dict[Question, Button] = {}
        for question, _ in QUESTIONS:
            button = Button(desk.words(f"app.audit.ask_{question}"), name=f"audit.ask.{question}", kind="nav")
            button.setSizePolicy(button.sizePolicy().Policy.Preferred, button.sizePolicy().Policy.Fixed)
            button.setCheckable(True)
            button.setChecked(question == self._current)
            button.clicked.connect(lambda _checked=False, question=question: self.choose(question))
            group.addButton(button)
            self._buttons[question] = button
            listed.body.addWidget(button)
        listed.body.addStretch(1)
        right = Card()
        right.body.addWidget(scrolled(self._answer))
        whole = row(listed, right, gap=GAP)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.show_loading()

    def choose(self, question: Question) -> None:
        """Shows the answer to another question."""
        self._current = question
        self._buttons[question].setChecked(True)
        if self._found is not None:
            self.show_explanation(self._found)

    def show_loading(self) -> None:
        """Says that the record is being read."""
        self.show_empty(EmptyState("loading", self._desk.words("app.audit.reading")))

    def show_empty(self, empty: EmptyState) -> None:
        """Says why there is no answer."""
        self._found = self._told = None
        cleared(self._answer)
        self._answer.addWidget(empty)

    def show_explanation(self, found: Explanation) -> None:
        """Shows the answer to the chosen question; where it is shown already it keeps its place and the keyboard."""
        self._found = found
        answer = asking.answer(found, self._current, self._desk.words)
        if self._told == (self._current, answer):
            return
        self._told = self._current, answer
        cleared(self._answer)
        question = self._desk.words(f"app.audit.ask_{self._current}")
        self._answer.addWidget(Text(question, "step-title", wrap=True))
        self._answer.addWidget(Text(answer.paragraph, "body", wrap=True))
        self._answer.addWidget(Text(self._desk.words("say.audit.evidence"), "card-title"))
        self._evidence(answer)
        self._answer.addStretch(1)

    def _evidence(self, answer: Answer) -> None:
        for place, part in enumerate(answer.parts):
            if place:
                self._answer.addWidget(line())
            self._answer.addWidget(self._part(part))

    def _part(self, part: Part) -> QWidget:
        texts = column(Text(part.text, "body", wrap=True), gap=3)
        for proof in part.proofs:
            said = Text(proof.text, "secondary", wrap=True)
            said.setToolTip(proof.leaf)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            cells = row(said, gap=8)
            cells.setStretch(0, 1)
            if proof.target[1]:
                link = Button(self._desk.words("app.audit.open"), name=f"audit.open.{proof.target[0]}", kind="link")
                link.setAccessibleName(f"{link.text()}: {proof.text}")
                link.clicked.connect(lambda _checked=False, target=proof.target: self.followed.emit(*target))
                cells.addWidget(link)
            texts.addLayout(cells)
        if not part.proofs:
            texts.addWidget(Text(self._desk.words("app.audit.no_proof"), "secondary", wrap=True))
        glyph = Glyph(*MARKS[part.weight], 16)
        inside = row(glyph, texts, gap=10)
        inside.setAlignment(glyph, Qt.AlignmentFlag.AlignTop)
        inside.setStretch(1, 1)
        return holding(inside)
