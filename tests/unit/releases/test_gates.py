"""Each gate, open and closed, with its reason and the command that mends it."""

from typing import Any

import pytest

from surefoot.errors import Code, GateFailedError, IncompleteError
from surefoot.releases import Gate, State
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Draft, Subject
from surefoot.trail.ids import new
from tests.fakes.releases import Story
from tests.unit.releases.conftest import Bench

ALL_OPEN = ["run", "criteria", "model", "check.accuracy", "check.parity", "data", "policy"]


def judged(bench: Bench, story: Story) -> dict[str, Gate]:
    gates = {gate.name: gate for gate in bench.releases.check(story.run)}
    for gate in gates.values():
        for language in LANGUAGES:
            assert Words(language)(f"why.releases.{gate.why}", **gate.values)
        assert bool(gate.mend) != gate.is_open
    return gates


def test_a_run_that_is_no_release_yet_lacks_only_draft_and_approvals(bench: Bench) -> None:
    bench.adopt()
    gates = judged(bench, bench.story().tell())
    assert [name for name, gate in gates.items() if gate.is_open] == ALL_OPEN
    assert {name: gate.state for name, gate in gates.items() if not gate.is_open} == {
        "content": State.MISSING,
        "approvals": State.MISSING,
    }


CLOSED = [
    ("run.requested", {"code": {"commit": "c" * 40, "files": None}}, "run", State.FAILED, "run_not_rebuildable"),
    ("run.requested", {"environment": {"kind": "own", "digest": None}}, "run", State.FAILED, "run_not_rebuildable"),
    ("run.requested", {"seed": None}, "run", State.FAILED, "run_not_rebuildable"),
    ("run.requested", {"data": {}}, "run", State.FAILED, "run_not_rebuildable"),
    ("run.requested", {"plan": "f" * 64}, "run", State.FAILED, "run_objects_lost"),
    ("run.finished", {"verdict": {"meets": None, "criteria": []}}, "criteria", State.MISSING, "criteria_none"),
    ("run.finished", {"verdict": None}, "criteria", State.MISSING, "criteria_none"),
    (
        "run.finished",
        {"verdict": {"meets": False, "criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.9", "value": "0.7",
                                                   "meets": False}]}},
        "criteria", State.FAILED, "criteria_broken",
    ),
    (
        "run.finished",
        {"verdict": {"meets": True, "criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.9", "value": None,
                                                  "meets": False}]}},
        "criteria", State.MISSING, "criteria_unjudged",
    ),
    ("asset.registered", {"expiry": "2026-05-31"}, "data", State.FAILED, "data_expired"),
    ("asset.registered", {"expiry": "soon"}, "data", State.FAILED, "data_expired"),
    ("asset.registered", {"purpose": ""}, "data", State.MISSING, "data_unstated"),
    ("asset.registered", {"legal_basis": None}, "data", State.MISSING, "data_unstated"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "change", "gate", "state", "why"), CLOSED)
def test_a_gate_that_is_closed_says_why(
    bench: Bench, event: str, change: dict[str, object], gate: str, state: State, why: str
) -> None:
    bench.adopt()
    found = judged(bench, bench.story(**{event: change}).tell())[gate]
    assert (found.state, found.why) == (state, f"gate.{why}")


@pytest.mark.parametrize(
    "change",
    [{"expiry": "2026-06-01"}, {"expiry": None}, {"purpose": "", "protected": [], "special": [], "subject": None}],
)
def test_a_permission_holds_on_its_last_day_and_unstated_purpose_matters_only_for_people(
    bench: Bench, change: dict[str, object]
) -> None:
    bench.adopt()
    assert judged(bench, bench.story(**{"asset.registered": change}).tell())["data"].is_open


@pytest.mark.parametrize(
    ("state", "expected", "why"),
    [
        ("passed", State.PASSED, "check_passed"),
        ("close", State.PASSED, "check_close"),
        ("failed", State.FAILED, "check_failed"),
        ("undetermined", State.FAILED, "check_undetermined"),
    ],
)
def test_a_required_check_opens_its_gate_only_when_it_passed(
    bench: Bench, state: str, expected: State, why: str
) -> None:
    bench.adopt()
    gate = judged(bench, bench.story().tell({"accuracy": state, "parity": "passed"}))["check.accuracy"]
    assert (gate.state, gate.why) == (expected, f"gate.{why}")


