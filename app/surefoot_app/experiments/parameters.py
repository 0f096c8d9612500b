"""Step three: what is varied, and how many runs that makes, counted while one types."""

from surefoot.texts import Words
from surefoot_app.bridge.formatting import number
from surefoot_app.experiments.draft import PARAMETERS, Draft, Judged, Known
from surefoot_app.experiments.step import Step
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, row
from surefoot_app.widgets.entries import Entries, Entry
from surefoot_app.widgets.text import Text


class ParametersStep(Step):
    """Parameters with their values, seeds, repeats, and the count."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("parameters", words, draft, known)
        say = words
        entries = Entries(
            (
                Entry(say("app.experiments.parameter"), "depth", width=180),
                Entry(say("app.experiments.values"), "2, 4, 8"),
            ),
            name="experiment.parameters",
            add=say("app.experiments.parameter_add"),
            remove=say("app.experiments.remove"),
        )
        entries.set(draft.parameters)
        entries.changed.connect(self.telling("parameters"))
        self.body.addWidget(entries)
        self.body.addWidget(Text(say("app.experiments.values_hint"), "secondary", wrap=True))
        seeds = self.line("seeds", draft.seeds, example="1, 2, 3", hint=say("app.experiments.seeds_hint"))
        repeats = self.line("repeats", draft.repeats, hint=say("app.experiments.repeats_hint"))
        beside = row(seeds, repeats, gap=GAP)
        beside.setStretch(0, 1)
        beside.setStretch(1, 1)
        self.body.addLayout(beside)
        self._count, self._sum = Text("", "card-title", wrap=True), Text("", "secondary", wrap=True)
        card = Card(kind="sunken")
        card.body.addWidget(self._count)
        card.body.addWidget(self._sum)
        self.body.addWidget(card)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """Counts the runs."""
        say, recipe = self.words, judged.recipe
        if recipe is None:
            self._count.setText(say("app.experiments.count_unknown"))
            is_here = judged.error is not None and judged.at == PARAMETERS
            self._sum.setText(say.error(judged.error).what if is_here and judged.error is not None else "")
            return
        self._count.setText(say("app.experiments.count", count=number(judged.runs, say)))
        factors = [f"{name} × {len(each)}" for name, each in recipe.parameters.items() if len(each) > 1]
        if len(recipe.seeds) > 1:
            factors.append(say("app.experiments.count_seeds", count=len(recipe.seeds)))
        if recipe.repeats > 1:
            factors.append(say("app.experiments.count_repeats", count=recipe.repeats))
        self._sum.setText(" · ".join(factors) or say("app.experiments.count_one"))
