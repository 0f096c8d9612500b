"""The button that says which columns there are, and turns them on and off."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from surefoot.texts import Words
from surefoot_app.runs.asking import FIXED
from surefoot_app.runs.columns import title
from surefoot_app.runs.source import RunsSource
from surefoot_app.widgets.buttons import Button


class ColumnsButton(Button):
    """Opens a menu of metrics, parameters and facts. Signals: `wanted(ids)` when another set of columns is chosen."""

    wanted = Signal(object)

    def __init__(self, source: RunsSource, words: Words) -> None:
        super().__init__(words("app.runs.columns"), name="run.columns", glyph="columns-3")
        self._source, self._words = source, words
        menu = QMenu(self)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def fill(self) -> None:
        """Writes the menu anew."""
        menu, found = self.menu(), self._source.found
        menu.clear()
        if found is None:
            return
        shown = self._source.shown_columns()
        groups = {
            "metrics": tuple(f"metric.{name}" for name in found.known.metrics),
            "parameters": tuple(f"param.{name}" for name in found.known.parameters),
            "facts": FIXED,
        }
        for heading, names in groups.items():
            menu.addSection(self._words(f"app.runs.columns_{heading}"))
            for name in names:
                act = menu.addAction(title(name, self._words).replace("&", "&&"))
                act.setCheckable(True)
                act.setChecked(name in shown)
                act.triggered.connect(lambda _on=False, name=name: self._turn(name))
        menu.addSeparator()
        menu.addAction(self._words("app.runs.columns_usual"), lambda: self.wanted.emit(()))

    def _turn(self, name: str) -> None:
        shown = self._source.shown_columns()
        self.wanted.emit(tuple(one for one in shown if one != name) if name in shown else (*shown, name))
