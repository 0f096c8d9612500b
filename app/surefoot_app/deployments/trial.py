"""A form made from a release's signature: one row is written, sent to the running service, and its answer shown."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from surefoot.deployments.facts import Answer
from surefoot.errors import SurefootError
from surefoot.payloads.service.documents import Port
from surefoot_app.deployments import trying
from surefoot_app.deployments.trying import Form
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, bring, cleared, column, holding, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import Choice, Field
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.text import Text

_ACROSS = 2
_MOST_CHOICES = 200


class TrialForm(Card):
    """Asks what runs in one environment."""

    def __init__(self, desk: Desk, environment: str, parent: QWidget | None = None) -> None:
        words = desk.words
        super().__init__(words("app.deployments.try"), parent=parent)
        self._desk, self._environment = desk, environment
        self._ports: tuple[Port, ...] = ()
        self._fields: dict[str, Field] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        self._said = column(gap=6)
        button = Button(words("app.deployments.ask"), name="deployment.ask", glyph="send")
        self._ask = ReasonedButton(button, reason=words("app.deployments.reading_form"))
        self._ask.pressed.connect(self.ask)
        self.body.addWidget(Text(words("app.deployments.try_why"), "secondary", wrap=True))
        self.body.addLayout(self._grid)
        self.body.addLayout(row(1, self._ask))
        self.body.addLayout(self._said)
        self.body.addStretch(1)

    def load(self) -> None:
        """Asks what the release takes."""
        name = self._environment
        self._desk.session.read(
            lambda bench: trying.form(bench, name), owner=self, then=self.show_form, failed=self._on_failed
        )

    def show_form(self, form: Form) -> None:
        """Shows one field an input, filled with a row that works."""
        cleared(self._grid)
        self._ports = form.ports
        self._fields = {
            port.name: self._field(port, trying.shown(form.example.get(port.name), port.type)) for port in form.ports
        }
        for place, field in enumerate(self._fields.values()):
            self._grid.addWidget(field, place // _ACROSS, place % _ACROSS, Qt.AlignmentFlag.AlignTop)
        self._ask.set_reason("")

    def ask(self) -> None:
        """Sends what is written."""
        for field in self._fields.values():
            field.set_wrong("")
        texts = {name: _text(field.edit) for name, field in self._fields.items()}
        try:
            made = trying.row(self._ports, texts)
        except ValueError as error:
            self._fields[str(error)].set_wrong(self._desk.words("app.deployments.no_value"))
            return
        name = self._environment
        self._desk.session.read(
            lambda bench: bench.deployments.live.ask(name, made),
            owner=self,
            then=self.show_answer,
            failed=self._on_failed,
        )

    def show_answer(self, answer: Answer) -> None:
        """Shows what came back, in words."""
        told = trying.told(answer, self._desk.words)
        cleared(self._said)
        glyph = Glyph("circle-check" if told.is_answer else "triangle-alert", "ok" if told.is_answer else "warn")
        head = row(glyph, Text(told.text, "strong" if told.is_answer else "body", wrap=True), gap=8)
        head.setStretch(1, 1)
        inside = column(head, gap=8, margin=12)
        if told.outputs:
            inside.addWidget(FactsList([Fact(name, value) for name, value in told.outputs]))
        box = holding(inside, "sunken" if told.is_answer else "warn")
        box.setAccessibleName(told.text)
        box.setObjectName("deployment.answer")
        self._said.addWidget(box)
        bring(box)

    def _field(self, port: Port, value: str) -> Field:
        edit: QWidget
        known = trying.choices(port)[:_MOST_CHOICES]
        if known:
            edit = Choice()
            edit.addItems([*(("",) if port.nullable else ()), *known])
            edit.setCurrentText(value)
        else:
            edit = QLineEdit(value)
            edit.returnPressed.connect(self.ask)
        hint = trying.hint(port, self._desk.words)
        return Field(port.name, edit, name=f"deployment.input.{port.name}", hint=hint)

    def _on_failed(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        self._ask.set_reason(f"{told.what} {told.do} ({told.code})")


def _text(edit: QWidget) -> str:
    if isinstance(edit, QComboBox):
        return edit.currentText()
    return edit.text() if isinstance(edit, QLineEdit) else ""
