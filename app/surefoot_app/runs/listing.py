"""The list at the left: filter, chips, columns, and the table over pages."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from surefoot.errors import Code, SurefootError
from surefoot_app.runs import asking
from surefoot_app.runs.asking import Listed, View
from surefoot_app.runs.choice import MOST, choice
from surefoot_app.runs.columns import Row, Ways, columns
from surefoot_app.runs.columns_button import ColumnsButton
from surefoot_app.runs.foot import Foot
from surefoot_app.runs.model import RunsModel
from surefoot_app.runs.source import RunsSource
from surefoot_app.shell.desk import Desk
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme import px
from surefoot_app.widgets.boxes import Card, column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.table import Table
from surefoot_app.widgets.tabs import Chips
from surefoot_app.widgets.text import Text

_CLOCK = 30_000  # milliseconds until ages are told anew


class RunsList(QWidget):
    """The table of runs and what narrows it.

    Signals: `opened` (the current run is to be shown whole), `keyed(letter)`, `listed(Listed)` after each answer,
    `moved(Run)` when the keyboard stands on another run, with None where that is not known.

    Attributes:
        source: where rows come from. head: filter, chips and columns, which the page puts above.
        filter, chips, columns_button, table, model: its parts.
    """

    opened = Signal()
    keyed = Signal(str)
    listed = Signal(object)
    moved = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._choice = desk, choice(desk)
        self._wanted: str | None = None
        self._row = self._choice.current  # the run that has the keyboard, or had it on the page before this one
        self.model = RunsModel(())
        self.model.setParent(self)
        self.source = RunsSource(desk, self.model, self.seen, self)
        self._build()
        self._listen()

    def _build(self) -> None:
        words = self._desk.words
        self.filter = FilterLine(words("app.runs.filter_hint"), name="runs.filter")
        self.filter.setFixedWidth(px(300))
        self.chips = Chips(tuple((key, words(f"app.runs.chip_{key}")) for key in asking.CHIPS), name="runs.chip")
        self.columns_button = ColumnsButton(self.source, words)
        self._wrong = Text("", "bad", wrap=True)
        self._wrong.hide()
        self.table = Table("runs.table", words("app.runs.title"))
        self.table.setModel(self.model)
        self.table.horizontalHeader().setSectionsClickable(True)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._empty = EmptyState("loading", words("app.runs.loading"))
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        self._foot = Foot(words)
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(self._stack, 1)
        card.body.addLayout(self._foot)
        self.head = column(row(self.filter, self.chips, 1, self.columns_button, gap=12), self._wrong, gap=6)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card, 1)

    def _listen(self) -> None:
        self.filter.asked.connect(self.set_where)
        self.chips.chosen.connect(self.set_chip)
        self.source.answered.connect(self.show_listed)
        self.source.refused.connect(self._refused)
        self.source.spanned.connect(lambda: self._set_columns(anew=True))
        self.table.opened.connect(lambda _place: self.opened.emit())
        self.table.keyed.connect(self._on_keyed)
        self.table.horizontalHeader().sectionClicked.connect(self._on_header)
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self._count())
        bar.rangeChanged.connect(lambda _low, _high: self._count())
        self.table.clicked.connect(lambda index: self.toggle_pin(index.row()) if index.column() == 0 else None)
        self.columns_button.wanted.connect(self.set_columns)
        self._choice.pinned.connect(self._on_pinned)
        self._choice.looked.connect(self.show_view)
        clock = QTimer(self, interval=_CLOCK)
        clock.timeout.connect(self.model.refresh)
        clock.start()
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.dataChanged.connect(self._on_row)  # the page of a row may come after the keyboard
        self._on_pinned()

    def begin(self) -> None:
        """Asks for the runs, and follows them."""
        self.source.begin()
        self.source.watch()

    def show_listed(self, found: Listed) -> None:
        """Shows an answer. Where no run has moved, the place that is looked at stays as it is."""
        self.filter.set_wrong(wrong=False)
        self._wrong.hide()
        self._set_columns()
        top = self.table.verticalScrollBar().value()
        if self.model.set_order(found.order, found.first, found.rows):
            self.table.verticalScrollBar().setValue(top)
            self._find_current()
        for run in found.rows:
            self._choice.renew(run)
        self._show_emptiness()
        self._count()
        self.listed.emit(found)

    def _refused(self, error: SurefootError) -> None:
        if error.code is Code.NO_RIGHT or self.source.found is None:
            self._put_empty(trouble(error, self._desk.words))
            return
        told = self._desk.words.error(error)
        self.filter.set_wrong(wrong=bool(self.source.view.where))
        self._wrong.setText(f"{told.what} {told.do} ({told.code})")
        self._wrong.show()

    # narrowing and sorting

    def set_where(self, text: str) -> None:
        """Filters by what was written."""
        view = self.source.view
        kind = "where" if view.is_written_on(text) else ""
        self._change("filter" if text else "unfilter", replace(view, where=text), kind=kind)

    def set_chip(self, chip: str) -> None:
        """Filters by a chip."""
        self._change("filter", replace(self.source.view, chip=chip))

    def set_sort(self, sort: str) -> None:
        """Sorts."""
        self._change("sort", replace(self.source.view, sort=sort))

    def set_columns(self, ids: Sequence[str]) -> None:
        """Shows these columns, and remembers them."""
        self._change("columns", replace(self.source.view, columns=tuple(ids)))

    def clear(self) -> None:
        """Takes all filters off."""
        self._change("unfilter", replace(self.source.view, where="", chip="all"))

    def _change(self, did: str, view: View, *, kind: str = "") -> None:
        """Looks in another way, which can be taken back."""
        before, looked = self.source.view, self._choice.looked
        self.show_view(view)
        if view != before:
            name = self._desk.words(f"app.runs.did_{did}")
            self._choice.did(name, lambda: looked.emit(before), lambda: looked.emit(view), kind=kind)

    def show_view(self, view: View) -> None:
        """Looks at the runs in another way; how they are sorted and which columns there are is remembered."""
        before = self.source.view
        if self.filter.text() != view.where:
            self.filter.setText(view.where)
        self.chips.choose(view.chip)
        if view.columns != before.columns:
            self.source.view = replace(before, columns=view.columns)
            self._set_columns()
            self.source.ask_spans()
        if view != self.source.view:
            self.table.verticalScrollBar().setValue(0)
            self.source.look(view)
        if (view.sort, view.columns) != (before.sort, before.columns):
            self.source.keep()

    def _on_header(self, section: int) -> None:
        ids = ("", "name", "state", *self.source.shown_columns())
        if ids[section]:
            self.set_sort(asking.sorted_by(ids[section], self.source.view.sort))

    # columns

    def _set_columns(self, *, anew: bool = False) -> None:
        ids, sort = self.source.shown_columns(), self.source.view.sort
        wanted = f"{ids} {sort}"
        if wanted == self._wanted and not anew:
            return
        self._wanted = wanted
        marks = {1: " ↑", -1: " ↓", 0: ""}
        ways = Ways(
            self._desk.words, self._choice, self.source.spans, lambda name: marks[asking.is_sorted_by(name, sort)]
        )
        made = columns(ids, ways)
        current = self.table.currentIndex().row()
        self.model.set_columns(made)
        self.table.set_model(self.model, made)
        self._mark(current)

    # the rows

    def seen(self) -> tuple[int, int]:
        """The first and the last place that can be seen."""
        last = self.table.rowAt(self.table.viewport().height() - 1)
        return max(0, self.table.rowAt(0)), last if last >= 0 else self.model.rowCount() - 1

    def current(self) -> Row | None:
        """The row that has the keyboard."""
        return self.model.at(self.table.currentIndex().row()) if self.table.currentIndex().isValid() else None

    def toggle_pin(self, place: int) -> None:
        """Pins the run at a place, or takes the pin off."""
        found = self.model.at(place)
        if found is not None and not self._choice.pin(found.run):
            self._desk.tell(self._desk.words("app.runs.most_pins", most=MOST), "warn")

    def _on_keyed(self, key: str) -> None:
        if key == " ":
            self.toggle_pin(self.table.currentIndex().row())
        else:
            self.keyed.emit(key)

    def _on_pinned(self) -> None:
        self._foot.show_pinned(len(self._choice.pins))
        self.model.refresh_dots()

    def _on_row(self, _now: object = None, _before: object = None) -> None:
        found = self.current()
        self._row = found.run if found is not None else self._row
        self.moved.emit(found.run if found is not None else None)

    def _find_current(self) -> None:
        """Puts the keyboard on the run that had it, where it now stands."""
        current, order = self._row, self.model.order
        if current is None or order is None:
            self._mark(0 if self.model.rowCount() else -1)
            return
        self._desk.session.read(
            lambda bench: bench.runs.listing.place(order, current.run), owner=self,
            then=lambda place: self._mark(place) if self.model.order is order else None, failed=lambda _error: None,
        )  # fmt: skip

    def _mark(self, place: int) -> None:
        if not 0 <= place < self.model.rowCount():
            self._on_row()
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection = self.table.selectionModel()
        bar = self.table.verticalScrollBar()
        kept = bar.value()
        selection.setCurrentIndex(self.model.index(place, 1), flags)
        bar.setValue(kept)
        self._on_row()

    def _show_emptiness(self) -> None:
        words, found = self._desk.words, self.source.found
        if found is None or len(found.order):
            self._stack.setCurrentWidget(self.table)
        elif self.source.view.is_filtered and found.total:
            act = Button(words("app.runs.clear"), name="runs.clear", glyph="x", act=self.clear)
            self._put_empty(
                EmptyState("no-match", words("app.runs.no_match"), words("app.runs.no_match_why"), acts=(act,))
            )
        else:
            act = Button(words("app.runs.plan"), name="runs.plan", glyph="flask-conical")
            act.clicked.connect(lambda _checked=False: self._desk.go("experiments"))
            self._put_empty(EmptyState("nothing", words("app.runs.none"), words("app.runs.none_why"), acts=(act,)))

    def _put_empty(self, state: EmptyState) -> None:
        old, self._empty = self._empty, state
        self._stack.addWidget(state)
        self._stack.setCurrentWidget(state)
        self._stack.removeWidget(old)
        old.deleteLater()

    def _count(self) -> None:
        self._foot.show_places(*self.seen(), self.model.rowCount())
