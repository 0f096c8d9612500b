"""Step two: the code, from a template or a folder, the command that runs it, and the data it is given."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QLineEdit, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from surefoot.experiments.recipe import ENVIRONMENTS
from surefoot.experiments.templates import OWN
from surefoot.texts import Words
from surefoot_app.experiments.draft import TEMPLATES, Draft, Known
from surefoot_app.experiments.step import Step
from surefoot_app.experiments.trying import TryCard
from surefoot_app.theme.tokens import NEAR
from surefoot_app.widgets.boxes import column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.fields import Field, Select
from surefoot_app.widgets.text import Text


class ScriptStep(Step):
    """Signals: `rebased(template)` when another beginning is chosen; all steps begin with its values then."""

    rebased = Signal(str)

    def __init__(self, words: Words, draft: Draft, known: Known) -> None:
        super().__init__("script", words, draft, known)
        if not draft.file:
            self.body.addWidget(self._choice())
        if not draft.file and draft.template == OWN:
            self.body.addLayout(self._folder())
        for place, (name, version) in enumerate(draft.data):
            self.body.addWidget(self._data(place, name, version))
        self.body.addWidget(self.line("command", draft.command, hint=words("app.experiments.command_hint")))
        self.body.addWidget(self.line("outputs", draft.outputs, hint=words("app.experiments.outputs_hint")))
        self.body.addWidget(self._environment())
        self._place = column()
        self.body.addLayout(self._place)
        self.body.addStretch(1)

    def show_trying(self, card: TryCard) -> None:
        """Takes in what tries the script; what comes of it is scrolled to."""
        self._place.addWidget(card)
        # Once it is laid out: before that nobody knows how high it is.
        card.grown.connect(lambda: QTimer.singleShot(0, card, lambda: self._scroll_to(card)))

    def _scroll_to(self, card: TryCard) -> None:
        area = self.findChild(QScrollArea)
        if area is not None:
            area.ensureWidgetVisible(card, 0, 12)

    def _choice(self) -> QWidget:
        group = QButtonGroup(self)
        options = column(gap=NEAR)
        for template in TEMPLATES:
            key = template or "own"
            button = QRadioButton(self.words(f"app.experiments.template_{key}"))
            button.setObjectName(f"experiment.template.{key}")
            button.setChecked(template == self.draft.template)
            button.setAccessibleDescription(self.words(f"app.experiments.template_{key}_why"))
            button.clicked.connect(lambda _checked=False, template=template: self.rebased.emit(template))
            group.addButton(button)
            why = Text(self.words(f"app.experiments.template_{key}_why"), "secondary", wrap=True)
            why.setIndent(26)
            options.addLayout(column(button, why, gap=0))
        return holding(options)

    def _folder(self) -> QVBoxLayout:
        say = self.words
        edit = QLineEdit(self.draft.folder)
        edit.textChanged.connect(self.telling("folder"))

        def ask() -> None:
            found = QFileDialog.getExistingDirectory(self, say("app.experiments.folder"), edit.text())
            if found:
                edit.setText(found)

        choose = Button(say("app.experiments.choose"), name="experiment.folder.choose", act=ask)
        beside = row(Field(say("app.experiments.folder"), edit, name="experiment.folder"), choose)
        beside.setStretch(0, 1)
        beside.setAlignment(choose, Qt.AlignmentFlag.AlignBottom)
        return column(beside, Text(say("app.experiments.folder_hint"), "secondary", wrap=True), gap=4)

    def _data(self, place: int, name: str, version: str) -> QWidget:
        nothing = ("", self.words("app.experiments.data_none"))
        refs = dict.fromkeys((*([version] if version else []), *self.known.datasets))
        select = Select([nothing, *((ref, ref) for ref in refs)], name=f"experiment.data.{name}")
        select.choose(version)
        select.chosen.connect(lambda ref: self._on_data(place, ref))
        label = self.words("app.experiments.data", name=name)
        return Field(label, select, name=f"experiment.data.{name}", hint=self.words("app.experiments.data_hint"))

    def _on_data(self, place: int, ref: str) -> None:
        data = list(self.draft.data)
        data[place] = (data[place][0], ref)
        self.draft = replace(self.draft, data=tuple(data))
        self.tell({"data": self.draft.data})

    def _environment(self) -> QWidget:
        options = [(kind, self.words(f"app.experiments.environment_{kind}")) for kind in ENVIRONMENTS]
        select = Select(options, name="experiment.environment")
        select.choose(self.draft.environment)
        select.chosen.connect(self.telling("environment"))
        return Field(self.words("app.experiments.environment"), select, name="experiment.environment")
