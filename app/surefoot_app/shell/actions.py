"""Every act that can be chosen, as one frozen record: rail, palette, menus and the list of keys are made of these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from surefoot.texts import Words


def _nothing() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Action:
    """One act.

    Attributes:
        id: `noun.verb`; its text stands under `app.action.<id>`, its button has it as object name.
        icon: of the set. run: does it. shortcut: as Qt writes it, `Ctrl+N`; letters act where a list has the focus.
        verb: of the command line, `experiment start`; empty for what only a screen has.
        why_disabled: the reason why it cannot be done now, in words; empty where it can.
        named: its text where that changes, such as "Undo: rename"; the text under its key where it is None.
    """

    id: str
    icon: str
    run: Callable[[], object]
    shortcut: str = ""
    verb: str = ""
    why_disabled: Callable[[], str] = _nothing
    named: Callable[[], str] | None = None

    def text(self, words: Words) -> str:
        """What it is called."""
        return self.named() if self.named is not None else words(f"app.action.{self.id}")


class ActionTable(QObject):
    """All acts, in the order in which they were added.

    Signals: `changed`; `ran(id)` after one was carried out.
    """

    changed = Signal()
    ran = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, Action] = {}

    def set(self, actions: Sequence[Action]) -> None:
        """Takes these in place of all there were.

        Raises:
            ValueError: two have one id or one shortcut.
        """
        ids = [action.id for action in actions]
        keys = [action.shortcut for action in actions if action.shortcut]
        if len(set(ids)) < len(ids) or len(set(keys)) < len(keys):
            raise ValueError(sorted(ids), sorted(keys))
        self._actions = {action.id: action for action in actions}
        self.changed.emit()

    def all(self) -> tuple[Action, ...]:
        """All of them."""
        return tuple(self._actions.values())

    def run(self, name: str) -> bool:
        """Carries one out, unless it cannot be done now.

        Raises:
            KeyError: there is no such act.
        """
        action = self._actions[name]
        if action.why_disabled():
            return False
        action.run()
        self.ran.emit(name)
        return True
