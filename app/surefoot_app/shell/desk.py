"""What a page may use of the frame: the session, the words, and ways to go on, to tell and to undo."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QLocale, QObject, Signal

from surefoot.errors import CancelledError, Code, SurefootError
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.formatting import locale
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Task
from surefoot_app.shell.status import Status
from surefoot_app.shell.undoing import Undo
from surefoot_app.theme import Mode, Tone, theme
from surefoot_app.theme.tokens import LARGEST, SMALLEST
from surefoot_app.widgets.notices import Problem

_HINDERED = {
    Code.PROJECT_AWAY: "hindered_away",
    Code.PROJECT_READ_ONLY: "hindered_read_only",
    Code.PROJECT_NEWER: "hindered_newer",
}


class Hinderable(Protocol):
    """A button or steps whose act can be held up."""

    def hinder(self, reason: str) -> None:
        """Says why it cannot be done now; an empty reason takes that back."""


H = TypeVar("H", bound=Hinderable)


class Desk(QObject):
    """The hub between pages and frame. Pages call its methods; the window listens to its signals.

    Signals: `going(feature)`, `opening(kind, ref)`, `told(text, tone)`, `troubled(Problem)`, `solved(key)`,
    `status_changed(Status)`; `renewing` before a switch of text size and `retranslated` after one, or after one of
    language: pages are built anew, so hidden ones may go at the first; `hindered(str)` with the reason why nothing
    can be recorded, which is empty where it can.

    Attributes:
        session, events, settings: see there. words: the texts of the language in force. undo: of this project.
    """

    going = Signal(str)
    opening = Signal(str, str)
    told = Signal(str, str)
    troubled = Signal(object)
    solved = Signal(str)
    status_changed = Signal(object)
    renewing = Signal()
    retranslated = Signal()
    hindered = Signal(str)

    def __init__(
        self,
        session: Session,
        events: Events,
        settings: Settings,
        *,
        claim: Callable[[Path | None], bool] = lambda _folder: True,
    ) -> None:
        """Makes it.

        Args:
            session: the open project.
            events: what is new in its record.
            settings: what is remembered of the desktop.
            claim: takes a project, or none, for this window; False where another window has it and was shown instead.
        """
        super().__init__(session)
        self._claim = claim
        self.session, self.events, self.settings = session, events, settings
        self._speak(settings.language)
        self.undo = Undo(self)
        session.tasks.fault.connect(self.error)
        session.opened.connect(lambda _project: self.undo.clear())
        session.closed.connect(self.undo.clear)
        session.closed.connect(lambda: self._claim(None))
        session.standing.changed.connect(lambda: self.hindered.emit(self.hindrance))

    def go(self, feature: str) -> None:
        """Shows a page."""
        self.going.emit(feature)

    def open(self, kind: str, ref: str) -> None:
        """Shows an object, on the page that opens its kind: `desk.open("run", run.run)`."""
        self.opening.emit(kind, ref)

    def open_project(
        self,
        folder: Path,
        *,
        owner: QObject,
        failed: Callable[[SurefootError], object] | None = None,
        progress: Callable[[str, int, int], object] | None = None,
    ) -> Task[Any] | None:
        """Opens the project at or above a folder; None where another window has it, which is shown instead.

        Args:
            folder: in the project.
            owner: the widget that asks. It may go meanwhile, by a switch of language: the project is opened still.
            failed: told why not; the strip of problems shows it where this is None, or the widget is gone.
            progress: as `Tasks.act`.
        """
        if not self._claim(Workbench.find(folder) or folder):
            return None

        def refused(error: SurefootError) -> None:
            project = self.session.project
            self._claim(project.folder if project is not None else None)  # what is open here, still
            if failed is not None and shiboken6.isValid(owner):
                failed(error)
            else:
                self.error(error)

        def told(stage: str, done: int, total: int) -> None:
            if progress is not None and shiboken6.isValid(owner):
                progress(stage, done, total)

        return self.session.open(folder, owner=self, failed=refused, progress=told)

    @property
    def hindrance(self) -> str:
        """Why nothing can be recorded in the open project, in a few words; empty where it can."""
        error = self.session.standing.now.error
        return "" if error is None else self.words(f"app.shell.{_HINDERED.get(error.code, 'hindered_broken')}")

    def guard(self, act: H) -> H:
        """Lets an act that records be done only while the project can be recorded in, with the reason beside it."""
        self.hindered.connect(act.hinder)
        act.hinder(self.hindrance)
        return act

    def tell(self, text: str, tone: Tone = "ok") -> None:
        """A notice about long work that ended: a toast, and a line in the bell's list. Never that all is well."""
        self.told.emit(text, tone)

    def trouble(self, problem: Problem) -> None:
        """Shows a problem until it is solved or put away."""
        self.troubled.emit(problem)

    def solve(self, key: str) -> None:
        """Takes a problem back."""
        self.solved.emit(key)

    def error(self, error: SurefootError) -> None:
        """Tells an error where no better place is known: in the strip of problems; not that somebody stopped it."""
        if isinstance(error, CancelledError):
            return
        told = self.words.error(error)
        self.trouble(Problem(told.code, f"{told.what} {told.means} {told.do} ({told.code})"))

    def status(self, status: Status) -> None:
        """Shows a state in the top bar, in place of the one with its key."""
        self.status_changed.emit(status)

    def stage(self, stage: str, done: int, total: int) -> str:
        """How far long work is, in words: a stage's key as the library reports it, and the count."""
        key = f"stage.{stage}"
        name = self.words(key) if self.words.has(key) else stage
        if total:
            return self.words(
                "app.shell.stage_of", stage=name, done=self.words.count(done), total=self.words.count(total)
            )
        return name

    def set_language(self, language: str) -> None:
        """Switches the language at once and for later."""
        self.settings.language = language
        self.renew()

    def _speak(self, language: str) -> None:
        self.words = Words(language, is_desktop=True)
        QLocale.setDefault(locale(self.words))  # widgets know no words; they write their figures as this one does

    def set_theme(self, mode: Mode) -> None:
        """Switches the scheme at once and for later."""
        self.settings.mode = mode
        theme().apply(mode=mode)

    def set_scale(self, scale: int) -> None:
        """Switches the text size, in per cent, at once and for later."""
        self.settings.scale = min(LARGEST, max(SMALLEST, scale))
        self.renew()

    def renew(self) -> None:
        """Shows everything in the language and the text size that the settings say."""
        self._speak(self.settings.language)
        if self.settings.scale != theme().scale:
            self.renewing.emit()
            theme().apply(scale=self.settings.scale)
        self.retranslated.emit()
