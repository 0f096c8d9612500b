"""Step four: which rows are kept apart for the test, what keeps rows together, and whether the test could be known."""

from surefoot.datasets.facts import Look
from surefoot.datasets.rules import SPLITS
from surefoot_app.datasets.draft import Draft, Judged
from surefoot_app.datasets.step import Step
from surefoot_app.datasets.telling import leaks_card, sides_bars
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column
from surefoot_app.widgets.fields import Select
from surefoot_app.widgets.text import Text


class SplitStep(Step):
    """The split; counts and leaks are those of the rows as they are."""

    def __init__(self, desk: Desk, draft: Draft) -> None:
        super().__init__("split", desk, draft)
        words = self.words
        self._look: Look | None = None
        options = [("", words("app.datasets.by_best")), *((by, words(f"app.datasets.by_{by}")) for by in SPLITS)]
        by = Select(options, name="dataset.split_by")
        by.choose(draft.split_by)
        by.chosen.connect(self.telling("split_by"))
        test = self.line("test", draft.test, example="0.3", hint=words("app.datasets.test_hint"))
        validation = self.line("validation", draft.validation, example="0", hint=words("app.datasets.validation_hint"))
        salt = self.line("salt", draft.salt, example=draft.name, hint=words("app.datasets.salt_hint"))
        fields = self.beside(self.field("split_by", by), test, validation, shares=(2, 1, 1))
        self._why = Text("", "quiet", wrap=True)
        self._seen = column(gap=GAP)
        self.body.addLayout(fields)
        self.body.addWidget(self._why)
        self.body.addWidget(salt)
        self.body.addLayout(self._seen)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """See `Step.follow`."""
        super().follow(judged)
        if judged.look is self._look:
            return
        self._look = judged.look
        cleared(self._seen)
        if judged.look is not None:
            version = judged.look.version
            self._why.setText(self.words(f"app.datasets.by_{version.split.get('by')}_why"))
            card = Card(self.words("app.datasets.sides"))
            card.body.addWidget(sides_bars(version, self.words))
            self._seen.addWidget(card)
            self._seen.addWidget(leaks_card(self.desk, version))
