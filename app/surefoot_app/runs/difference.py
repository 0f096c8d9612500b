"""In what the pinned runs differ: a row a thing, a column a run; what is equal is left out unless it is asked for."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot.runs.facts import Run
from surefoot_app.runs import comparing
from surefoot_app.runs.comparing import Unlike
from surefoot_app.shell.desk import Desk
from surefoot_app.showing.troubles import trouble
from surefoot_app.widgets.boxes import cleared, column, holding
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.table import Column, Rows, Table
from surefoot_app.widgets.text import capital

_WRONG = 3  # place of what could not be compared


class DifferenceTable(QWidget):
    """Asks for the differences of runs and shows them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runs: Sequence[Run] = ()
        words = desk.words
        self._all = QCheckBox(words("app.runs.also_equal"))
        self._all.setObjectName("runs.difference.all")
        self._all.toggled.connect(lambda _on: self.ask(self._runs))
        self.table = Table("runs.difference", words("app.runs.view_difference"))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._loading = EmptyState("loading", words("app.runs.comparing"))
        self._same = EmptyState("no-match", words("say.cli.same"))
        self._stack = QStackedWidget()
        self._wrong = column()
        for part in (self.table, self._loading, self._same, holding(self._wrong)):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._all)
        layout.addWidget(self._stack, 1)

    def ask(self, runs: Sequence[Run]) -> None:
        """Compares these runs."""
        self._runs = tuple(runs)
        if not runs:
            return
        ids, words, everything = [run.run for run in runs], self._desk.words, self._all.isChecked()
        asked = self._runs, everything
        self._stack.setCurrentWidget(self._loading)
        self._desk.session.read(
            lambda bench: comparing.differences(bench, ids, words, everything=everything),
            owner=self,
            then=lambda found: self.show_rows(found) if self._is_wanted(asked) else None,
            failed=lambda error: self._show_trouble(error) if self._is_wanted(asked) else None,
        )

    def _is_wanted(self, asked: tuple[Sequence[Run], bool]) -> bool:
        return asked == (self._runs, self._all.isChecked())

    def _show_trouble(self, error: SurefootError) -> None:
        cleared(self._wrong)
        self._wrong.addWidget(trouble(error, self._desk.words))
        self._stack.setCurrentIndex(_WRONG)

    def show_rows(self, found: Sequence[Unlike]) -> None:
        """Shows what came out."""
        words = self._desk.words
        columns = (
            Column[Unlike](capital(words("say.cli.head.what")), lambda row: row.kind, look="quiet", width=104),
            Column[Unlike](capital(words("say.cli.head.name")), lambda row: row.name, width=112),
            *(
                Column[Unlike](run.name, lambda row, place=place: row.values[place], width=112)  # type: ignore[misc]
                for place, run in enumerate(self._runs)
            ),
        )
        rows, before = Rows[Unlike](columns, found), self.table.model()
        rows.setParent(self)
        self.table.set_model(rows, columns)
        if isinstance(before, Rows):
            before.deleteLater()
        self._stack.setCurrentWidget(self.table if found else self._same)
