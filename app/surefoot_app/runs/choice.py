"""What is chosen among the runs: the one the acts are for, and those that are pinned to be compared."""

from PySide6.QtCore import QObject, Signal

from surefoot.runs.facts import Run
from surefoot_app.shell.desk import Desk

MOST = 8
_NAME = "runs-choice"


class Choice(QObject):
    """Shared by table, comparison and acts; outlives the page, which a switch of language builds anew.

    Signals: `pinned` when a pin comes or goes; `turned` when another run is the current one.

    Attributes:
        current: the run that acts are for, or None.
    """

    pinned = Signal()
    turned = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.setObjectName(_NAME)
        self.current: Run | None = None
        self._pins: dict[str, tuple[int, Run]] = {}
        desk.session.opened.connect(self.clear)
        desk.session.closed.connect(self.clear)

    @property
    def pins(self) -> tuple[tuple[int, Run], ...]:
        """The pinned runs, each with the number of its colour, in the order of these."""
        return tuple(sorted(self._pins.values(), key=lambda pin: pin[0]))

    def series(self, run: str) -> int | None:
        """The number of a run's colour; None where it is not pinned."""
        pin = self._pins.get(run)
        return pin[0] if pin else None

    def pin(self, run: Run) -> bool:
        """Pins a run, or takes the pin off; says whether that could be done, since eight can be told apart at most."""
        if run.run in self._pins:
            del self._pins[run.run]
        elif len(self._pins) >= MOST:
            return False
        else:
            taken = {number for number, _ in self._pins.values()}
            self._pins[run.run] = (next(number for number in range(MOST) if number not in taken), run)
        self.pinned.emit()
        return True

    def turn(self, run: Run | None) -> None:
        """Makes a run the current one."""
        self.current = run
        self.turned.emit()

    def renew(self, run: Run) -> None:
        """Takes a newer picture of a run that is pinned or current."""
        if run.run in self._pins:
            self._pins[run.run] = (self._pins[run.run][0], run)
        if self.current is not None and self.current.run == run.run:
            self.current = run

    def clear(self, _project: object = None) -> None:
        """Chooses nothing."""
        self._pins.clear()
        self.current = None
        self.pinned.emit()
        self.turned.emit()


def choice(desk: Desk) -> Choice:
    """The choice of a desk; made at the first question."""
    found = desk.findChild(Choice, _NAME)
    return found if found is not None else Choice(desk)
