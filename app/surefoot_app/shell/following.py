"""What is new in the record, told to what is seen: a page behind another one asks nothing, and costs nothing."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from surefoot_app.bridge.events import Change
from surefoot_app.shell.desk import Desk


class Following(QObject):
    """Tells a widget of changes while it is seen, and of what came meanwhile once it is seen again.

    Args:
        desk: the hub. widget: with which this ends. told: what takes a change.
    """

    def __init__(self, desk: Desk, widget: QWidget, told: Callable[[Change], object]) -> None:
        super().__init__(widget)
        self._widget, self._told = widget, told
        self._missed: frozenset[str] = frozenset()
        widget.installEventFilter(self)
        desk.events.changed.connect(self._on_changed)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and self._missed:
            missed, self._missed = self._missed, frozenset()
            self._told(Change(missed))
        return False

    def _on_changed(self, change: Change) -> None:
        if self._widget.isVisible():
            self._told(change)
        else:
            self._missed |= change.types
