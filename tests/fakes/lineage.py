"""One whole life of a model, from its data to its service, in a recorder in memory."""

from collections.abc import Mapping
from typing import Any

from surefoot.audit.facts import Lineage
from surefoot.trail.facts import Draft, Event, Subject
from tests.fakes.recorder import FakeRecorder

SHA = "ab" * 32
DATA = {
    "name": "applicants", "number": 2, "rows": 1000, "owner": "Bank", "purpose": "judge credit risk",
    "legal_basis": "contract", "expiry": "2027-12-31", "protected": ["sex", "age"],
}  # fmt: skip
RUN = {"experiment": "credit", "number": 3, "seed": 7, "code": {"commit": "c0ffee" * 6, "dirty": False}}
CHECK = {
    "kind": "accuracy", "metric": "auc", "figure": "0.7871", "low": "0.741", "high": "0.83", "rows": 300,
    "limit": {"rule": "at_least", "value": "0.75"},
}  # fmt: skip


def life(**changed: Mapping[str, Any] | None) -> tuple[FakeRecorder, Lineage]:
    """The events of a life; `changed` replaces bodies by name (`check={…}`), and None leaves the check out."""
    owner = FakeRecorder()
    machine = owner.as_role("machine")

    def body(name: str, usual: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**usual, **(changed.get(name) or {})}

    def record(who: FakeRecorder, kind: str, /, *cause: Event, **details: Any) -> Event:
        name = f"x_{kind.replace('.', '_').replace('-', '_')}"
        draft = Draft(kind, (Subject(name, SHA),), details, tuple(event.leaf for event in cause))
        return who.record(draft)[0]

    record(owner, "workspace.created", id="per_" + "a" * 26, name="Ada Lovelace")
    data = record(owner, "asset.registered", **body("data", DATA))
    requested = record(owner, "run.requested", data, **body("run", RUN))
    started = record(machine, "run.started", requested, executor="local")
    finished = record(machine, "run.finished", started, seconds="12.34", verdict={"meets": True})
    model = record(owner, "model.accepted", finished, parity={"rows": 64, "max_difference": "2e-07"})
    policy = record(owner, "policy.adopted", name="default")
    checks = (
        [] if changed.get("check", {}) is None else [record(owner, "check.passed", model, data, **body("check", CHECK))]
    )
    release = record(owner, "release.proposed", model, policy, *checks, name="credit", version="1.0.0")
    approval = record(owner, "approval.given", release, reason="Better than today's list")
    approved = record(owner, "release.approved", approval)
    active = record(owner, "release.activated", approved, environment="local")
    service = record(machine, "service.started", active)
    reached = {e.leaf: e for e in owner.log if e.type not in {"workspace.created", "service.started"}}
    return owner, Lineage(active, reached, (), (service,))
