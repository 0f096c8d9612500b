"""Tries the script of a recipe on a hundredth of its data, at once and without a record: does it run?"""

from pathlib import Path

from PySide6.QtCore import Signal

from surefoot.errors import CancelledError, SurefootError
from surefoot.experiments import code, templates
from surefoot.experiments.facts import Recipe
from surefoot.runs import telling
from surefoot.runs.facts import Trial
from surefoot.texts import printable
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel
from surefoot.workers.facts import Progress as Told
from surefoot_app.experiments.draft import SCRIPT, Draft, Judged
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.text import Text

_SAID = 12


class TryCard(Card):
    """The act, how far it is, and what came of it. Signals: `grown` when there is more to see."""

    grown = Signal()

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.experiments.try_title"))
        self._desk = desk
        self._judged: Judged | None = None
        self._is_on = False
        self._act = ReasonedButton(Button(words("app.experiments.try"), name="experiment.try", glyph="play"))
        self._act.pressed.connect(self.begin)
        self._progress = Progress(words("app.shell.cancel"), name="experiment.try.cancel")
        self._came = column(gap=6)
        self.body.addWidget(Text(words("app.experiments.try_hint"), "secondary", wrap=True))
        self.body.addWidget(self._act)
        self.body.addWidget(self._progress)
        self.body.addLayout(self._came)

    def follow(self, judged: Judged) -> None:
        """Takes the recipe as it stands now."""
        self._judged = judged
        self._act.set_reason(self._reason(judged))

    def _reason(self, judged: Judged) -> str:
        words = self._desk.words
        if self._is_on:
            return words("app.experiments.trying")
        if SCRIPT in judged.reasons:
            return words(judged.reasons[SCRIPT])
        if judged.recipe is None:
            return words.error(judged.error).what if judged.error is not None else words("app.experiments.try_unread")
        return ""

    def begin(self) -> None:
        """Begins a trial of what stands in the steps now."""
        judged = self._judged
        if self._is_on or judged is None or judged.recipe is None:
            return
        recipe, draft = judged.recipe, judged.draft
        self._is_on = True
        self.follow(judged)
        cleared(self._came)
        self._progress.begin(self._desk.words("app.experiments.trying"))
        task = self._desk.session.aside(
            lambda bench, progress, cancel: _tried(bench, recipe, draft, progress, cancel),
            owner=self, then=self.show_trial, failed=self._on_failed,
            progress=lambda stage, done, total: self._progress.tell(self._desk.stage(stage, done, total), done, total),
        )  # fmt: skip
        self._progress.cancelled.connect(task.cancel)
        self.destroyed.connect(task.cancel)

    def show_trial(self, found: Trial) -> None:
        """Shows what came of it."""
        self._ended()
        words = self._desk.words
        said = telling.trial(found, words)
        key = "app.experiments.try_well" if found.is_well else "app.experiments.try_ill"
        self._came.addLayout(row(Pill(words(key), "ok" if found.is_well else "bad"), 1))
        for each in said:
            self._came.addWidget(Text(each, wrap=True))
        log = [printable(each) for each in found.log.splitlines()[-_SAID:]]
        if log:
            self._came.addWidget(Text(words("app.experiments.try_said"), "label"))
            self._came.addWidget(Text("\n".join(log), "mono", wrap=True))
        self.grown.emit()

    def _on_failed(self, error: SurefootError) -> None:
        self._ended()
        words = self._desk.words
        if isinstance(error, CancelledError):
            self._came.addWidget(Text(words("app.experiments.try_stopped"), "secondary", wrap=True))
            return
        told = words.error(error)
        self._came.addWidget(Text(f"{told.what} {told.means} {told.do} ({told.code})", "bad", wrap=True))
        self.grown.emit()

    def _ended(self) -> None:
        self._is_on = False
        self._progress.end()
        cleared(self._came)
        if self._judged is not None:
            self.follow(self._judged)


def _tried(bench: Workbench, recipe: Recipe, draft: Draft, progress: Told, cancel: Cancel) -> Trial:
    return bench.trials.carry_out(recipe, _code(draft), progress=progress, cancel=cancel)


def _code(draft: Draft) -> dict[str, tuple[bytes, int]] | None:
    """The code of an experiment that is not written yet; None where it lies in the project."""
    if draft.file:
        return None
    if draft.template != templates.OWN:
        return templates.code_of(draft.template)
    return code.taken(Path(draft.folder).expanduser()) if draft.folder else None
