"""The table of places and models: each cell is a button that shows what answers there."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from surefoot_app.bridge.formatting import ago
from surefoot_app.deployments.standing import TONES, Overview, Standing, health, lease_left, moment, state_word
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Card, cleared, column, holding, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.pill import Pill
from surefoot_app.widgets.text import Text, line


class CellButton(QPushButton):
    """What is active in one environment: version, state, health, age and what is left of the lease."""

    def __init__(self, desk: Desk, standing: Standing) -> None:
        super().__init__()
        self._desk = desk
        self.environment = standing.deployment.active.environment
        self.setObjectName(f"deployment.cell.{self.environment}")
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._state, self._health = Pill(""), Text("", "secondary", wrap=True)
        self._title, self._age = Text("", "strong"), Text("", "caption", wrap=True)
        head = row(self._title, 1, self._state)
        self._inside = column(head, self._health, self._age, gap=3)
        self._inside.setContentsMargins(12, 9, 10, 9)
        self.setLayout(self._inside)
        for part in (self._title, self._state, self._health, self._age):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set(standing)

    def set(self, standing: Standing) -> None:
        """Shows how it stands now."""
        words, found = self._desk.words, standing.deployment
        left, _ = lease_left(found, words)
        since = moment(found.active.since)
        age = words("app.deployments.since", ago=ago(since, words)) if since else words("app.deployments.never_began")
        self._title.setText(found.active.version)
        self._state.set(state_word(found, words), TONES[found.state])
        self._health.setText(health(standing, words))
        self._age.setText(f"{age} · {words('app.deployments.lease_short', left=left)}")
        state = state_word(found, words)
        self.setAccessibleName(
            f"{self.environment}, {standing.title}: {state}. {self._health.text()}. {self._age.text()}"
        )

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._inside.minimumSize()


class Matrix(Card):
    """Rows are environments, columns models; arrows choose among the cells.

    Signals: `chosen(environment)`; `lifted(environment, ref)` where somebody wants to lift a stop.
    """

    chosen = Signal(str)
    lifted = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self.setAccessibleName(desk.words("app.deployments.matrix"))
        self.whole.setContentsMargins(16, 8, 16, 8)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self.body.addLayout(self._grid)
        self._cells: dict[str, CellButton] = {}

    def show_overview(self, found: Overview, current: str) -> None:
        """Shows all of it, with one environment chosen."""
        cleared(self._grid)
        self._cells = {}
        words = self._desk.words
        for place, name in enumerate(("environment", *found.models)):
            text = words("app.deployments.environment") if place == 0 else name
            heading = Text(text, "label")
            self._grid.addWidget(heading, 0, place)
            self._grid.setColumnStretch(place, 0 if place == 0 else 1)
        self._grid.setColumnMinimumWidth(0, 120)
        for place, environment in enumerate(found.environments, 1):
            self._grid.addWidget(line(), 2 * place - 1, 0, 1, len(found.models) + 1)
            self._grid.addWidget(Text(environment, "strong"), 2 * place, 0)
            for column_, model in enumerate(found.models, 1):
                self._grid.addWidget(self._cell(found, environment, model), 2 * place, column_)
        if current in self._cells:
            self._cells[current].setChecked(True)

    def update_figures(self, standings: dict[str, Standing]) -> None:
        """Shows what is counted now."""
        for name, standing in standings.items():
            if name in self._cells:
                self._cells[name].set(standing)

    def _cell(self, found: Overview, environment: str, model: str) -> QWidget:
        standing = found.standings.get(environment)
        if standing is not None and standing.deployment.active.name == model:
            cell = CellButton(self._desk, standing)
            cell.clicked.connect(self._teller(environment))
            self._cells[environment] = cell
            return cell
        stop = found.stop_of(environment, model)
        if stop is None:
            none = Text("–", "quiet")
            none.setAccessibleName(self._desk.words("app.deployments.nothing_in", environment=environment, model=model))
            none.setContentsMargins(12, 0, 0, 0)
            return none
        words = self._desk.words
        lift = Button(words("app.deployments.lift_act"), name=f"deployment.lift.{environment}.{model}", kind="quiet")
        lift.clicked.connect(lambda _checked=False: self.lifted.emit(environment, stop.ref))
        return holding(row(Text(stop.version), Pill(words.term("deployment-state", "stopped"), "bad"), 1, lift))

    def _teller(self, environment: str) -> Callable[[], None]:
        return lambda: self.chosen.emit(environment)


class Pulse(QTimer):
    """Beats every two seconds while its widget is seen; a hidden page asks nothing."""

    def __init__(self, widget: QWidget, act: Callable[[], object], *, interval: int = 2000) -> None:
        super().__init__(widget, interval=interval)
        self._widget, self._act = widget, act
        self.timeout.connect(self._beat)
        self.start()

    def _beat(self) -> None:
        if self._widget.isVisible():
            self._act()
