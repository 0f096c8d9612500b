"""One run, whole: how it ended, its curves, its checks, what went in and came out, and its log as it grows."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from surefoot.errors import SurefootError
from surefoot_app.bridge.events import Change
from surefoot_app.runs import telling
from surefoot_app.runs.acting import RunActs
from surefoot_app.runs.columns import TONES, figure, state_word
from surefoot_app.runs.comparing import figure_of, limits, metrics_of
from surefoot_app.runs.doing import doing
from surefoot_app.runs.telling import Said, Whole
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.theme import Tone
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row, scrolled
from surefoot_app.widgets.chart import Goal, Line, LineChart
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import FactsList
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.progress import Progress
from surefoot_app.widgets.text import Text

_FOLLOW = 1000  # milliseconds between two looks at a run that is going on
_MOST_LINES = 5000
_CHECKED: dict[str, Tone] = {"passed": "ok", "close": "warn", "failed": "bad", "undetermined": "warn"}


class RunView(QWidget):
    """Shows one run and follows it until it has ended.

    Signals: `shown(Run)` when a run was read, or is not as it was.
    """

    shown = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._doing = desk, doing(desk)
        self._ref, self._offset = "", 0
        self._run = ""  # by its id, which a reference need not be
        self._found: Whole | None = None
        self._trouble: tuple[str, str] | None = None
        self._is_reading = False
        self._build()
        self._doing.turned.connect(self._on_turned)
        self._doing.told.connect(self._on_told)
        self._timer = QTimer(self, interval=_FOLLOW)
        self._timer.timeout.connect(self._follow)
        Following(desk, self, self._on_changed)

    def _build(self) -> None:
        words = self._desk.words
        self._content = column(gap=GAP)
        self.progress = Progress(words("app.shell.cancel"), name="run.stop")
        self.progress.cancelled.connect(self._stop)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(_MOST_LINES)
        self.log.setObjectName("run.log")
        self.log.setAccessibleName(words("app.runs.log"))
        self.log.setMinimumHeight(180)
        self._log_card = Card(words("app.runs.log"))
        self._log_card.body.addWidget(self.log)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self.progress)
        self._inside = column(gap=GAP)
        self._inside.addLayout(self._content)
        self._inside.addWidget(self._log_card)
        whole.addWidget(scrolled(self._inside), 1)

    def open(self, ref: str) -> None:
        """Shows a run, by its id or another reference."""
        self._ref, self._offset, self._run = ref, 0, ""
        self._found = self._trouble = None
        self.progress.end()
        self.log.clear()
        cleared(self._content)
        self._content.addWidget(EmptyState("loading", self._desk.words("app.runs.loading_one")))
        self._ask()
        self._timer.start()

    def leave(self) -> None:
        """Follows nothing any more."""
        self._ref = self._run = ""
        self._timer.stop()

    def _ask(self) -> None:
        ref, words = self._ref, self._desk.words

        def then(found: Whole) -> None:
            if ref == self._ref:
                self.show_run(found)

        def failed(error: SurefootError) -> None:
            if ref == self._ref:
                self._show_trouble(error)

        self._desk.session.read(lambda bench: telling.whole(bench, ref, words), owner=self, then=then, failed=failed)
        self._read_log()

    def _show_trouble(self, error: SurefootError) -> None:
        told = self._desk.words.error(error)
        trouble = (told.what, f"{told.do} ({told.code})")
        if trouble != self._trouble:
            cleared(self._content)
            self._content.addWidget(EmptyState("no-match", *trouble))
        self._trouble, self._found = trouble, None  # the next good answer is shown, be it as the last one was

    def _follow(self) -> None:
        is_going = self._found is not None and not self._found.run.has_ended
        if self._ref and self.isVisible() and (is_going or self._trouble is not None):
            self._ask()

    def _on_changed(self, change: Change) -> None:
        if self._ref and change.touches("run", "check", "model"):
            self._ask()

    def _read_log(self) -> None:
        ref, offset = self._ref, self._offset
        if self._is_reading:
            return
        self._is_reading = True

        def then(said: Said) -> None:
            self._is_reading = False
            if (ref, offset) == (self._ref, self._offset):
                self.show_log(said)
            elif self._ref:  # a run was opened meanwhile
                self._read_log()

        def failed(_error: SurefootError) -> None:
            self._is_reading = False
            if self._ref and (ref, offset) != (self._ref, self._offset):
                self._read_log()

        self._desk.session.read(lambda bench: telling.log(bench, ref, offset), owner=self, then=then, failed=failed)

    def show_log(self, said: Said) -> None:
        """Adds what was said since; stays at the end where the end is looked at."""
        if said.text:
            self._offset = said.offset
            bar = self.log.verticalScrollBar()
            is_at_end = bar.value() >= bar.maximum() - 4
            self.log.appendPlainText(said.text.rstrip("\n"))
            if is_at_end:
                bar.setValue(bar.maximum())
        self._log_card.setVisible(bool(self._offset))

    def show_run(self, found: Whole) -> None:
        """Shows what is known of a run; nothing is built anew where nothing has changed."""
        if found == self._found:
            return
        self._found, self._trouble = found, None
        if found.run.run != self._run:
            self._run = found.run.run
            self._show_progress()
        self.shown.emit(found.run)
        cleared(self._content)
        self._content.addWidget(self._head(found))
        sides = row(
            column(self._curves(found), self._checks(found), 1, gap=GAP),
            column(*self._facts(found), 1, gap=GAP),
            gap=GAP,
        )
        sides.setStretch(0, 3)
        sides.setStretch(1, 2)
        self._content.addLayout(sides)

    def _head(self, found: Whole) -> QWidget:
        words, run = self._desk.words, found.run
        card = Card()
        pills = row(Pill(state_word(run, words), TONES.get(run.state, "neutral")), gap=10)
        if run.meets is not None:
            key = "app.runs.meets" if run.meets else "app.runs.misses"
            pills.addWidget(Pill(words(key), "ok" if run.meets else "bad"))
        pills.addStretch(1)
        card.body.addLayout(pills)
        if found.why:
            card.body.addWidget(Text(found.why, "body", wrap=True))
        for one in found.criteria:
            told = words("app.runs.is_met" if one.is_met else "app.runs.is_missed")
            text = Text(f"{one.metric}: {one.text}", "body", wrap=True)
            line = row(Pill(told, "ok" if one.is_met else "bad", soft=False), text, gap=10)
            line.setStretch(1, 1)
            card.body.addLayout(line)
        card.body.addWidget(RunActs(self._desk, run))
        return card

    def _on_turned(self, run: str) -> None:
        if self._ref and run == self._run:
            self._show_progress()
            if self._doing.of(run) is None:
                self._ask()

    def _show_progress(self) -> None:
        act = self._doing.of(self._run)
        if act is None:
            self.progress.end()
            return
        self.progress.begin(self._desk.words("app.runs.working"))
        self._on_told(self._run)

    def _on_told(self, run: str) -> None:
        act = self._doing.of(run)
        if act is None or run != self._run:
            return
        if act.stage:
            self.progress.tell(self._desk.stage(act.stage, act.done, act.total), act.done, act.total)
        if act.task is not None and act.task.is_cancelled:
            self.progress.stopping(self._desk.words("app.shell.stopping"))

    def _stop(self) -> None:
        self._doing.stop(self._run)
        self._on_told(self._run)

    def _curves(self, found: Whole) -> QWidget:
        words, run = self._desk.words, found.run
        card = Card(words("app.runs.metrics"))
        goals, names = limits([run]), metrics_of([run])
        for name in names:
            card.body.addLayout(row(Text(name), 1, Text(figure(figure_of(run, name), words), "strong")))
        for name in [one for one in (*names, *found.curves) if len(found.curves.get(one, ())) > 1][:1]:
            switch = (words("app.shell.as_table"), words("app.shell.as_chart"))
            chart = LineChart(name, words=switch, axes=(words("app.runs.step"), name))
            limit = goals.get(name)
            mark = Goal(limit.at, words("app.runs.goal", limit=f"{limit.at:g}")) if limit else None
            chart.set([Line(name, found.curves[name])], words("app.runs.curves_say", metric=name, count=1), goal=mark)
            chart.setMinimumHeight(260)
            card.body.addWidget(chart)
        if not names:
            card.body.addWidget(Text(words("app.runs.no_metrics"), "quiet", wrap=True))
        return card

    def _checks(self, found: Whole) -> QWidget:
        words = self._desk.words
        card = Card(words("app.runs.checks"))
        for kind, state in found.checks:
            word = words(f"app.runs.check_{state}") if state else words("app.runs.check_not_run")
            card.body.addLayout(row(Text(kind), 1, Pill(word, _CHECKED.get(state, "neutral"), soft=False)))
        if not found.checks:
            card.body.addWidget(Text(words("app.runs.no_checks"), "quiet", wrap=True))
        return card

    def _facts(self, found: Whole) -> list[QWidget]:
        words, cards = self._desk.words, list[QWidget]()
        parts = (("facts", telling.facts(found.run, words)), ("outputs", telling.outputs(found.run, words)))
        for name, facts in parts:
            if facts:
                card, shown = Card(words(f"app.runs.{name}")), FactsList(facts)
                shown.followed.connect(self._desk.open)
                card.body.addWidget(shown)
                cards.append(card)
        return cards
