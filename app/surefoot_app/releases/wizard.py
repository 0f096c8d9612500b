"""The seven steps from a run to a signed release. Each change is kept as a draft; nothing is recorded before a step
says so.
"""  # noqa: D205 - one sentence over two lines

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.errors import CancelledError, SurefootError
from surefoot.releases import Release
from surefoot.workbench import Workbench
from surefoot.workers.facts import Cancel
from surefoot.workers.facts import Progress as Told
from surefoot_app.bridge.draft_file import DraftFile
from surefoot_app.bridge.tasks import Task
from surefoot_app.releases import acting, drafts, steps
from surefoot_app.releases.choosing import CandidateStep
from surefoot_app.releases.deciding import ApprovalsStep, sign_step
from surefoot_app.releases.dossier import Dossier, dossier
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.explaining import told, why_of
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.sheets import SignSheet, WaiveSheet
from surefoot_app.releases.shown import checks_step, data_step, package_step
from surefoot_app.releases.tradeoffs import WeighStep
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.showing import judgements
from surefoot_app.theme.tokens import MARGIN
from surefoot_app.widgets.boxes import cleared, column
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.stepper import Stepper, StepperWords

_SHOWN = {
    steps.DATA: data_step, steps.CHECKS: checks_step, steps.PACKAGE: package_step, steps.SIGN: sign_step
}  # fmt: skip
_WORDS = ("back", "save_and_close", "continue", "why", "steps")


