from fnmatch import fnmatchcase

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import rules
from surefoot.trail.facts import Draft, Subject


@pytest.mark.parametrize(
    ("kind", "causes"),
    [
        ("run.requested", []),
        ("run.requested", ["asset.registered", "asset.registered", "sweep.requested"]),
        ("run.started", ["run.requested"]),
        ("run.lost", ["run.requested"]),
        ("model.refused", ["run.finished"]),
        ("check.passed", ["model.accepted", "asset.registered"]),
        ("release.proposed", ["model.accepted", "policy.adopted", "check.passed", "check.close", "waiver.given"]),
        ("release.activated", ["release.approved", "release.activated"]),
        ("service.lifted", ["release.activated", "service.stopped"]),
        ("label.set", ["run.started"]),
        ("asset.registered", []),
    ],
)
def test_what_the_table_allows_is_allowed(kind: str, causes: list[str]) -> None:
    rules.check_causes(kind, causes)


@pytest.mark.parametrize(
    ("kind", "causes"),
    [
        ("run.requested", ["run.started"]),
        ("run.started", []),
        ("run.started", ["run.requested", "run.requested"]),
        ("run.finished", ["run.requested"]),
        ("model.accepted", ["run.failed"]),
        ("check.passed", ["model.accepted"]),
        ("check.passed", ["model.refused", "asset.registered"]),
        ("release.proposed", ["model.accepted", "check.passed"]),
        ("approval.given", []),
        ("release.approved", []),
        ("release.activated", ["release.proposed"]),
        ("service.started", []),
        ("workspace.created", ["label.set"]),
    ],
)
def test_what_the_table_does_not_allow_is_refused(kind: str, causes: list[str]) -> None:
    with pytest.raises(InputRefusedError):
        rules.check_causes(kind, causes)


def test_a_machine_states_facts_and_decides_nothing() -> None:
    assert rules.may_record("machine", "run.finished")
    assert not any(rules.is_decision(kind) for kind in rules.MACHINE_TYPES)
    for kind in ("approval.given", "run.requested", "model.accepted", "check.passed", "device.enrolled"):
        with pytest.raises(InputRefusedError):
            rules.check_draft(Draft(kind), "machine")


@pytest.mark.parametrize(
    "draft", [Draft("test.passed"), Draft("label.set", mean="wished"), Draft("label.set", cause=("ab" * 32,) * 2)]
)
def test_a_draft_outside_the_vocabulary_is_refused(draft: Draft) -> None:
    with pytest.raises(InputRefusedError):
        rules.check_draft(draft, "owner")


def test_every_rule_is_about_types_that_exist() -> None:
    for kind, premises in rules.CAUSES.items():
        patterns = [kind, *(pattern for premise in premises for pattern in premise.types)]
        assert all(any(fnmatchcase(known, pattern) for known in rules.TYPES) for pattern in patterns)
    assert rules.MACHINE_TYPES <= rules.TYPES


@pytest.mark.parametrize(
    "make",
    [
        lambda: Draft("Label"),
        lambda: Draft("label.set", mean="a b"),
        lambda: Draft("label.set", cause=("x",)),
        lambda: Draft("label.set", body={"a b": 1}),
        lambda: Draft("label.set", (Subject("tên", "ab" * 32),)),
        lambda: Draft("label.set", (Subject("a\u0430", "ab" * 32),)),
        lambda: Draft("label.set", (Subject("a", "AB" * 32),)),
    ],
)
def test_a_draft_is_checked_when_it_is_made(make: object) -> None:
    assert callable(make)
    with pytest.raises(InputRefusedError):
        make()
