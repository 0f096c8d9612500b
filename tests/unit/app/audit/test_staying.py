"""What somebody writes, chooses and looks at in the audit stays while the record grows, and while a day ends."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QDate, QEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.trail.facts import Event
from surefoot.workbench import Workbench
from surefoot_app.audit import asking, timeline, walk
from surefoot_app.audit.graph import WalkGraph
from surefoot_app.audit.page import AuditPage
from surefoot_app.audit.review import DecisionCard, ReviewView, Waiting
from surefoot_app.audit.timeline import TimelineView
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.empty import EmptyState
from tests.fakes.desk import FakeSession, changed, fake_desk
from tests.fakes.looking import named, only, texts
from tests.gallery.audit import EXPLANATION, LINEAGE, ONE, OWNER, SCOPE


@pytest.fixture
def silent(tmp_path: Path) -> Desk:
    return fake_desk(None, tmp_path, is_silent=True)


@pytest.fixture
def shown(desk: Desk, qtbot: QtBot) -> AuditPage:
    page = AuditPage(desk)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    return page


def reasons(view: ReviewView) -> list[str]:
    return [named(card, "review.reason").text() for card in _cards(view)]


def _cards(view: ReviewView) -> list[DecisionCard]:
    items = (view._decisions.itemAt(place) for place in range(view._decisions.count()))
    return [card for item in items if item is not None and isinstance(card := item.widget(), DecisionCard)]


# a decision


def test_a_reason_stays_where_it_is_written_while_the_record_grows(shown: AuditPage, desk: Desk) -> None:
    shown.show_object("review", "local")
    reason = named(shown.review, "review.reason")
    reason.setText("The gap has")
    reason.setFocus()
    for kind in ("service.leased", "run.finished", "check.passed", "release.proposed"):
        changed(desk, kind)
    assert named(shown.review, "review.reason") is reason
    assert (reason.text(), shown.focusWidget()) == ("The gap has", reason)


def test_cards_stay_beside_what_comes_and_goes_and_one_alone_is_filled(silent: Desk, qtbot: QtBot) -> None:
    view = ReviewView(silent)
    qtbot.addWidget(view)
    view.show_waiting(ONE)
    for place, card in enumerate(_cards(view)):
        named(card, "review.reason").setText(f"reason {place}")
    new = Waiting("rel_9", "credit 1.6.0")
    view.show_waiting((new, *ONE))
    assert reasons(view) == ["", "reason 0", "reason 1"]
    kinds = [named(card, "review.yes").property("kind") for card in _cards(view)]
    assert kinds == ["primary", "plain", "plain"]
    view.show_waiting(ONE[1:])
    assert reasons(view) == ["reason 1"]
    assert named(view, "review.yes").property("kind") == "primary"


def test_a_gate_that_closes_is_told_on_the_card_with_what_is_written(silent: Desk, qtbot: QtBot) -> None:
    view = ReviewView(silent)
    qtbot.addWidget(view)
    view.show_waiting(ONE[:1])
    named(view, "review.reason").setText("Fine")
    assert named(view, "review.yes").isEnabled()
    view.show_waiting((replace(ONE[0], closed=("check.fairness",)),))
    assert reasons(view) == ["Fine"]
    assert not named(view, "review.yes").isEnabled()
    assert "Some gates are not open" in texts(view)


def test_a_refusal_is_told_also_where_the_card_is_gone(
    silent: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts: list[dict[str, Any]] = []
    monkeypatch.setattr(silent.session, "act", lambda _work, **asked: acts.append(asked))
    troubles: list[Any] = []
    silent.troubled.connect(troubles.append)
    view = ReviewView(silent)
    qtbot.addWidget(view)
    view.show_waiting(ONE[:1])
    card = _cards(view)[0]
    named(card, "review.reason").setText("Fine")
    named(card, "review.yes").click()
    named(card, "review.reason").setText("Fine, I think")
    assert not named(card, "review.yes").isEnabled()  # one answer is on its way
    view.show_waiting(())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(card)
    assert shiboken6.isValid(acts[0]["owner"])
    acts[0]["failed"](InputRefusedError(Code.RELEASE_SIGNED, release="credit 1.5.0"))
    assert [one.key for one in troubles] == [Code.RELEASE_SIGNED.value]
    acts[0]["then"](None)


# what is looked at


def test_the_walk_the_answer_and_the_story_stay_while_the_record_grows(shown: AuditPage, desk: Desk) -> None:
    shown.show_object("activation", "local")
    run = next(item.node for item in shown.walk.graph._items.values() if item.node.kind == "run")
    shown.walk.graph.look_at(run.key)
    labels = [label for view in (shown.walk, shown.questions, shown.review) for label in view.findChildren(QLabel)]
    link = named(shown.questions, "audit.open.release")
    shown.show_object("audit-questions", "")
    link.setFocus()
    changed(desk, "service.leased", "release.scored")
    assert shown.walk.graph.current == run.key
    assert shown.focusWidget() is link
    after = [label for view in (shown.walk, shown.questions, shown.review) for label in view.findChildren(QLabel)]
    assert after == labels


def test_a_walk_from_the_same_deployment_goes_on_where_one_stood(silent: Desk, qtbot: QtBot) -> None:
    graph = WalkGraph("Walk")
    qtbot.addWidget(graph)
    walked = walk.graph(LINEAGE, EXPLANATION, silent.words)
    graph.show_walk(walked)
    graph.look_at("release")
    first, *others = walked.nodes
    graph.show_walk(replace(walked, nodes=(replace(first, said="stopped"), *others)))
    assert graph.current == "release"
    start = replace(first.events[0], leaf="ab" * 32)
    graph.show_walk(replace(walked, nodes=(replace(first, events=(start,)), *others)))
    assert graph.current == first.key


def test_only_what_a_new_line_may_change_is_asked_again(shown: AuditPage, desk: Desk) -> None:
    assert isinstance(desk.session, FakeSession)
    shown._explained = replace(EXPLANATION, gaps=0)
    before = desk.session.asked
    changed(desk, "policy.adopted")  # the timeline and what waits
    assert desk.session.asked - before == 2
    changed(desk, "service.leased")  # the timeline and the walk
    assert desk.session.asked - before == 4


# the timeline


class _Lines:
    def __init__(self) -> None:
        self.events: list[Event] = list(reversed(OWNER.log))

    def newest(self, _wanted: object, *, before: Event | None, count: int) -> tuple[Event, ...]:
        at = 0 if before is None else [event.leaf for event in self.events].index(before.leaf) + 1
        return tuple(self.events[at : at + count])


@pytest.fixture
def lines() -> _Lines:
    return _Lines()


@pytest.fixture
def view(lines: _Lines, tmp_path: Path, qtbot: QtBot) -> TimelineView:
    made = TimelineView(fake_desk(SimpleNamespace(audit=SimpleNamespace(lines=lines)), tmp_path))
    qtbot.addWidget(made)
    made.resize(1200, 360)
    made.show()
    made.load()
    return made


def _new(event: Event) -> Event:
    return replace(event, leaf="fe" * 32, seq=event.seq + 1, hlc=event.hlc + 1)


def test_the_chosen_line_and_those_in_sight_stay_where_new_ones_come(view: TimelineView, lines: _Lines) -> None:
    view.table.setFocus()
    view.table.setCurrentIndex(view.rows.index(4, 0))
    bar = view.table.verticalScrollBar()
    bar.setValue(3 * view.table.verticalHeader().defaultSectionSize() + 5)
    chosen, place = view.rows.at(4), view.table.rowViewportPosition(4)
    labels = view._facts.findChildren(QLabel)
    lines.events.insert(0, _new(lines.events[0]))
    view.load()
    now = view.rows.at(view.table.currentIndex().row())
    assert chosen is not None
    assert now is not None
    assert (now.event, view.table.currentIndex().row()) == (chosen.event, 5)
    assert view.table.rowViewportPosition(5) == place
    assert view._facts.findChildren(QLabel) == labels
    bar.setValue(0)
    view.load()
    assert bar.value() == 0


def test_another_page_begins_at_its_first_line(
    view: TimelineView, lines: _Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 8)
    view.load()
    view.table.setCurrentIndex(view.rows.index(4, 0))
    named(view, "audit.older").click()
    assert not view.table.currentIndex().isValid()
    assert view.table.verticalScrollBar().value() == 0
    first = view.rows.at(0)
    assert first is not None
    assert first.event == lines.events[8]


def test_older_pressed_twice_before_the_page_is_there_asks_for_it_once(
    view: TimelineView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 5)
    view.load()
    session = view._desk.session
    assert isinstance(session, FakeSession)
    session.is_silent = True
    named(view, "audit.older").click()
    named(view, "audit.older").click()
    session.is_silent = False
    view.load()
    assert "Page 2" in texts(view)


def test_a_link_to_an_object_shows_its_lines_whoever_did_what(shown: AuditPage, bench: Workbench) -> None:
    kind = named(shown, "audit.kind")
    kind.setCurrentIndex(kind.findData("feed"))
    kind.activated.emit(kind.currentIndex())
    shown.show_object("event", bench.releases.list()[0].id)
    assert shown.timeline.rows.rowCount() > 0


# a place, a day, a report


@pytest.mark.parametrize("kind", ["review", "activation"])
def test_a_place_that_is_asked_for_before_the_record_is_read_is_shown_then(
    kind: str, silent: Desk, qtbot: QtBot
) -> None:
    page = AuditPage(silent)
    qtbot.addWidget(page)
    page.show_object(kind, "production")
    page.show_scope(replace(SCOPE, places=("local",)))  # it was deployed there a moment ago
    page.show_scope(SCOPE)
    place = named(page, "audit.place")
    assert place.currentText() == "production"
    place.setCurrentText("local")
    place.activated.emit(place.currentIndex())
    page.show_scope(replace(SCOPE, nouns=()))
    assert place.currentText() == "local"


def test_a_day_without_a_place_asks_nothing(silent: Desk, qtbot: QtBot) -> None:
    page = AuditPage(silent)
    qtbot.addWidget(page)
    page.show_scope(replace(SCOPE, places=()))
    assert isinstance(silent.session, FakeSession)
    asked = silent.session.asked
    named(page, "audit.day").setDate(QDate(2020, 1, 1))
    assert silent.session.asked == asked
    assert only(page.questions, EmptyState).kind == "nothing"


def _day(page: AuditPage) -> tuple[date, date]:
    edit = named(page, "audit.day")
    return edit.date().toPython(), edit.maximumDate().toPython()


def test_today_is_today_also_after_a_night(shown: AuditPage, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    today = asking.today()
    assert _day(shown) == (today, today)
    shown.hide()
    tomorrow = today + timedelta(days=1)
    monkeypatch.setattr(asking, "today", lambda: tomorrow)
    assert isinstance(desk.session, FakeSession)
    asked = desk.session.asked
    shown.show()
    assert _day(shown) == (tomorrow, tomorrow)
    assert desk.session.asked > asked
    monkeypatch.setattr(asking, "today", lambda: tomorrow + timedelta(days=1))
    changed(desk, "service.leased")  # with the page left open
    assert _day(shown) == (tomorrow + timedelta(days=1), tomorrow + timedelta(days=1))


def test_a_day_that_was_chosen_stays_chosen(shown: AuditPage, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    today = asking.today()
    edit = named(shown, "audit.day")
    edit.setDate(edit.date().addDays(-3))
    monkeypatch.setattr(asking, "today", lambda: today + timedelta(days=1))
    changed(desk, "service.leased")
    assert _day(shown) == (today - timedelta(days=3), today + timedelta(days=1))
    monkeypatch.setattr(asking, "today", lambda: today + timedelta(days=2))
    edit.setDate(edit.maximumDate())  # the last day that the calendar showed, which is yesterday by now
    assert _day(shown) == (today + timedelta(days=1), today + timedelta(days=2))


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def live(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield live
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ["<+14>-14", "<-12>12", "UTC0"])
def test_a_day_is_the_same_here_for_who_chooses_it_and_for_the_record(
    zone: str, in_zone: Callable[[str], None], silent: Desk, qtbot: QtBot
) -> None:
    in_zone(zone)
    page = AuditPage(silent)
    qtbot.addWidget(page)
    assert _day(page)[1] == asking.today()
    assert asking.end_of(_day(page)[1]) is None
    day = date(2026, 2, 3)
    end = asking.end_of(day)
    assert end is not None
    assert asking.day_of(f"{end}Z") == day
    assert end.endswith(":59.999")  # the last second is of the day


def test_a_report_that_is_asked_for_before_the_record_is_read_is_saved_then(
    silent: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, in_zone: Callable[[str], None]
) -> None:
    in_zone("<-12>12")
    asked: list[str] = []
    told: list[str] = []
    silent.told.connect(lambda text, _tone: told.append(text))

    def choose(_page: object, _title: str, place: str) -> tuple[str, str]:
        asked.append(place)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page = AuditPage(silent)
    qtbot.addWidget(page)
    page.show_object("audit-report", "")
    assert (asked, told) == ([], [])
    late = replace(EXPLANATION, at="2026-03-02T11:59:59.999Z")
    page.show_walked(replace(walk.graph(LINEAGE, late, silent.words), explanation=late))
    page.show_walked(walk.graph(LINEAGE, EXPLANATION, silent.words))
    assert [Path(place).name for place in asked] == ["local-2026-03-01.html"]
    page.show_object("audit-report", "")
    assert len(asked) == 2


# a verification that fails


def test_a_verification_that_fails_says_why_and_can_be_done_again(
    silent: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    verification = silent.session.verification
    again: list[bool] = []
    monkeypatch.setattr(verification, "again", lambda: again.append(True))
    page = AuditPage(silent)
    qtbot.addWidget(page)
    page.show()
    assert again == [], "one is going on"
    assert page.badge.accessibleName() == "Verifying the record"
    verification.failed.emit(SurefootError(Code.INTERNAL, detail="no report"))
    assert "could not be verified" in page.badge.accessibleName()
    assert "no report" in texts(page.badge)
    assert "Try again" in texts(page.badge)
    assert not named(page, "audit.checked").isVisible()
    named(page, "audit.verify").click()
    assert len(again) == 1
    assert page.badge.accessibleName() == "Verifying the record"
    assert not named(page, "audit.verify").isVisible()
    verification._fail("no report")
    later = AuditPage(silent)
    qtbot.addWidget(later)
    assert "could not be verified" in later.badge.accessibleName()
    assert len(again) == 1
