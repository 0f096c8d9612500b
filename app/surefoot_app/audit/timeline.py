"""The record as a timeline: a page of lines at a time, by day, filtered by person, object and kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from surefoot.audit.facts import Actor, Wanted
from surefoot.texts import Words
from surefoot.trail.facts import Event
from surefoot_app.audit import asking
from surefoot_app.audit.asking import Scope
from surefoot_app.bridge.events import Change
from surefoot_app.shell.desk import Desk
from surefoot_app.theme import Tone, px
from surefoot_app.theme.tokens import GAP
from surefoot_app.widgets.boxes import Card, cleared, column, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.facts import Fact, FactsList
from surefoot_app.widgets.fields import Choice, FilterLine
from surefoot_app.widgets.table import Column, Rows, Table
from surefoot_app.widgets.text import Text

PAGE = 100
_LONGEST_VERSION = 20
_TONES: dict[str, Tone] = {
    "check.failed": "bad", "run.failed": "bad", "model.refused": "bad", "service.stopped": "bad",
    "service.guardrail-tripped": "bad", "approval.refused": "bad", "check.close": "warn", "waiver.given": "warn",
    "policy.loosened": "warn", "service.lifted": "warn", "check.passed": "ok", "approval.given": "ok",
    "release.approved": "ok", "service.started": "ok", "model.accepted": "ok",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """One line as the table shows it; `day` is empty where the line above is of the same day."""

    event: Event
    day: str
    clock: str
    utc: str
    who: str
    act: str
    tone: Tone
    object: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A page of lines with what was asked for: which lines, and the one that they come before."""

    wanted: Wanted
    before: Event | None
    events: Sequence[Event]

    def is_of(self, other: "Answered | None") -> bool:
        """Whether another one answers the same question."""
        return other is not None and (self.wanted, self.before) == (other.wanted, other.before)


def moments(events: Sequence[Event], actors: Sequence[Actor], desk: Desk) -> list[Moment]:
    """Lines in words."""
    words, made, day = desk.words, [], ""
    names = {one.id: one.name or words.term("role", one.role) for one in actors}
    for event in events:
        own = asking.local_day(event.at, words)
        made.append(
            Moment(
                event, own if own != day else "", asking.local_clock(event.at), asking.utc_clock(event.at),
                names.get(event.actor) or event.actor[:12], asking.act_in_words(event.type, words),
                _TONES.get(event.type, "neutral"), _object(event, words),
            )
        )  # fmt: skip
        day = own
    return made


def _object(event: Event, words: Words) -> str:
    """What a line is about, as people call it."""
    body = event.body or {}
    name, more = body.get("name") or body.get("experiment"), body.get("version") or body.get("number")
    if event.type.startswith("check.") or event.type.startswith("waiver."):
        return words.term("kind", body.get("kind") or body.get("check") or "")
    if isinstance(name, str) and isinstance(more, str | int) and len(str(more)) < _LONGEST_VERSION:
        return f"{name} {more}"
    return str(name) if name else event.subjects[0].id if event.subjects else ""


