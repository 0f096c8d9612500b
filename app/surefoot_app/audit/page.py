"""Audit: how the record verifies, questions to it, its timeline, the walk back, the story for who reviews."""

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate, QSignalBlocker
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDateEdit, QFileDialog, QStackedWidget

from surefoot.audit.facts import Explanation
from surefoot.errors import IncompleteError, SurefootError
from surefoot.texts import Words
from surefoot.trail import Report
from surefoot.workbench import Workbench
from surefoot_app.audit import asking, printing, review, walk
from surefoot_app.audit.asking import Scope
from surefoot_app.audit.badge import BadgeCard
from surefoot_app.audit.questions import QuestionsView
from surefoot_app.audit.review import ReviewView
from surefoot_app.audit.timeline import TimelineView
from surefoot_app.audit.walk import Walked
from surefoot_app.audit.walking import WalkView
from surefoot_app.bridge.events import Change
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.following import Following
from surefoot_app.widgets.boxes import Page, row
from surefoot_app.widgets.buttons import Button
from surefoot_app.widgets.empty import EmptyState
from surefoot_app.widgets.fields import Choice
from surefoot_app.widgets.tabs import Segments
from surefoot_app.widgets.text import Text

_VIEWS = ("questions", "timeline", "walk", "review")
_OFFERED_BY = ("release", "feed", "workspace")
"""The lines that bring a place or a person."""
_ANSWERED_BY = ("release", "service", "drill", "check", "incident")
"""The lines that change what is told of a deployment; those that it rests on are older."""


