"""One version whole: its facts, its rows, its columns, its split, who uses it, and what differs from another."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from surefoot.datasets.facts import Head
from surefoot.errors import SurefootError
from surefoot_app.datasets import overview as views
from surefoot_app.datasets.columns import columns_table, rows_of
from surefoot_app.datasets.differences import DifferencesTab
from surefoot_app.datasets.heads import head_table
from surefoot_app.datasets.overview import Opened
from surefoot_app.datasets.telling import facts_card, findings_card, permission_card, split_tab, users_tab
from surefoot_app.shell.desk import Desk
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text

TABS = ("overview", "preview", "columns", "split", "used", "differences")


class VersionView(QWidget):
    """Shows one version; a tab is made when it is first looked at.

    Signals: `left` when the list is asked for.
    """

    left = Signal()

    def __init__(self, desk: Desk, opened: Opened, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.opened = desk, opened
        words = desk.words
        back = Button(words("app.datasets.back"), name="datasets.back", kind="quiet", glyph="arrow-left")
        back.clicked.connect(lambda _checked=False: self.left.emit())
        self.tabs = Segments(tuple((key, words(f"app.datasets.tab_{key}")) for key in TABS), name="dataset.tab")
        self.tabs.chosen.connect(self.show_tab)
        self._stack = QStackedWidget()
        self._made: dict[str, int] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(row(self.tabs, 1, back))
        layout.addWidget(self._stack, 1)
        self.show_tab(TABS[0])

    def show_tab(self, key: str) -> None:
        """Shows one of `TABS`."""
        self.tabs.choose(key)
        if key not in self._made:
            makers: dict[str, Callable[[], QWidget]] = {
                "overview": self._overview,
                "preview": self._preview,
                "columns": self._columns,
                "split": lambda: split_tab(self._desk, self.opened),
                "used": lambda: users_tab(self._desk, self.opened.users),
                "differences": lambda: DifferencesTab(self._desk, self.opened),
            }
            self._made[key] = self._stack.addWidget(makers[key]())
        self._stack.setCurrentIndex(self._made[key])

    def _overview(self) -> QWidget:
        left = column(findings_card(self._desk, self.opened), 1, gap=GAP)
        right = column(facts_card(self._desk, self.opened), permission_card(self._desk, self.opened), 1, gap=GAP)
        sides = row(left, right, gap=GAP)
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        return scrolled(sides)

    def _columns(self) -> QWidget:
        words, opened = self._desk.words, self.opened
        if not opened.version.columns:
            return _said(EmptyState("nothing", words("app.datasets.no_columns"), words("app.datasets.no_columns_why")))
        table = columns_table(rows_of(opened.version, opened.profile), words, name="dataset.columns")
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(table)
        return card

    def _preview(self) -> QWidget:
        self._rows = column(gap=0)
        self._rows.addWidget(EmptyState("loading", self._desk.words("app.datasets.reading_rows")))
        version = self.opened.version
        self._desk.session.read(
            lambda bench: views.preview(bench, version), owner=self, then=self.show_rows, failed=self._on_unread
        )
        return holding(self._rows)

    def show_rows(self, head: Head | None) -> None:
        """Shows the first rows; None where the data stay where they are."""
        words = self._desk.words
        cleared(self._rows)
        if head is None:
            self._rows.addWidget(
                _said(EmptyState("nothing", words("app.datasets.elsewhere"), words("app.datasets.elsewhere_why")))
            )
            return
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(head_table(head, words("app.datasets.tab_preview"), name="dataset.rows"), 1)
        key = "rows_shown_wide" if head.columns > len(head.names) else "rows_shown"
        counts = {"rows": len(head.rows), "shown": len(head.names), "columns": head.columns}
        foot = row(Text(words(f"app.datasets.{key}", **counts), "secondary", wrap=True))
        foot.setContentsMargins(14, 2, 14, 10)
        card.body.addLayout(foot)
        self._rows.addWidget(card, 1)

    def _on_unread(self, error: SurefootError) -> None:
        cleared(self._rows)
        self._rows.addWidget(_said(trouble(error, self._desk.words)))


def _said(state: EmptyState) -> QWidget:
    card = Card()
    card.body.addWidget(state)
    return card
