"""Keeps the draft of guided work while somebody is at it: half a second after the last change, and when it is left."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from surefoot.errors import SurefootError
from surefoot_app.bridge.drafts import inside, remove, write
from surefoot_app.bridge.session import Session

_REST = 500  # milliseconds without a change


class DraftFile(QObject):
    """One draft. What was to be kept is, also where the wizard is gone by then or the program ends.

    Signals: `rested` when nothing was changed for a while; `kept` when the draft was written.

    Args:
        session: of the project.
        content: the name of the draft's file and the draft (a frozen dataclass); None where there is nothing to keep.
        failed: told why it could not be written.
        parent: the wizard.
    """

    rested = Signal()
    kept = Signal()

    def __init__(
        self,
        session: Session,
        content: Callable[[], tuple[str, object] | None],
        *,
        failed: Callable[[SurefootError], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        # Another project may be open by the time of the last change.
        self._session, self._state = session, session.own_state
        self._content, self._failed = content, failed
        self._timer = QTimer(self, singleShot=True, interval=_REST)
        self._timer.timeout.connect(self._on_rest)

    @property
    def is_due(self) -> bool:
        """Whether something was changed that is not written yet."""
        return self._timer.isActive()

    def touch(self) -> None:
        """Something was changed: it is written once nothing else is for a while."""
        self._timer.start()

    def keep(self, then: Callable[[], object] = lambda: None) -> None:
        """Writes the draft now; then does something else, such as to show a list that names it.

        Not where it could not be written: nobody is led away from what is not kept.
        """
        self._timer.stop()
        content = self._content()
        if content is None:
            then()
            return
        name, draft = content

        def kept() -> None:
            self.kept.emit()
            then()

        self.note(lambda folder: write(folder / name, draft), kept)

    def forget(self, name: str, then: Callable[[], object] = lambda: None) -> None:
        """Lets a draft go, after what was to be written of it."""
        self._timer.stop()
        self.note(lambda folder: remove(folder / name), then)

    def note(self, writing: Callable[[Path], object], then: Callable[[], object] = lambda: None) -> None:
        """Writes in the folder of drafts, after what was to be written there before."""
        self._session.keep(
            lambda state: writing(inside(state)),
            owner=self, then=lambda _nothing: then(), failed=self._failed, state=self._state,
        )  # fmt: skip

    def stop(self) -> None:
        """Writes no more of its own accord."""
        self._timer.stop()

    def _on_rest(self) -> None:
        self.keep()
        self.rested.emit()
