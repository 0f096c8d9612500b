"""Checks: the runs that can be checked at the left, the checks of the chosen one at the right, the worst first."""

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedWidget, QWidget

from surefoot.checks.facts import Result
from surefoot.errors import CancelledError, SurefootError
from surefoot_app.bridge.events import Change
from surefoot_app.bridge.formatting import ago, number
from surefoot_app.bridge.tasks import Task
from surefoot_app.checks import listing
from surefoot_app.checks.listing import FILTERS, Entry, Opened
from surefoot_app.checks.subject import SubjectPane
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.showing import judgements
from surefoot_app.showing.troubles import trouble
from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, Page, cleared, column, row
from surefoot_app.widgets.buttons import Button, ReasonedButton
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.tabs import Chips

_TOUCHING = ("run", "model", "check", "waiver", "policy")


class ChecksPage(Page):
    """The page of checks."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.checks.title"))
        self._desk = desk
        self._entries: tuple[Entry, ...] = ()
        self._wanted = self._chosen = ""
        self._task: Task[tuple[Result, ...]] | None = None
        self._is_busy = False
        self._run_all = ReasonedButton(
            Button(words("app.checks.run_all"), name="checks.run", kind="primary", glyph="play"),
            reason=words("app.checks.choose_first"),
        )
        desk.guard(self._run_all)
        self._run_all.pressed.connect(lambda: self.run(None))
        self.acts.addWidget(self._run_all)
        self._stack = QStackedWidget()
        self._nothing = column()
        holder = QWidget()
        holder.setLayout(self._nothing)
        self._stack.addWidget(holder)
        self._pane = SubjectPane(desk, run=lambda kind: self.run([kind]), stop=self._stop)
        self._stack.addWidget(self._lists())
        self.body.addWidget(self._stack, 1)
        self._empty(EmptyState("loading", words("app.checks.loading")))
        Following(desk, self, self._on_changed)
        self._ask()

    # public

    def show_object(self, _kind: str, ref: str) -> None:
        """Shows the checks of a run; `ref` is a run, a model or a result."""
        self._open(ref)

    def run(self, kinds: Sequence[str] | None) -> None:
        """Checks the chosen run: one kind, or all that can run here."""
        if not self._chosen or self._is_busy:
            return
        run, desk = self._chosen, self._desk
        self._is_busy = True
        self._pane.begin()
        self._update_acts()
        self._task = desk.session.act(
            lambda wb, progress, cancel: listing.check(wb, run, kinds, progress, cancel),
            owner=self, then=self._on_checked, failed=self._on_failed,
            progress=self._pane.tell,
        )  # fmt: skip

    def show_entries(self, found: tuple[Entry, ...]) -> None:
        """Lists runs."""
        words = self._desk.words
        self._entries = found
        self.subtitle.setText(words("app.checks.count", count=number(len(found), words)))
        if not found:
            act = Button(
                words("app.checks.to_runs"), name="checks.to-runs", kind="primary", act=lambda: self._desk.go("runs")
            )
            state = EmptyState("nothing", words("app.checks.none"), words("app.checks.none_why"), acts=(act,))
            self._empty(state)
            return
        self._stack.setCurrentIndex(1)
        self._run_all.show()
        self._filter()
        if not self._wanted:
            self._open(next((one.run for one in found if one.state != "unchecked"), found[0].run))

    def show_opened(self, found: Opened) -> None:
        """Shows a run with its checks."""
        is_other, self._chosen = found.entry.run != self._chosen, found.entry.run
        self._pane.show_opened(found)
        if is_other:  # else the keyboard stays on the row where it is
            self._mark()
        self._update_acts()

    # slots

    def _on_changed(self, change: Change) -> None:
        if change.touches(*_TOUCHING):
            self._ask()
            if self._chosen:
                self._open(self._wanted)

    def _on_checked(self, results: tuple[Result, ...]) -> None:
        self._is_busy = False
        words = self._desk.words
        bad = sum(1 for one in results if one.state == "failed")
        if not self.isVisible():
            said = words("app.checks.done", count=len(results), failed=bad)
            self._desk.tell(said, "warn" if bad else "ok")
        self._pane.end()
        self._ask()
        self._open(self._wanted)

    def _on_failed(self, error: SurefootError) -> None:
        self._is_busy = False
        self._pane.end()
        if not isinstance(error, CancelledError):
            self._pane.show_error(error)
        self._update_acts()
        self._open(self._wanted)

    def _on_trouble(self, error: SurefootError) -> None:
        self._empty(trouble(error, self._desk.words))

    # private

    def _ask(self) -> None:
        self._desk.session.read(listing.entries, owner=self, then=self.show_entries, failed=self._on_trouble)

    def _open(self, ref: str) -> None:
        self._wanted = ref

        def show(found: Opened) -> None:
            if ref == self._wanted:  # else another was asked for meanwhile
                self.show_opened(found)

        def fail(error: SurefootError) -> None:
            if ref != self._wanted:
                return
            self._wanted = self._chosen
            if not isinstance(error, CancelledError):
                self._desk.error(error)
            runs = [one.run for one in self._entries]
            if not self._chosen and runs and ref not in runs:
                self._open(runs[0])

        self._desk.session.read(lambda wb: listing.opened(wb, ref), owner=self, then=show, failed=fail)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _empty(self, state: EmptyState) -> None:
        cleared(self._nothing)
        self._nothing.addWidget(state)
        self._stack.setCurrentIndex(0)
        self._run_all.hide()

    def _lists(self) -> QWidget:
        words = self._desk.words
        self._text = FilterLine(words("app.checks.filter"), name="checks.filter")
        self._text.asked.connect(lambda _text: self._filter())
        self._kinds = Chips([(kind, words(f"app.checks.filter_{kind}")) for kind in FILTERS], name="checks.kind")
        self._kinds.chosen.connect(lambda _key: self._filter())
        self._columns = self._made_columns()
        self._rows = Rows[Entry](self._columns)
        self._table = Table("checks.table", words("app.checks.runs"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, self._columns)
        self._table.opened.connect(self._on_opened)
        self._table.clicked.connect(lambda index: self._on_opened(index.row()))
        self._table.keyed.connect(self._on_keyed)
        listed = Card()
        listed.whole.setContentsMargins(1, 1, 1, 1)
        self._none_match = EmptyState("no-match", words("app.checks.no_match"), words("app.checks.no_match_why"))
        self._none_match.hide()
        listed.body.addWidget(self._table, 1)
        listed.body.addWidget(self._none_match, 1)
        holder = QWidget()
        left = column(self._text, row(self._kinds, 1), listed, gap=12)
        left.setStretch(2, 1)
        inner = QWidget()
        inner.setFixedWidth(px(404))
        inner.setLayout(left)
        sides = row(inner, self._pane, gap=GAP)
        sides.setStretch(1, 1)
        holder.setLayout(sides)
        return holder

    def _made_columns(self) -> tuple[Column[Entry], ...]:
        words = self._desk.words

        def state(one: Entry) -> str:
            return words(f"app.checks.list_{one.state}", count=one.count)

        def tone(one: Entry) -> Tone:
            return "bad" if one.state == "refused" else judgements.tone_of(one.state)

        return (
            Column[Entry](words("app.checks.run"), lambda one: one.name, look="strong"),
            Column[Entry](words("app.checks.state"), state, look="pill", tone=tone, width=146),
            Column[Entry](
                words("app.checks.ended"), lambda one: ago(one.ended, words) if one.ended else "", Align.RIGHT,
                look="quiet", width=112,
            ),
        )  # fmt: skip

    def _filter(self) -> None:
        shown = listing.matching(self._entries, self._text.text(), self._kinds.current)
        self._rows.set_rows(shown)
        self._table.setVisible(bool(shown))
        self._none_match.setVisible(not shown)
        self._mark()

    def _mark(self) -> None:
        for place in range(self._rows.rowCount()):
            one = self._rows.at(place)
            if one is not None and one.run == self._chosen:
                self._table.selectRow(place)

    def _on_opened(self, place: int) -> None:
        one = self._rows.at(place)
        if one is not None and one.run != self._chosen:
            self._open(one.run)

    def _on_keyed(self, key: str) -> None:
        one = self._rows.at(self._table.currentIndex().row())
        if key != "R" or one is None:
            return
        # The keyboard may stand on another run than the one that is shown: that one is shown first.
        if one.run == self._chosen:
            self.run(None)
        else:
            self._open(one.run)

    def _update_acts(self) -> None:
        words = self._desk.words
        reason = words("app.checks.going") if self._is_busy else ""
        self._run_all.set_reason(reason if self._chosen else words("app.checks.choose_first"))
        self._pane.set_busy(reason)
