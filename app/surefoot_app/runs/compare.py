"""The pane at the right: what tells the pinned runs apart, and the axes of many."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from surefoot.runs.facts import Run
from surefoot_app.runs import comparing
from surefoot_app.runs.choice import choice
from surefoot_app.runs.comparing import Curves, Sampled
from surefoot_app.runs.difference import DifferenceTable
from surefoot_app.runs.legend import Legend
from surefoot_app.runs.source import RunsSource
from surefoot_app.runs.tradeoffs import TradeOffs
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row
from surefoot_app.widgets.chart import Goal, Line, LineChart
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.parallel import ParallelAxes, Strand
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text

WIDTH = 412


class ComparePane(QWidget):
    """Curves, trade-offs, differences of the pinned runs; under them the axes, and advice where there is some.

    Signals: `filtered(where)` when a brush asks for a filter.
    """

    filtered = Signal(str)

    def __init__(self, desk: Desk, source: RunsSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._source, self._choice = desk, source, choice(desk)
        self._sampled = Sampled((), 0)
        self._curves: Curves = {}  # of pinned runs that have ended, which stay as they are
        self.setFixedWidth(px(WIDTH))
        self._build()
        self._choice.pinned.connect(self.refresh)
        # The table is drawn first: what answers would take the interpreter from it.
        self._sampling = QTimer(self, singleShot=True, interval=0)
        self._sampling.timeout.connect(self._ask_sample)
        self._source.answered.connect(lambda _found: self._sampling.start())
        self.refresh()

    def _build(self) -> None:
        words = self._desk.words
        views = (("curves", "curves"), ("trade", "trade"), ("difference", "difference"))
        self.segments = Segments(tuple((key, words(f"app.runs.view_{text}")) for key, text in views), name="run.view")
        self.segments.chosen.connect(lambda _key: self.refresh())
        switch = (words("app.shell.as_table"), words("app.shell.as_chart"))
        self.chart = LineChart(
            words("app.runs.curves_title"), words=switch, axes=(words("app.runs.step"), words("app.runs.value")),
            has_legend=False,
        )  # fmt: skip
        self.legend = Legend()
        self.trade = TradeOffs(self._desk)
        self.difference = DifferenceTable(self._desk)
        self._empty = EmptyState("nothing", words("app.runs.pin_first"), words("app.runs.pin_first_why"))
        curves = holding(column(self.chart, self.legend, gap=8))
        self._stack = QStackedWidget()
        for part in (curves, self.trade, self.difference, self._empty):
            self._stack.addWidget(part)
        self._top = Card(words("app.runs.compare"))
        self._top.head.addWidget(self.segments)
        self._top.body.addWidget(self._stack, 1)
        self.axes = ParallelAxes("runs.axes")
        self.axes.brushed.connect(lambda ranges: self.filtered.emit(comparing.brushed(ranges)))
        self._below = Card(words("app.runs.axes_title"))
        self._count = Text("", "secondary")
        self._below.head.addWidget(self._count)
        self._below.body.addWidget(self.axes, 1)
        self._below.body.addWidget(Text(words("app.runs.axes_hint"), "caption", wrap=True))
        self._advice = Card(kind="info")
        self._advice.hide()
        whole = column(self._top, self._below, self._advice, gap=GAP)
        whole.setStretch(0, 3)
        whole.setStretch(1, 2)
        self.setLayout(whole)

    def refresh(self) -> None:
        """Shows what is chosen now."""
        pins, view = self._choice.pins, self.segments.current
        runs = [run for _, run in pins]
        self._show_axes()
        self._show_advice()
        least = 1 if view == "curves" else 2
        if view == "trade" and len(self._sampled.runs) >= least:
            self.trade.show_runs(self._sampled.runs, pins)
            self._stack.setCurrentWidget(self.trade)
        elif len(pins) < least:
            self._stack.setCurrentWidget(self._empty)
        elif view == "difference":
            self._stack.setCurrentWidget(self.difference)
            self.difference.ask(runs)
        else:
            self._stack.setCurrentIndex(0)
            self._ask_curves(runs)
        self._below.setVisible(view != "difference")

    def _ask_curves(self, runs: Sequence[Run]) -> None:
        ids = [run.run for run in runs if run.run not in self._curves]
        ended = frozenset(run.run for run in runs if run.has_ended)

        def then(found: Curves) -> None:
            self._curves = {**self._curves, **{run: found[run] for run in ended if run in found}}
            self.show_curves(found)

        if ids:
            self._desk.session.read(
                lambda bench: comparing.curves(bench, ids), owner=self, then=then, failed=self._desk.error
            )
        else:
            self.show_curves({})

    def show_curves(self, found: Curves) -> None:
        """Draws the curves of the pinned runs' first metric that has some; those that are known need not be found."""
        words, pins = self._desk.words, self._choice.pins
        runs = [run for _, run in pins]
        pinned = {run.run for run in runs}
        found = {run: curves for run, curves in {**self._curves, **found}.items() if run in pinned}
        self._curves = {run: curves for run, curves in self._curves.items() if run in pinned}
        drawn = sorted({name for each in found.values() for name, points in each.items() if len(points) > 1})
        goals = comparing.limits(runs)
        names = [*(name for name in goals if name in drawn), *drawn]
        self.legend.show_runs(pins, comparing.metrics_of(runs), words)
        if not names:
            self.chart.set((), words("app.runs.no_curves"))
            return
        name = names[0]
        lines = self._lines(found, name)
        goal = goals.get(name)
        sentence = words("app.runs.curves_say", metric=name, count=sum(1 for one in lines if one.points))
        mark = Goal(goal.at, words("app.runs.goal", limit=f"{goal.at:g}")) if goal else None
        self.chart.set(lines, sentence, goal=mark)

    def _lines(self, found: Curves, name: str) -> list[Line]:
        """A line for each colour up to the last one, so that a run keeps its colour."""
        by_series = dict(self._choice.pins)
        return [
            Line(by_series[series].name, found.get(by_series[series].run, {}).get(name, ()))
            if series in by_series
            else Line("", ())
            for series in range(max(by_series, default=-1) + 1)
        ]

    def _ask_sample(self) -> None:
        found = self._source.found
        if found is not None:
            self._desk.session.read(
                lambda bench: comparing.sampled(bench, found.order), owner=self, then=self.show_sample,
                failed=lambda _error: None,
            )  # fmt: skip

    def show_sample(self, sampled: Sampled) -> None:
        """Takes the runs whose axes are drawn."""
        self._sampled = sampled
        if self.segments.current == "trade":
            self.refresh()
        else:
            self._show_axes()

    def _show_axes(self) -> None:
        words, sampled, pins = self._desk.words, self._sampled, self._choice.pins
        names = sampled.axes
        # Those that are pinned stay in the mass too, under their own colour: so a pin changes no picture of hundreds.
        strands = [Strand(values) for values in sampled.values]
        strands += [Strand(comparing.figures(run, names), series) for series, run in pins]
        shown = ", ".join(name.rpartition(".")[2] for name in names)
        key = "axes_say" if names else "axes_say_none"
        said = words(f"app.runs.{key}", count=words.count(self._drawn_runs()), axes=shown)
        self.axes.set(names, strands, said)
        self._below.setEnabled(bool(names))
        is_part = sampled.total > len(sampled.runs)
        key = "app.runs.axes_part" if is_part else "app.runs.axes_all"
        self._count.setText(words(key, count=words.count(len(sampled.runs))) if names else words("app.runs.axes_none"))

    def _drawn_runs(self) -> int:
        return len({run.run for run in (*self._sampled.runs, *(run for _, run in self._choice.pins))})

    def _show_advice(self) -> None:
        words, found = self._desk.words, comparing.advice([run for _, run in self._choice.pins])
        self._advice.setVisible(found is not None)
        cleared(self._advice.body)
        if found is None:
            return
        text = words(
            "app.runs.advice", cheaper=found.cheaper, best=found.best, metric=found.metric,
            loss=f"{found.loss:.3g}", saved=f"{found.saved:.1f}",
        )  # fmt: skip
        self._advice.body.addLayout(row(Glyph("lightbulb", "info"), Text(words("app.runs.advice_title"), "strong"), 1))
        self._advice.body.addWidget(Text(text, "secondary", wrap=True))
