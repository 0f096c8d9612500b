"""Step four: what counts as success. Empty by design, since nobody else can know it."""

from PySide6.QtWidgets import QCheckBox

from surefoot.texts import Words
from surefoot_app.experiments.draft import Draft, Known
from surefoot_app.experiments.step import Step
from surefoot_app.widgets.entries import Entries, Entry
from surefoot_app.widgets.text import Text


class CriteriaStep(Step):
    """Metrics with their limits, or the word that nothing is to be judged."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("criteria", words, draft, known)
        say = words
        rules = tuple((rule, say(f"app.experiments.rule_{rule}")) for rule in ("at_least", "at_most"))
        self._entries = Entries(
            (
                Entry(say("app.experiments.metric"), "auc"),
                Entry(say("app.experiments.rule"), width=150, options=rules),
                Entry(say("app.experiments.limit"), "0.75", width=110),
            ),
            name="experiment.criteria",
            add=say("app.experiments.criterion_add"),
            remove=say("app.experiments.remove"),
        )
        self._entries.set(draft.criteria)
        self._entries.changed.connect(self.telling("criteria"))
        self._explores = QCheckBox(say("app.experiments.explores"))
        self._explores.setObjectName("experiment.explores")
        self._explores.setChecked(draft.explores)
        self._explores.toggled.connect(self._on_explores)
        metrics = ", ".join(known.metrics[:8])
        hint = say("app.experiments.metrics_known", names=metrics) if metrics else say("app.experiments.metrics_none")
        self.body.addWidget(self._entries)
        self.body.addWidget(Text(hint, "secondary", wrap=True))
        self.body.addWidget(self._explores)
        self.body.addStretch(1)
        self._entries.setEnabled(not draft.explores)

    def _on_explores(self, explores: bool) -> None:  # noqa: FBT001 - a slot takes what its signal carries
        self._entries.setEnabled(not explores)
        self.tell({"explores": explores})
