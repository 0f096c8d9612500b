"""Many readers or one rebuilder: a database file is only replaced when nobody reads it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets any number of readers through, or one who needs to be alone and waits for them to leave.

    A reader must not pass again before it has left.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers = 0
        self._alone: int | None = None
        self._depth = 0
        self._waiting = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Passes as a reader. The thread that is alone may pass too."""
        me = threading.get_ident()
        with self._changed:
            # Who waits to be alone goes first: else a stream of readers would keep them out for ever.
            self._changed.wait_for(lambda: self._alone == me or (self._alone is None and not self._waiting))
            self._readers += 1
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until no reader is inside and keeps others out. May be nested by the same thread."""
        me = threading.get_ident()
        with self._changed:
            if self._alone != me:
                self._waiting += 1
                try:
                    self._changed.wait_for(lambda: self._alone is None and self._readers == 0)
                    self._alone = me
                finally:
                    self._waiting -= 1
            self._depth += 1
        try:
            yield
        finally:
            with self._changed:
                self._depth -= 1
                if self._depth == 0:
                    self._alone = None
                self._changed.notify_all()
