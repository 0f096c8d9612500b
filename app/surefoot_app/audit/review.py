"""Review mode: one deployment's whole story, read-only, in larger type and plain words; decisions where one waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from surefoot.audit.facts import Explanation, Weight
from surefoot.audit.report import state_line
from surefoot.errors import SurefootError
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.audit import asking
from surefoot_app.audit.asking import MARKS, Answer, Part
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, leave, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

_WIDTH = 860
DECIDED_BY = ("release", "approval", "policy", "check", "waiver", "model", "run", "asset")
"""The lines that what waits, and its gates, depend on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release that somebody has to decide about: its id, its name and version, and the gates that are not open."""

    release: str
    name: str
    closed: tuple[str, ...] = ()


def waiting(bench: Workbench) -> tuple[Waiting, ...]:
    """The newest proposal of each version that is neither approved nor refused."""
    found: dict[str, Waiting] = {}
    for one in bench.releases.list():
        name = f"{one.name} {one.version}"
        if one.approved is None and not one.approvals and not one.refusals and name not in found:
            shut = [gate.name for gate in bench.releases.check(one.id) if not gate.is_open and gate.name != "approvals"]
            found[name] = Waiting(one.id, name, tuple(shut))
    return tuple(found.values())


def _gate(name: str, words: Words) -> str:
    """A gate in a word; one of a check by the check's."""
    kind = name.removeprefix("check.")
    return words.term("kind", kind) if kind != name else words.term("gate", name)


