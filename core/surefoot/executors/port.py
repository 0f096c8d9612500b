"""The port: how a run gets to where it is carried out, and back.

An executor is transport and placement only; the agent it starts is the same file everywhere and does the rest. Whoever
writes one fills the hooks (`_put`, `_start` …) and makes tests/fakes/executor_contract.py pass. Callers use the public
verbs, out of which only `SurefootError`s come. An executor belongs to one thread; it owns nothing but its connection:
it may be dropped and made anew at any time, and `attach` finds the runs again.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, TypeVar

from surefoot.errors import Code, IncompleteError, SurefootError
from surefoot.executors.facts import Capacity, Handle, Place, Status

_T = TypeVar("_T")
MOST_TAIL_BYTES = 1 << 20


class Executor(ABC):
    """One place where runs are carried out."""

    name: ClassVar[str]

    def describe(self) -> Capacity:
        """What there is: cores, memory, accelerators, price, region, and how far a run is shut in."""
        return self._safely("describe", self._describe)

    def put(self, folder: Path, run: str) -> Place:
        """Brings a run's folder (plan, code, inputs) to where it will be carried out; doing it twice does no harm.

        Raises:
            IncompleteError: the folder holds no plan or no code.
        """
        for needed in ("plan.json", "code"):
            if not (folder / needed).exists():
                raise IncompleteError(Code.RUN_FOLDER_INCOMPLETE, path=folder / needed, run=run)
        return self._safely("put", lambda: self._put(folder.absolute(), run))

    def start(self, place: Place) -> Handle:
        """Starts the run; returns when somebody carries it out.

        Raises:
            InputRefusedError: a run was started in this place before (see `attach`).
            SurefootError: the agent did not come up.
        """
        return self._safely("start", lambda: self._start(place))

    def attach(self, place: Place) -> Handle | None:
        """The handle of a run that was started in a place by whomever, None where none was."""
        return self._safely("attach", lambda: self._attach(place))

    def poll(self, handle: Handle) -> Status:
        """How it is going. A run that is lost leaves nothing running behind it."""
        return self._safely("poll", lambda: self._poll(handle))

    def tail(self, handle: Handle, offset: int) -> tuple[bytes, int]:
        """What the command has said from a byte of its log on, at most 1 MiB, and where to go on from."""
        return self._safely("tail", lambda: self._tail(handle, max(0, offset)))

    def cancel(self, handle: Handle) -> None:
        """Asks the run to end; `poll` tells when it has. Asking for an ended run is no error."""
        self._safely("cancel", lambda: self._cancel(handle))

    def fetch(self, handle: Handle, folder: Path) -> None:
        """Brings what an ended run left (end, log, telemetry, collected outputs) into a folder; may be done again."""
        self._safely("fetch", lambda: self._fetch(handle, folder.absolute()))

    def _safely(self, verb: str, act: Callable[[], _T]) -> _T:
        try:
            return act()
        except SurefootError:
            raise
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SurefootError(Code.EXECUTOR_FAILED, executor=self.name, verb=verb, detail=str(error)) from error

    @abstractmethod
    def _describe(self) -> Capacity: ...

    @abstractmethod
    def _put(self, folder: Path, run: str) -> Place: ...

    @abstractmethod
    def _start(self, place: Place) -> Handle: ...

    @abstractmethod
    def _attach(self, place: Place) -> Handle | None: ...

    @abstractmethod
    def _poll(self, handle: Handle) -> Status: ...

    @abstractmethod
    def _tail(self, handle: Handle, offset: int) -> tuple[bytes, int]: ...

    @abstractmethod
    def _cancel(self, handle: Handle) -> None: ...

    @abstractmethod
    def _fetch(self, handle: Handle, folder: Path) -> None: ...
