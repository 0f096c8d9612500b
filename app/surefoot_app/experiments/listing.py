"""The list of experiments, with one of them beside it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget

from surefoot_app.bridge.formatting import ago, number
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments.details import Details
from surefoot_app.experiments.draft import Draft
from surefoot_app.experiments.overview import TONES, Experiment, Overview, asked, fits
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text

_NAME, _GOAL, _ROOM = 170, 1, 1120


class ExperimentList(QWidget):
    """Signals: `opened(Experiment)` when the steps of one are asked for; `resumed` and `discarded` of the draft."""

    opened = Signal(object)
    resumed = Signal()
    discarded = Signal()

    def __init__(self, desk: Desk, found: Overview) -> None:
        super().__init__()
        self._desk, self._found = desk, found
        words = desk.words
        self.filter = FilterLine(words("app.experiments.filter"), name="experiments.filter")
        self.filter.setFixedWidth(px(320))
        self.filter.asked.connect(lambda _text: self._fill())
        columns = _columns(desk)
        self._rows = Rows[Experiment](columns)
        self._table = Table("experiments.table", words("app.experiments.title"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, columns)
        self._table.opened.connect(self._on_opened)
        self._table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._show_details())
        self._none = EmptyState("no-match", words("app.experiments.no_match"), words("app.experiments.no_match_why"))
        self._side = column(gap=0)
        content = column(gap=GAP)
        if found.draft is not None:
            content.addWidget(self._left(found.draft))
        content.addLayout(row(self.filter, 1))
        content.addLayout(self._both(), 1)
        self.setLayout(content)
        self._fill()

    def _both(self) -> QHBoxLayout:
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(self._table, 1)
        card.body.addWidget(self._none, 1)
        side = holding(self._side)
        side.setFixedWidth(px(300))
        both = row(card, side, gap=GAP)
        both.setStretch(0, 1)
        return both

    def _left(self, draft: Draft) -> QWidget:
        """The draft that was left, and what can be done with it."""
        words = self._desk.words
        card = Card(kind="info")
        name = draft.name or draft.goal or words("app.experiments.nameless")
        texts = column(
            Text(words("app.experiments.left", name=name), "strong", wrap=True),
            Text(words("app.experiments.left_step", step=draft.step + 1, of=len(drafts.STEPS)), "secondary", wrap=True),
            gap=2,
        )
        discard = Button(words("app.experiments.discard"), name="experiment.discard", kind="quiet")
        discard.clicked.connect(lambda _checked=False: self.discarded.emit())
        resume = Button(words("app.experiments.go_on"), name="experiment.go_on", kind="primary")
        resume.clicked.connect(lambda _checked=False: self.resumed.emit())
        inside = row(Glyph("pencil", "info", 20), texts, discard, resume, gap=12)
        inside.setStretch(1, 1)
        card.body.addLayout(inside)
        return card

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is no room for both, the name goes before the goal, which stands beside the list.
        is_narrow = self.width() < px(_ROOM)
        self._table.setColumnHidden(_GOAL, is_narrow)
        mode = QHeaderView.ResizeMode.Stretch if is_narrow else QHeaderView.ResizeMode.Fixed
        self._table.horizontalHeader().setSectionResizeMode(0, mode)
        if not is_narrow:
            self._table.setColumnWidth(0, px(_NAME))

    def show_overview(self, found: Overview) -> None:
        """Shows what is new, with the same one chosen."""
        self._found = found
        self._fill()

    def choose(self, name: str) -> None:
        """Shows one by its name, with the keyboard on it."""
        self.filter.clear()
        self._fill()
        names = [one.name for one in self._found.experiments]
        if name in names:
            self._table.setCurrentIndex(self._rows.index(names.index(name), 0))
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen(self) -> Experiment | None:
        """The one that is shown beside the list."""
        return self._rows.at(self._table.currentIndex().row())

    def _fill(self) -> None:
        name = self.chosen.name if self.chosen is not None else ""
        shown = [one for one in self._found.experiments if fits(one, self.filter.text())]
        self._rows.set_rows(shown)
        self._table.setVisible(bool(shown))
        self._none.setVisible(not shown)
        names = [one.name for one in shown]
        if shown:
            self._table.setCurrentIndex(self._rows.index(names.index(name) if name in names else 0, 0))
        self._show_details()

    def _show_details(self) -> None:
        cleared(self._side)
        chosen = self.chosen
        if chosen is not None:
            details = Details(self._desk, chosen)
            details.opened.connect(lambda: self.opened.emit(chosen))
            self._side.addWidget(details)

    def _on_opened(self, place: int) -> None:
        one = self._rows.at(place)
        if one is not None and one.recipe is not None:
            self.opened.emit(one)


def _columns(desk: Desk) -> tuple[Column[Experiment], ...]:
    words = desk.words

    def goal(one: Experiment) -> str:
        if one.recipe is not None:
            return one.recipe.goal
        return words.error(one.error).what if one.error is not None else ""

    def limit(one: Experiment) -> str:
        return asked(one.criterion, words) if one.criterion is not None else "–"

    return (
        Column[Experiment](words("app.experiments.name"), lambda one: one.name, look="strong", width=_NAME),
        Column[Experiment](words("app.experiments.goal"), goal),
        Column[Experiment](words("app.experiments.asked"), limit, width=112),
        Column[Experiment](
            words("app.experiments.best"),
            lambda one: words.figure(one.best.figure) if one.best else "–",
            Align.RIGHT,
            width=72,
        ),
        Column[Experiment](
            words("app.experiments.standing"),
            lambda one: words(f"app.experiments.standing_{one.standing}"),
            look="pill",
            tone=lambda one: TONES[one.standing],
            width=150,
        ),
        Column[Experiment](
            words("app.experiments.runs"), lambda one: number(one.tally.runs, words), Align.RIGHT, width=66
        ),
        Column[Experiment](
            words("app.experiments.last"),
            lambda one: ago(one.tally.last, words) if one.tally.last else "–",
            look="quiet",
            width=108,
        ),
    )
