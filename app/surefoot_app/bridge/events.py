"""What the record says that is new, as one signal: whoever appended it, this process or another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.session import Project, Session
from surefoot_app.bridge.standing import Stand, caught_up

_PAUSE = 500  # milliseconds between two looks; a change is seen within a second
_COUNTS = "SELECT type, count(*) AS lines FROM events GROUP BY type"
_COUNT = "SELECT count(*) AS lines FROM events"


@dataclass(frozen=True, slots=True)
class Change:
    """What was appended since the last look.

    Attributes:
        types: the types of the new lines, such as `run.finished`.
    """

    types: frozenset[str]

    def touches(self, *nouns: str) -> bool:
        """Whether a line is about one of these: `change.touches("run", "test")`."""
        return any(kind.partition(".")[0] in nouns for kind in self.types)


@dataclass(frozen=True, slots=True)
class _Seen:
    total: int
    counts: Mapping[str, int]
    stand: Stand


class Events(QObject):
    """Follows the record of the session's project.

    Signals: `changed(Change)`.
    """

    changed = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._seen: _Seen | None = None
        self._is_looking = False
        self._timer = QTimer(self, interval=_PAUSE)
        self._timer.timeout.connect(self.look)
        session.opened.connect(self._on_opened)
        session.closed.connect(self._on_closed)
        session.acted.connect(self.look)

    def look(self) -> None:
        """Looks now, unless that is being done."""
        if self._is_looking or self._session.project is None:
            return
        self._is_looking = True
        project, before, stand = self._session.project, self._seen, self._session.standing.now
        self._session.read(
            lambda bench: _look(bench, before, stand),
            owner=self, then=lambda seen: self._on_looked(project, seen), failed=self._on_failed,
        )  # fmt: skip

    def _on_opened(self, _project: Project) -> None:
        self._seen = None
        self._timer.start()
        self.look()

    def _on_closed(self) -> None:
        self._timer.stop()
        self._seen = None

    def _on_looked(self, project: Project, seen: _Seen) -> None:
        self._is_looking = False
        if project is not self._session.project:
            return  # of one that was closed meanwhile
        before, self._seen = self._seen, seen
        self._session.standing.see(seen.stand)
        if before is None or before.total == seen.total:
            return
        new = {kind for kind, count in seen.counts.items() if before.counts.get(kind, 0) != count}
        self.changed.emit(Change(frozenset(new)))

    def _on_failed(self, _error: SurefootError) -> None:
        # Whoever asks for something meets the same trouble and tells it; a look is made again.
        self._is_looking = False


def _look(bench: Workbench, before: _Seen | None, stand: Stand) -> _Seen:
    stand = caught_up(bench, stand)
    row = bench.catalog.one(_COUNT)
    total = int(row["lines"]) if row else 0
    if before is not None and before.total == total:
        return replace(before, stand=stand)
    return _Seen(total, {row["type"]: row["lines"] for row in bench.catalog.rows(_COUNTS)}, stand)
