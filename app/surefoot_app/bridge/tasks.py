"""The one door off the GUI thread.

Questions share a pool; acts share a lane of one thread, so that they cannot interleave; what is to be kept has a lane
too, which an ending program empties first. Work is a plain function; what comes out is handed over on the GUI thread by
one queued signal. A task belongs to a widget: when that dies, nobody is told. Of two questions with the same method to
tell, the one asked later counts: an answer that comes after its answer is told to nobody. A plain function cannot be
stopped from outside, so long work asks `cancel` between its steps.
"""

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from types import MethodType
from typing import Any, Generic, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot.workers.facts import Cancel, Progress

T = TypeVar("T")
Work = Callable[[Progress, Cancel], T]
_READERS = 3
_TELLING = 0.1  # seconds between two reports of progress
log = logging.getLogger(__name__)


def while_here(
    owner: QObject, tell: Callable[..., object], otherwise: Callable[..., object] = lambda *_found: None
) -> Callable[..., None]:
    """What tells one thing as long as a widget is there, and another once it is gone.

    An act that is to be told either way belongs to what outlives the widget.
    """

    def told(*found: object) -> None:
        (tell if shiboken6.isValid(owner) else otherwise)(*found)

    return told


class Task(Generic[T]):
    """Work that was asked for.

    Attributes:
        owner: the widget that it belongs to. then, failed, progress: what it is told. told_at: when it was, last.
        number: of the question, in the order of asking; None where later ones change nothing. is_late: whether the
            answer to a later question has been told.
    """

    def __init__(
        self,
        owner: QObject,
        *,
        then: Callable[[T], object] | None,
        failed: Callable[[SurefootError], object] | None,
        progress: Callable[[str, int, int], object] | None,
        number: int | None = None,
    ) -> None:
        self.owner = owner
        self.then, self.failed, self.progress = then, failed, progress
        self.number, self.is_late = number, False
        self._stopped = threading.Event()
        self.told_at = 0.0

    def cancel(self) -> None:
        """Asks the work to stop; it ends with the error "cancelled" at its next step."""
        self._stopped.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stopped.is_set()


class Tasks(QObject):
    """Runs tasks. Lives on the GUI thread; `close` before it goes.

    Signals: `fault(error)` where work failed and nobody had said what to do then; `closing` before it waits at its end.
    """

    fault = Signal(object)
    closing = Signal()
    _posted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(_READERS, "surefoot-read")
        self._lane = ThreadPoolExecutor(1, "surefoot-act")
        self._keeper = ThreadPoolExecutor(1, "surefoot-keep")
        self._inbox: deque[Callable[[], None]] = deque()
        self._going: set[Task[Any]] = set()
        self._numbers = count()
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self,
        question: Callable[[], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Callable[[SurefootError], object] | None = None,
    ) -> Task[T]:
        """Answers a question in the pool.

        Args:
            question: a plain function.
            owner: the widget that asks.
            then: told the answer, on the GUI thread.
            failed: told the error; `fault` is sent where it is None.
        """
        task = Task(owner, then=then, failed=failed, progress=None, number=next(self._numbers))
        self._send(self._readers, task, lambda _progress, _cancel: question())
        return task

    def aside(
        self,
        work: Work[T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Callable[[SurefootError], object] | None = None,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Task[T]:
        """Does something in the pool, beside all acts; arguments as `act`."""
        task = Task(owner, then=then, failed=failed, progress=progress)
        self._send(self._readers, task, work)
        return task

    def act(
        self,
        work: Work[T],
        *,
        owner: QObject,
        then: Callable[[T], object] | None = None,
        failed: Callable[[SurefootError], object] | None = None,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Task[T]:
        """Does something, after whatever was asked for before.

        Args:
            work: takes `progress` and `cancel`.
            owner: the widget that asks.
            then: told what came out.
            failed: as `read`.
            progress: told the stage's key, how much is done and how much there is, ten times a second at most.
        """
        task = Task(owner, then=then, failed=failed, progress=progress)
        self._send(self._lane, task, work)
        return task

    def keep(
        self,
        writing: Callable[[], T],
        *,
        owner: QObject,
        then: Callable[[T], object],
        failed: Callable[[SurefootError], object] | None = None,
    ) -> None:
        """Writes something small that must not be lost, after what was to be kept before; arguments as `read`."""
        self._send(
            self._keeper, Task(owner, then=then, failed=failed, progress=None), lambda _progress, _cancel: writing()
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing is going on and nothing waits to be told."""
        return not self._going and not self._inbox

    def post(self, call: Callable[[], None]) -> None:
        """Has a call made on the GUI thread; may be called from any thread."""
        self._inbox.append(call)
        self._posted.emit()

    def close(self) -> None:
        """Writes what was to be kept, asks all else to stop and waits until it has; nobody is told any more."""
        self.closing.emit()
        self._keeper.shutdown(wait=True)
        for task in tuple(self._going):
            task.cancel()
        self._readers.shutdown(wait=True, cancel_futures=True)
        self._lane.shutdown(wait=True, cancel_futures=True)
        self._inbox.clear()
        self._going.clear()

    def _send(self, threads: ThreadPoolExecutor, task: Task[T], work: Work[T]) -> None:
        self._going.add(task)
        threads.submit(self._carry_out, task, work)

    def _carry_out(self, task: Task[T], work: Work[T]) -> None:
        try:
            if task.is_cancelled:
                raise CancelledError(Code.CANCELLED)  # noqa: TRY301 - told like any other end
            found = work(self._teller(task), lambda: task.is_cancelled)
        except Exception as error:  # noqa: BLE001 - the thread door: whatever gets here is told
            told = _of_ours(error)
            self.post(lambda: self._failed(task, told))
        else:
            self.post(lambda: self._ended(task, found))

    def _teller(self, task: Task[T]) -> Progress:
        def tell(stage: str, done: int, total: int) -> None:
            now = time.monotonic()
            if task.progress is None or now - task.told_at < _TELLING:
                return
            task.told_at = now
            self.post(lambda: self._tell(task, stage, done, total))

        return tell

    def _deliver(self) -> None:
        while self._inbox:
            self._inbox.popleft()()

    def _counts(self, task: Task[Any]) -> bool:
        """Whether what came out of a task is to be told; from then on answers to questions before it are late."""
        self._going.discard(task)
        if task.number is not None and isinstance(task.then, MethodType):
            for one in self._going:
                if one.number is not None and one.number < task.number and one.then == task.then:
                    one.is_late = True
                    one.cancel()
        return not task.is_late and shiboken6.isValid(task.owner)

    def _tell(self, task: Task[Any], stage: str, done: int, total: int) -> None:
        if task in self._going and shiboken6.isValid(task.owner) and task.progress is not None:
            task.progress(stage, done, total)

    def _ended(self, task: Task[T], found: T) -> None:
        if self._counts(task) and task.then is not None:
            task.then(found)

    def _failed(self, task: Task[Any], error: SurefootError) -> None:
        if not self._counts(task):
            return
        if task.failed is not None:
            task.failed(error)
        elif not isinstance(error, CancelledError):
            self.fault.emit(error)


def _of_ours(error: Exception) -> SurefootError:
    """The error as one of ours; what nobody foresaw is a fault of ours, and its trace is kept."""
    if isinstance(error, SurefootError):
        return error
    if isinstance(error, PermissionError):
        return InputRefusedError(Code.NO_RIGHT, path=error.filename)
    log.error("%s", "".join(traceback.format_exception(error)))
    return SurefootError(Code.INTERNAL, detail=f"{type(error).__name__}: {error}")
