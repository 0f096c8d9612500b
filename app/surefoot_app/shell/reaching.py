"""Where keys lead on the page that is shown: its filter, its reasons, what it makes, the next part of the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from surefoot_app.shell.actions import ActionTable
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.notices import ProblemsStrip
from surefoot_app.widgets.why import WhyPane


class Reach:
    """Ways of the keyboard through the window.

    Args:
        parts: its parts, in the order of reading; the last is the page. strip: of problems, one of them.
        current: the feature of the page. table: of all acts.
    """

    def __init__(
        self,
        parts: Callable[[], Sequence[QWidget]],
        strip: Callable[[], ProblemsStrip],
        current: Callable[[], str],
        table: ActionTable,
    ) -> None:
        self._parts, self._strip, self._current, self._table = parts, strip, current, table

    def filter(self) -> None:
        """Puts the keyboard into the filter of the page."""
        line = self._parts()[-1].findChild(FilterLine)
        if line is not None:
            line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def next_part(self) -> None:
        """Puts the keyboard into the part after the one that has it."""
        parts = [part for part in self._parts() if part.isVisible()]
        focus = QApplication.focusWidget()
        here = next((place for place, part in enumerate(parts) if focus and part.isAncestorOf(focus)), -1)
        _focus_first(parts[(here + 1) % len(parts)])

    def problems(self) -> None:
        """Puts the keyboard into the strip of problems."""
        _focus_first(self._strip())

    def has_problems(self) -> bool:
        """Whether there is something in it."""
        return self._strip().isVisible()

    def making(self) -> str:
        """The act that makes something new on this page, `runs.new`; empty where there is none."""
        name = f"{self._current()}.new"
        return name if any(action.id == name for action in self._table.all()) else ""

    def make(self) -> None:
        """Carries that act out."""
        self._table.run(self.making())

    def has_why(self) -> bool:
        """Whether the page has a pane of reasons."""
        return self._why() is not None

    def toggle_why(self) -> None:
        """Shows or hides it."""
        pane = self._why()
        if pane is not None:
            pane.setVisible(pane.isHidden())

    def _why(self) -> WhyPane | None:
        """The pane whose place is shown, be it hidden itself."""
        for pane in self._parts()[-1].findChildren(WhyPane):
            place = pane.parentWidget()
            if place is not None and place.isVisible():
                return pane
        return None


def _focus_first(part: QWidget) -> None:
    """Puts the keyboard into the first thing of a part that takes it."""
    widget: QWidget | None = part.nextInFocusChain()
    while widget is not None and widget is not part:
        if part.isAncestorOf(widget) and widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return
        widget = widget.nextInFocusChain()
