"""The record as a timeline: page by page, filtered, and what changed in a place after a moment."""

from pathlib import Path
from typing import Any

from surefoot.audit import REDUCERS, Audit
from surefoot.audit.facts import Wanted
from surefoot.audit.report import sentence
from surefoot.audit.tables import Lines
from surefoot.catalog import Catalog
from surefoot.texts import LANGUAGES, Words
from surefoot.trail.facts import Draft, Subject
from tests.fakes.lineage import SHA, life
from tests.fakes.recorder import WS


def test_the_record_is_read_page_by_page_and_no_line_is_left_out_or_told_twice(tmp_path: Path) -> None:
    owner, _ = life()
    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        lines = Lines(catalog, WS)
        whole = lines.newest(Wanted())
        pages, before = [], None
        while page := lines.newest(Wanted(), before=before, count=3):
            pages.append(page)
            before = page[-1]
    assert [event.leaf for page in pages for event in page] == [event.leaf for event in whole]
    assert {event.leaf for event in whole} == {event.leaf for event in owner.log}
    assert all(len(page) <= 3 for page in pages)


def test_a_timeline_is_filtered_by_person_by_object_and_by_kind(tmp_path: Path) -> None:
    owner, _ = life()
    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        lines = Lines(catalog, WS)
        actors = lines.actors()
        runs = lines.newest(Wanted(noun="run"))
        about = lines.newest(Wanted(object="x_model_acc"))
        by = {one.id: lines.newest(Wanted(actor=one.id)) for one in actors}
        nouns, places = lines.nouns(), lines.places()
    assert {event.type for event in runs} == {"run.requested", "run.started", "run.finished"}
    assert [event.type for event in about] == ["model.accepted"]
    assert sum(map(len, by.values())) == len(owner.log)
    assert all(event.actor == actor for actor, events in by.items() for event in events)
    assert {"run", "release", "service"} <= set(nouns)
    assert places == ("local",)


def test_what_changed_since_a_moment_is_told_and_where_nothing_did_that_is_told(tmp_path: Path) -> None:
    owner, first = life()

    def record(kind: str, **details: Any) -> str:
        about = {"environment": "local", "name": "credit", "version": "2.0.0", **details}
        approved = (owner.of_type("release.approved")[0].leaf,) if kind == "release.activated" else ()
        return owner.record(Draft(kind, (Subject("x_y", SHA),), about, (*approved, first.activation.leaf)))[0].at

    record("release.activated")
    record("service.stopped", reason="")
    record("service.stopped", reason="It refused too many", is_reason=True)
    last = record("drill.held", stop_seconds="0.31", lift_seconds="2.1")
    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        audit = Audit(lines=Lines(catalog, WS), verify=lambda _: None)  # type: ignore[arg-type,return-value] # not asked
        told = audit.since("local", at=first.activation.at).chapters[0].statements
        quiet = audit.since("local", at=last).chapters[0].statements
        elsewhere = audit.since("clinic", at=first.activation.at).chapters[0].statements
    assert [one.key for one in told if one.key != "service_started"] == [
        "activated", "service_stopped", "service_stopped_why", "drill",
    ]  # fmt: skip
    assert [one.key for one in quiet] == [one.key for one in elsewhere] == ["since_nothing"]
    for language in LANGUAGES:
        assert any("It refused too many" in sentence(one, Words(language)) for one in told)
