"""Home: the next step, the checklist, what goes on, what waits for a decision, what happened last."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import ago, number
from surefoot_app.home import progress
from surefoot_app.home.progress import STEPS, Going, Overview, Waiting
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.theme import Tone
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, Page, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.text import Text, line

_RUN_TONES: dict[str, Tone] = {"running": "info", "queued": "neutral", "preempted": "warn"}


class HomePage(Page):
    """The first page of a project."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.home.title"))
        self._desk = desk
        self._found: Overview | None = None
        self._content = column(gap=GAP)
        self.body.addWidget(scrolled(self._content))
        self._content.addWidget(EmptyState("loading", words("app.home.loading")))
        Following(desk, self, self._on_changed)
        self._ask()

    def _ask(self) -> None:
        self._desk.session.read(progress.overview, owner=self, then=self.show_overview)

    def _on_changed(self, _change: Change) -> None:
        self._ask()

    def show_overview(self, found: Overview) -> None:
        """Shows how far the project is; nothing is built anew where nothing has changed."""
        project = self._desk.session.project
        marks = self._desk.settings.marks(project.ws) if project is not None else frozenset()
        found = found.marked(marks)
        if found == self._found:
            return
        self._found = found
        words = self._desk.words
        self.subtitle.setText(words("app.home.lines", count=number(found.lines, words)))
        cleared(self._content)
        self._content.addWidget(self._next(found))
        sides = row(self._checklist(found), column(self._going(found), self._waiting(found), 1, gap=GAP), gap=GAP)
        sides.setStretch(0, 3)
        sides.setStretch(1, 2)
        self._content.addLayout(sides)
        self._content.addWidget(self._last(found))
        self._content.addStretch(1)

    def _next(self, found: Overview) -> QWidget:
        words, step = self._desk.words, found.next or "all"
        card = Card(kind="info")
        texts = column(
            Text(words(f"app.home.next_{step}"), "card-title", wrap=True),
            Text(words(f"app.home.next_{step}_why"), "quiet", wrap=True),
            gap=4,
        )
        inside = row(Glyph("lightbulb", "info", 22), texts, gap=14)
        inside.setStretch(1, 1)
        panel = next((panel for name, _, panel in STEPS if name == step), "")
        if panel:
            act = Button(words(f"app.home.act_{step}"), name="home.next", kind="primary", glyph="arrow-right")
            act.clicked.connect(lambda _checked=False: self._desk.go(panel))
            inside.addWidget(act)
        card.body.addLayout(inside)
        return card

    def _checklist(self, found: Overview) -> QWidget:
        words = self._desk.words
        card = Card(words("app.home.checklist"))
        count = words("app.home.done_of", done=len(found.done), total=len(STEPS))
        card.head.addWidget(Text(count, "secondary"))
        card.body.setSpacing(0)
        for place, (step, _, panel) in enumerate(STEPS):
            if place:
                card.body.addWidget(line())
            card.body.addWidget(self._step(step, panel, is_done=step in found.done, is_next=step == found.next))
        card.body.addStretch(1)
        return card

    def _step(self, step: str, panel: str, *, is_done: bool, is_next: bool) -> QWidget:
        words = self._desk.words
        state = "done" if is_done else "next" if is_next else "open"
        looks = {"done": ("circle-check", "ok"), "next": ("circle-dot", "accent"), "open": ("circle", "edge")}
        texts = column(
            Text(words(f"app.home.step_{step}"), "strong", wrap=True),
            Text(words(f"app.home.step_{step}_why"), "secondary", wrap=True),
            gap=1,
        )
        go = Button(words("app.home.go"), name=f"home.step.{step}", kind="quiet")
        go.setAccessibleName(words("app.home.go_to", step=words(f"app.home.step_{step}")))
        go.clicked.connect(lambda _checked=False: self._desk.go(panel))
        state_word = Text(words(f"app.home.state_{state}"), "secondary")
        inside = row(Glyph(*looks[state], 20), texts, state_word, go, gap=12)
        inside.setStretch(1, 1)
        inside.setContentsMargins(0, 9, 0, 9)
        return holding(inside)

    def _going(self, found: Overview) -> QWidget:
        words = self._desk.words
        card = Card(words("app.home.going"))
        for run in found.going:
            card.body.addLayout(self._run(run))
        if not found.going:
            card.body.addWidget(Text(words("app.home.nothing_going"), "quiet", wrap=True))
        return card

    def _run(self, run: Going) -> QHBoxLayout:
        words = self._desk.words
        link = Button(run.name, name="open-run", kind="link", act=lambda: self._desk.open("run", run.run))
        state = Pill(words.term("run-state", run.state), _RUN_TONES.get(run.state, "neutral"))
        return row(link, 1, Text(ago(run.since, words), "secondary"), state, gap=10)

    def _waiting(self, found: Overview) -> QWidget:
        words = self._desk.words
        card = Card(words("app.home.waiting"))
        for one in found.waiting:
            card.body.addLayout(self._decision(one))
        if not found.waiting:
            card.body.addWidget(Text(words("app.home.nothing_waiting"), "quiet", wrap=True))
        return card

    def _decision(self, one: Waiting) -> QHBoxLayout:
        link = Button(one.name, name="open-release", kind="link", act=lambda: self._desk.open("release", one.release))
        todo = "to_sign" if one.is_approved else "to_decide"
        return row(link, 1, Pill(self._desk.words(f"app.home.{todo}"), "warn"), gap=10)

    def _last(self, found: Overview) -> QWidget:
        words = self._desk.words
        card = Card(words("app.home.last"))
        for kind, moment in found.last:
            key = f"app.event.{kind.replace('.', '_').replace('-', '_')}"
            known = words(key) if words.has(key) else words("app.event.other", kind=kind)
            card.body.addLayout(row(Text(known), 1, Text(ago(moment, words), "secondary")))
        if not found.last:
            card.body.addWidget(Text(words("app.home.nothing_last"), "quiet"))
        return card
