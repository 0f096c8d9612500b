"""Step six: where the runs are carried out, and how much of the machine each asks for."""

from surefoot.texts import Words
from surefoot_app.bridge.formatting import size
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.step import Step
from surefoot_app.widgets.boxes import Card, row
from surefoot_app.widgets.pill import Glyph, Pill
from surefoot_app.widgets.text import Text


class ExecutorStep(Step):
    """This computer, so far the one place there is, and the cores of a run."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("executor", words, draft, known)
        say = words
        card = Card(kind="sunken")
        has = say("app.experiments.capacity", cores=known.cores, memory=size(known.memory, say))
        head = row(
            Glyph("monitor", "accent", 22), Text(say("app.experiments.executor_local"), "strong"), 1,
            Pill(say("app.experiments.chosen"), "ok"), gap=12,
        )  # fmt: skip
        card.body.addLayout(head)
        card.body.addWidget(Text(has, "quiet", wrap=True))
        card.body.addWidget(Text(say("app.experiments.stays"), "quiet", wrap=True))
        self.body.addWidget(card)
        cpu = self.line("cpu", draft.cpu, hint=say("app.experiments.cpu_hint", cores=known.cores))
        self.body.addWidget(cpu)
        self.body.addStretch(1)
