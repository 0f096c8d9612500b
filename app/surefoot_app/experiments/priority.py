"""Step seven: how urgent it is; and the recipe as it will be written, to be read before anything starts."""

from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QRadioButton

from surefoot.texts import Words
from surefoot_app.bridge.formatting import number
from surefoot_app.experiments.draft import Draft, Judged, Known
from surefoot_app.experiments.step import Step
from surefoot_app.theme import made, px
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.text import Text

_ORDER = ("normal", "low", "urgent")


class PriorityStep(Step):
    """Three priorities, each with what it means, and the text of the recipe."""

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("priority", words, draft, known)
        say = words
        group = QButtonGroup(self)
        options = row(gap=20)
        self._why = Text("", "secondary", wrap=True)
        for priority in _ORDER:
            button = QRadioButton(say(f"app.experiments.priority_{priority}"))
            button.setObjectName(f"experiment.priority.{priority}")
            button.setChecked(priority == draft.priority)
            button.toggled.connect(lambda is_on, priority=priority: self._on_chosen(priority) if is_on else None)
            group.addButton(button)
            options.addWidget(button)
        options.addStretch(1)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setObjectName("experiment.text")
        self._text.setAccessibleName(say("app.experiments.recipe"))
        self._text.setFont(made(px(12), mono=True))
        self._text.setMinimumHeight(px(220))
        self._place = Text("", "label")
        self.body.addLayout(options)
        self.body.addWidget(self._why)
        self.body.addWidget(self._place)
        self.body.addWidget(self._text, 1)

    def follow(self, judged: Judged) -> None:
        """Shows the recipe as it will be written."""
        say, draft = self.words, judged.draft
        waiting = number(self.known.waiting, say)
        self._why.setText(say(f"app.experiments.priority_{draft.priority}_why", count=waiting))
        self._place.setText(say("app.experiments.recipe_in", path=f"experiments/{draft.file or draft.name + '.toml'}"))
        if self._text.toPlainText() != judged.text:
            self._text.setPlainText(judged.text)

    def _on_chosen(self, priority: str) -> None:
        self.tell({"priority": priority})
