"""The checks of one run: what it is, how its checks stand, each as a line that opens."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot_app.bridge.formatting import shortened
from surefoot_app.checks.listing import Opened
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.showing.results import Acts, result_row
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.text import Text, line
from surefoot_app.widgets.unfolding import UnfoldingRow


class SubjectPane(QWidget):
    """Shows a run with its checks.

    Args:
        desk: the hub. run: runs one kind of check on what is shown. stop: stops that.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        run: Callable[[str], object],
        stop: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._run = desk, run
        words = desk.words
        self._found: Opened | None = None
        self._busy = ""
        self._rows: dict[str, UnfoldingRow] = {}
        self._content = column(gap=GAP)
        self._wrong = column()
        self._progress = Progress(words("app.shell.cancel"), name="checks.cancel")
        self._progress.cancelled.connect(lambda: self._progress.stopping(words("app.shell.stopping")))
        self._progress.cancelled.connect(stop)
        inner = column(self._wrong, self._progress, self._content, gap=8)
        inner.setStretch(2, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))
        self._content.addWidget(EmptyState("loading", words("app.checks.loading")))

    def show_opened(self, found: Opened) -> None:
        """Shows a run; what is failed and nothing else stands open."""
        is_same = self._found is not None and self._found.entry.run == found.entry.run
        stays = {kind for kind, made in self._rows.items() if made.is_open} if is_same else None
        self._found = found
        cleared(self._content)
        self._rows = {}
        self._content.addWidget(self._head(found))
        if found.judgements:
            self._content.addWidget(self._list(found))
        self._content.addStretch(1)
        for one in found.judgements:
            if one.state == "failed" if stays is None else one.kind in stays:
                self._rows[one.kind].turn()

    def set_busy(self, reason: str) -> None:
        """Says why nothing can be run now; an empty reason lets things be run."""
        if reason != self._busy:
            self._busy = reason
            if self._found is not None:
                self.show_opened(self._found)

    def begin(self) -> None:
        """Checks have begun."""
        cleared(self._wrong)
        self._progress.begin(self._desk.stage("checks.run", 0, 0))

    def tell(self, stage: str, done: int, total: int) -> None:
        """How far they are."""
        self._progress.tell(self._desk.stage(stage, done, total), done, total)

    def end(self) -> None:
        """They have ended."""
        self._progress.end()

    def show_error(self, error: SurefootError) -> None:
        """Says why they could not be run."""
        told = self._desk.words.error(error)
        card = Card(kind="bad")
        card.body.addWidget(Text(told.what, "strong", wrap=True))
        card.body.addWidget(Text(f"{told.means} {told.do} ({told.code})", "quiet", wrap=True))
        cleared(self._wrong)
        self._wrong.addWidget(card)

    def _head(self, found: Opened) -> QWidget:
        words, desk, entry = self._desk.words, self._desk, found.entry
        card = Card()
        link = Button(shortened(entry.name, 28), name="open-run", kind="link", act=lambda: desk.open("run", entry.run))
        pills = [
            Pill(words(f"app.checks.list_{state}", count=count), judgements.tone_of(state))
            for state, count in found.counts.items()
            if state != judgements.NOT_RUN
        ]
        card.body.addLayout(row(Text(words("app.checks.of_run"), "step-title"), link, 1, gap=8))
        card.body.addLayout(row(*pills, 1, gap=8))
        if entry.model:
            fact = Fact(words("app.checks.model"), entry.model, "hash", copies=words("app.shell.copy"))
            begin = Button(words("app.checks.release"), name="checks.release", kind="quiet", glyph="package-check")
            begin.clicked.connect(lambda _checked=False: desk.open("candidate", entry.run))
            begin.setVisible(entry.state not in {"refused", "unchecked"})
            below = row(FactsList((fact,)), begin)
            below.setStretch(0, 1)
            card.body.addLayout(below)
        if entry.state in {"unchecked", "refused"}:
            card.body.addWidget(Text(words(f"app.checks.{entry.state}_why"), "quiet", wrap=True))
        return card

    def _list(self, found: Opened) -> QWidget:
        card = Card()
        card.whole.setContentsMargins(8, 4, 8, 4)
        card.body.setSpacing(0)
        can_run = found.entry.state != "refused"
        acts = Acts(run=self._run if can_run else None, why_not=self._busy)
        ran = [one for one in found.judgements if one.row.result is not None]
        rest = [one for one in found.judgements if one.row.result is None]
        for one in ran:
            self._rows[one.kind] = result_row(self._desk, one, acts)
            card.body.addWidget(self._rows[one.kind])
        if rest:
            heading = Text(self._desk.words("app.checks.rest", count=len(rest)), "label")
            spaced = column(heading)
            spaced.setContentsMargins(12, 14, 12, 6)
            card.body.addWidget(holding(spaced))
            card.body.addWidget(line())
        for one in rest:
            self._rows[one.kind] = result_row(self._desk, one, acts)
            card.body.addWidget(self._rows[one.kind])
        return card