class ReleaseWizard(QWidget):
    """Guides one release.

    Signals: `titled(str)` when it is known what is released; `left`; `signed(id)`; `policy_wanted`.
    """

    titled = Signal(str)
    left = Signal()
    signed = Signal(str)
    policy_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        words = desk.words
        self._draft = Draft()
        self._found: Dossier | None = None
        self._laid: tuple[Dossier, int, bool] | None = None
        self._task: Task[Any] | None = None
        self._is_busy = False
        self._stepper = desk.guard(
            Stepper(
                [words(f"app.releases.step_{key}") for key in steps.STEPS],
                StepperWords(*(words(f"app.shell.{key}") for key in _WORDS)),
                last=words("app.releases.sign_act"),
            )
        )
        self._choosing, self._weighing, self._approving = CandidateStep(desk), WeighStep(desk), ApprovalsStep(desk)
        self._stepper.set_body(steps.CANDIDATE, self._choosing)
        self._stepper.set_body(steps.WEIGHED, self._weighing)
        self._stepper.set_body(steps.APPROVALS, self._approving)
        self._stepper.moved.connect(self._on_moved)
        self._stepper.finished.connect(self._on_finished)
        self._stepper.left.connect(self.leave)
        self._wrong = column()
        self._wrong.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._progress = Progress(words("app.shell.cancel"), name="release.cancel")
        self._progress.setContentsMargins(MARGIN, 0, MARGIN, 8)
        self._progress.cancelled.connect(self._on_cancelled)
        self._file = DraftFile(desk.session, self._content, failed=desk.error, parent=self)
        self._file.rested.connect(self.ask)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._wrong)
        whole.addWidget(self._progress)
        whole.addWidget(self._stepper, 1)

    @property
    def draft(self) -> Draft:
        """What was chosen so far."""
        return self._draft

    def open(self, draft: Draft) -> None:
        """Begins a draft, or goes on with one."""
        self._draft, self._found, self._laid = draft, None, None
        cleared(self._wrong)
        self._stepper.go(draft.step)
        self.ask()

    def ask(self) -> None:
        """Reads the candidate's dossier anew."""
        draft, words = self._draft, self._desk.words
        self._desk.session.read(lambda wb: dossier(wb, draft, words), owner=self, then=self.show_dossier)

    def show_dossier(self, found: Dossier) -> None:
        """Shows a candidate, unless another was chosen since it was asked for."""
        asked, now = found.draft, self._draft
        if (asked.key, asked.run, asked.release) != (now.key, now.run, now.release):
            return
        self._found = replace(found, draft=now)
        self.titled.emit(self._found.title)
        self._show()

    def leave(self) -> None:
        """Keeps the draft and goes back to the list."""
        self._file.keep()
        self.left.emit()

    def copy_command(self) -> None:
        """Puts the step's verb on the clipboard."""
        QGuiApplication.clipboard().setText(acting.command(self._draft, self._stepper.current))

    def discard(self) -> None:
        """Lets the draft go; what was recorded stays."""
        if (content := self._content()) is not None:
            title = self._found.title if self._found is not None else ""
            discarded(self._desk, *content, name=title, opens=("release-draft", self._draft.key))
        self._forget(self.left.emit)

    def _on_changed(self, draft: Draft) -> None:
        before, self._draft = self._draft, draft
        if self._found is not None:
            self._found = replace(self._found, draft=draft)
        if draft.run != before.run:
            self._file.keep()
            self.ask()
            return
        self._file.touch()
        self._standings()

    def _on_moved(self, place: int) -> None:
        self._draft = replace(self._draft, step=place)
        if self._draft.run:
            self._file.touch()
        if self._found is not None:
            self._found = replace(self._found, draft=self._draft)
            self._show()

    def _on_cancelled(self) -> None:
        self._progress.stopping(self._desk.words("app.shell.stopping"))
        if self._task is not None:
            self._task.cancel()

    def _on_finished(self) -> None:
        found = self._found
        if found is None or found.release is None:
            return
        files = 0 if found.package is None else len(found.package.files)
        sheet = SignSheet(self._desk.words, title=found.title, files=files, digest=found.release.digest, parent=self)
        sheet.accepted.connect(self.sign)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _on_failed(self, error: SurefootError) -> None:
        self._is_busy = False
        self._progress.end()
        if not isinstance(error, CancelledError):
            cleared(self._wrong)
            self._wrong.addWidget(told(self._desk, error))
            self._wrong.addSpacing(10)
        self.ask()

    # acts

    def sign(self) -> None:
        """Signs the proposal."""
        release = self._draft.release
        self._act(lambda wb, _progress, _cancel: wb.releases.sign(release), self._on_signed, "sign")

    def _propose(self) -> None:
        draft, words = self._draft, self._desk.words
        self._act(lambda wb, _progress, _cancel: acting.propose(wb, draft, words), self._on_proposed, "propose")

    def _approve(self, reason: str) -> None:
        release = self._draft.release
        self._act(lambda wb, _progress, _cancel: wb.releases.approve(release, reason=reason), self._on_done, "approve")

    def _refuse(self, reason: str) -> None:
        release = self._draft.release
        self._act(lambda wb, _progress, _cancel: wb.releases.refuse(release, reason=reason), self._on_done, "refuse")

    def _check(self, kind: str) -> None:
        run = self._draft.run
        self._act(lambda wb, progress, cancel: acting.check(wb, run, kind, progress, cancel), self._on_done, "check")

    def _waive(self, kind: str) -> None:
        adopted = None if self._found is None else self._found.policy.adopted
        most = 1 if adopted is None else adopted.policy.waiver_days
        words, run = self._desk.words, self._draft.run
        sheet = WaiveSheet(words, check=judgements.title(kind, words), most=most, parent=self)

        def give() -> None:
            reason, days = sheet.reason, sheet.days
            self._act(
                lambda wb, _progress, _cancel: wb.releases.waivers.give(run, kind, reason=reason, days=days),
                self._on_done, "waive",
            )  # fmt: skip

        sheet.accepted.connect(give)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _act(self, work: Callable[[Workbench, Told, Cancel], Any], then: Callable[[Any], object], stage: str) -> None:
        if self._is_busy:
            return
        self._is_busy = True
        self._file.keep()
        cleared(self._wrong)
        self._progress.begin(self._desk.words(f"app.releases.doing_{stage}"))
        self._show()
        self._task = self._desk.session.act(work, owner=self, then=then, failed=self._on_failed, progress=self._tell)

    def _on_done(self, _what: object) -> None:
        self._is_busy = False
        self._progress.end()
        self.ask()

    def _on_proposed(self, release: Release) -> None:
        self._draft = replace(self._draft, release=release.id)
        self._file.keep()
        self._on_done(release)

    def _on_signed(self, release: Release) -> None:
        self._is_busy = False
        self._progress.end()
        self._forget(lambda: self.signed.emit(release.id))

    # private

    def _tell(self, stage: str, done: int, total: int) -> None:
        self._progress.tell(self._desk.stage(stage, done, total), done, total)

    def _content(self) -> tuple[str, Draft] | None:
        draft = self._draft
        return (drafts.file_of(draft.key), draft) if draft.key and draft.run else None

    def _forget(self, then: Callable[[], object]) -> None:
        self._file.forget(drafts.file_of(self._draft.key), then)

    def _hands(self) -> Hands:
        return Hands(
            change=self._on_changed,
            run=self._check,
            waive=self._waive,
            propose=self._propose,
            approve=self._approve,
            refuse=self._refuse,
            go=self._stepper.go,
            policy=self.policy_wanted.emit,
            busy="" if not self._is_busy else self._desk.words("app.releases.busy"),
        )

    def _show(self) -> None:
        found = self._found
        if found is None:
            return
        laid = (found, self._stepper.current, self._is_busy)
        # What is the same stays: laid anew, it would go from under the hand of whoever is on it by keyboard.
        if laid != self._laid:
            self._laid = laid
            self._lay(found, self._stepper.current)
        self._standings()

    def _lay(self, found: Dossier, place: int) -> None:
        hands = self._hands()
        for part in (self._choosing, self._weighing, self._approving):
            part.show_dossier(found, hands)
        shown = _SHOWN.get(place)
        if shown is not None:
            self._stepper.set_body(place, shown(self._desk, found, hands))

    def _standings(self) -> None:
        found, place = self._found, self._stepper.current
        if found is None:
            return
        made = steps.standings(found, self._desk.words)
        for number, one in enumerate(made):
            is_here = number == place and one.state == "todo"
            self._stepper.set_state(number, "now" if is_here else one.state, one.words)
        busy = "" if not self._is_busy else self._desk.words("app.releases.busy")
        self._stepper.set_reason(busy or made[place].reason)
        self._stepper.set_why(*why_of(self._desk, found, place))
