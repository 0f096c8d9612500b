"""The audit on a real project: badge, questions, timeline, walk back, review and the reports."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from surefoot.errors import Code, InputRefusedError
from surefoot.trail.report import Weight
from surefoot.workbench import Workbench
from surefoot_app.audit import review, timeline, walk
from surefoot_app.audit.graph import WalkGraph
from surefoot_app.audit.page import AuditPage
from surefoot_app.audit.review import DecisionCard, ReviewView, Waiting
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.empty import EmptyState
from tests.fakes.desk import FakeSession, changed, fake_desk
from tests.fakes.looking import named, only, texts
from tests.fakes.served import told as proposals
from tests.gallery.audit import EXPLANATION, LINEAGE, ONE, OWNER, report
from tests.gallery.audit import page as invented


@pytest.fixture
def shown(desk: Desk, bench: Workbench, qtbot: Any) -> AuditPage:
    desk.session.verification.report = bench.verify()
    page = AuditPage(desk)
    qtbot.addWidget(page)
    return page


def test_the_badge_says_how_the_record_verifies_and_what_was_checked(shown: AuditPage) -> None:
    assert "Verified" in shown.badge.accessibleName()
    named(shown, "audit.checked").click()
    assert "signatures" in texts(shown.badge)
    shown.show_report(report(Weight.FAIL))
    assert "Broken at line 214" in texts(shown.badge)
    assert "line 214 of feed abababab" in texts(shown.badge)


def test_a_question_is_answered_and_its_evidence_leads_on(shown: AuditPage, desk: Desk) -> None:
    opened: list[tuple[str, str]] = []
    desk.opening.connect(lambda kind, ref: opened.append((kind, ref)))
    named(shown, "audit.ask.approved").click()
    assert "Ada Lovelace approved it" in texts(shown.questions)
    named(shown.questions, "audit.open.release").click()
    assert opened[0][0] == "release"
    assert opened[0][1].startswith("rel_")


def test_a_day_before_anything_was_there_is_answered_in_words(shown: AuditPage) -> None:
    named(shown, "audit.day").setDate(QDate(2020, 1, 1))
    assert only(shown.questions, EmptyState).kind == "no-match"
    named(shown, "audit.day").setDate(QDate.currentDate())
    assert "was put into service" in texts(shown.questions)


def test_the_timeline_is_filtered_paged_and_opens_what_a_line_is_about(
    shown: AuditPage, desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, bench: Workbench
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 5)
    shown.timeline.load()
    rows = shown.timeline.rows
    assert rows.rowCount() == 5
    first = rows.at(0)
    named(shown, "audit.older").click()
    assert rows.at(0) != first
    named(shown, "audit.newer").click()
    assert rows.at(0) == first
    assert not named(shown, "audit.newer").isEnabled()
    kind = named(shown, "audit.kind")
    kind.setCurrentIndex(kind.findData("release"))
    kind.activated.emit(kind.currentIndex())
    assert {rows.at(place).event.type.partition(".")[0] for place in range(rows.rowCount())} == {"release"}  # type: ignore[union-attr] # within
    opened: list[tuple[str, str]] = []
    desk.opening.connect(lambda kind, ref: opened.append((kind, ref)))
    shown.timeline.table.setCurrentIndex(rows.index(0, 0))
    qtbot.keyClick(shown.timeline.table, Qt.Key.Key_Return)
    assert opened
    shown.timeline.look_for("rel_nothing")
    assert only(shown.timeline, EmptyState).kind == "no-match"
    shown.show_object("event", bench.releases.list()[0].id)
    assert rows.rowCount() >= 1


def test_the_timeline_names_each_day_once_and_every_person(shown: AuditPage) -> None:
    rows = [shown.timeline.rows.at(place) for place in range(shown.timeline.rows.rowCount())]
    known = [row for row in rows if row is not None]
    assert [row.day for row in known if row.day] == list(dict.fromkeys(row.day for row in known if row.day))
    assert {"Ada Lovelace", "machine"} == {row.who for row in known}
    assert all(row.utc.endswith("Z") for row in known)


def test_the_model_of_the_timeline_keeps_the_rules_of_qt(shown: AuditPage, qtmodeltester: Any) -> None:
    qtmodeltester.check(shown.timeline.rows)


def test_keys_walk_back_along_the_graph(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    graph = WalkGraph("Walk")
    qtbot.addWidget(graph)
    walked = walk.graph(LINEAGE, EXPLANATION, desk.words)
    graph.show_walk(walked)
    seen = [graph.current]
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(graph, key)
        seen.append(graph.current)
    kinds = [walked.node(key).kind for key in seen]  # type: ignore[union-attr] # keys of nodes
    assert kinds == ["deployment", "release", "run", "approval", "run", "code", "code"]
    qtbot.keyClick(graph, Qt.Key.Key_Right)
    assert walked.node(graph.current).kind == "run"  # type: ignore[union-attr] # as above
    assert "trained by run 3" in graph.accessibleDescription()
    qtbot.keyClick(graph, Qt.Key.Key_Home)
    assert graph.current == seen[0]


def test_the_walk_shows_the_facts_of_the_node_that_is_looked_at(shown: AuditPage) -> None:
    shown.show_object("activation", "local")
    assert "local" in texts(shown.walk)
    run = next(item.node for item in shown.walk.graph._items.values() if item.node.kind == "run")
    shown.walk.graph.look_at(run.key)
    assert "It was trained by run" in texts(shown.walk)


def test_the_whole_story_is_told_in_review_mode_and_a_waiting_release_asks_for_a_decision(shown: AuditPage) -> None:
    shown.show_object("review", "local")
    told = texts(shown.review)
    for question in (
        "What answers here?",
        "Who decided",
        "How was it judged?",
        "Which data made it",
        "What changed since?",
    ):
        assert question in told
    assert "May german-credit 1.0.2 go out?" in told


def test_a_decision_needs_a_reason_and_a_closed_gate_lets_nobody_say_yes(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    card, shut = DecisionCard(desk, ONE[0]), DecisionCard(desk, ONE[1])
    for each in (card, shut):
        qtbot.addWidget(each)
        assert not named(each, "review.yes").isEnabled()
        named(each, "review.reason").setText("It is fair")
        assert named(each, "review.no").isEnabled()
    assert named(card, "review.yes").isEnabled()
    assert not named(shut, "review.yes").isEnabled()
    assert "A gate is closed" in texts(shut)
    named(card, "review.ask").click()
    assert QApplication.clipboard().text() == "About credit 1.5.0 (rel_2): It is fair"


def test_a_refused_decision_is_told_beside_the_reason(tmp_path: Path, qtbot: Any) -> None:
    def refuse(_ref: str, *, reason: str) -> None:
        raise InputRefusedError(Code.RELEASE_SIGNED, release=reason)

    bench = type("Bench", (), {"releases": type("Rooms", (), {"approve": staticmethod(refuse)})()})()
    card = DecisionCard(fake_desk(bench, tmp_path), Waiting("rel_1", "credit 1.0.0"))
    qtbot.addWidget(card)
    named(card, "review.reason").setText("Fine")
    named(card, "review.yes").click()
    assert Code.RELEASE_SIGNED.value in texts(card)


def test_no_is_recorded_with_its_reason_and_it_waits_no_more(desk: Desk, bench: Workbench, qtbot: Any) -> None:
    view = ReviewView(desk)
    qtbot.addWidget(view)
    before = review.waiting(bench)
    (proposed,) = proposals(bench, 4.0)  # one of its own: other tests look at the one that waits here
    waiting = review.waiting(bench)
    assert [one.release for one in waiting] == [proposed]
    view.show_waiting(waiting)
    named(view, "review.reason").setText("The gap is too wide")
    with qtbot.waitSignal(view.decided):
        named(view, "review.no").click()
    release = bench.releases.show(waiting[0].release)
    assert [one.body["reason"] for one in release.refusals] == ["The gap is too wide"]
    assert review.waiting(bench) == before
    assert any(gate.name == "approvals" and not gate.is_open for gate in bench.releases.check(release.id))


def test_the_story_is_saved_as_a_web_page_and_as_a_pdf_with_the_badge_on_it(
    shown: AuditPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    shown._desk.told.connect(lambda text, _tone: told.append(text))
    for kind in ("html", "pdf"):
        with monkeypatch.context() as patch:
            chosen = str(tmp_path / f"story.{kind}"), ""
            patch.setattr(QFileDialog, "getSaveFileName", lambda *_asked, chosen=chosen: chosen)
            named(shown, f"audit.save.{kind}").click()
    assert "german-credit" in (tmp_path / "story.html").read_text(encoding="utf-8")
    assert (tmp_path / "story.pdf").read_bytes().startswith(b"%PDF-")
    assert len((tmp_path / "story.pdf").read_bytes()) > 10_000
    assert len(told) == 2


def test_where_nothing_was_ever_put_to_work_one_act_leads_there(tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, is_silent=True)
    page = AuditPage(desk)
    qtbot.addWidget(page)
    assert only(page.questions, EmptyState).kind == "loading"
    page.show_nothing()
    went: list[str] = []
    desk.going.connect(went.append)
    named(page.questions, "audit.begin").click()
    assert went == ["deployments"]
    told: list[str] = []
    desk.told.connect(lambda text, _tone: told.append(text))
    named(page, "audit.save.html").click()
    assert told == ["There is no story to save yet."]


def test_a_new_line_is_heard_of(shown: AuditPage, desk: Desk) -> None:
    assert isinstance(desk.session, FakeSession)
    shown.show()
    asked = desk.session.asked
    changed(desk, "service.stopped")
    assert desk.session.asked > asked


@pytest.mark.parametrize("language", ["en", "vi"])
def test_long_words_fit_and_every_view_is_built(language: str, tmp_path: Path, qtbot: Any) -> None:
    desk = fake_desk(None, tmp_path, language=language, is_silent=True)
    for view in ("questions", "timeline", "walk", "review"):
        page = invented(view, waiting=ONE)(desk)
        qtbot.addWidget(page)
        page.resize(1084, 700)
        page.show()
        assert page.width() == 1084
    assert len(OWNER.log) > 5
