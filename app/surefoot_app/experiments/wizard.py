"""The seven steps of an experiment: what was answered, what is missing, the draft that is kept, the runs that begin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.errors import CancelledError, SurefootError
from surefoot.files import place_at
from surefoot.runs.facts import Started
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel
from surefoot.workers.facts import Progress as Told
from surefoot_app.bridge.draft_file import DraftFile
from surefoot_app.bridge.drafts import inside
from surefoot_app.bridge.formatting import number
from surefoot_app.bridge.tasks import while_here
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments.criteria import CriteriaStep
from surefoot_app.experiments.draft import STEPS, Draft, Judged, Known
from surefoot_app.experiments.executor import ExecutorStep
from surefoot_app.experiments.goal import GoalStep
from surefoot_app.experiments.guardrails import GuardrailsStep
from surefoot_app.experiments.overview import command
from surefoot_app.experiments.parameters import ParametersStep
from surefoot_app.experiments.priority import PriorityStep
from surefoot_app.experiments.script import ScriptStep
from surefoot_app.experiments.step import Step
from surefoot_app.experiments.trying import TryCard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.shell.undoing import Answers
from surefoot_app.theme.tokens import MARGIN
from surefoot_app.widgets.boxes import column
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.stepper import Stepper, StepperWords, StepState
from surefoot_app.widgets.text import Text
from surefoot_app.widgets.why import Why

_BODIES: Sequence[Callable[[Words, Draft, Known], Step]] = (
    GoalStep, ScriptStep, ParametersStep, CriteriaStep, GuardrailsStep, ExecutorStep, PriorityStep
)  # fmt: skip
_LAST = len(STEPS) - 1


class ExperimentWizard(QWidget):
    """Guided work on one recipe.

    Signals: `left` when it is closed with its draft kept; `started(name)` when its runs were asked for; `kept` when
    the draft was written. Nothing is kept before the first answer.
    """

    left = Signal()
    started = Signal(str)
    kept = Signal()

    def __init__(self, desk: Desk, draft: Draft, known: Known, *, is_answered: bool = True) -> None:
        """Makes it.

        Args:
            desk: the hub.
            draft: what stands in the steps.
            known: what there is to choose from.
            is_answered: whether anything of the draft was answered before.
        """
        super().__init__()
        self._desk, self._known = desk, known
        self.draft, self._is_answered, self._is_starting = draft, is_answered, False
        words = desk.words
        parts = StepperWords(
            *(words(f"app.shell.{key}") for key in ("back", "save_and_close", "continue", "why", "steps"))
        )
        titles = [words(f"app.experiments.step_{key}") for key in STEPS]
        self._stepper = desk.guard(Stepper(titles, parts, last=words("app.experiments.start_unknown")))
        self._progress = Progress(words("app.shell.cancel"), name="experiment.cancel")
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        above = column(self._progress, self._wrong)
        above.setContentsMargins(MARGIN, 0, MARGIN, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(above)
        layout.addWidget(self._stepper, 1)
        self._file = DraftFile(
            desk.session, lambda: (drafts.file_of(self.draft.file), self.draft), failed=self._show_error, parent=self
        )
        self._file.kept.connect(self.kept)
        self._answers = Answers(desk.undo, self)
        self._stepper.moved.connect(self._on_moved)
        self._stepper.left.connect(self._on_left)
        self._stepper.finished.connect(self.start)
        self._fill()
        self._stepper.go(draft.step)

    # what is shown

    def _fill(self) -> None:
        self._bodies = [body(self._desk.words, self.draft, self._known) for body in _BODIES]
        for place, body in enumerate(self._bodies):
            body.changed.connect(self._on_changed)
            if isinstance(body, ScriptStep):
                body.rebased.connect(self._on_rebased)
                self._trying = TryCard(self._desk)
                body.show_trying(self._trying)
            self._stepper.set_body(place, body)
        self._follow()

    def _follow(self) -> None:
        judged = drafts.judged(self.draft, self._known)
        for body in self._bodies:
            body.follow(judged)
        self._trying.follow(judged)
        for place in range(len(STEPS)):
            self._stepper.set_state(place, *self._state(place, judged))
        runs = number(judged.runs, self._desk.words)
        key = "start_unknown" if not judged.runs else "start_one" if judged.runs == 1 else "start"
        self._stepper.set_last(self._desk.words(f"app.experiments.{key}", count=runs))
        starting = self._desk.words("app.experiments.starting") if self._is_starting else ""
        self._stepper.set_reason(starting or self._reason(judged))

    def _state(self, place: int, judged: Judged) -> tuple[StepState, str]:
        words, step = self._desk.words, self.draft.step
        if place == step:
            return "now", self._summary(place, judged) or words("app.experiments.now")
        if place not in self.draft.seen:
            return "todo", words("app.experiments.todo")
        if place in judged.reasons or place == judged.at:
            return "failed", words("app.experiments.missing")
        if place in self.draft.again:
            return "again", words("app.experiments.again")
        return "done", self._summary(place, judged)

    def _summary(self, place: int, judged: Judged) -> str:
        words, draft = self._desk.words, self.draft
        limits = f"{draft.time} · {draft.memory}"
        criteria = ", ".join(metric for metric, _, _ in draft.criteria)
        said = (
            draft.name,
            draft.command,
            words("app.experiments.count", count=number(judged.runs, words)) if judged.runs else "",
            words("app.experiments.explores_short") if draft.explores else criteria,
            limits,
            words("app.experiments.executor_local"),
            words(f"app.experiments.priority_{draft.priority}"),
        )[place]
        return said if len(said) < 40 else f"{said[:38]}…"  # noqa: PLR2004 - what the list of steps has room for

    def _reason(self, judged: Judged) -> str:
        """Why one cannot go on: what is missing here; at the last step what is missing anywhere."""
        words, step = self._desk.words, self.draft.step
        places = range(len(STEPS)) if step == _LAST else (step,)
        for place in places:
            if place in judged.reasons:
                key = words(judged.reasons[place])
                return key if place == step else words("app.experiments.missing_at", step=place + 1, what=key)
            if place == judged.at and judged.error is not None and not judged.reasons:
                return words.error(judged.error).what
        return ""

    # what is heard

    def _on_changed(self, changes: Mapping[str, object]) -> None:
        self._answer(drafts.changed(self.draft, changes))
        self._follow()
        self._touch()

    def _on_rebased(self, template: str) -> None:
        if template == self.draft.template:
            return  # the one that is chosen was pressed
        after = drafts.fresh(template, self._known, like=self.draft)
        self._answer(after)
        self._put(after)

    def _answer(self, after: Draft) -> None:
        before, self.draft = self.draft, after
        if after != before:
            self._is_answered = True
            step = self._desk.words(f"app.experiments.step_{STEPS[after.step]}")
            name = self._desk.words("app.shell.did_answer", step=step)
            self._answers.note(name, lambda: self._put(before), lambda: self._put(after))

    def _put(self, draft: Draft) -> None:
        """Shows a draft as it was before, or after; a recipe that was written meanwhile stays written."""
        self.draft = replace(draft, file=self.draft.file, base=self.draft.base) if self.draft.file else draft
        self._fill()
        self._stepper.go(draft.step)
        self._touch()

    def _on_moved(self, step: int) -> None:
        self.draft = drafts.moved(self.draft, step)
        self._follow()
        self._show_why()
        self._touch()

    def _show_why(self) -> None:
        words, key = self._desk.words, STEPS[self.draft.step]
        parts = (
            ("", words(f"app.experiments.why_{key}")),
            (words("app.experiments.what_to_do"), words(f"app.experiments.do_{key}")),
        )
        self._stepper.set_why(Why(words(f"app.experiments.step_{key}"), parts))

    def _touch(self) -> None:
        if self._is_answered:
            self._file.touch()

    def _on_left(self) -> None:
        if self._is_answered:
            self._file.keep(self.left.emit)
        else:
            self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        # A switch of language or text size builds all pages anew, and closing the window ends them.
        if self._file.is_due:
            self._file.keep()
        super().hideEvent(event)

    def discard(self) -> None:
        """Drops the draft, and leaves."""
        draft, file = self.draft, drafts.file_of(self.draft.file)
        self._stepper.setEnabled(False)  # what is written from now on would bring it back
        self._file.forget(file, self.left.emit)
        if self._is_answered:
            discarded(self._desk, file, draft, name=draft.name, opens=drafts.opens(draft))

    # the act

    def copy_command(self) -> None:
        """Puts the command that starts these runs on the clipboard."""
        QGuiApplication.clipboard().setText(self.command)

    @property
    def command(self) -> str:
        """What starts these runs from a terminal, once the recipe is written."""
        return command(self.draft.file or f"{self.draft.name}.toml")

    def start(self) -> None:
        """Writes the recipe, then asks for its runs. Where the second fails the recipe stands, and is gone on with."""
        judged = drafts.judged(self.draft, self._known)
        if not judged.is_ready or self._is_starting:
            return
        self._is_starting = True
        self._wrong.hide()
        self._follow()
        self._progress.begin(self._desk.words("app.experiments.writing"))
        draft, desk, written = self.draft, self._desk, list[str]()
        state = desk.session.own_state

        def work(bench: Workbench, progress: Told, cancel: Cancel) -> Started:
            if not written:  # else the passphrase was wrong, and only the start is tried again
                written.append(_written(bench, draft, judged.text))
                desk.session.tasks.post(while_here(self, lambda: self._on_written(written[0], judged.text)))
            return _started(bench, written[0], progress, cancel)

        # The steps may be left meanwhile; what was begun ends all the same, and is told.
        task = desk.session.act(
            work,
            owner=desk,
            then=while_here(self, self._on_started, lambda started: _end(desk, state, draft, started)),
            failed=while_here(self, self._on_failed, desk.error),
            progress=while_here(self, self._on_progress),
        )
        self._progress.cancelled.connect(task.cancel)

    def _on_written(self, file: str, text: str) -> None:
        if not self.draft.file:
            self._file.forget(drafts.file_of(""))
        self.draft = replace(self.draft, file=file, base=text)

    def _on_progress(self, stage: str, done: int, total: int) -> None:
        self._progress.tell(self._desk.stage(stage, done, total), done, total)

    def _on_started(self, started: Started) -> None:
        self._is_starting = False
        self._progress.end()
        self._file.forget(drafts.file_of(self.draft.file))
        _tell(self._desk, self.draft.name, started)
        self.started.emit(self.draft.name)

    def _on_failed(self, error: SurefootError) -> None:
        self._is_starting = False
        self._progress.end()
        self._follow()
        if not isinstance(error, CancelledError):
            self._show_error(error)

    def _show_error(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        self._wrong.setText(f"{told.what} {told.means} {told.do} ({told.code})")
        self._wrong.show()


def _tell(desk: Desk, name: str, started: Started) -> None:
    desk.tell(desk.words("app.experiments.started", count=number(len(started.runs), desk.words), name=name))


def _end(desk: Desk, state: Path | None, draft: Draft, started: Started) -> None:
    """What is left to do where the steps were left before their runs had begun."""
    _tell(desk, draft.name, started)
    desk.session.keep(
        lambda place: drafts.let_go(inside(place), draft), owner=desk, then=lambda _gone: None, state=state
    )  # fmt: skip


def _written(bench: Workbench, draft: Draft, text: str) -> str:
    """Writes the recipe; gives the name of its file."""
    if draft.file:
        bench.experiments.rewrite(bench.project / "experiments" / draft.file, text, before=draft.base)
        return draft.file
    folder = place_at(draft.folder) if draft.folder else None
    made = bench.experiments.make(draft.name, text, template=draft.template, folder=folder)
    return made[0].name


def _started(bench: Workbench, file: str, progress: Told, cancel: Cancel) -> Started:
    return bench.runs.start(bench.project / "experiments" / file, progress=progress, cancel=cancel)