def test_a_check_that_was_never_run_is_missing_and_names_the_command(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell({"parity": "passed"})
    gate = judged(bench, story)["check.accuracy"]
    assert (gate.state, gate.why) == (State.MISSING, "gate.check_missing")
    assert gate.mend == f"surefoot check run {story.run} --kind accuracy"
    with pytest.raises(GateFailedError) as caught:
        bench.releases.draft(story.run)
    assert caught.value.code is Code.GATES_CLOSED
    assert caught.value.values["gates"] == "check.accuracy"
    assert bench.recorder.of_type("release.proposed") == []


def test_a_check_on_another_model_opens_nothing(bench: Bench) -> None:
    bench.adopt()
    bench.story().tell()
    story = bench.story()
    story.weight = 3.0
    gate = judged(bench, story.tell({"parity": "passed"}))["check.accuracy"]
    assert (gate.state, gate.why) == (State.MISSING, "gate.check_other_model")


def test_a_check_event_that_names_another_model_in_its_body_opens_nothing(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell({"parity": "passed"})
    story.check("accuracy", model="mod_" + "b" * 26)
    assert judged(bench, story)["check.accuracy"].state is State.MISSING


def test_the_newest_result_of_a_check_counts(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    story.check("accuracy", "failed")
    assert judged(bench, story)["check.accuracy"].state is State.FAILED
    story.check("accuracy", "passed")
    assert judged(bench, story)["check.accuracy"].state is State.PASSED


HEAD = '[policy]\nname = "strict"\n[require.parity]\n[require.accuracy]\n'


@pytest.mark.parametrize(
    ("rule", "figures", "is_open"),
    [
        ("at_least = 0.75\n", {}, True),
        ("at_least = 0.78\n", {}, True),
        ("at_least = 0.7800001\n", {}, False),
        ('at_least = 0.75\ndecide_on = "interval"\n', {}, False),
        ('at_least = 0.72\ndecide_on = "interval"\n', {}, True),
        ("at_most = 0.5\n", {}, False),
        ('at_most = 0.8\ndecide_on = "interval"\n', {}, False),
        ('at_most = 0.84\ndecide_on = "interval"\n', {}, True),
        ("at_least = 0.1\n", {"figure": None}, False),
        ("at_least = 0.1\n", {"figure": "NaN"}, False),
        ("at_least = 0.1\n", {"figure": "Infinity"}, False),
        ('at_least = 0.1\ndecide_on = "interval"\n', {"low": None}, False),
    ],
)
def test_a_policy_may_be_stricter_than_the_check(
    bench: Bench, rule: str, figures: dict[str, Any], *, is_open: bool
) -> None:
    bench.adopt((HEAD + rule).encode())
    story = bench.story().tell({"parity": "passed"})
    story.check("accuracy", **figures)
    assert judged(bench, story)["check.accuracy"].is_open is is_open


def test_deciding_on_the_interval_turns_close_into_no(bench: Bench) -> None:
    bench.adopt((HEAD + 'decide_on = "interval"\n').encode())
    assert not judged(bench, bench.story().tell({"accuracy": "close", "parity": "passed"}))["check.accuracy"].is_open


def test_without_a_policy_nothing_can_be_drafted(bench: Bench) -> None:
    story = bench.story().tell()
    assert judged(bench, story)["policy"].state is State.MISSING
    with pytest.raises(IncompleteError) as caught:
        bench.releases.draft(story.run)
    assert caught.value.code is Code.POLICY_NONE


def test_a_model_that_the_gate_refused_since_is_no_candidate(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    bench.recorder.record(
        Draft(
            "model.refused",
            (Subject(new("mod"), story.model_sha),),
            {"run": story.run, "reasons": [{"key": "parity", "values": {}}]},
            (story.finished.leaf,),
            "refused",
        )
    )
    gate = judged(bench, story)["model"]
    assert (gate.state, gate.why) == (State.FAILED, "gate.model_refused")
    with pytest.raises(GateFailedError):
        bench.releases.draft(story.run)


@pytest.mark.parametrize("ref", ["run_" + "a" * 26, "mod_x", "", "f" * 64, "' OR 1=1 --"])
def test_what_does_not_exist_is_named(bench: Bench, ref: str) -> None:
    bench.adopt()
    for verb in (bench.releases.draft, bench.releases.check):
        with pytest.raises(IncompleteError) as caught:
            verb(ref)
        assert caught.value.code is Code.NO_ACCEPTED_MODEL
    with pytest.raises(IncompleteError) as caught:
        bench.releases.show(ref)
    assert caught.value.code is Code.RELEASE_UNKNOWN


def test_what_is_waived_never_bears_the_mark_of_having_passed() -> None:
    marks = {state: state.mark for state in State}
    assert len(set(marks.values())) == len(State)
    assert marks[State.PASSED] == "✓"