class TimelineView(QWidget):
    """Shows a page of the record. Signals: `followed(kind, ref)`."""

    followed = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._scope = desk, Scope((), (), ())
        self._before: list[Event | None] = [None]
        self._answered: Answered | None = None
        self._told: tuple[Fact, ...] = ()
        words = desk.words
        self._object = FilterLine(words("app.audit.filter_object"), name="audit.object")
        self._object.setFixedWidth(300)
        self._who, self._noun = Choice(), Choice()
        for box, name in ((self._who, "person"), (self._noun, "kind")):
            box.setObjectName(f"audit.{name}")
            box.call(words(f"app.audit.filter_{name}"))
            box.setMinimumWidth(170)
            box.addItem(words(f"app.audit.all_{name}"), "")
        self._columns = self._of_lines()
        self.rows = Rows[Moment](self._columns)
        self.table = Table("audit.timeline", words("app.audit.timeline"))
        self.rows.setParent(self.table)
        self.table.set_model(self.rows, self._columns)
        self._newer = Button(words("app.audit.newer"), name="audit.newer", kind="quiet", act=self._on_newer)
        self._older = Button(words("app.audit.older"), name="audit.older", kind="quiet", act=self._on_older)
        self._shown = Text("", "secondary")
        self._empty = column()
        self._facts = FactsList()
        self._facts.followed.connect(self.followed)
        self._lay_out()
        self._object.asked.connect(lambda _text: self._first())
        for box in (self._who, self._noun):
            box.activated.connect(lambda _place: self._first())
        self.table.opened.connect(self._on_opened)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _before: self._on_chosen(now.row()))

    def _of_lines(self) -> tuple[Column[Moment], ...]:
        words = self._desk.words
        return (
            Column[Moment](words("app.audit.day"), lambda one: one.day, look="strong", width=104),
            Column[Moment](words("app.audit.time"), lambda one: one.clock, width=84),
            Column[Moment]("UTC", lambda one: one.utc, look="quiet", width=112),
            Column[Moment](words("app.audit.who"), lambda one: one.who, width=128),
            Column[Moment](words("app.audit.act"), lambda one: one.act, look="pill", tone=lambda one: one.tone),
            Column[Moment](words("app.audit.object"), lambda one: one.object, width=170),
        )

    def _lay_out(self) -> None:
        words = self._desk.words
        left = Card()
        left.whole.setContentsMargins(1, 1, 1, 1)
        left.body.addWidget(self.table, 1)
        left.body.addLayout(self._empty)
        foot = row(Text(words("app.audit.keys"), "secondary"), 1, self._shown, self._newer, self._older)
        foot.setContentsMargins(14, 2, 8, 6)
        left.body.addLayout(foot)
        right = Card(words("app.audit.line"))
        right.setFixedWidth(px(340))
        right.body.addWidget(self._facts)
        right.body.addStretch(1)
        sides = row(left, right, gap=GAP)
        sides.setStretch(0, 1)
        whole = column(row(self._object, self._who, self._noun, 1, gap=12), sides, gap=12)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    # what is asked

    def show_scope(self, scope: Scope) -> None:
        """Offers the people and kinds that the record holds."""
        self._scope, words = scope, self._desk.words
        people = [(one.name or words.term("role", one.role), one.id) for one in scope.actors]
        nouns = [(words(f"app.audit.noun_{noun}") if words.has(f"app.audit.noun_{noun}") else noun, noun)
                 for noun in scope.nouns]  # fmt: skip
        for box, options in ((self._who, people), (self._noun, nouns)):
            chosen = box.currentData()
            while box.count() > 1:
                box.removeItem(1)
            for text, value in options:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(chosen)))

    def hear(self, change: Change) -> None:
        """Asks anew where lines were appended that the page may show."""
        noun = self._noun.currentData()
        if not noun or change.touches(noun):
            self.load()

    def load(self) -> None:
        """Asks for the page that is shown."""
        wanted = Wanted(self._who.currentData() or "", self._object.text().strip(), self._noun.currentData() or "")
        before = self._before[-1]
        self._desk.session.read(
            lambda bench: Answered(wanted, before, bench.audit.lines.newest(wanted, before=before, count=PAGE)),
            owner=self, then=self._on_answered,
        )  # fmt: skip

    def _on_answered(self, answered: Answered) -> None:
        is_same, self._answered = answered.is_of(self._answered), answered
        if is_same:
            self._show_anew(answered.events)
        else:
            self.show_page(answered.events)

    def _show_anew(self, events: Sequence[Event]) -> None:
        """Shows the same page with what is new in it; the chosen line stays chosen, and those in sight in sight."""
        bar, height = self.table.verticalScrollBar(), self.table.verticalHeader().defaultSectionSize()
        row, within = divmod(bar.value(), height)
        chosen, top = self.rows.at(self.table.currentIndex().row()), self.rows.at(row) if bar.value() else None
        self._set_rows(events)
        places = {event.leaf: place for place, event in enumerate(events)}
        if chosen is not None and chosen.event.leaf in places:
            self.table.setCurrentIndex(self.rows.index(places[chosen.event.leaf], 0))
        else:
            self._on_chosen(0)
        self.table.doItemsLayout()
        bar.setValue(places.get(top.event.leaf, row) * height + within if top is not None else 0)

    def show_page(self, events: Sequence[Event]) -> None:
        """Shows a page of lines, from its beginning."""
        self._set_rows(events)
        self.table.scrollToTop()
        self._on_chosen(0)

    def _set_rows(self, events: Sequence[Event]) -> None:
        words, number = self._desk.words, len(self._before)
        self.rows.set_rows(moments(events, self._scope.actors, self._desk))
        self._shown.setText(words("app.audit.page", page=number))
        self._newer.setEnabled(number > 1)
        self._older.setEnabled(len(events) == PAGE)
        cleared(self._empty)
        self.table.setVisible(bool(events))
        if not events:
            self._empty.addWidget(EmptyState("no-match", words("app.audit.no_line"), words("app.audit.no_line_why")))

    def look_for(self, ref: str) -> None:
        """Shows the lines about one object, whoever did what."""
        self._object.setText(ref)
        self._show_all()
        self._first()

    def look_at(self, feed: str, line: int) -> None:
        """Shows the page that one line of the record begins, without a filter."""
        self._object.clear()
        self._show_all()
        if not line:
            self._first()
            return
        self._desk.session.read(lambda bench: bench.audit.lines.at(feed, line - 1), owner=self, then=self._begin_at)

    def _show_all(self) -> None:
        for box in (self._who, self._noun):
            box.setCurrentIndex(0)

    def _begin_at(self, event: Event | None) -> None:
        # A page begins after the line before it; one further, and this one is the first.
        self._before = [None] if event is None else [None, replace(event, seq=event.seq + 1)]
        self._answered = None
        self.load()

    def _first(self) -> None:
        self._before, self._answered = [None], None
        self.load()

    def _on_older(self) -> None:
        last = self.rows.at(self.rows.rowCount() - 1)
        if last is not None and last.event != self._before[-1]:  # pressed twice, it is the same page still
            self._before.append(last.event)
            self.load()

    def _on_newer(self) -> None:
        if len(self._before) > 1:
            self._before.pop()
            self.load()

    # what is chosen

    def _on_opened(self, place: int) -> None:
        one = self.rows.at(place)
        kind, ref = asking.target(one.event) if one is not None else ("", "")
        if ref:
            self.followed.emit(kind, ref)

    def _on_chosen(self, place: int) -> None:
        one, words = self.rows.at(place), self._desk.words
        if one is None:
            self._told = ()
            self._facts.set(())
            return
        event, copies = one.event, words("app.shell.copy")
        kind, ref = asking.target(event)
        reason = str((event.body or {}).get("reason") or "")
        facts = [
            Fact(words("app.audit.act"), one.act),
            Fact(words("app.audit.object"), one.object or "–", *(("link", (kind, ref)) if ref else ())),
            Fact(words("app.audit.who"), ", ".join(dict.fromkeys((one.who, words.term("role", event.role))))),
            Fact(words("app.audit.time"), f"{asking.local_day(event.at, words)} {one.clock}"),
            Fact("UTC", event.at.replace("T", " ")),
            *((Fact(words("app.deployments.reason"), reason),) if reason else ()),
            Fact(words("app.audit.place"), words("app.audit.line_at", line=event.seq + 1, feed=event.feed[:8])),
            Fact(words("app.audit.fingerprint"), event.leaf, "hash", copies=copies),
        ]
        if event.body is None:
            facts.append(Fact(words("app.audit.details"), words("app.audit.details_gone")))
        if tuple(facts) != self._told:
            self._told = tuple(facts)
            self._facts.set(facts)
