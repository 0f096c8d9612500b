"""The six steps of a dataset version: what was answered, what is seen of the source, the draft that is kept, the act.

The source is looked at by the library in a worker, again whenever an answer changes what would come of it; the look
before is given up then. Nothing is recorded before the last step.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.datasets.facts import Added, Look, Plan
from surefoot.errors import CancelledError, Code, SurefootError
from surefoot.files import place_at
from surefoot_app.bridge.draft_file import DraftFile
from surefoot_app.bridge.drafts import inside
from surefoot_app.bridge.formatting import number
from surefoot_app.bridge.tasks import Task, while_here
from surefoot_app.datasets import draft as drafts
from surefoot_app.datasets import overview as views
from surefoot_app.datasets import steps
from surefoot_app.datasets.consent import ConsentStep
from surefoot_app.datasets.draft import STEPS, Draft, Judged
from surefoot_app.datasets.quality import QualityStep
from surefoot_app.datasets.schema import SchemaStep
from surefoot_app.datasets.source import SourceStep
from surefoot_app.datasets.split import SplitStep
from surefoot_app.datasets.step import Step
from surefoot_app.datasets.summary import SummaryStep
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.shell.undoing import Answers
from surefoot_app.theme.tokens import MARGIN
from surefoot_app.widgets.boxes import column
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.stepper import Stepper, StepperWords
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.why import Why

_BODIES: Sequence[Callable[[Desk, Draft], Step]] = (
    SourceStep, SchemaStep, ConsentStep, SplitStep, QualityStep, SummaryStep
)  # fmt: skip


class DatasetWizard(QWidget):
    """Guided work on one version.

    Signals: `left` when it is closed with its draft kept; `added(DatasetVersion)` when the version is there; `kept`
    when the draft was written.

    Nothing is kept before the first answer: the draft that was left for something else stands until then.

    Attributes:
        draft: what was answered. is_answered: whether anything was.
    """

    left = Signal()
    added = Signal(object)
    kept = Signal()

    def __init__(self, desk: Desk, draft: Draft, *, other: Draft | None = None, is_answered: bool = True) -> None:
        """Makes it.

        Args:
            desk: the hub.
            draft: what stands in the steps.
            other: the draft that was left for something else, and makes way for this one.
            is_answered: whether anything of the draft was answered before.
        """
        super().__init__()
        self._desk, self._other = desk, other
        self.draft, self.is_answered = draft, is_answered
        self._look: Look | None = None
        self._error: SurefootError | None = None
        self._failure: SurefootError | None = None
        self._task: Task[Any] | None = None
        self._asked: tuple[Plan, str] | None = None
        self._is_looking = self._is_adding = False
        self._lay_out()
        self._file = DraftFile(desk.session, lambda: (drafts.FILE, self.draft), failed=desk.error, parent=self)
        self._file.kept.connect(self.kept)
        self._file.rested.connect(self._on_rest)
        self._stepper.go(draft.step)
        self._ask_look()

    def _lay_out(self) -> None:
        words = self._desk.words
        parts = StepperWords(
            *(words(f"app.shell.{key}") for key in ("back", "save_and_close", "continue", "why", "steps"))
        )
        titles = [words(f"app.datasets.step_{key}") for key in STEPS]
        self._stepper = self._desk.guard(Stepper(titles, parts, last=words("app.datasets.create")))
        self._progress = Progress(words("app.shell.cancel"), name="dataset.cancel")
        self._progress.cancelled.connect(self._on_cancelled)
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        above = column(self._progress, self._wrong)
        above.setContentsMargins(MARGIN, 0, MARGIN, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(above)
        layout.addWidget(self._stepper, 1)
        self._stepper.moved.connect(self._on_moved)
        self._stepper.left.connect(self._on_left)
        self._stepper.finished.connect(self.add)
        self._answers = Answers(self._desk.undo, self)
        self._fill()

    def _fill(self) -> None:
        self._bodies = [body(self._desk, self.draft) for body in _BODIES]
        for place, body in enumerate(self._bodies):
            body.changed.connect(self.answer)
            body.going.connect(self._stepper.go)
            self._stepper.set_body(place, body)

    # what is shown

    def _judged(self) -> Judged:
        return drafts.judged(self.draft, self._look, self._error, is_looking=self._is_looking)

    def _follow(self) -> None:
        judged = self._judged()
        for body in self._bodies:
            body.follow(judged)
        for place in range(len(STEPS)):
            self._stepper.set_state(place, *steps.state(place, judged, self._desk.words))
        adding = self._desk.words("app.datasets.adding") if self._is_adding else ""
        self._stepper.set_reason(adding or steps.reason(judged, self._desk.words))
        self._show_error(judged)

    def _show_error(self, judged: Judged) -> None:
        """Tells above the steps what no field of the step that is shown tells."""
        error = self._failure or judged.error
        if error is not None and error is judged.error and judged.at == self.draft.step:
            is_told = judged.at == drafts.SCHEMA or drafts.field_of(error) in self._bodies[judged.at].fields
            error = None if is_told else error
        if error is not None:
            told = self._desk.words.error(error)
            self._wrong.setText(f"{told.what} {told.means} {told.do} ({told.code})")
        self._wrong.setVisible(error is not None)

    def _show_why(self) -> None:
        words, key = self._desk.words, STEPS[self.draft.step]
        parts = (
            ("", words(f"app.datasets.why_{key}")),
            (words("app.datasets.what_to_do"), words(f"app.datasets.do_{key}")),
        )
        self._stepper.set_why(Why(words(f"app.datasets.step_{key}"), parts))

    # what is heard

    def answer(self, changes: Mapping[str, object]) -> None:
        """Takes answers of a step."""
        before, after = self.draft, drafts.changed(self.draft, changes)
        if after != before:
            name = self._desk.words(f"app.datasets.step_{STEPS[after.step]}")
            told = self._desk.words("app.shell.did_answer", step=name)
            self._answers.note(told, lambda: self._put(before), lambda: self._put(after))
            self._put_away()
        self.draft = after
        self._touch()
        self._follow()

    def take(self, path: str) -> None:
        """Makes a file or a folder the source, and shows the first step."""
        self._stepper.go(drafts.SOURCE)
        self.answer({"source": path})
        self._on_rest()

    def _put_away(self) -> None:
        """At the first answer, the draft that was left for something else makes way, and can be had back."""
        self.is_answered = True
        if self._other is not None:
            other, self._other, words = self._other, None, self._desk.words
            discarded(self._desk, drafts.FILE, other, name=other.name, opens=("dataset-new", ""))
            self._desk.tell(words("app.datasets.put_away", name=other.name or words("app.datasets.nameless")), "info")

    def _touch(self) -> None:
        if self.is_answered:
            self._file.touch()

    def _put(self, draft: Draft) -> None:
        """Shows a draft as it was before, or after."""
        self.draft = draft
        self._fill()
        self._stepper.go(draft.step)
        self._touch()
        self._follow()

    def _on_moved(self, step: int) -> None:
        self.draft = drafts.moved(self.draft, step)
        self._show_why()
        self._touch()
        if step == drafts.SOURCE and not self._is_looking:
            self._asked = None  # it may have been mended there
        self._on_rest()

    def _on_rest(self) -> None:
        self._ask_look()
        self._follow()

    def _on_left(self) -> None:
        if self.is_answered:
            self._file.keep(self.left.emit)
        else:
            self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self._keep_due()
        super().hideEvent(event)

    def _keep_due(self) -> None:
        if self._file.is_due:  # a switch of language or text size builds all anew, and closing the window ends all
            self._file.keep()

    def _on_cancelled(self) -> None:
        self._cancel()
        self._progress.stopping(self._desk.words("app.datasets.stopping"))

    def stop(self) -> None:
        """Gives up what is being looked at; the wizard is taken away."""
        self._keep_due()
        self._cancel()

    # the look

    def _ask_look(self) -> None:
        asked = drafts.looked_at(self.draft), self.draft.source.strip()
        if not asked[1] or asked == self._asked or self._is_adding or drafts.refused(self.draft) is not None:
            return
        self._cancel()
        self._asked, self._is_looking = asked, True
        self._progress.begin(self._desk.words("app.datasets.reading"))
        plan, source = asked[0], place_at(asked[1])
        self._task = self._desk.session.act(
            lambda bench, progress, cancel: bench.datasets.look(source, plan, progress=progress, cancel=cancel),
            owner=self,
            then=lambda look: self._on_looked(asked, look, None),
            failed=lambda error: self._on_looked(asked, None, error),
            progress=self._on_progress,
            records=False,
        )

    def _on_progress(self, stage: str, done: int, total: int) -> None:
        self._progress.tell(self._desk.stage(stage, done, total), done, total)

    def _on_looked(self, asked: object, look: Look | None, error: SurefootError | None) -> None:
        if asked is not self._asked:
            return  # of answers that hold no longer
        if isinstance(error, CancelledError):
            self._asked, error = None, None
        self._is_looking = False
        self._look, self._error = look, error
        self._progress.end()
        self._follow()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    # the act

    def copy_command(self) -> None:
        """Puts the command that makes this version on the clipboard, or says why there is none."""
        command, words = drafts.command(self.draft), self._desk.words
        if command:
            QGuiApplication.clipboard().setText(command)
        self._desk.tell(words("app.datasets.copied") if command else words("app.datasets.no_command"), "info")

    def add(self) -> None:
        """Makes the version, signed with the person's key."""
        if not self._judged().is_ready or self._is_adding:
            return
        self._is_adding = True
        self._failure = None
        self._progress.begin(self._desk.words("app.datasets.adding"))
        self._follow()
        draft, seen, desk = self.draft, self._look, self._desk
        state = desk.session.own_state
        # The steps may be left meanwhile: what came too late to be stopped is told all the same.
        self._task = desk.session.act(
            lambda bench, progress, cancel: views.added(bench, draft, seen, progress, cancel),
            owner=desk,
            then=while_here(self, self._on_added, lambda added: _end(desk, state, draft, added)),
            failed=while_here(self, self._on_refused, desk.error),
            progress=while_here(self, self._on_progress),
        )

    def _on_added(self, added: Added) -> None:
        self._progress.end()
        self._file.forget(drafts.FILE)
        _tell(self._desk, added)
        self.added.emit(added.version)

    def _on_refused(self, error: SurefootError) -> None:
        self._is_adding = False
        self._progress.end()
        self._failure = None if isinstance(error, CancelledError) else error
        if error.code is Code.SOURCE_CHANGED:
            self._failure = self._asked = None
            self._desk.tell(self._desk.words("app.datasets.source_changed"), "warn")
            self._ask_look()
        self._follow()


def _tell(desk: Desk, added: Added) -> None:
    words, version = desk.words, added.version
    key = "added" if added.is_new else "renewed" if added.is_recorded else "unchanged"
    values = {"ref": version.ref, "rows": number(version.rows, words), "digest": version.version[:8]}
    desk.tell(words(f"say.cli.{key}", **values))


def _end(desk: Desk, state: Path | None, draft: Draft, added: Added) -> None:
    """What is left to do where the steps were left before the version was there."""
    _tell(desk, added)
    desk.session.keep(
        lambda place: drafts.let_go(inside(place), draft), owner=desk, then=lambda _gone: None, state=state
    )  # fmt: skip
