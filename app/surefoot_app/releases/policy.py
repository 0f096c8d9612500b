"""The policy: the rules in force in words, and files that would change them once they are adopted."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot.releases import AdoptedPolicy, PolicyView
from surefoot.releases.facts import Policy, Requirement
from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.bridge.formatting import local
from surefoot_app.releases import acting
from surefoot_app.releases.sheets import AdoptSheet
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row, scrolled
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy file: what it says, or why it cannot be read."""

    path: Path
    view: PolicyView | None
    problem: SurefootError | None = None


@dataclass(frozen=True, slots=True)
class Policies:
    """What is in force, the files there are, and people's names by their ids."""

    adopted: AdoptedPolicy | None
    files: tuple[Proposal, ...]
    names: dict[str, str]


def policies(bench: Workbench, extra: tuple[Path, ...] = ()) -> Policies:
    """The policy in force, and each file of `policies/` (and others that were chosen); not on the GUI thread."""
    paths = dict.fromkeys((*sorted((bench.project / "policies").glob("*.toml")), *extra))
    files = tuple(_proposal(bench, path) for path in paths)
    return Policies(bench.releases.policy().adopted, files, acting.names(bench))


def _proposal(bench: Workbench, path: Path) -> Proposal:
    try:
        return Proposal(path, bench.releases.policy(path))
    except SurefootError as problem:
        return Proposal(path, None, problem)


def rules(policy: Policy, words: Words) -> tuple[str, ...]:
    """What a policy asks for, a rule a sentence."""
    roles = ", ".join(words.term("role", role) for role in policy.roles)
    waivers = (
        words("app.releases.rule_waivers", days=policy.waiver_days)
        if policy.waiver_days
        else words("app.releases.rule_no_waivers")
    )
    approvals = words("app.releases.rule_approvals", count=policy.count, roles=roles)
    return (*(_rule(one, words) for one in policy.requirements), approvals, waivers)


def _rule(one: Requirement, words: Words) -> str:
    limits = [f"{sign} {limit}" for sign, limit in (("≥", one.at_least), ("≤", one.at_most)) if limit is not None]
    check = judgements.title(one.check, words)
    key = "rule_limit" if limits else "rule_passed"
    said = words(f"app.releases.{key}", check=check, limit=" ".join(limits))
    if one.on_interval:
        said = f"{said} {words('app.releases.rule_interval')}"
    if one.settings:
        chosen = "; ".join(f"{name}: {_plain(value)}" for name, value in one.settings.items())
        said = f"{said} {words('app.releases.rule_settings', settings=chosen)}"
    return said


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


class PolicyPane(QWidget):
    """Shows the rules, and adopts a file. Signals: `adopted` after one was."""

    adopted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._extra: tuple[Path, ...] = ()
        self._content, self._wrong = column(gap=GAP), column()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._wrong)
        whole.addWidget(scrolled(self._content), 1)

    def ask(self) -> None:
        """Reads the rules anew."""
        extra = self._extra
        self._desk.session.read(lambda wb: policies(wb, extra), owner=self, then=self.show_policies)

    def show_policies(self, found: Policies) -> None:
        """Shows the rules."""
        words = self._desk.words
        cleared(self._content)
        self._content.addWidget(Text(words("app.releases.policy_lead"), "quiet", wrap=True))
        self._content.addWidget(self._in_force(found))
        for one in found.files:
            is_same = one.view is not None and not one.view.is_edited
            if not is_same:
                self._content.addWidget(self._file(one))
        choose = Button(words("app.releases.choose_file"), name="policy.choose", glyph="folder-open", act=self._choose)
        self._content.addWidget(holding(row(choose, 1)))
        self._content.addStretch(1)

    def adopt(self, path: Path, seen: PolicyView) -> None:
        """Puts a file in force, where it and what it replaces are as they were seen; shows them anew otherwise."""
        cleared(self._wrong)
        self._desk.session.act(
            lambda wb, _progress, _cancel: wb.releases.adopt(path) if wb.releases.policy(path) == seen else None,
            owner=self, then=self._on_adopted, failed=self._on_failed,
        )  # fmt: skip

    def _in_force(self, found: Policies) -> QWidget:
        words, adopted = self._desk.words, found.adopted
        if adopted is None:
            card = Card()
            state = EmptyState("nothing", words("app.releases.no_policy"), words("app.releases.no_policy_why"))
            card.body.addWidget(state)
            return card
        card = Card(words("app.releases.in_force", name=adopted.policy.name))
        card.head.addWidget(Pill(words("app.releases.in_force_pill"), "ok"))
        if adopted.loosened:
            card.head.addWidget(Pill(words("app.releases.loosened", count=len(adopted.loosened)), "warn"))
        self._rules(card, adopted.policy)
        who = found.names.get(adopted.actor, adopted.actor)
        when = local(datetime.fromisoformat(adopted.at), words)
        facts = (
            Fact(words("app.releases.adopted_by"), f"{who}, {when}"),
            Fact(words("app.releases.fingerprint"), adopted.sha256, "hash", copies=words("app.shell.copy")),
        )
        card.body.addWidget(FactsList(facts))
        return card

    def _rules(self, card: Card, policy: Policy) -> None:
        for said in rules(policy, self._desk.words):
            line = row(Glyph("list-checks", "muted", 18), Text(said, wrap=True), gap=10)
            line.setStretch(1, 1)
            card.body.addWidget(holding(line))

    def _file(self, one: Proposal) -> QWidget:
        words = self._desk.words
        card = Card(words("app.releases.proposal", path=one.path.name))
        if one.problem is not None or one.view is None or one.view.proposed is None:
            told = words.error(one.problem) if one.problem is not None else None
            card.head.addWidget(Pill(words("app.releases.unreadable"), "bad"))
            card.body.addWidget(Text("" if told is None else f"{told.what} {told.do} ({told.code})", wrap=True))
            return card
        card.head.addWidget(Pill(words("app.releases.proposal_pill"), "info"))
        self._rules(card, one.view.proposed)
        for point in one.view.loosened:
            said = words("app.releases.loosened_point", key=point.key, old=point.old, new=point.new)
            line = row(Glyph("triangle-alert", "warn", 18), Text(said, wrap=True), gap=10)
            line.setStretch(1, 1)
            card.body.addWidget(holding(line))
        name = f"policy.adopt.{one.path.stem}"
        act = Button(words("app.releases.adopt"), name=name, glyph="check", act=lambda: self._confirm(one))
        card.body.addWidget(holding(row(act, 1)))
        return card

    def _confirm(self, one: Proposal) -> None:
        view = one.view
        if view is None or view.proposed is None:
            return
        sheet = AdoptSheet(self._desk.words, name=view.proposed.name, loosened=view.loosened, parent=self)
        self._desk.guard(sheet.act)
        sheet.accepted.connect(lambda: self.adopt(one.path, view))
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._desk.words("app.releases.choose_file"), "", "TOML (*.toml)")
        if path:
            self._extra = (*self._extra, Path(path))
            self.ask()

    def _on_adopted(self, policy: AdoptedPolicy | None) -> None:
        self.ask()
        if policy is None:
            self._desk.tell(self._desk.words("app.releases.policy_changed"), "warn")
            return
        self.adopted.emit()

    def _on_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        card = Card(kind="bad")
        card.body.addWidget(Text(f"{told.what} {told.means} {told.do} ({told.code})", wrap=True))
        cleared(self._wrong)
        self._wrong.addWidget(card)
