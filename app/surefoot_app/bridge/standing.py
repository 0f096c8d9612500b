"""Whether the open project can be recorded in, and why not: its folder is away, may only be read, is newer, is damaged.

What can be read goes on being shown. The looks are made off the GUI thread: beside every look for new lines, and before
every act.
"""

import os
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from surefoot.errors import Code, IncompleteError, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.files import KEPT
from surefoot.trail import Report, Verdict
from surefoot.trail.facts import FORMAT
from surefoot.trail.report import Weight
from surefoot.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Stand:
    """How a project stands.

    Attributes:
        place: why its folder cannot be recorded in; None where it can. record: how its record is damaged; None so far.
    """

    place: SurefootError | None = None
    record: SurefootError | None = None

    @property
    def error(self) -> SurefootError | None:
        """Why nothing can be recorded."""
        return self.place or self.record


def place_of(bench: Workbench) -> SurefootError | None:
    """Why the folder of a project cannot be recorded in; None where it can."""
    kept = bench.project / KEPT
    feeds = kept / "trail" / "feeds"
    if not feeds.is_dir():
        return IncompleteError(Code.PROJECT_AWAY, path=bench.project)
    if bench.trail.is_newer:
        return IncompleteError(Code.PROJECT_NEWER, path=bench.project, found=FORMAT + 1, known=FORMAT)
    if not all(os.access(folder, os.W_OK | os.X_OK) for folder in (kept, feeds)):
        return InputRefusedError(Code.PROJECT_READ_ONLY, path=bench.project)
    return None


def caught_up(bench: Workbench, before: Stand) -> Stand:
    """Applies what the record has that is new, where that can be done, and says how the project stands."""
    place, record = place_of(bench), before.record
    bench.catalog.stands = record is not None or _is_away(place)
    try:
        bench.catalog.catch_up()
    except RecordBrokenError as error:
        bench.catalog.stands = True
        # The folder may have gone between the two looks; it is not damaged then.
        place = place_of(bench)
        return Stand(place, record if _is_away(place) else error)
    return Stand(place_of(bench), record)


def damage(bench: Workbench, report: Report) -> SurefootError | None:
    """How a verification found the record damaged, first of all where; None where it did not. Away is not damaged."""
    if report.verdict is not Verdict.FAIL or _is_away(place_of(bench)):
        return None
    bench.catalog.stands = True
    places = [(one.feed, one.seq) for one in report.findings if one.weight is Weight.FAIL and one.seq is not None]
    if not places:
        return RecordBrokenError(Code.RECORD_FAILS)
    feed, seq = min(places, key=lambda one: one[1])
    return RecordBrokenError(Code.RECORD_FAILS_AT, line=seq + 1, feed=feed[:8], whole=feed)


def _is_away(error: SurefootError | None) -> bool:
    return error is not None and error.code is Code.PROJECT_AWAY


class Standing(QObject):
    """How the open project stands, as it was last seen.

    Signals: `changed` when what is in the way is another, or nothing any more.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.now = Stand()

    def see(self, stand: Stand) -> None:
        """Takes what was seen; a record that was found damaged stays so until the project is opened again."""
        before = self.now
        self.now = Stand(stand.place, before.record or stand.record)
        if _told(self.now.error) != _told(before.error):
            self.changed.emit()

    def see_record(self, error: SurefootError | None) -> None:
        """Takes what a verification found."""
        if error is not None:
            before, self.now = self.now, Stand(self.now.place, error)
            if _told(self.now.error) != _told(before.error):
                self.changed.emit()

    def begin(self, stand: Stand) -> None:
        """Another project is open."""
        self.now = stand
        self.changed.emit()


def _told(error: SurefootError | None) -> tuple[object, ...]:
    return () if error is None else (error.code, *error.values.values())
