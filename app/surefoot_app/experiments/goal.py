"""Step one: what is to be found out, for whom, and what it is called."""

from surefoot.texts import Words
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.step import Step


class GoalStep(Step):
    """Goal, product, name. All three are empty to begin with: they are what a machine cannot know."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("goal", words, draft, known)
        said = words
        self.body.addWidget(self.line("goal", draft.goal, example=said("app.experiments.goal_example")))
        self.body.addWidget(
            self.line("product", draft.product, example=said("app.experiments.product_example"),
                      hint=said("app.experiments.product_hint"))
        )  # fmt: skip
        name = self.line("name", draft.name, example="german-credit", hint=said("app.experiments.name_hint"))
        name.edit.setEnabled(not draft.file)
        self.body.addWidget(name)
        self.body.addStretch(1)
