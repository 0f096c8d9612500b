"""Step five: what stops a run. All have values that hold."""

from surefoot.texts import Words
from surefoot_app.experiments.draft import GUARDRAILS, Draft, Judged, Known
from surefoot_app.experiments.step import Step
from surefoot_app.widgets.text import Text


class GuardrailsStep(Step):
    """Time, memory, disk."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("guardrails", words, draft, known)
        for field in ("time", "memory", "disk"):
            hint = words(f"app.experiments.{field}_hint")
            self.body.addWidget(self.line(field, getattr(draft, field), hint=hint))
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self.body.addWidget(self._wrong)
        self.body.addStretch(1)

    def follow(self, judged: Judged) -> None:
        """Says what cannot be read."""
        is_here = judged.error is not None and judged.at == GUARDRAILS
        self._wrong.setText(self.words.error(judged.error).do if is_here and judged.error is not None else "")
        self._wrong.setVisible(is_here)