class AuditPage(Page):
    """The record, for whoever wants to know."""

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        super().__init__(words("app.audit.title"))
        self._desk, self._verification = desk, desk.session.verification
        self._scope: Scope | None = None
        self._wanted = ""
        self._is_told = self._is_report_wanted = False
        self._explained: Explanation | None = None
        self._place, self._day = Choice(), QDateEdit()
        self.badge = BadgeCard(desk)
        self.questions, self.timeline = QuestionsView(desk), TimelineView(desk)
        self.walk, self.review = WalkView(desk), ReviewView(desk)
        self._views = QStackedWidget()
        for view in (self.questions, self.timeline, self.walk, self.review):
            self._views.addWidget(view)
        self._tabs = Segments([(name, words(f"app.audit.view_{name}")) for name in _VIEWS], name="audit.view")
        self._lay_out()
        self._connect()
        self._ask_scope()
        self._ask_waiting()
        if self._verification.error is not None:
            self.badge.show_failure(self._verification.error)
        elif self._verification.report is not None:
            self.show_report(self._verification.report)
            self._verification.again()

    def _lay_out(self) -> None:
        words = self._desk.words
        for kind, glyph in (("html", "file-text"), ("pdf", "download")):
            save = Button(words(f"app.audit.save_{kind}"), name=f"audit.save.{kind}", glyph=glyph)
            save.clicked.connect(partial(self._on_save, kind))
            self.acts.addWidget(save)
        self._place.setObjectName("audit.place")
        self._place.call(words("app.deployments.environment"))
        self._place.setMinimumWidth(150)
        self._day.setObjectName("audit.day")
        self._day.setAccessibleName(words("app.audit.on_day"))
        self._day.setCalendarPopup(True)
        self._day.setDisplayFormat("yyyy-MM-dd")
        self._day.setDate(_today())
        self._day.setMaximumDate(_today())
        self._where = (Text(words("app.audit.in_place"), "label"), self._place,
                       Text(words("app.audit.on_day"), "label"), self._day)  # fmt: skip
        self.body.addWidget(self.badge)
        self.body.addLayout(row(self._tabs, 1, *self._where, gap=10))
        self.body.addWidget(self._views, 1)

    def _connect(self) -> None:
        self._tabs.chosen.connect(self._on_view)
        self._place.activated.connect(lambda _place: self._on_place())
        self._day.dateChanged.connect(lambda _day: self._on_day())
        for view in (self.questions, self.timeline, self.walk):
            view.followed.connect(self._desk.open)
        self.review.decided.connect(self._ask_waiting)
        Following(self._desk, self, self._on_changed)
        self._desk.events.changed.connect(self._on_any)
        self._verification.verified.connect(self.show_report)
        self._verification.failed.connect(self.badge.show_failure)
        self.badge.again.connect(self._verification.again)

    # what is asked

    def _ask_scope(self) -> None:
        self._desk.session.read(asking.scope, owner=self, then=self.show_scope)

    def _ask(self) -> None:
        place, words = self._place.currentText(), self._desk.words
        if not place:
            return
        self._reach_today()
        chosen = self._day.date()
        at = asking.end_of(date(chosen.year(), chosen.month(), chosen.day()))
        self._desk.session.read(
            lambda bench: walk.walked(bench, place, at, words),
            owner=self,
            then=self.show_walked,
            failed=self.show_error,
        )

    def _ask_waiting(self) -> None:
        self._desk.session.read(review.waiting, owner=self, then=self.review.show_waiting)

    def _reach_today(self) -> bool:
        """Lets today be chosen, and goes on to it from what was the last day so far; says whether the date moved."""
        before, last, today = self._day.date(), self._day.maximumDate(), _today()
        with QSignalBlocker(self._day):
            self._day.setMaximumDate(today)
            if before == last:
                self._day.setDate(today)
        return self._day.date() != before

    def _on_place(self) -> None:
        self._wanted = ""
        self._ask()

    def _on_day(self) -> None:
        # A day that was chosen just now is meant, also where it was the last one when the page was shown.
        with QSignalBlocker(self._day):
            self._day.setMaximumDate(_today())
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._reach_today():
            self._ask()

    def _on_changed(self, change: Change) -> None:
        known = () if self._scope is None else self._scope.nouns
        if change.touches(*_OFFERED_BY) or any(kind.partition(".")[0] not in known for kind in change.types):
            self._ask_scope()
        self.timeline.hear(change)
        has_gaps = self._explained is not None and self._explained.gaps > 0  # any line may be what is missing
        if has_gaps or change.touches(*_ANSWERED_BY):
            self._ask()
        if change.touches(*review.DECIDED_BY):
            self._ask_waiting()

    def _on_any(self, change: Change) -> None:
        """Has the record verified anew, also while this page is not seen: the badge of the top bar goes by it."""
        if change.touches("release", "service", "approval", "drill"):
            self._verification.again()

    # what is shown

    def show_report(self, report: Report) -> None:
        """Shows how the record verifies."""
        self.badge.show_badge(asking.badge(report, self._desk.words))

    def show_scope(self, scope: Scope) -> None:
        """Offers places, people and kinds; asks about the place that is wanted, or another one where it is gone."""
        before, self._scope = self._scope, scope
        if scope != before:
            self.timeline.show_scope(scope)
            self.timeline.load()
        if before is None or scope.places != before.places:
            self._show_places(scope.places)
        self._show_wanted()

    def _show_places(self, places: tuple[str, ...]) -> None:
        chosen = self._place.currentText()
        self._place.clear()
        self._place.addItems(places)
        self._place.setCurrentIndex(max(0, self._place.findText(chosen)))
        if not places:
            self.show_nothing()
        elif self._place.currentText() != chosen and self._wanted not in places:
            self._ask()

    def _show_wanted(self) -> None:
        """Asks about the place that is wanted, once it is known."""
        if self._wanted and self._place.findText(self._wanted) >= 0:
            self._place.setCurrentText(self._wanted)
            self._wanted = ""
            self._ask()

    def show_walked(self, walked: Walked) -> None:
        """Shows what answered in the chosen place on the chosen day, in every view."""
        self._explained = walked.explanation
        self.questions.show_explanation(walked.explanation)
        self.walk.show_walk(walked)
        self.review.show_explanation(walked.explanation)
        self._give_report()

    def show_error(self, error: SurefootError) -> None:
        """Says why there is nothing to tell."""
        self._explained = None
        if not isinstance(error, IncompleteError):
            self._desk.error(error)
        told = self._desk.words.error(error)
        for view in (self.questions, self.walk, self.review):
            view.show_empty(EmptyState("no-match", told.what, told.do))
        self._give_report()

    def show_nothing(self) -> None:
        """Says that nothing was ever put to work, and where that is done."""
        self._explained, words = None, self._desk.words
        for view in (self.questions, self.walk, self.review):
            act = Button(words("app.home.act_deployment"), name="audit.begin", kind="primary", glyph="rocket")
            act.clicked.connect(lambda _checked=False: self._desk.go("deployments"))
            view.show_empty(
                EmptyState("nothing", words("app.audit.nothing"), words("app.audit.nothing_why"), acts=(act,))
            )
        self._give_report()

    def show_object(self, kind: str, ref: str) -> None:
        """Shows what is asked about one object of the record."""
        if kind == "audit-report":
            self._is_report_wanted = True
            if self._is_told:
                self._give_report()
            return
        view = {"event": "timeline", "audit-line": "timeline", "activation": "walk", "approval": "review"}.get(
            kind, kind.removeprefix("audit-")
        )
        self._tabs.choose(view)
        self._on_view(view)
        if kind == "event" and ref:
            self.timeline.look_for(ref)
        if kind == "audit-line":
            self._verification.again()
            self.timeline.look_at(*asking.line_of(ref))
        if kind in {"review", "activation"} and ref:
            self._wanted = ref
            self._show_wanted()
            if self._wanted:
                self._ask_scope()  # it may be new

    def _on_view(self, view: str) -> None:
        self._views.setCurrentIndex(_VIEWS.index(view))
        for part in self._where:
            part.setVisible(view != "timeline")

    # reports

    def _give_report(self) -> None:
        """Saves the story, where that was asked for before it was read."""
        self._is_told = True
        if self._is_report_wanted:
            self._is_report_wanted = False
            self._on_save("html")

    def _on_save(self, kind: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - as the signal has it
        words, found = self._desk.words, self._explained
        if found is None:
            self._desk.tell(words("app.audit.nothing_to_save"), "info")
            return
        title = words(f"app.audit.save_{kind}")
        name = f"{found.environment}-{asking.day_of(found.at)}.{kind}"
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path.home() / name))
        if chosen:
            self.save(kind, Path(chosen), found)

    def save(self, kind: str, target: Path, found: Explanation) -> None:
        """Writes a story as `html` or `pdf`, and tells when that is done."""
        told = self._desk.words("say.audit.written", path=target)
        words = Words(self._desk.words.language)  # it is read elsewhere, so it names nothing of this window

        def write(bench: Workbench) -> str:
            if kind == "html":
                return bench.audit.write_page(found, target, words).value
            verdict = bench.verify().verdict.value
            first = {"name": "?", "version": "?", "environment": "?", **found.chapters[0].statements[0].values}
            said = words("say.audit.record_verdict", verdict=words.term("verdict", verdict))
            printing.write_pdf(found, target, words, title=words("say.audit.title", **first), verdict=said)
            return verdict

        self._desk.session.read(write, owner=self, then=lambda _verdict: self._desk.tell(told))


def _today() -> QDate:
    """The day that it is here, as those who are asked about it have it."""
    today = asking.today()
    return QDate(today.year, today.month, today.day)
