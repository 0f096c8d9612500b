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
from surefoot.releases import PolicyView, Release
from surefoot_app.bridge.draft_file import DraftFile
from surefoot_app.releases import acting, drafts
from surefoot_app.releases.dossier import Dossier, dossier
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.explaining import told
from surefoot_app.releases.going import Going, Work
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.sheets import SignSheet, WaiveSheet
from surefoot_app.releases.stepping import ReleaseStepper
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.discarding import discarded
from surefoot_app.showing import judgements
from surefoot_app.theme.tokens import MARGIN
from surefoot_app.widgets.boxes import cleared, column, leave
from surefoot_app.widgets.empty import EmptyState


class ReleaseWizard(QWidget):
    """Guides one release. What an act ends with goes to the draft that it was begun for, whatever is shown by then.

    Signals: `titled(str)` when it is known what is released; `left`; `signed(Release)`; `policy_wanted`.
    """

    titled = Signal(str)
    left = Signal()
    signed = Signal(object)
    policy_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        words = desk.words
        self._draft = Draft()
        self._found: Dossier | None = None
        self._is_unread = False
        self._stepper = desk.guard(ReleaseStepper(desk))
        self._stepper.moved.connect(self._on_moved)
        self._stepper.finished.connect(self._on_finished)
        self._stepper.left.connect(self.leave)
        self._wrong = column()
        self._wrong.setContentsMargins(MARGIN, 0, MARGIN, 0)
        self._going = Going(desk)
        self._going.setContentsMargins(MARGIN, 0, MARGIN, 8)
        self._loading = EmptyState("loading", words("app.releases.loading"))
        self._loading.hide()
        self._file = DraftFile(desk.session, self._content, failed=desk.error, parent=self)
        self._file.rested.connect(self.ask)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._wrong)
        whole.addWidget(self._going)
        whole.addWidget(self._loading, 1)
        whole.addWidget(self._stepper, 1)

    @property
    def draft(self) -> Draft:
        """What was chosen so far."""
        return self._draft

    def open(self, draft: Draft) -> None:
        """Begins a draft, or goes on with one."""
        if self._file.is_due:
            self._file.keep()
        self._draft, self._found = draft, None
        cleared(self._wrong)
        # Until this one is known, the steps are still about the one before.
        leave(self._stepper)
        self._stepper.hide()
        self._loading.show()
        self._stepper.go(draft.step)
        self.ask()

    def ask(self) -> None:
        """Reads the candidate's dossier anew."""
        draft, words = self._draft, self._desk.words
        self._desk.session.read(
            lambda wb: dossier(wb, draft, words),
            owner=self,
            then=self.show_dossier,
            failed=lambda error: self._on_unread(draft, error),
        )

    def show_dossier(self, found: Dossier) -> None:
        """Shows a candidate, unless another was chosen since it was asked for."""
        asked, now = found.draft, self._draft
        if (asked.key, asked.run, asked.release) != (now.key, now.run, now.release):
            return
        if self._is_unread:
            self._is_unread = False
            cleared(self._wrong)
        self._found = replace(found, draft=now)
        self._loading.hide()
        self._stepper.show()
        self.titled.emit(self._found.title)
        self._show()

    def leave(self) -> None:
        """Keeps the draft and goes back to the list."""
        key = self._draft.key
        self._file.keep(lambda: self._on_kept(key))

    def _on_kept(self, key: str) -> None:
        if key == self._draft.key and self._file.is_due:
            self.leave()  # something was written meanwhile
        elif key == self._draft.key:
            self._draft = Draft()
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
        before = self._draft
        if draft.key != before.key:
            return
        # A step may not know yet what was proposed of the same run meanwhile.
        self._draft = draft if draft.run != before.run else replace(draft, release=before.release)
        if self._found is not None:
            self._found = replace(self._found, draft=self._draft)
        if draft.run != before.run:
            self._file.keep()
            self.ask()
            return
        self._file.touch()
        if self._found is not None:
            self._stepper.show_standings(self._found, self._hands())

    def _on_moved(self, place: int) -> None:
        self._draft = replace(self._draft, step=place)
        if self._draft.run:
            self._file.touch()
        if self._found is not None:
            self._found = replace(self._found, draft=self._draft)
            self._show()

    def _on_finished(self) -> None:
        found = self._found
        if found is None or found.release is None:
            return
        files = 0 if found.package is None else len(found.package.files)
        sheet = SignSheet(self._desk.words, title=found.title, files=files, digest=found.release.digest, parent=self)
        sheet.accepted.connect(self.sign)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _on_unread(self, asked: Draft, error: SurefootError) -> None:
        if asked.key != self._draft.key or isinstance(error, CancelledError):
            return
        if self._found is None:
            self.show_dossier(Dossier(self._draft, (), (), PolicyView(None, None, is_edited=False), {}, problem=error))
        self._is_unread = True
        self._show_wrong(error)

    def _show_wrong(self, error: SurefootError) -> None:
        cleared(self._wrong)
        self._wrong.addWidget(told(self._desk, error))
        self._wrong.addSpacing(10)

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
        most = 1 if self._found is None else self._found.waiver_days
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

    def _act(self, work: Work, then: Callable[[Draft, Any], object], stage: str) -> None:
        if self._going.is_busy:
            return
        about = self._draft
        self._file.keep()
        cleared(self._wrong)
        self._going.carry_out(
            work, stage=stage, then=lambda found: then(about, found), failed=lambda error: self._on_failed(about, error)
        )  # fmt: skip
        self._show()

    def _on_done(self, _about: Draft, _what: object) -> None:
        self._show()
        self.ask()

    def _on_proposed(self, about: Draft, release: Release) -> None:
        if self._is_shown(about):
            self._draft = replace(self._draft, release=release.id)
            self._file.keep()
        else:
            self._file.note(lambda folder: drafts.note_proposal(folder, about, release.id))
        self._on_done(about, release)

    def _on_signed(self, about: Draft, release: Release) -> None:
        if self._is_shown(about):
            self._forget(lambda: self.signed.emit(release))
            return
        self._file.note(lambda folder: drafts.let_go(folder, about))
        self._desk.tell(self._desk.words("app.releases.signed_title", title=f"{release.name} {release.version}"))
        self._on_done(about, release)

    def _on_failed(self, about: Draft, error: SurefootError) -> None:
        if not isinstance(error, CancelledError):
            (self._show_wrong if self._is_shown(about) else self._desk.error)(error)
        self._on_done(about, error)

    # private

    def _is_shown(self, about: Draft) -> bool:
        return (about.key, about.run) == (self._draft.key, self._draft.run)

    def _content(self) -> tuple[str, Draft] | None:
        draft = self._draft
        return (drafts.file_of(draft.key), draft) if draft.key and draft.run else None

    def _forget(self, then: Callable[[], object]) -> None:
        key, self._draft = self._draft.key, Draft()
        self._file.forget(drafts.file_of(key), then)

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
            busy="" if not self._going.is_busy else self._desk.words("app.releases.busy"),
        )

    def _show(self) -> None:
        if self._found is not None:
            self._stepper.show_dossier(self._found, self._hands())
