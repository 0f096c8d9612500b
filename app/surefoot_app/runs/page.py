"""The page of runs: the list with the comparison beside it, or one run in their place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from surefoot.runs.facts import Run
from surefoot_app.bridge.formatting import number
from surefoot_app.runs import acts, comparing
from surefoot_app.runs.asking import Listed
from surefoot_app.runs.choice import choice
from surefoot_app.runs.compare import ComparePane
from surefoot_app.runs.listing import RunsList
from surefoot_app.runs.run_view import RunView
from surefoot_app.shell.desk import Desk
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Page, column, holding, row
from surefoot_app.widgets.buttons import Button, IconButton


class RunsPage(Page):
    """Shows the list; Return opens a run, Escape comes back to where one was."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.runs.title"))
        self._desk, self._choice = desk, choice(desk)
        self._written = self._narrowed = ""  # what was in the filter, and with what lies between the brushes
        self.list = RunsList(desk)
        self.compare = ComparePane(desk, self.list.source)
        self.run = RunView(desk)
        self._back = IconButton("arrow-left", words("app.runs.back"), name="runs.back", act=self.show_list)
        self.head.insertWidget(0, self._back)
        self._build_acts()
        beside = row(self.list, self.compare, gap=GAP)
        beside.setStretch(0, 1)
        whole = column(self.list.head, beside, gap=12)
        whole.setStretch(1, 1)
        self._both = holding(whole)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._both)
        self._stack.addWidget(self.run)
        self.body.addWidget(self._stack, 1)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.show_list)
        self.list.listed.connect(self._on_listed)
        self.list.moved.connect(self._on_moved)
        self.list.opened.connect(self._open_current)
        self.run.shown.connect(self._choice.turn)
        self.list.keyed.connect(self._on_keyed)
        self.compare.filtered.connect(self._on_brushed)
        self.show_list()
        self.list.begin()

    def _build_acts(self) -> None:
        words = self._desk.words
        command = Button(words("app.runs.copy_command"), name="run.export", glyph="copy", act=self._copy_command)
        plan = Button(words("app.action.run.plan"), name="run.plan", kind="primary", glyph="plus")
        plan.clicked.connect(lambda _checked=False: self._desk.go("experiments"))
        self._of_list = (command, plan)
        for button in self._of_list:
            self.acts.addWidget(button)

    def show_object(self, kind: str, ref: str) -> None:
        """Shows one run."""
        if kind == "run":
            self.heading.setText(ref)
            self._turn(is_run=True)
            self._choice.turn(None)  # until it is known which one it is
            self.run.open(ref)

    def show_list(self) -> None:
        """Shows the list again."""
        self.heading.setText(self._desk.words("app.runs.title"))
        self.run.leave()
        self._turn(is_run=False)
        found = self.list.current()
        self._choice.turn(found.run if found else None)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn(self, *, is_run: bool) -> None:
        self._stack.setCurrentWidget(self.run if is_run else self._both)
        self._back.setVisible(is_run)
        self.subtitle.setVisible(not is_run)
        for button in self._of_list:
            button.setVisible(not is_run)

    def _on_brushed(self, brushed: str) -> None:
        where = self.list.source.view.where
        # What was written stays; the brushes before are no part of it.
        self._written = self._written if where == self._narrowed else where
        self._narrowed = comparing.narrowed(self._written, brushed)
        self.list.set_where(self._narrowed)

    def _on_moved(self, run: Run | None) -> None:
        if self._stack.currentWidget() is self._both:
            self._choice.turn(run)

    def _on_listed(self, found: Listed) -> None:
        words = self._desk.words
        if self._narrowed and self.list.source.view.where != self._narrowed:
            self._narrowed = self._written = ""
            self.compare.axes.clear()
        self.subtitle.setText(words("app.runs.count", count=number(found.total, words)))

    def _open_current(self) -> None:
        found = self.list.current()
        if found is not None:
            self.show_object("run", found.run.run)
            self.heading.setText(found.run.name)

    def _copy_command(self) -> None:
        acts.copy(self.list.source.view.command)

    def _on_keyed(self, key: str) -> None:
        found = self.list.current()
        run = found.run if found else None
        if key == "C":
            self.compare.segments.choose("difference" if len(self._choice.pins) > 1 else "curves")
            self.compare.refresh()
        elif key == "E":
            self._copy_command()
        elif key == "R" and run is not None and not acts.why_no_checks(self._desk, run):
            acts.check(self._desk, run)
        elif key == "L" and run is not None and not acts.why_no_model(self._desk, run):
            acts.release(self._desk, run)
