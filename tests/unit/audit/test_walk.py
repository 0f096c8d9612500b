"""Walking back from an activation: what it rests on, and nothing of what answered before it."""

from pathlib import Path
from typing import Any, cast

from surefoot.audit import REDUCERS, Audit
from surefoot.audit.facts import Weight
from surefoot.audit.report import as_lines
from surefoot.audit.tables import Lines
from surefoot.catalog import Catalog
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Json
from surefoot.trail.facts import Draft, Event, Subject
from tests.fakes.catalog import assert_order_free
from tests.fakes.lineage import CHECK, SHA, life
from tests.fakes.recorder import WS


def test_a_second_deployment_is_explained_by_its_own_evidence_alone(tmp_path: Path) -> None:
    owner, first = life()

    def record(kind: str, /, *cause: Event, **details: Any) -> Event:
        return owner.record(Draft(kind, (Subject("x_y", SHA),), details, tuple(event.leaf for event in cause)))[0]

    policy, model = owner.of_type("policy.adopted")[0], owner.of_type("model.accepted")[0]
    about = {"name": "credit", "version": "2.0.0"}
    release = record("release.proposed", model, policy, **about)
    approval = record("approval.given", release, reason="It asks for less")
    approved = record("release.approved", approval)
    record("release.activated", approved, first.activation, environment="local", **about)

    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        audit = Audit(lines=Lines(catalog, WS), verify=lambda _: None)  # type: ignore[arg-type,return-value] # not asked
        told = [s for chapter in audit.explain("local").chapters for s in chapter.statements]
        before = audit.explain("local", at=owner.log[-2].at)
    assert [s.values["version"] for s in told if s.key == "activated"] == ["2.0.0"]
    assert [s.values["reason"] for s in told if s.key.startswith("approved")] == ["It asks for less"]
    assert [s.key for s in told].count("signed") == 1
    assert [s.evidence[1].leaf for s in told if s.key == "replaced"] == [first.activation.leaf]
    assert [s.values["version"] for s in before.chapters[0].statements if s.key == "activated"] == ["1.0.0"]


def test_a_check_that_nobody_asked_for_is_told_too_and_only_its_newest_result(tmp_path: Path) -> None:
    owner, first = life()
    model, data = owner.of_type("model.accepted")[0], owner.of_type("asset.registered")[0]

    def check(state: str, **details: Any) -> Event:
        premises = (model.leaf, data.leaf)
        return owner.record(
            Draft(f"check.{state}", (Subject("chk_y", SHA),), cast("dict[str, Json]", {**CHECK, **details}), premises)
        )[0]

    check("passed", kind="drift")
    failed = check("failed", kind="drift", metric="psi", figure="2.947")
    free = check("passed", kind="stress", limit=None)
    check("failed", kind="accuracy", figure="0.1")  # the one that the release rests on is told, not a later one
    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        audit = Audit(lines=Lines(catalog, WS), verify=lambda _: None)  # type: ignore[arg-type,return-value] # not asked
        explained = audit.explain("local")
        at_start = audit.explain("local", at=first.activation.at)
    told = {s.key: s for chapter in explained.chapters for s in chapter.statements if s.key.startswith("beside")}
    assert {key: s.evidence for key, s in told.items()} == {
        "beside_failed": (failed,), "beside_passed_unlimited": (free,),
    }  # fmt: skip
    assert told["beside_failed"].weight is Weight.WARNING
    assert not [s for chapter in at_start.chapters for s in chapter.statements if s.key.startswith("beside")]
    for language in LANGUAGES:
        assert any(Words(language).decimal("2.947") in line for line in as_lines(explained, Words(language)))


def test_the_copy_of_the_lines_does_not_care_about_their_order() -> None:
    assert_order_free(REDUCERS[0], list(life()[0].log))


def test_how_often_a_service_was_asked_is_told_from_windows_each_counted_once(tmp_path: Path) -> None:
    owner, first = life()
    about = {"environment": "local", "name": "credit", "version": "1.0.0", "until": "2026-01-01T10:00:00.000Z"}

    def record(kind: str, **details: Any) -> Event:
        draft = Draft(kind, (Subject("svc_y", SHA),), {**about, **details}, (first.activation.leaf,))
        return owner.record(draft)[0]

    for begin, answers in ((0, {"200": 7, "400": 1}), (0, {"200": 7, "400": 1}), (8, {"200": 2})):
        record("service.window", first=begin, answers=answers)
    broken = record("service.guardrail-tripped", guardrail="log", reason="cut")
    with Catalog.open(tmp_path, owner, REDUCERS) as catalog:
        audit = Audit(lines=Lines(catalog, WS), verify=lambda _: None)  # type: ignore[arg-type,return-value] # not asked
        told = {s.key: s for chapter in audit.explain("local").chapters for s in chapter.statements}
    assert (told["service_asked"].values["count"], told["service_asked"].values["good"]) == ("10", "9")
    assert len(told["service_asked"].evidence) == 3
    assert told["service_log_broken"].evidence == (broken,)
