"""What is kept when the desktop ends by a fault of ours, so that the next start can offer it. Nothing is sent."""

import faulthandler
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from surefoot import __version__
from surefoot.files import private_folder

_SEEN = ".seen"


class CrashReports:
    """Reports in a folder of this account.

    Args:
        folder: made if need be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._native: TextIO | None = None

    def pending(self) -> tuple[Path, ...]:
        """Reports that nobody has looked at, the last one first."""
        return tuple(
            path
            for path in sorted(self._folder.glob("*.txt"), reverse=True)
            if path.stat().st_size and not self._is_live(path)
        )

    def seen(self) -> None:
        """Puts away what is pending."""
        for path in self.pending():
            path.replace(path.with_suffix(_SEEN))

    def install(self, tell: Callable[[str], object]) -> None:
        """From now on keeps what nobody caught: exceptions of any thread, and where the interpreter itself fell.

        Args:
            tell: told the trace of an exception, on the thread that it came from.
        """
        self._native = (self._folder / f"{_stamp()}-native.txt").open("w", encoding="utf-8")
        faulthandler.enable(self._native)

        def hook(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, at)
                return
            trace = "".join(traceback.format_exception(kind, error, at))
            self.keep(trace)
            tell(trace)

        def in_thread(found: threading.ExceptHookArgs) -> None:
            hook(found.exc_type, found.exc_value or found.exc_type(), found.exc_traceback)

        sys.excepthook = hook
        threading.excepthook = in_thread

    def uninstall(self) -> None:
        """Ends well: what the interpreter would have written to is taken away."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        if self._native is not None:
            faulthandler.disable()
            self._native.close()
            path = Path(self._native.name)
            if not path.stat().st_size:
                path.unlink()
            self._native = None

    def keep(self, trace: str) -> None:
        """Writes a report, or the next ones onto it within the same second."""
        # A disk that is full must not hide the fault that is being told.
        with suppress(OSError), (self._folder / f"{_stamp()}.txt").open("a", encoding="utf-8") as file:
            file.write(f"surefoot-app {__version__}\n{trace}\n")

    def _is_live(self, path: Path) -> bool:
        return self._native is not None and path == Path(self._native.name)


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
