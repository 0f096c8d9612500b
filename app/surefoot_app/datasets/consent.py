"""Step three: who answers for the data, what they may be used for, and which columns need care."""

from surefoot.datasets.facts import LEGAL_BASES, Look
from surefoot_app.datasets.draft import SCHEMA, Draft, Judged
from surefoot_app.datasets.step import Step
from surefoot_app.datasets.telling import sentence
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import cleared, column, row
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.text import Text


class ConsentStep(Step):
    """The permission. The legal basis is chosen by a person; nothing stands there before."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("consent", desk, draft)
        words = self.words
        self._look: Look | None = None
        owner = self.line("owner", draft.owner, example=words("app.datasets.owner_example"))
        purpose = self.line(
            "purpose",
            draft.purpose,
            example=words("app.datasets.purpose_example"),
            hint=words("app.datasets.purpose_hint"),
        )
        nothing = ("", words("app.datasets.choose"))
        bases = Select(
            [nothing, *((basis, words.term("legal-basis", basis)) for basis in LEGAL_BASES)], name="dataset.legal_basis"
        )
        bases.choose(draft.legal_basis)
        bases.chosen.connect(self.telling("legal_basis"))
        basis = self.field("legal_basis", bases, hint=words("app.datasets.legal_basis_hint"))
        place = self.line(
            "jurisdiction", draft.jurisdiction, example="EU, VN", hint=words("app.datasets.jurisdiction_hint")
        )
        end = self.line("expiry", draft.expiry, example="2027-12-31", hint=words("app.datasets.expiry_hint"))
        self.body.addLayout(self.beside(owner, basis, shares=(1, 1)))
        self.body.addWidget(purpose)
        self.body.addLayout(self.beside(place, end, shares=(1, 1)))
        self.body.addWidget(Text(words("app.datasets.sensitive"), "card-title"))
        self._columns = column(gap=0)
        self.body.addLayout(self._columns)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        if judged.look is self._look and self._look is not None:
            return
        self._look = judged.look
        cleared(self._columns)
        if judged.look is not None:
            self._show(judged.look)

    def _show(self, look: Look) -> None:
        words, version = self.words, look.version
        for name in version.protected:
            care = "special" if name in version.special else "protected"
            why = look.reasons.get(f"{care}:{name}", "said")
            said = words(
                f"app.datasets.is_{care}", column=name, reason=words(f"say.dataset.reason.{why}")
            )  # fmt: skip
            self._columns.addLayout(sentence(said))
        if not version.protected:
            self._columns.addLayout(sentence(words("app.datasets.nothing_sensitive"), is_well=True))
        if version.columns:
            self._columns.addLayout(row(self.go("to_schema", SCHEMA, name="dataset.to_schema"), 1))
