"""The list of all versions, with its filter and the draft that was left."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from surefoot_app.bridge.formatting import ago, number
from surefoot_app.datasets.draft import STEPS, Draft
from surefoot_app.datasets.overview import TONES, Overview, Row, fits, sensitivity, standing, used_by
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, column, row
from surefoot_app.widgets.buttons import Button, Kind
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import FilterLine
from surefoot_app.widgets.pill import Glyph
from surefoot_app.widgets.table import Align, Column, Rows, Table
from surefoot_app.widgets.text import Text


class DatasetList(QWidget):
    """Shows an overview.

    Signals: `opened(ref)` for a version; `wanted` when another dataset is to be added, or the draft gone on with;
    `discarded` when the draft is to be dropped.
    """

    opened = Signal(str)
    wanted = Signal()
    discarded = Signal()

    def __init__(self, desk: Desk, found: Overview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._found = desk, found
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        if found.draft is not None:
            layout.addWidget(self._left(found.draft))
        if found.rows:
            self._build(layout)
            self.fill()
        else:
            layout.addWidget(self._nothing())

    def _nothing(self) -> QWidget:
        words = self._desk.words
        kind: Kind = "plain" if self._found.draft is not None else "primary"
        act = Button(words("app.datasets.new"), name="datasets.first", kind=kind, glyph="plus", act=self.wanted.emit)
        return EmptyState("nothing", words("app.datasets.nothing"), words("app.datasets.nothing_why"), acts=(act,))

    def _left(self, draft: Draft) -> QWidget:
        words = self._desk.words
        card = Card(kind="info")
        name = draft.name or draft.source.rpartition("/")[2] or words("app.datasets.nameless")
        texts = column(
            Text(words("app.datasets.left", name=name), "strong", wrap=True),
            Text(words("app.datasets.left_step", step=draft.step + 1, of=len(STEPS)), "secondary", wrap=True),
            gap=2,
        )
        inside = row(
            Glyph("pencil", "info", 20), texts,
            Button(words("app.datasets.discard"), name="dataset.discard", kind="quiet", act=self.discarded.emit),
            Button(words("app.datasets.go_on"), name="dataset.go_on", kind="primary", act=self.wanted.emit),
            gap=12,
        )  # fmt: skip
        inside.setStretch(1, 1)
        card.body.addLayout(inside)
        return card

    def _build(self, layout: QVBoxLayout) -> None:
        words = self._desk.words
        self._filter = FilterLine(words("app.datasets.filter"), name="datasets.filter")
        self._filter.setFixedWidth(px(340))
        self._filter.asked.connect(lambda _text: self.fill())
        columns = _columns(self._desk)
        self._rows = Rows[Row](columns)
        self._table = Table("datasets.table", words("app.datasets.title"))
        self._rows.setParent(self._table)
        self._table.set_model(self._rows, columns)
        self._table.opened.connect(self._on_opened)
        self._none = EmptyState("no-match", words("app.datasets.no_match"), words("app.datasets.no_match_why"))
        self._foot = Text("", "secondary")
        card = Card()
        card.whole.setContentsMargins(1, 1, 1, 1)
        card.body.addWidget(self._table, 1)
        card.body.addWidget(self._none, 1)
        foot = row(Text(words("app.datasets.keys"), "secondary"), 1, self._foot)
        foot.setContentsMargins(14, 2, 14, 10)
        card.body.addLayout(foot)
        layout.addLayout(row(self._filter, 1))
        layout.addWidget(card, 1)

    def takes(self, found: Overview) -> bool:
        """Whether another overview can be shown in place: the same draft was left, and there are versions in both."""
        return found.draft == self._found.draft and bool(found.rows) and bool(self._found.rows)

    def show_overview(self, found: Overview) -> None:
        """Shows what is new; what is typed, and the version that the keyboard is on, stay."""
        self._found = found
        self.fill()

    def fill(self) -> None:
        """Shows what the filter lets through."""
        shown = [one for one in self._found.rows if fits(one, self._filter.text())]
        current = self._rows.at(self._table.currentIndex().row())
        self._rows.set_rows(shown)
        places = [place for place, one in enumerate(shown) if current and one.version.ref == current.version.ref]
        if places:
            self._table.setCurrentIndex(self._rows.index(places[0], 0))
        self._table.setVisible(bool(shown))
        self._none.setVisible(not shown)
        words = self._desk.words
        counts = {"shown": number(len(shown), words), "all": number(len(self._found.rows), words)}
        self._foot.setText(words("app.datasets.shown_of", **counts))

    def filter(self, text: str) -> None:
        """Filters by a text, as if it were written."""
        self._filter.setText(text)
        self.fill()

    @property
    def text(self) -> str:
        """What it is filtered by."""
        return self._filter.text() if self._found.rows else ""

    def focus(self, ref: str) -> None:
        """Puts the keyboard on a version."""
        places = [place for place, one in enumerate(self._found.rows) if one.version.ref == ref]
        if places and not self.text:
            self._table.setCurrentIndex(self._rows.index(places[0], 0))
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_opened(self, place: int) -> None:
        one = self._rows.at(place)
        if one is not None:
            self.opened.emit(one.version.ref)


def _columns(desk: Desk) -> tuple[Column[Row], ...]:
    words = desk.words

    def permission(one: Row) -> str:
        return words(f"app.datasets.standing_{standing(one.version)}", date=one.version.expiry or "")

    def figure(title: str, value: str, width: int) -> Column[Row]:
        return Column[Row](
            words(f"app.datasets.{title}"), lambda one: number(_count(one, value), words), Align.RIGHT, width=width
        )

    return (
        Column[Row](words("app.datasets.name"), lambda one: one.version.name, look="strong"),
        figure("version", "number", 74),
        figure("rows", "rows", 92),
        figure("columns", "columns", 80),
        Column[Row](
            words("app.datasets.sensitivity"),
            lambda one: words(f"app.datasets.sensitivity_{sensitivity(one.version)}"),
            look="quiet",
            width=104,
        ),
        Column[Row](words("app.datasets.owner"), lambda one: one.version.owner or "–", width=160),
        Column[Row](
            words("app.datasets.permission"),
            permission,
            look="pill",
            tone=lambda one: TONES[standing(one.version)],
            width=178,
        ),
        Column[Row](words("app.datasets.used_by"), lambda one: used_by(one.uses, words), look="quiet", width=150),
        Column[Row](
            words("app.datasets.added"),
            lambda one: ago(datetime.fromisoformat(one.version.recorded_at), words),
            look="quiet",
            width=100,
        ),
    )


def _count(one: Row, value: str) -> int:
    return len(one.version.columns) if value == "columns" else int(getattr(one.version, value))
