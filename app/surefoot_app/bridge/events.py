"""What the record says that is new, as one signal: whoever appended it, this process or another."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from surefoot.errors import SurefootError
from surefoot.workbench import Workbench
from surefoot_app.bridge.session import Project, Session

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
        before = self._seen
        self._session.read(lambda bench: _look(bench, before), owner=self, then=self._on_looked, failed=self._on_failed)

    def _on_opened(self, _project: Project) -> None:
        self._seen = None
        self._timer.start()
        self.look()

    def _on_closed(self) -> None:
        self._timer.stop()
        self._seen = None

    def _on_looked(self, seen: _Seen) -> None:
        self._is_looking = False
        before, self._seen = self._seen, seen
        if before is None or before.total == seen.total:
            return
        new = {kind for kind, count in seen.counts.items() if before.counts.get(kind, 0) != count}
        self.changed.emit(Change(frozenset(new)))

    def _on_failed(self, _error: SurefootError) -> None:
        # Whoever asks for something meets the same trouble and tells it; a look is made again.
        self._is_looking = False


def _look(bench: Workbench, before: _Seen | None) -> _Seen:
    bench.catalog.catch_up()
    row = bench.catalog.one(_COUNT)
    total = int(row["lines"]) if row else 0
    if before is not None and before.total == total:
        return before
    return _Seen(total, {row["type"]: row["lines"] for row in bench.catalog.rows(_COUNTS)})
