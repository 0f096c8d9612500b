"""The last two steps: who agrees, with a reason; and what exactly is signed."""

from datetime import datetime

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from surefoot.releases.facts import RecordedEvent
from surefoot_app.bridge.formatting import local
from surefoot_app.releases.dossier import Dossier
from surefoot_app.releases.gates import gate_list
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.shown import step
from surefoot_app.releases.steps import APPROVALS, gates_of, unsaid
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.widgets.boxes import Card, cleared, column, row, scrolled
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.text import Text


class ApprovalsStep(QWidget):
    """Who agreed, who has to, and the place to agree oneself."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        words = desk.words
        self._hands: Hands | None = None
        self._found: Dossier | None = None
        self._given = column(gap=10)
        self._reason = QPlainTextEdit()
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(px(76))
        self._reason.textChanged.connect(self._update)
        self._field = Field(
            words("app.releases.reason"), self._reason, name="release.reason", hint=words("app.releases.reason_hint")
        )
        approve = Button(words("app.releases.approve"), name="release.approve", glyph="user-check")
        self._act = desk.guard(ReasonedButton(approve))
        self._act.pressed.connect(self._on_approve)
        self._no = Button(words("app.releases.refuse"), name="release.refuse", kind="quiet", act=self._on_refuse)
        made = column(
            Text(words("app.releases.step_approvals"), "step-title"),
            Text(words("app.releases.approvals_lead"), "quiet", wrap=True),
            self._given,
            self._field,
            row(self._act, self._no, 1),
            1,
            gap=10,
        )
        made.setContentsMargins(0, 0, 8, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(made))

    def show_dossier(self, found: Dossier, hands: Hands) -> None:
        """Shows who agreed; a reason that was written for another draft or proposal is not offered for this one."""
        before = None if self._found is None else (self._found.draft.key, self._found.draft.release)
        if before is not None and before not in {(found.draft.key, found.draft.release), (found.draft.key, "")}:
            self._reason.clear()
        self._found, self._hands = found, hands
        cleared(self._given)
        self._given.addWidget(gate_list(self._desk, found, gates_of(found, APPROVALS), hands, here="approve"))
        release = found.release
        for one in () if release is None else (*release.approvals, *release.refusals):
            self._given.addWidget(decision(self._desk, found, one))
        self._update()

    def _update(self) -> None:
        words, found = self._desk.words, self._found
        if found is None or self._hands is None:
            return
        gate = found.gate("approvals")
        is_refused = found.release is not None and bool(found.release.refusals)
        is_over = is_refused or (gate is not None and gate.is_open)
        self._field.setVisible(not is_over)
        self._act.setVisible(not is_over)
        self._no.setVisible(not is_over)
        reason = self._hands.busy
        if found.release is None:
            reason = words("app.releases.draft_first")
        else:
            reason = reason or unsaid(self._reason.toPlainText(), words)
        self._act.set_reason(reason)
        self._no.setEnabled(not reason)

    def _on_approve(self) -> None:
        if self._hands is not None:
            self._hands.approve(self._reason.toPlainText().strip())

    def _on_refuse(self) -> None:
        if self._hands is not None:
            self._hands.refuse(self._reason.toPlainText().strip())


def decision(desk: Desk, found: Dossier, one: RecordedEvent) -> QWidget:
    """An approval or a refusal: who, as what, when, why; one's own is marked."""
    words = desk.words
    is_given = one.type == "approval.given"
    role = words.term("role", one.role)
    when = local(datetime.fromisoformat(one.at), words)
    head = row(
        Glyph("circle-check" if is_given else "circle-x", "ok" if is_given else "bad", 20),
        Text(found.person(one.actor), "strong"),
        Text(words("app.releases.as_role", role=role, at=when), "secondary"),
        1,
        gap=10,
    )
    if one.is_self:
        head.addWidget(Pill(words("app.releases.self_approved"), "warn"))
    card = Card(kind="sunken")
    card.body.addLayout(head)
    reason = str(one.body.get("reason") or "")
    if reason:
        card.body.addWidget(Text(f"“{reason}”", "quiet", wrap=True))
    return card


def sign_step(desk: Desk, found: Dossier, hands: Hands) -> QWidget:
    """The exact list of what is signed, where it may run, the way back, and what cannot be undone."""
    words = desk.words
    parts: list[QWidget] = []
    shut = [gate for gate in found.gates if not gate.is_open]
    if shut:
        parts.append(gate_list(desk, found, shut, hands))
    if found.release is not None:
        parts.append(_signed_list(desk, found))
    facts = [Fact(words("app.releases.places"), ", ".join(found.places))]
    for place in found.places:
        now = next((one for one in found.live if one.environment == place), None)
        back = words("app.releases.no_way_back") if now is None else f"{now.name} {now.version}"
        facts.append(Fact(words("app.releases.way_back", place=place), back))
    parts.append(FactsList(facts))
    inside = row(Glyph("info", "info", 20), Text(words("app.releases.cannot_undo"), wrap=True), gap=12)
    inside.setStretch(1, 1)
    card = Card(kind="info")
    card.body.addLayout(inside)
    parts.append(card)
    return step(desk, "sign", parts)


def _signed_list(desk: Desk, found: Dossier) -> QWidget:
    words, release = desk.words, found.release
    assert release is not None  # noqa: S101 - asked before
    files = () if found.package is None else found.package.files
    checks = () if found.candidate is None else sorted(found.candidate.checks)
    # Statements as the files are called in the capsule's folder `statements`.
    named = {
        "signed_files": ", ".join(path for path, _ in files),
        "signed_statements": ", ".join(("release", "provenance", *(f"check-{kind}" for kind in checks))),
        "signed_approvals": ", ".join(found.person(one.actor) for one in release.approvals) or "–",
    }
    card = Card(words("app.releases.what_is_signed"), kind="sunken")
    fingerprint = Fact(words("app.releases.fingerprint"), release.digest, "hash", copies=words("app.shell.copy"))
    card.body.addWidget(FactsList((fingerprint,)))
    for key, text in named.items():
        card.body.addLayout(column(Text(words(f"app.releases.{key}"), "label"), Text(text, wrap=True), gap=2))
    return card
