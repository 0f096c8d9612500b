"""Step six: what will be recorded, what it replaces, and which releases will rest on older data."""

from surefoot.datasets.facts import Look
from surefoot.releases import uses
from surefoot.releases.uses import Users
from surefoot_app.bridge.formatting import number, size
from surefoot_app.datasets.draft import Draft, Judged
from surefoot_app.datasets.overview import shares
from surefoot_app.datasets.step import Step
from surefoot_app.datasets.telling import permission_facts, role_facts, sentence
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.text import Text


class SummaryStep(Step):
    """The version as it will be."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("version", desk, draft)
        self._look: Look | None = None
        self._users = Users()
        self._seen = column(gap=GAP)
        self.body.addLayout(self._seen)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        if judged.look is self._look:
            return
        self._look, self._users = judged.look, Users()
        self._show()
        if judged.look is not None and judged.look.before is not None:
            before = judged.look.before
            self.desk.session.read(
                lambda bench: uses.users(bench.catalog, before.id, before.version),
                owner=self, then=self.show_users, failed=lambda _error: None,
            )  # fmt: skip

    def show_users(self, users: Users) -> None:
        """Shows who rests on the version before."""
        self._users = users
        self._show()

    def _show(self) -> None:
        cleared(self._seen)
        look = self._look
        if look is None:
            return
        words, version = self.words, look.version
        counts = ", ".join(f"{words.term('side', side)} {number(rows, words)}" for side, rows in shares(version))
        facts = [
            Fact(words("app.datasets.version"), version.ref),
            Fact(words("app.datasets.fingerprint"), version.version, "hash", copies=words("app.shell.copy")),
            Fact(words(f"app.datasets.{'rows' if version.kind == 'table' else 'files'}"), number(version.rows, words)),
            Fact(words("app.datasets.columns"), number(len(version.columns), words)),
            Fact(words("app.datasets.size"), size(look.size, words)),
            Fact(words("app.datasets.kept"), words.term("storage", version.storage)),
            Fact(words("app.datasets.tab_split"), counts),
            *role_facts(version, words),
        ]  # fmt: skip
        beside = row(self._card("facts", facts), self._card("permission", permission_facts(version, words)), gap=GAP)
        beside.setStretch(0, 1)
        beside.setStretch(1, 1)
        self._seen.addLayout(beside)
        self._seen.addWidget(self._consequences(look))

    def _card(self, title: str, facts: list[Fact]) -> Card:
        card = Card(self.words(f"app.datasets.{title}"))
        card.body.addWidget(FactsList(facts))
        card.body.addStretch(1)
        return card

    def _consequences(self, look: Look) -> Card:
        words, before = self.words, look.before
        card = Card(words("app.datasets.consequences"))
        card.body.setSpacing(0)
        if look.is_known:
            card.body.addLayout(sentence(words("app.datasets.known", ref=look.version.ref), is_well=True))
        elif before is not None:
            card.body.addLayout(sentence(words("app.datasets.will_replace", ref=before.ref), is_well=True))
        else:
            card.body.addLayout(sentence(words("app.datasets.first"), is_well=True))
        if before is not None and not look.is_known:
            for release in self._users.releases:
                stale = words("app.datasets.stale", release=release.name, ref=before.ref)
                card.body.addLayout(sentence(stale))
        card.body.addWidget(Text(words("app.datasets.never_changes"), "secondary", wrap=True))
        return card
