"""Walking back from an activation: what it rests on, and nothing of what answered before it."""

from pathlib import Path
from typing import Any

from surefoot.audit import REDUCERS, Audit
from surefoot.audit.tables import Lines
from surefoot.catalog import Catalog
from surefoot.trail.facts import Draft, Event, Subject
from tests.fakes.lineage import SHA, life
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
