"""What is chosen among the runs: the one the acts are for, and those that are pinned to be compared."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from surefoot.runs.facts import Run
from surefoot_app.bridge.events import Change
from surefoot_app.shell.desk import Desk

MOST = 8
_NAME = "runs-choice"


class Choice(QObject):
    """Shared by table, comparison and acts; outlives the page, which a switch of language builds anew.

    Signals: `pinned` when a pin comes or goes; `turned` when another run is the current one; `looked(View)` when the
    list is to be looked at again as it was before.

    Attributes:
        current: the run that acts are for, or None.
    """

    pinned = Signal()
    turned = Signal()
    looked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.setObjectName(_NAME)
        self.current: Run | None = None
        self._pins: Mapping[str, int] = {}
        self._runs: dict[str, Run] = {}
        desk.events.changed.connect(self._on_changed)
        desk.session.opened.connect(self.clear)
        desk.session.closed.connect(self.clear)

    @property
    def pins(self) -> tuple[tuple[int, Run], ...]:
        """The pinned runs, each with the number of its colour, in the order of these."""
        return tuple(sorted(((place, self._runs[run]) for run, place in self._pins.items()), key=lambda pin: pin[0]))

    def series(self, run: str) -> int | None:
        """The number of a run's colour; None where it is not pinned."""
        return self._pins.get(run)

    def pin(self, run: Run) -> bool:
        """Pins a run, or takes the pin off; says whether that could be done, since eight can be told apart at most."""
        before = self._pins
        if run.run in before:
            did, after = "did_unpin", {name: place for name, place in before.items() if name != run.run}
        elif len(before) >= MOST:
            return False
        else:
            free = next(place for place in range(MOST) if place not in before.values())
            did, after = "did_pin", {**before, run.run: free}
        self._runs[run.run] = run
        self._put(after)
        self.did(self._desk.words(f"app.runs.{did}", run=run.name), lambda: self._put(before), lambda: self._put(after))
        return True

    def _put(self, pins: Mapping[str, int]) -> None:
        self._pins = pins
        self.pinned.emit()

    def did(self, name: str, undo: Callable[[], object], redo: Callable[[], object], *, kind: str = "") -> None:
        """Notes a choice that can be taken back, whose page is shown then."""

        def seen(act: Callable[[], object]) -> None:
            self._desk.go("runs")
            act()

        self._desk.undo.did(name, lambda: seen(undo), lambda: seen(redo), kind=kind)

    def turn(self, run: Run | None) -> None:
        """Makes a run the current one."""
        if run != self.current:
            self.current = run
            self.turned.emit()

    def renew(self, run: Run) -> None:
        """Takes a newer picture of a run that is or was pinned, or is current."""
        if run.run in self._runs:
            self._runs[run.run] = run
        if self.current is not None and self.current.run == run.run:
            self.current = run

    def _on_changed(self, change: Change) -> None:
        """What acts are for is known as it is, whatever page is seen; so is what is pinned and goes on."""
        known = {run.run for _, run in self.pins if not run.has_ended} | ({self.current.run} if self.current else set())
        if known and change.touches("run", "model"):
            self._desk.session.read(
                lambda bench: [bench.runs.show(run) for run in sorted(known)],
                owner=self, then=self._on_read, failed=lambda _error: None,
            )  # fmt: skip

    def _on_read(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self.renew(run)

    def clear(self, _project: object = None) -> None:
        """Chooses nothing."""
        self._pins, self._runs = {}, {}
        self.current = None
        self.pinned.emit()
        self.turned.emit()


def choice(desk: Desk) -> Choice:
    """The choice of a desk; made at the first question."""
    found = desk.findChild(Choice, _NAME)
    return found if found is not None else Choice(desk)
