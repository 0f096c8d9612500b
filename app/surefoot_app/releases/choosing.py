"""The first step: which run is released, under which name and version, and where it may run."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from surefoot.checks.facts import Subject
from surefoot.checks.telling import state_of
from surefoot_app.bridge.formatting import ago
from surefoot_app.releases.dossier import Dossier
from surefoot_app.releases.drafts import Draft
from surefoot_app.releases.gates import gate_list
from surefoot_app.releases.hands import Hands
from surefoot_app.releases.steps import CANDIDATE, gates_of
from surefoot_app.shell.desk import Desk
from surefoot_app.showing import judgements
from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import cleared, column, holding, row, scrolled
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Field
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text

_WORST = ("failed", "undetermined", "close", "passed", "unlimited")


class CandidateStep(QWidget):
    """Chooses the candidate. What was written stays while the record changes around it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        words = desk.words
        self._hands: Hands | None = None
        self._found: Dossier | None = None
        self._columns = self._made_columns()
        self._rows = Rows[Subject](self._columns)
        self._table = Table("release.run", words("app.releases.runs"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, self._columns)
        self._table.setFixedHeight(px(230))
        self._table.opened.connect(self._on_run)
        self._table.clicked.connect(lambda index: self._on_run(index.row()))
        self._name, self._version = QLineEdit(), QLineEdit()
        self._fields = (
            Field(words("app.releases.name"), self._name, name="release.name", hint=words("app.releases.name_hint")),
            Field(words("app.releases.version"), self._version, name="release.version"),
        )
        self._name.textEdited.connect(lambda text: self._change(lambda draft: replace(draft, name=text.strip())))
        self._version.textEdited.connect(lambda text: self._change(lambda draft: replace(draft, version=text.strip())))
        self._boxes: list[QCheckBox] = []
        self._places, self._said, self._gates = row(gap=16), Text("", "secondary", wrap=True), column()
        self._none = EmptyState("nothing", words("app.releases.no_runs"), words("app.releases.no_runs_why"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(self._arranged()))

    def show_dossier(self, found: Dossier, hands: Hands) -> None:
        """Shows what is known of the candidate."""
        words, draft = self._desk.words, found.draft
        self._found, self._hands = found, hands
        self._rows.set_rows(found.subjects)
        place = next((at for at, one in enumerate(found.subjects) if one.run == draft.run), -1)
        if place >= 0:
            self._table.selectRow(place)
        self._table.setVisible(bool(found.subjects))
        self._none.setVisible(not found.subjects and found.problem is None)
        outline = found.outline
        for edit, text, proposed in (
            (self._name, draft.name, "" if outline is None else outline.name),
            (self._version, draft.version, "" if outline is None else outline.version),
        ):
            if edit.text().strip() != text:
                edit.setText(text)
            edit.setPlaceholderText(proposed)
        self._said.setText("" if outline is None else self._change_told(found))
        self._show_places(found)
        cleared(self._gates)
        wrong = found.problem
        if wrong is not None:
            told = words.error(wrong)
            self._gates.addWidget(
                holding(column(Text(f"{told.what} {told.do} ({told.code})", wrap=True), margin=12), "warn")
            )
        self._gates.addWidget(gate_list(self._desk, found, gates_of(found, CANDIDATE), hands))

    def _arranged(self) -> QVBoxLayout:
        words = self._desk.words
        fields = row(*(column(field, 1) for field in self._fields), gap=GAP)
        made = column(
            Text(words("app.releases.step_candidate"), "step-title"),
            Text(words("app.releases.candidate_lead"), "quiet", wrap=True),
            self._table,
            self._none,
            fields,
            self._said,
            Text(words("app.releases.places"), "label"),
            self._places,
            self._gates,
            1,
            gap=10,
        )
        made.setContentsMargins(0, 0, 8, 0)
        return made

    def _made_columns(self) -> tuple[Column[Subject], ...]:
        words = self._desk.words

        def worst(one: Subject) -> str:
            states = [state_of(each) for each in one.results]
            return next((state for state in _WORST if state in states), "refused" if one.is_refused else "unchecked")

        def state(one: Subject) -> str:
            found = worst(one)
            return words(f"app.checks.list_{found}", count=sum(state_of(each) == found for each in one.results))

        def tone(one: Subject) -> Tone:
            found = worst(one)
            return "bad" if found == "refused" else judgements.tone_of(found)

        return (
            Column[Subject](words("app.checks.run"), lambda one: one.name, look="strong"),
            Column[Subject](words("app.checks.state"), state, look="pill", tone=tone, width=150),
            Column[Subject](
                words("app.checks.ended"), lambda one: ago(one.ended, words) if one.ended else "", Align.RIGHT,
                look="quiet", width=120,
            ),
        )  # fmt: skip

    def _change_told(self, found: Dossier) -> str:
        words, outline = self._desk.words, found.outline
        if outline is None:
            return ""
        reasons = " ".join(words(f"why.releases.change.{reason}") for reason in outline.change.reasons)
        if not outline.change.replaces:
            return reasons
        return f"{words('app.releases.against', replaces=outline.change.replaces)} {reasons}"

    def _show_places(self, found: Dossier) -> None:
        if [box.text() for box in self._boxes] != list(found.environments):
            cleared(self._places)
            self._boxes.clear()
            for name in found.environments:
                box = QCheckBox(name)
                box.setObjectName(f"release.place.{name}")
                box.setAccessibleName(name)
                box.clicked.connect(self._on_places)
                self._places.addWidget(box)
                self._boxes.append(box)
            self._places.addStretch(1)
        for box in self._boxes:
            box.setChecked(box.text() in found.draft.environments)

    def _on_places(self, _checked: object) -> None:
        chosen = [box.text() for box in self._boxes if box.isChecked()]
        self._change(lambda draft: replace(draft, environments=tuple(chosen) or ("local",)))

    def _on_run(self, place: int) -> None:
        one = self._rows.at(place)
        if one is not None and self._found is not None and one.run != self._found.draft.run:
            # Name and version follow from the record anew.
            self._change(lambda draft: replace(draft, run=one.run, name="", version="", release=""))

    def _change(self, changed: Callable[[Draft], Draft]) -> None:
        if self._hands is not None and self._found is not None:
            draft = changed(self._found.draft)
            self._found = replace(self._found, draft=draft)
            self._hands.change(draft)
