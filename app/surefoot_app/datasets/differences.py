"""What differs between a version and another of its dataset."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.datasets.facts import Change
from surefoot.errors import SurefootError
from surefoot.texts import Words
from surefoot_app.datasets import overview as views
from surefoot_app.datasets.overview import Differences, Opened
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text

_SHARES = {"missing", "drift"}


class DifferencesTab(QWidget):
    """Compares with the version before, or with another that is chosen."""

    def __init__(self, desk: Desk, opened: Opened, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._opened = desk, opened
        words = desk.words
        self._body = column(gap=0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if not opened.others:
            card = Card()
            state = EmptyState("nothing", words("app.datasets.only_version"), words("app.datasets.only_version_why"))
            card.body.addWidget(state)
            layout.addWidget(card)
            return
        self._select = Select([(one.ref, one.ref) for one in opened.others], name="dataset.against")
        self._select.call(words("app.datasets.against"))
        before = next((one for one in opened.others if one.version == opened.version.replaces), opened.others[0])
        self._select.choose(before.ref)
        self._select.chosen.connect(lambda _ref: self._ask())
        layout.addLayout(row(Text(words("app.datasets.against"), "label"), self._select, 1, gap=10))
        layout.addLayout(self._body, 1)
        self._ask()

    def _ask(self) -> None:
        cleared(self._body)
        self._body.addWidget(EmptyState("loading", self._desk.words("app.datasets.comparing")))
        # The older one is always the one before.
        pair = sorted(
            (self._opened.version, *(one for one in self._opened.others if one.ref == self._select.current)),
            key=lambda one: one.number,
        )
        before, after = pair[0].ref, pair[-1].ref
        self._desk.session.read(
            lambda bench: views.differences(bench, before, after),
            owner=self,
            then=self.show_differences,
            failed=self._on_failed,
        )

    def show_differences(self, found: Differences) -> None:
        """Shows what differs."""
        words = self._desk.words
        cleared(self._body)
        card = Card()
        self._body.addWidget(card, 1)
        if not found.changes:
            card.body.addWidget(EmptyState("nothing", words("say.cli.same"), words("app.datasets.same_why")))
            return
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(changes_table(found.changes, words, before=found.before, after=found.after))

    def _on_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        cleared(self._body)
        self._body.addWidget(EmptyState("nothing", told.what, f"{told.means} {told.do} ({told.code})"))


def changes_table(found: Sequence[Change], words: Words, *, before: str, after: str) -> Table:
    """Differences as a table."""
    columns = (
        Column[Change](
            words("app.datasets.what"), lambda one: words.term("change", one.what), look="strong", width=220
        ),
        Column[Change](words("app.datasets.where"), lambda one: _where(one, words)),
        Column[Change](before, lambda one: _value(one, one.before, words), Align.RIGHT, width=px(220)),
        Column[Change](after, lambda one: _value(one, one.after, words), Align.RIGHT, width=px(220)),
    )
    rows = Rows[Change](columns, found)
    table = Table("dataset.changes", words("app.datasets.tab_differences"))
    rows.setParent(table)
    table.set_model(rows, columns)
    return table


def _where(change: Change, words: Words) -> str:
    key = f"app.datasets.{change.name}"
    return words(key) if change.what == "permission" and words.has(key) else change.name


def _value(change: Change, value: str | None, words: Words) -> str:
    if value is None:
        return "–"
    if change.what == "rows":
        return words.count(int(value))
    if change.what == "retyped" or change.what in {"added", "removed"}:
        return words.term("type", value)
    if change.name == "legal_basis":
        return words.term("legal-basis", value)
    return words.figure(value) if change.what in _SHARES else value
