"""The lessons: which there are at the left, one of them at the right."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from surefoot.errors import SurefootError
from surefoot_app.bridge.events import Change
from surefoot_app.learn import due
from surefoot_app.learn.due import Ground, Row, State
from surefoot_app.learn.lesson import LessonCard
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.table import Column, Rows, Table

_TONES: dict[State, Tone] = {"due": "accent", "read": "ok", "later": "neutral"}


class Lessons(QWidget):
    """Signals: `counted(due)`, how many are due; `checking` when a lesson leads to the checker of notebooks."""

    counted = Signal(int)
    checking = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._ground = Ground()
        self._name, self._is_picked = "", False
        words = desk.words
        columns = (
            Column[Row](words("app.learn.lesson"), lambda one: one.lesson.title),
            Column[Row](
                words("app.learn.state"),
                lambda one: words(f"app.learn.state_{one.state}"),
                look="pill",
                tone=lambda one: _TONES[one.state],
                width=112,
            ),
        )
        self._rows = Rows[Row](columns)
        self._table = Table("learn.lessons", words("app.learn.lessons"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, columns)
        self._table.selectionModel().currentRowChanged.connect(lambda _now, _before: self._on_picked())
        listed = Card()
        listed.whole.setContentsMargins(1, 1, 1, 1)
        listed.body.addWidget(self._table)
        listed.setFixedWidth(px(420))
        self._place = column(gap=0)
        whole = row(listed, self._place, gap=GAP)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        Following(desk, self, self._on_changed)
        self.show_ground(self._ground)
        self._ask()

    def _ask(self) -> None:
        # What is due is a hint: where the project cannot say, every lesson can still be read.
        self._desk.session.read(due.ground, owner=self, then=self.show_ground, failed=self._on_failed)

    def _on_failed(self, _error: SurefootError) -> None:
        self.show_ground(Ground())

    def _on_changed(self, _change: Change) -> None:
        self._ask()

    def show_ground(self, ground: Ground) -> None:
        """Shows which lessons are due; the one that somebody picked stays."""
        self._ground = ground
        if not self._is_picked:
            self._name = ""
        self._fill()

    def show_lesson(self, name: str) -> None:
        """Shows one lesson."""
        self._name, self._is_picked = name, True
        self._fill()
        self._show()

    def go_on(self) -> None:
        """Shows the next one: the first that is due, or the first that was not read."""
        rows = [one for one in self._all() if one.lesson.name != self._name and one.state != "read"]
        if rows:
            self.show_lesson(rows[0].lesson.name)

    def _all(self) -> tuple[Row, ...]:
        return due.rows(self._ground, self._desk.settings.lessons, self._desk.words.language)

    def _fill(self) -> None:
        rows = self._all()
        names = [one.lesson.name for one in rows]
        shown = self._name
        self._table.selectionModel().blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._rows.set_rows(rows)
        self._table.setCurrentIndex(self._rows.index(names.index(shown) if shown in names else 0, 0))
        self._table.selectionModel().blockSignals(False)  # noqa: FBT003
        self.counted.emit(sum(one.state == "due" for one in rows))
        if shown not in names:
            self._on_chosen()

    def _on_picked(self) -> None:
        self._is_picked = True
        self._on_chosen()

    def _on_chosen(self) -> None:
        one = self._rows.at(self._table.currentIndex().row())
        if one is not None and one.lesson.name != self._name:
            self._name = one.lesson.name
            self._show()

    def _show(self) -> None:
        cleared(self._place)
        rows = self._all()
        chosen = next((one for one in rows if one.lesson.name == self._name), rows[0])
        has_next = any(one.state != "read" and one is not chosen for one in rows)
        card = LessonCard(self._desk, chosen.lesson, self._ground, has_next=has_next)
        card.read.connect(self._fill)
        card.onward.connect(self.go_on)
        card.checking.connect(self.checking)
        self._place.addWidget(card)
