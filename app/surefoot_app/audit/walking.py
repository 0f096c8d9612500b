"""The walk back with its facts beside it."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from surefoot_app.audit import asking
from surefoot_app.audit.graph import WalkGraph
from surefoot_app.audit.walk import Node, Walked
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row, scrolled
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.text import Text


class WalkView(QWidget):
    """Shows the graph at the left and the node that is looked at on the right. Signals: `followed(kind, ref)`."""

    followed = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._walked: Walked | None = None
        self._looked: tuple[Node, Mapping[str, str]] | None = None
        words = desk.words
        self.graph = WalkGraph(words("app.audit.walk_why"))
        self.graph.chosen.connect(self._on_chosen)
        self._empty = column()
        left = Card()
        left.body.addWidget(self.graph, 1)
        left.body.addLayout(self._empty)
        left.body.addWidget(Text(words("app.audit.walk_keys"), "secondary", wrap=True))
        self._side = column(gap=10)
        right = Card()
        right.setFixedWidth(px(320))
        right.body.addWidget(scrolled(self._side))
        whole = row(left, right, gap=GAP)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def show_walk(self, walked: Walked) -> None:
        """Draws it; where it is drawn already it stays, and so does who walks in it."""
        is_drawn = self._walked is not None and self._walked.shown == walked.shown
        self._walked = walked
        if is_drawn:
            return
        cleared(self._empty)
        self.graph.show()
        self.graph.show_walk(walked)

    def show_empty(self, empty: EmptyState) -> None:
        """Says why there is nothing to walk back from."""
        self._walked = self._looked = None
        cleared(self._empty)
        cleared(self._side)
        self.graph.hide()
        self._empty.addWidget(empty)

    def _on_chosen(self, key: str) -> None:
        node = self._walked.node(key) if self._walked is not None else None
        if self._walked is None or node is None:
            return
        looked = node.shown, self._walked.explanation.names
        if looked != self._looked:
            self._looked = looked
            cleared(self._side)
            self._show(node)

    def _show(self, node: Node) -> None:
        words = self._desk.words
        self._side.addWidget(Text(words(f"app.audit.node_{node.kind}"), "secondary"))
        self._side.addWidget(Text(node.title, "step-title", wrap=True))
        for sentence in node.sentences:
            self._side.addWidget(Text(sentence, "body", wrap=True))
        if not node.events:
            self._side.addWidget(Text(words("app.audit.not_recorded"), "bad", wrap=True))
        names = self._walked.explanation.names if self._walked is not None else {}
        for event in node.events[:1]:
            kind, ref = asking.target(event)
            facts = [
                Fact(words("app.audit.act"), asking.act_in_words(event.type, words)),
                Fact(words("app.audit.who"), names.get(event.actor) or words.term("role", event.role)),
                Fact(words("app.audit.time"), f"{asking.local_day(event.at, words)} {asking.local_clock(event.at)}"),
                Fact("UTC", event.at.replace("T", " ")),
                Fact(words("app.audit.place"), words("app.audit.line_at", line=event.seq + 1, feed=event.feed[:8])),
                Fact(words("app.audit.fingerprint"), event.leaf, "hash", copies=words("app.shell.copy")),
            ]
            if ref:
                facts.append(Fact(words("app.audit.object"), words("app.audit.open"), "link", (kind, ref)))
            listed = FactsList(facts)
            listed.followed.connect(self.followed)
            self._side.addWidget(listed)
        self._side.addStretch(1)
