"""Two figures of many runs against each other: what is better in one, and what it costs in the other."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot.runs import pareto
from surefoot.runs.facts import Run
from surefoot_app.runs import comparing
from surefoot_app.runs.comparing import SECONDS, Limit
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import row
from surefoot_app.widgets.fields import Choice
from surefoot_app.widgets.scatter import Edge, Scatter, Spot, Spread
from surefoot_app.widgets.text import Text


class TradeOffs(QWidget):
    """A scatter of two metrics that can be chosen, with the line that no run beats and the limits as shaded ground."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._runs: Sequence[Run] = ()
        self._pins: Sequence[tuple[int, Run]] = ()
        self._names: tuple[str, ...] = ()
        self._choices = (Choice(), Choice())
        for name, box in zip(("x", "y"), self._choices, strict=True):
            box.setObjectName(f"runs.trade.{name}")
            box.call(desk.words(f"app.runs.trade_{name}"))
            box.activated.connect(lambda _place: self._draw())
        self.scatter = Scatter("runs.scatter")
        self.scatter.chosen.connect(lambda run: desk.open("run", run))
        self._said = Text("", "secondary", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        against = Text(desk.words("app.runs.against"), "secondary")
        choices = row(self._choices[1], against, self._choices[0], 1)
        layout.addLayout(choices)
        layout.addWidget(self.scatter, 1)
        layout.addWidget(self._said)

    def show_runs(self, runs: Sequence[Run], pins: Sequence[tuple[int, Run]]) -> None:
        """Shows other runs; what was chosen for the axes stays where they have it."""
        self._runs, self._pins = runs, pins
        names = (*comparing.metrics_of(runs), SECONDS)
        for number, box in enumerate(self._choices if names != self._names else ()):
            kept = box.currentData()
            usual = names[1 - number] if len(names) > 1 else names[0]
            box.clear()
            for name in names:
                box.addItem(self._desk.words("app.runs.column_seconds") if name == SECONDS else name, name)
            box.setCurrentIndex(names.index(kept if kept in names else usual))
        self._names = names
        self._draw()

    def _draw(self) -> None:
        x, y = (str(box.currentData()) for box in self._choices)
        series = {run.run: number for number, run in self._pins}
        everyone = {run.run: run for run in (*self._runs, *(run for _, run in self._pins))}
        spots = [
            Spot(run.run, run.name, across, up, series=series.get(run.run))
            for run in everyone.values()
            if (across := comparing.figure_of(run, x)) is not None and (up := comparing.figure_of(run, y)) is not None
        ]
        goals = comparing.limits(self._runs)
        best = pareto.front(
            [(spot.x, spot.y) for spot in spots],
            more_x=comparing.is_more_better(x, goals),
            more_y=comparing.is_more_better(y, goals),
        )
        key = "trade_say" if spots else "trade_say_none"
        said = self._desk.words(f"app.runs.{key}", count=len(spots), best=len(best))
        axes = (self._choices[0].currentText(), self._choices[1].currentText())
        self.scatter.set(Spread(spots, best, _edge(goals.get(x)), _edge(goals.get(y)), axes), said)
        self._said.setText(said)


def _edge(limit: Limit | None) -> Edge | None:
    return Edge(limit.at, limit.rule == "at_least") if limit else None
