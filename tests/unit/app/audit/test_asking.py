"""Answers of the record in words, and the walk back as a graph, without a screen."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from surefoot.errors import IncompleteError
from surefoot.texts import LANGUAGES, Words
from surefoot.trail.report import Weight
from surefoot.workbench import Workbench
from surefoot_app.audit import asking, printing, review, walk
from surefoot_app.audit.asking import QUESTIONS
from tests.gallery.audit import EXPLANATION, LINEAGE, report

WORDS = Words("en")


def test_each_question_gets_one_paragraph_and_the_lines_that_it_rests_on(bench: Workbench) -> None:
    found = asking.explain(bench, "local", None)
    said = {question: asking.answer(found, question, WORDS) for question, _ in QUESTIONS}
    assert "german-credit 1.0.1 was put into service in “local” by Ada Lovelace" in said["live"].paragraph
    assert "Better than today's list" in said["approved"].paragraph
    assert "1000 rows" in said["data"].paragraph
    assert "accuracy" in said["checks"].paragraph
    assert "began to answer" in said["since"].paragraph
    known = {event.leaf for event in bench.audit.lineage(bench.audit.lines.activations()[-1]).events.values()}
    proofs = [proof for part in said["approved"].parts for proof in part.proofs]
    assert proofs
    assert {proof.leaf for proof in proofs} <= known
    kinds = {proof.target[0] for answer in said.values() for part in answer.parts for proof in part.proofs}
    assert {"release", "dataset", "check", "deployment"} <= kinds


def test_what_was_not_there_on_a_day_is_an_error_in_words(bench: Workbench) -> None:
    with pytest.raises(IncompleteError):
        asking.explain(bench, "local", "2020-01-01T00:00:00")
    with pytest.raises(IncompleteError):
        asking.explain(bench, "clinic", None)


def test_a_day_ends_here_and_is_asked_for_in_utc() -> None:
    today = datetime.now().astimezone().date()
    assert asking.end_of(today) is None
    told = asking.end_of(today - timedelta(days=2))
    assert told is not None
    end = datetime.fromisoformat(told).replace(tzinfo=UTC).astimezone()
    assert (end.date(), end.hour, end.minute) == (today - timedelta(days=2), 23, 59)
    assert asking.end_of(date(2020, 1, 1)) is not None


def test_there_is_something_to_ask_about(bench: Workbench) -> None:
    scope = asking.scope(bench)
    assert scope.places == ("local",)
    assert "Ada Lovelace" in {actor.name for actor in scope.actors}
    assert {"release", "run", "service"} <= set(scope.nouns)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("weight", "key"),
    [(None, "verified"), (Weight.REMARK, "remarks"), (Weight.INCOMPLETE, "incomplete"), (Weight.FAIL, "broken_at")],
)
def test_a_verification_is_told_in_sentences(weight: Weight | None, key: str, language: str) -> None:
    words = Words(language)
    badge = asking.badge(report(weight), words)
    assert badge.word == words(f"app.audit.badge_{key}", line=214)
    assert len(badge.checks) == 11
    assert bool(badge.faults) == (weight is not None)
    assert all("214" in fault for fault in badge.faults)
    assert "as found" not in " ".join(badge.faults)


def test_a_real_record_verifies_and_says_so(bench: Workbench) -> None:
    assert asking.badge(bench.verify(), WORDS).tone == "ok"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_back_goes_from_the_deployment_to_code_and_data(bench: Workbench, language: str) -> None:
    walked = walk.walked(bench, "local", None, Words(language))
    start = walked.nodes[0]
    assert (start.kind, start.title) == ("deployment", "local")
    release = walked.back(start.key)
    assert release is not None
    assert release.title == "german-credit 1.0.1"
    run = walked.back(release.key)
    assert run is not None
    assert run.kind == "run"
    kinds = {node.kind for node in walked.nodes}
    assert kinds >= {"deployment", "release", "run", "approval", "check", "policy", "data", "code"}
    assert {node.kind for node in walked.nodes if node.key in run.rests_on} == {"code", "data"}
    assert walked.on(release.key) == start
    assert walked.back(walked.nodes[-1].key) is None
    assert all(node.sentences for node in walked.nodes if node.kind in {"deployment", "release", "run", "data", "code"})


def test_one_moves_beside_a_node_and_not_beyond_the_column() -> None:
    walked = walk.graph(LINEAGE, EXPLANATION, WORDS)
    column = [node.key for node in walked.nodes if node.column == 2]
    assert len(column) > 2
    down = walked.beside(column[0], 1)
    assert down is not None
    assert down.key == column[1]
    assert walked.beside(column[0], -1) is None
    assert walked.beside(column[-1], 1) is None
    assert walked.beside("nothing", 1) is None


def test_only_what_nobody_has_decided_waits(bench: Workbench) -> None:
    assert [one.name for one in review.waiting(bench)] == ["german-credit 1.0.2"]
    assert review.waiting(bench)[0].closed == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printed_page_tells_every_sentence_and_escapes_what_the_record_says(language: str) -> None:
    words = Words(language)
    page = printing.page(EXPLANATION, words, title="<b>credit</b>", verdict="PASS")
    assert "<b>credit" not in page
    for chapter in EXPLANATION.chapters:
        assert words(f"say.audit.chapter.{chapter.key}") in unescape(page)
        for part in asking.told(chapter, EXPLANATION, words).parts:
            assert part.text in unescape(page)


def test_a_long_story_is_put_on_paper_beside_the_window_without_a_warning(
    bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    found = asking.explain(bench, "local", None)
    target = tmp_path / "story.pdf"
    beside = Thread(target=lambda: printing.write_pdf(found, target, WORDS, title="Story", verdict="Verified"))
    beside.start()
    qtbot.waitUntil(lambda: not beside.is_alive(), timeout=30_000)
    assert target.read_bytes().startswith(b"%PDF-")
