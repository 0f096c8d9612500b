"""The passphrase of the person's key: an act in its thread waits for what somebody writes in the window."""

import queue
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from surefoot.errors import CancelledError, Code, InputRefusedError

T = TypeVar("T")


class Passphrase:
    """Asks for it, and asks again where it did not open the key.

    Args:
        wanted: has the window ask; called in the thread of the act.

    Attributes:
        times_wrong: how often, in a row, what was given did not open the key.
    """

    def __init__(self, wanted: Callable[[], None]) -> None:
        self.times_wrong = self._times_asked = 0
        self._wanted = wanted
        self._said: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._over = Event()

    def give(self, said: str | None) -> None:
        """Answers from the window; None gives the act up."""
        self._said.put(said)

    def end(self) -> None:
        """Gives up the act that waits, and every one that asks from now on: no window is there to answer any more."""
        self._over.set()
        self.give(None)

    def ask(self) -> str:
        """Waits for the answer, in the thread of the act.

        Raises:
            CancelledError: the act was given up.
        """
        while not self._said.empty():
            self._said.get()
        self._times_asked += 1
        if self._over.is_set():
            raise CancelledError(Code.CANCELLED)
        self._wanted()
        said = self._said.get()
        if said is None:
            if self._over.is_set():
                self._said.put(None)  # for whoever else waits
            raise CancelledError(Code.CANCELLED)
        return said

    def patiently(self, work: Callable[[], T]) -> T:
        """Does work; where what was given did not open the key nothing was signed, so the work begins anew."""
        try:
            while True:
                asked = self._times_asked
                try:
                    return work()
                except InputRefusedError as error:
                    if error.code is not Code.PASSPHRASE_WRONG or asked == self._times_asked:
                        raise
                    self.times_wrong += 1
        finally:
            self.times_wrong = 0
