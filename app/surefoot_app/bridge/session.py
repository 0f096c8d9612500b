"""The open project, as pages may use it: ask it a question, or have it do something. Never on the GUI thread.

A question asks rooms (`wb.runs.list()`), never `wb.trail`. What is asked for in one project is done there, also where
another one is open by the time of its turn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from surefoot.errors import CancelledError, Code, IncompleteError, RecordBrokenError, SurefootError
from surefoot.trail import Report
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel, Progress
from surefoot_app.bridge.benches import Benches
from surefoot_app.bridge.passphrase import Passphrase
from surefoot_app.bridge.standing import Stand, Standing, damage, place_of
from surefoot_app.bridge.tasks import Task, Tasks
from surefoot_app.bridge.verification import Verification

T = TypeVar("T")
Failed = Callable[[SurefootError], object]


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of an open project at once.

    Attributes:
        folder: where it lies. name: of that folder. ws: its workspace. is_sample: made to learn with.
        is_solo: one person works in it.
    """

    folder: Path
    name: str
    ws: str
    is_sample: bool
    is_solo: bool


class Session(QObject):
    """One project at a time.

    Signals: `opened(Project)` and `closed` as projects come and go; `acted` after an act, well or not;
    `passphrase_wanted` when an act waits for it (answer by `give_passphrase`).

    Attributes:
        tasks: where work goes that needs no project. project: the open one, or None.
        standing: whether it can be recorded in. verification: of its record.
        passphrase: of the person's key, as an act asks for it.
    """

    opened = Signal(object)
    closed = Signal()
    acted = Signal()
    passphrase_wanted = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self.tasks = tasks
        self.project: Project | None = None
        self.standing, self.verification = Standing(self), Verification(self)
        self.verification.verified.connect(self.judge)
        for ending in (self.closed, tasks.closing):
            ending.connect(self.verification.stop)
        self._benches: Benches | None = None
        self._leaving: list[Benches] = []
        self._is_shut = False
        self.passphrase = Passphrase(lambda: tasks.post(self.passphrase_wanted.emit))

    def open(
        self,
        folder: Path,
        *,
        owner: QObject,
        failed: Failed | None = None,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Task[tuple[Project, Stand, Benches]]:
        """Opens the project at or above a folder, in place of the one before. `opened` is sent when it is there.

        Where it cannot be opened, the one before stays open. One with a damaged record is opened to be read.
        """

        def work(progress: Progress, cancel: Cancel) -> tuple[Project, Stand, Benches]:
            found = Workbench.find(folder)
            if found is None:
                raise IncompleteError(Code.NO_PROJECT, path=folder)
            bench, stand = self._opened(found, progress, cancel)
            founding = bench.trail.founding
            project = Project(found, found.name, bench.ws, founding.is_sample, founding.is_solo)
            return project, stand, Benches(bench, self.passphrase)

        return self.tasks.act(work, owner=owner, then=self._on_opened, failed=failed, progress=progress)

    def _opened(self, folder: Path, progress: Progress, cancel: Cancel) -> tuple[Workbench, Stand]:
        damage: SurefootError | None = None
        try:
            bench = Workbench.open(folder, unlock=self.passphrase.ask)
        except RecordBrokenError as error:
            damage, bench = error, Workbench.open(folder, unlock=self.passphrase.ask, stands=True)
        try:
            return bench, _first_look(bench, damage, progress, cancel)
        except BaseException:
            bench.close()
            raise

    def close(self) -> None:
        """Lets the project go; `closed` is sent at once, its files are closed in the lane."""
        self.project = None
        self.standing.begin(Stand())
        self.closed.emit()
        self._let_go()

    def shut(self) -> None:
        """Ends the session with the application: stops what is going on, and closes."""
        self.passphrase.end()
        self.tasks.close()
        self._is_shut = True
        for benches in (*self._leaving, self._benches):
            if benches is not None:
                benches.close()
        self._benches = self.project = None

    @property
    def own_state(self) -> Path | None:
        """Where this desktop's own notes on the open project lie; None where none is open."""
        return self._benches.asked.own_state if self._benches is not None else None

    def read(
        self,
        question: Callable[[Workbench], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Failed | None = None,
    ) -> Task[T]:
        """Asks the project something; the answer comes to `then` on the GUI thread, unless the owner is gone.

        Args:
            question: `lambda wb: wb.runs.list()`.
            owner: the widget that asks.
            then: told the answer; a method is told none after that to a later question.
            failed: told the error; the window shows it where this is None.
        """
        benches = self._benches

        def ask() -> T:
            if benches is None or benches is not self._benches:
                raise CancelledError(Code.CANCELLED)
            return question(benches.asked)

        return self.tasks.read(ask, owner=owner, then=then, failed=failed)

    def keep(
        self,
        writing: Callable[[Path], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Failed | None = None,
        state: Path | None = None,
    ) -> None:
        """Writes this desktop's own notes on a project, in order, also while the program ends.

        Args:
            writing: takes the folder where such notes lie.
            owner: the widget that has something to keep.
            then: told that it is kept.
            failed: as `read`.
            state: that folder, as `own_state` was; the one of the open project where it is None.
        """
        place = state or self.own_state
        if place is not None and not self._is_shut:  # a window may be taken apart after the end
            self.tasks.keep(lambda: writing(place), owner=owner, then=then, failed=failed)

    def act(
        self,
        work: Callable[[Workbench, Progress, Cancel], T],
        *,
        owner: QObject,
        then: Callable[[T], object] | None = None,
        failed: Failed | None = None,
        progress: Callable[[str, int, int], object] | None = None,
        records: bool = True,
    ) -> Task[T]:
        """Has the project do something, after what was asked for before it; arguments as `read` and `Tasks.act`.

        It is done in the project that is open now, whichever is by then.

        Where the person's key is needed and locked, the act waits for `give_passphrase`. What `records` is refused
        with the reason while the project cannot be recorded in.
        """
        benches = self._benches

        def carried_out(progress: Progress, cancel: Cancel) -> T:
            if benches is None:
                raise IncompleteError(Code.NO_PROJECT, path=".")
            try:
                if records:
                    self._refuse(benches)
                return self.passphrase.patiently(lambda: work(benches.acting(), progress, cancel))
            finally:
                self.tasks.post(self.acted.emit)

        return self.tasks.act(carried_out, owner=owner, then=then, failed=failed, progress=progress)

    def aside(
        self,
        work: Callable[[Workbench, Progress, Cancel], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Failed | None = None,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Task[T]:
        """Has the project do something long that records nothing, so that acts need not wait for it; as `act`."""
        benches = self._benches

        def carried_out(progress: Progress, cancel: Cancel) -> T:
            if benches is None:
                raise IncompleteError(Code.NO_PROJECT, path=".")
            return work(benches.asked, progress, cancel)

        return self.tasks.aside(carried_out, owner=owner, then=then, failed=failed, progress=progress)

    def urgent(
        self,
        work: Callable[[Workbench], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Failed | None = None,
        otherwise: Callable[[Workbench, Callable[[], str]], T] | None = None,
    ) -> Task[T]:
        """Has the project do what cannot wait for the acts before it, such as a stop; arguments as `read`.

        It has a workbench of its own for as long as it takes; where that cannot be opened, `otherwise` is done with
        the one that questions are asked of, whose record is not to be touched, and what asks for the passphrase.
        """
        benches = self._benches

        def carried_out() -> T:
            if benches is None:
                raise IncompleteError(Code.NO_PROJECT, path=".")
            try:
                bench = benches.beside()
            except (OSError, SurefootError):
                if otherwise is None:
                    raise
                return self.passphrase.patiently(lambda: otherwise(benches.asked, self.passphrase.ask))
            try:
                return self.passphrase.patiently(lambda: work(bench))
            finally:
                bench.close()
                self.tasks.post(self.acted.emit)

        return self.tasks.aside(lambda _progress, _cancel: carried_out(), owner=owner, then=then, failed=failed)

    def judge(self, report: Report) -> None:
        """Takes a verification of the whole record: nothing is recorded on top of one that was found damaged."""
        project = self.project

        def told(error: SurefootError | None) -> None:
            if project is self.project:
                self.standing.see_record(error)

        self.read(lambda bench: damage(bench, report), owner=self, then=told)

    def give_passphrase(self, passphrase: str | None) -> None:
        """Answers `passphrase_wanted`; None gives the act up."""
        self.passphrase.give(passphrase)

    def _refuse(self, benches: Benches) -> None:
        record = self.standing.now.record if benches is self._benches else None
        if (error := record or place_of(benches.asked)) is not None:
            raise error

    def _on_opened(self, found: tuple[Project, Stand, Benches]) -> None:
        self._let_go()
        self.project, stand, self._benches = found
        self.standing.begin(stand)  # before anybody looks at how the one before stood
        self.opened.emit(self.project)

    def _let_go(self) -> None:
        """Closes what is open in the lane, after the acts that were asked for in it."""
        benches, self._benches = self._benches, None
        if benches is None:
            return
        self._leaving.append(benches)

        def close(_progress: Progress, _cancel: Cancel) -> None:
            benches.close()
            self._leaving.remove(benches)

        self.tasks.act(close, owner=self)


def _first_look(bench: Workbench, damage: SurefootError | None, progress: Progress, cancel: Cancel) -> Stand:
    try:
        if damage is None:
            bench.catalog.catch_up(progress=progress, cancel=cancel)
    except RecordBrokenError as error:
        damage = error
    if damage is not None:
        bench.stand()
    return Stand(place_of(bench), damage)
