"""The button that says which columns there are, and turns them on and off."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidgetAction

from surefoot.texts import Words
from surefoot_app.bridge.formatting import number
from surefoot_app.runs.asking import FIXED
from surefoot_app.runs.columns import title
from surefoot_app.runs.source import RunsSource
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import SearchLine

MOST = 20
"""Names of a group that the menu shows at once; there may be ten thousand, so the others are found by their letters."""


class ColumnsButton(Button):
    """Opens a menu of metrics, parameters and facts. Signals: `wanted(ids)` when another set of columns is chosen."""

    wanted = Signal(object)

    def __init__(self, source: RunsSource, words: Words) -> None:
        super().__init__(words("app.runs.columns"), name="run.columns", glyph="columns-3")
        self._source, self._words = source, words
        self.search = SearchLine(words("app.runs.columns_find"), name="run.columns.find")
        self.search.textEdited.connect(lambda _text: self._fill())
        self._finding = QWidgetAction(self)
        self._finding.setDefaultWidget(self.search)
        menu = QMenu(self)
        menu.addAction(self._finding)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def fill(self) -> None:
        """Writes the menu anew, with nothing to be found yet."""
        self.search.clear()
        self._fill()

    def _fill(self) -> None:
        menu, found = self.menu(), self._source.found
        for act in menu.actions():
            if act is not self._finding:
                menu.removeAction(act)
                act.deleteLater()
        if found is None:
            return
        self._group("metrics", "metric.", found.known.metrics)
        self._group("parameters", "param.", found.known.parameters)
        self._group("facts", "", FIXED)
        menu.addSeparator()
        menu.addAction(self._words("app.runs.columns_usual"), lambda: self.wanted.emit(()))

    def _group(self, heading: str, prefix: str, names: Sequence[str]) -> None:
        """A heading and the columns under it: those that are shown first, then the others, as far as there is room."""
        menu, words = self.menu(), self._words
        shown, sought = self._source.shown_columns(), self.search.text().strip().casefold()
        ids = [f"{prefix}{name}" for name in names if sought in (name if prefix else title(name, words)).casefold()]
        menu.addSection(words(f"app.runs.columns_{heading}"))
        first = [one for one in shown if one in ids]
        for one in [*first, *(one for one in ids[: MOST + len(first)] if one not in first)][: max(MOST, len(first))]:
            menu.addAction(self._act(one, is_shown=one in first))
        left = len(ids) - max(MOST, len(first))
        if left > 0:
            menu.addAction(words("app.runs.columns_more", count=number(left, words))).setEnabled(False)

    def _act(self, column: str, *, is_shown: bool) -> QAction:
        act = QAction(title(column, self._words).replace("&", "&&"), self.menu())
        act.setCheckable(True)
        act.setChecked(is_shown)
        act.triggered.connect(lambda _on=False: self._turn(column))
        return act

    def _turn(self, name: str) -> None:
        shown = self._source.shown_columns()
        self.wanted.emit(tuple(one for one in shown if one != name) if name in shown else (*shown, name))
