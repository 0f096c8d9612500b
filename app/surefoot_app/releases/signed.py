"""A signed release: its fingerprint, who agreed, what it states, its card; proved as a reviewer would prove it."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot.releases import Release
from surefoot.releases.verification import STEPS
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import local
from surefoot_app.releases import acting
from surefoot_app.releases.deciding import decision
from surefoot_app.releases.dossier import Dossier, Live, Package, live, package
from surefoot_app.releases.drafts import Draft
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.reading import Reading
from surefoot_app.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Signed:
    """What the page of a signed release shows.

    Attributes:
        release: the release. package: what it consists of. card: the model card as text. around: names and policy.
        live: where it runs.
    """

    release: Release
    package: Package
    card: str
    around: Dossier
    live: tuple[Live, ...]


def signed(bench: Workbench, ref: str) -> Signed:
    """Everything about a signed release; not on the GUI thread.

    Raises:
        IncompleteError: there is none.
    """
    release = bench.releases.show(ref)
    policy = bench.releases.policy()
    names = acting.names(bench)
    around = Dossier(Draft(run=str(release.proposed.body.get("run"))), bench.checks.subjects(), (), policy, names)
    running = tuple(one for one in live(bench) if one.release == release.id)
    return Signed(release, package(bench, release), acting.card(bench, release.id), around, running)


class SignedPage(QWidget):
    """Shows a signed release. Signals: `titled(str)`.

    Attributes:
        release: the id of the one that is shown; empty before.
    """

    titled = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._content = column(gap=GAP)
        self._proof = column(gap=6)
        self.release = self._laid = ""  # the latter once it is shown whole
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(self._content))

    def open(self, ref: str) -> None:
        """Reads a release and shows it."""
        self.release, self._laid = ref, ""
        cleared(self._content)
        self._content.addWidget(EmptyState("loading", self._desk.words("app.releases.loading")))
        self._desk.session.read(lambda wb: signed(wb, ref), owner=self, then=self.show_signed)

    def show_signed(self, found: Signed) -> None:
        """Shows a release."""
        cleared(self._content)
        self.release = self._laid = found.release.id
        self.titled.emit(f"{found.release.name} {found.release.version}")
        sides = row(
            column(self._badge(found), self._facts(found), self._people(found), 1, gap=GAP),
            column(self._card(found), self._files(found), 1, gap=GAP),
            gap=GAP,
        )
        sides.setStretch(0, 1)
        sides.setStretch(1, 1)
        self._content.addLayout(sides)
        self._content.addStretch(1)

    def prove(self) -> None:
        """Proves the release as a stranger would, and shows each step."""
        cleared(self._proof)
        self._proof.addWidget(Text(self._desk.words("app.releases.proving"), "quiet"))
        release = self.release
        self._desk.session.read(
            lambda wb: (release, acting.proved(wb, release)),
            owner=self,
            then=self._on_proved,
            failed=lambda error: self.show_broken(error) if self._is_laid(release) else None,
        )

    def _is_laid(self, release: str) -> bool:
        return release == self._laid

    def _on_proved(self, found: tuple[str, tuple[str, ...]]) -> None:
        release, done = found
        if self._is_laid(release):
            self.show_proof(done)

    def show_proof(self, done: tuple[str, ...]) -> None:
        """Shows what was proved."""
        words = self._desk.words
        cleared(self._proof)
        for one in STEPS:
            is_done = one in done
            glyph = Glyph("circle-check" if is_done else "circle-x", "ok" if is_done else "bad", 18)
            line = row(glyph, Text(words(f"say.carrying.step.{one}"), wrap=True), gap=10)
            line.setStretch(1, 1)
            self._proof.addWidget(holding(line))

    def show_broken(self, error: SurefootError) -> None:
        """Says that it is not what was signed."""
        told = self._desk.words.error(error)
        cleared(self._proof)
        card = Card(kind="bad")
        card.body.addWidget(Text(f"{told.what} {told.means} {told.do} ({told.code})", wrap=True))
        self._proof.addWidget(card)

    def _badge(self, found: Signed) -> QWidget:
        words = self._desk.words
        card = Card()
        head = row(Glyph("shield-check", "ok", 28), gap=14)
        title = words("app.releases.signed_title", title=f"{found.release.name} {found.release.version}")
        said = words("app.releases.signed_lead")
        head.addLayout(column(Text(title, "step-title", wrap=True), Text(said, "quiet", wrap=True), gap=2))
        head.setStretch(1, 1)
        card.body.addLayout(head)
        prove = Button(words("app.releases.prove"), name="release.prove", glyph="eye", act=self.prove)
        audit = Button(
            words("app.releases.ask_audit"), name="release.audit", kind="quiet", act=lambda: self._desk.go("audit")
        )
        card.body.addLayout(row(prove, audit, 1, gap=10))
        self._proof = column(gap=6)
        card.body.addLayout(self._proof)
        return card

    def _facts(self, found: Signed) -> QWidget:
        words, release = self._desk.words, found.release
        copy = words("app.shell.copy")
        facts = [Fact(words("app.releases.fingerprint"), release.digest, "hash", copies=copy)]
        if release.approved is not None:
            who = found.around.person(release.approved.actor)
            when = local(datetime.fromisoformat(release.approved.at), words)
            facts.append(Fact(words("app.releases.signed_by"), f"{who}, {when}"))
        run = str(release.proposed.body.get("run"))
        name = next((one.name for one in found.around.subjects if one.run == run), run)
        facts.append(Fact(words("app.checks.run"), name, "link", ("run", run)))
        places = ", ".join(str(one) for one in release.proposed.body.get("environments") or ())
        facts.append(Fact(words("app.releases.places"), places))
        running = ", ".join(one.environment for one in found.live)
        facts.append(Fact(words("app.releases.runs_in"), running or words("app.releases.runs_nowhere")))
        weighed = str(release.proposed.body.get("trade_off") or "")
        if weighed:
            facts.append(Fact(words("app.releases.step_weighed"), f"“{weighed}”"))
        made = FactsList(facts)
        made.followed.connect(self._desk.open)
        card = Card(words("app.releases.facts"))
        card.body.addWidget(made)
        return card

    def _people(self, found: Signed) -> QWidget:
        words = self._desk.words
        card = Card(words("app.releases.people"))
        for one in found.release.approvals:
            card.body.addWidget(decision(self._desk, found.around, one))
        if found.release.approved is not None and found.release.approved.body.get("solo"):
            card.head.addWidget(Pill(words("app.releases.solo"), "warn"))
        return card

    def _card(self, found: Signed) -> QWidget:
        words = self._desk.words
        text = Reading(found.card, name="release.card", title=words("app.releases.file_card"))
        text.setMinimumHeight(px(330))
        card = Card(words("app.releases.file_card"))
        card.body.addWidget(text)
        return card

    def _files(self, found: Signed) -> QWidget:
        words, copy = self._desk.words, self._desk.words("app.shell.copy")
        proofs = {} if found.release.approved is None else found.release.approved.body.get("proofs") or {}
        facts = [Fact(path, sha256, "hash", copies=copy) for path, sha256 in (*found.package.files, *proofs.items())]
        card = Card(words("app.releases.files_and_statements", files=len(found.package.files), statements=len(proofs)))
        card.body.addWidget(FactsList(facts))
        return card
