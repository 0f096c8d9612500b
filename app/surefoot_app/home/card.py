"""Getting started, small: the card at the foot of the rail."""

from PySide6.QtWidgets import QProgressBar, QWidget

from surefoot_app.bridge.events import Change
from surefoot_app.home import progress
from surefoot_app.home.progress import STEPS, Overview
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card
from surefoot_app.widgets.text import Text


class StartedCard(Card):
    """How many steps are done and which is next; gone when all are."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self.setAccessibleName(desk.words("app.home.checklist"))
        self.whole.setContentsMargins(12, 10, 12, 10)
        self.body.setSpacing(6)
        self._bar = QProgressBar(textVisible=False, maximum=len(STEPS))
        self._bar.setAccessibleName(desk.words("app.home.checklist"))
        self._said = Text("", "caption", wrap=True)
        for widget in (Text(desk.words("app.home.checklist"), "strong"), self._bar, self._said):
            self.body.addWidget(widget)
        desk.events.changed.connect(self._on_changed)
        if desk.session.project is not None:
            self._ask()

    def _ask(self) -> None:
        self._desk.session.read(progress.overview, owner=self, then=self._show, failed=lambda _error: None)

    def _on_changed(self, _change: Change) -> None:
        self._ask()

    def _show(self, found: Overview) -> None:
        project, words = self._desk.session.project, self._desk.words
        found = found.marked(self._desk.settings.marks(project.ws) if project else frozenset())
        self._bar.setValue(len(found.done))
        count = words("app.home.done_of", done=len(found.done), total=len(STEPS))
        step = words("app.home.next_step", step=words(f"app.home.step_{found.next}")) if found.next else ""
        self._said.setText(f"{count} · {step}" if step else count)