class DecisionCard(Card):
    """One question: may this release go out? Yes, No, or ask first. Signals: `decided` once it is on the record.

    Args:
        desk: the hub. one: what waits. owner: whom an answer belongs to, where that is to outlive the card.
    """

    decided = Signal()

    def __init__(
        self, desk: Desk, one: Waiting, *, owner: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        words = desk.words
        super().__init__(parent=parent)
        self._desk, self._one, self._is_first = desk, one, True
        self._owner = self if owner is None else owner
        self._is_acting = False
        self.setAccessibleName(words("app.audit.decide", release=one.name))
        head = row(Glyph("user-check", "info", 22), Text(words("app.audit.decide", release=one.name), "step-title"), 1)
        read = Button(words("app.audit.read_release"), name="review.read", kind="link")
        read.clicked.connect(lambda _checked=False: desk.open("release", one.release))
        head.addWidget(read)
        self.body.addLayout(head)
        self._closed = Text("", "reading", wrap=True)
        self.body.addWidget(self._closed)
        self._reason = QLineEdit()
        self._field = Field(words("app.audit.your_reason"), self._reason, name="review.reason")
        self.body.addWidget(self._field)
        self._yes = Button(words("app.audit.yes"), name="review.yes", kind="primary", act=self._on_yes)
        self._no = Button(words("app.audit.no"), name="review.no", act=self._on_no)
        ask = Button(words("app.audit.ask"), name="review.ask", kind="quiet", glyph="copy", act=self._on_ask)
        self._why = Text("", "secondary", wrap=True)
        self.body.addLayout(row(self._yes, self._no, ask, self._why))
        self._reason.textChanged.connect(lambda _text: self._refresh())
        self._show_gates()
        self._refresh()

    def show_waiting(self, one: Waiting, *, is_first: bool) -> None:
        """Shows how the same release waits now, and whether its question is the first; what is written stays."""
        if is_first != self._is_first:
            self._is_first = is_first
            self._yes.setProperty("kind", "primary" if is_first else "plain")
            self._yes.style().unpolish(self._yes)
            self._yes.style().polish(self._yes)
        if one != self._one:
            self._one = one
            self._show_gates()
            self._refresh()

    def _show_gates(self) -> None:
        words = self._desk.words
        gates = ", ".join(_gate(gate, words) for gate in self._one.closed)
        self._closed.setText(words("app.audit.closed", gates=gates))
        self._closed.setVisible(bool(gates))

    def _refresh(self) -> None:
        words = self._desk.words
        has_reason = bool(self._reason.text().strip())
        can_answer = has_reason and not self._is_acting
        self._yes.setEnabled(can_answer and not self._one.closed)
        self._no.setEnabled(can_answer)
        key = "" if has_reason and not self._one.closed else "need_gates" if has_reason else "need_reason"
        self._why.setText(words(f"app.audit.{key}") if key else words("app.audit.for_ever"))

    def _on_yes(self) -> None:
        ref, reason = self._one.release, self._reason.text().strip()
        self._act(lambda bench: bench.releases.approve(ref, reason=reason))

    def _on_no(self) -> None:
        ref, reason = self._one.release, self._reason.text().strip()
        self._act(lambda bench: bench.releases.refuse(ref, reason=reason))

    def _on_ask(self) -> None:
        question = self._reason.text().strip() or "…"
        text = self._desk.words("app.audit.question_text", release=self._one.name, id=self._one.release, text=question)
        QGuiApplication.clipboard().setText(text)
        self._why.setText(self._desk.words("app.audit.question_copied"))

    def _act(self, decide: Callable[[Workbench], object]) -> None:
        self._is_acting = True
        self._field.set_wrong("")
        self._refresh()
        self._desk.session.act(
            lambda bench, _progress, _cancel: decide(bench),
            owner=self._owner,
            then=lambda _found: self._on_decided(),
            failed=self._on_failed,
        )

    # Others may answer while the passphrase is asked for: then the card is gone by now.

    def _on_decided(self) -> None:
        if shiboken6.isValid(self):
            self.decided.emit()

    def _on_failed(self, error: SurefootError) -> None:
        if not shiboken6.isValid(self):
            self._desk.error(error)
            return
        told = self._desk.words.error(error)
        self._is_acting = False
        self._field.set_wrong(f"{told.what} {told.do} ({told.code})")
        self._refresh()


class ReviewView(QWidget):
    """The story. Signals: `decided`."""

    decided = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._cards: dict[str, DecisionCard] = {}
        self._told: tuple[str, int, tuple[Answer, ...]] | None = None
        self._decisions, self._story = column(gap=GAP), column(gap=GAP)
        middle = holding(column(self._decisions, self._story, 1, gap=GAP))
        middle.setMaximumWidth(_WIDTH)
        across = row(1, middle, 1)
        across.setStretch(1, 100)
        self.setLayout(column(scrolled(across)))
        self._story.addWidget(EmptyState("loading", desk.words("app.audit.reading")))

    def show_waiting(self, found: Sequence[Waiting]) -> None:
        """Shows what waits for a decision; what waited before keeps its card, with what is written in it."""
        for release in self._cards.keys() - {one.release for one in found}:
            self._let_go(self._cards.pop(release))
        for place, one in enumerate(found):
            card = self._cards.get(one.release)
            if card is None:
                card = self._cards[one.release] = DecisionCard(self._desk, one, owner=self)
                card.decided.connect(self.decided)
            card.show_waiting(one, is_first=place == 0)
            if self._decisions.indexOf(card) != place:
                self._decisions.removeWidget(card)
                self._decisions.insertWidget(place, card)

    def _let_go(self, card: DecisionCard) -> None:
        leave(card)
        self._decisions.removeWidget(card)
        card.hide()
        card.setParent(None)
        card.deleteLater()

    def show_empty(self, empty: EmptyState) -> None:
        """Says why there is no story."""
        self._told = None
        cleared(self._story)
        self._story.addWidget(empty)

    def show_explanation(self, found: Explanation) -> None:
        """Tells the story, chapter by chapter; where it is told already it stays where it is read."""
        words = self._desk.words
        first = found.chapters[0].statements[0]
        title = words("say.audit.title", **{"name": "?", "version": "?", "environment": "?", **first.values})
        told = title, found.gaps, tuple(asking.told(chapter, found, words) for chapter in found.chapters)
        if told == self._told:
            return
        self._told = told
        cleared(self._story)
        self._story.addWidget(self._summary(found, title))
        for answer in told[2]:
            card = Card()
            card.setAccessibleName(answer.question)
            card.whole.setContentsMargins(24, 20, 24, 20)
            card.body.setSpacing(14)
            card.body.addWidget(Text(answer.question, "page-title", wrap=True))
            for part in answer.parts:
                card.body.addLayout(self._sentence(part))
            self._story.addWidget(card)

    def _summary(self, found: Explanation, title: str) -> QWidget:
        words = self._desk.words
        card = Card(kind="warn" if found.gaps else "info")
        card.whole.setContentsMargins(24, 18, 24, 18)
        warnings = sum(one.weight is Weight.WARNING for each in found.chapters for one in each.statements)
        card.body.addWidget(Text(title, "page-title", wrap=True))
        card.body.addWidget(
            Text(f"{state_line(found, words)} {words('app.audit.warnings', count=warnings)}", "reading", wrap=True)
        )
        return card

    def _sentence(self, part: Part) -> QHBoxLayout:
        glyph = Glyph(*MARKS[part.weight], 20)
        text = Text(part.text, "reading", wrap=True)
        inside = row(glyph, text, gap=14)
        inside.setAlignment(glyph, Qt.AlignmentFlag.AlignTop)
        inside.setStretch(1, 1)
        return inside
