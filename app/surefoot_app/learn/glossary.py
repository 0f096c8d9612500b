"""What the words mean: each in at most thirty words, to be filtered."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row, scrolled
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.text import Text, line

TERMS: Sequence[str] = (
    "record", "dataset", "split", "leak", "experiment", "criterion", "guardrail", "run", "seed", "check", "interval",
    "fairness", "privacy", "calibration", "drift", "parity", "policy", "waiver", "release", "capsule", "signature",
    "lease", "rollback", "drill",
)  # fmt: skip


class Glossary(QWidget):
    """The words, in the order of the life of a model."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        words = desk.words
        self._filter = FilterLine(words("app.learn.glossary_filter"), name="learn.filter")
        self._filter.setFixedWidth(px(320))
        self._filter.asked.connect(self.show_terms)
        self._content = column(gap=10)
        card = Card()
        card.body.addWidget(scrolled(self._content))
        self.setLayout(column(row(self._filter, 1), card, gap=GAP))
        self.show_terms("")

    def show_terms(self, text: str) -> None:
        """Shows the words in whose name or meaning a text stands."""
        words = self._desk.words
        cleared(self._content)
        said = [(words(f"app.learn.term_{term}"), words(f"app.learn.means_{term}")) for term in TERMS]
        shown = [pair for pair in said if text.strip().casefold() in " ".join(pair).casefold()]
        for place, (term, means) in enumerate(shown):
            if place:
                self._content.addWidget(line())
            name = Text(term, "strong", wrap=True)
            name.setFixedWidth(px(180))
            inside = row(name, Text(means, "body", wrap=True), gap=GAP)
            inside.setStretch(1, 1)
            self._content.addLayout(inside)
        if not shown:
            self._content.addWidget(EmptyState("no-match", words("app.learn.no_term"), words("app.learn.no_term_why")))
        self._content.addStretch(1)
