"""The state machine of a run, the queue, and how figures agree."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.runs.facts import Life, Load, Run, Waiting
from surefoot.runs.rules import agreement, differences, fold, next_to_start, reproduction
from surefoot.trail.facts import Event, Subject
from tests.fakes.runs import a_run

SHA = "a" * 64


def event(kind: str, hlc: int, run: str = "run_a", feed: str = "f") -> Event:
    return Event(
        leaf=f"{kind}-{hlc}",
        ws="w",
        feed=feed,
        seq=hlc,
        at="2026-01-01T00:00:00.000Z",
        hlc=hlc,
        actor="per_a",
        role="owner",
        mean="created",
        type=kind,
        subjects=(Subject(run, SHA),),
        cause=(),
        body={"executor": "local"},
        is_self=False,
    )


def state_after(*events: Event) -> Life:
    lives: dict[str, Life] = {}
    fold(lives, events)
    return lives["run_a"]


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), "queued"),
        (("started",), "running"),
        (("started", "finished"), "finished"),
        (("started", "interrupted"), "interrupted"),
        (("cancelled",), "cancelled"),
        (("started", "lost"), "lost"),
        (("started", "preempted"), "queued"),
        (("started", "preempted", "started"), "running"),
        (("started", "preempted", "started", "failed"), "failed"),
    ],
)
def test_a_run_is_in_the_state_that_its_events_say(kinds: Sequence[str], state: str) -> None:
    events = [event("run.requested", 1)] + [event(f"run.{kind}", n) for n, kind in enumerate(kinds, start=2)]
    assert state_after(*events).state == state


def test_an_ending_is_final_and_the_first_one_stands() -> None:
    life = state_after(event("run.finished", 5), event("run.lost", 7), event("run.started", 9))
    assert (life.state, life.started) == ("finished", "run.started-9")


@given(st.integers(0, 10_000))
def test_the_order_in_which_events_come_does_not_matter(seed: int) -> None:
    kinds = ["requested", "started", "preempted", "started", "cancelled", "lost", "finished"]
    events = [event(f"run.{kind}", n) for n, kind in enumerate(kinds)]
    mixed = random.Random(seed).sample(events, len(events))
    assert state_after(*mixed).state == "cancelled"
    assert state_after(*mixed[:-1], mixed[-1], *events).state == "cancelled"


def waiting(name: str, place: int, priority: str = "normal", cpu: int = 1, memory: int = 0) -> Waiting:
    return Waiting(name, priority, (place, "f", 0), Load(cpu, 0, memory))


def test_urgent_goes_first_then_first_come_first_served() -> None:
    queued = [waiting("c", 3), waiting("a", 1), waiting("u", 9, "urgent"), waiting("l", 0, "low")]
    assert next_to_start(queued, [], Load(8), most=8) == ["u", "a", "c", "l"]


def test_nobody_overtakes_a_run_that_waits_for_room() -> None:
    queued = [waiting("big", 1, cpu=4), waiting("small", 2)]
    assert next_to_start(queued, [Load(1)], Load(4), most=8) == []
    assert next_to_start(queued, [], Load(5), most=8) == ["big", "small"]


def test_places_and_memory_are_kept() -> None:
    queued = [waiting(str(n), n, memory=3) for n in range(5)]
    assert next_to_start(queued, [], Load(8, 0, 10), most=8) == ["0", "1", "2"]
    assert next_to_start(queued, [], Load(8), most=2) == ["0", "1"]
    assert next_to_start(queued, [Load(1)] * 2, Load(8), most=2) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0.75", "0.75", "exact"),
        ("0.75", "0.750", "exact"),
        ("0.75", "0.75000001", "within tolerance"),
        ("0.75", "0.7501", "differs"),
        ("0", "1e-300", "differs"),
        ("NaN", "NaN", "exact"),
        ("NaN", "1", "differs"),
        ("Infinity", "-Infinity", "differs"),
        ("x", "1", "differs"),
        (None, "1", "only one"),
    ],
)
def test_figures_agree_exactly_within_tolerance_or_not(first: str | None, second: str, expected: str) -> None:
    assert agreement(first, second) == expected


def run(name: str, auc: str, sha: str, **more: str) -> Run:
    metrics = {"auc": {"last": auc}} | {key: {"last": value} for key, value in more.items()}
    return a_run(run=name, metrics=metrics, outputs={"model.onnx": {"sha256": sha}}, found="e")


def test_a_reproduction_is_as_good_as_its_worst_figure() -> None:
    assert reproduction(run("a", "0.7", "x"), run("b", "0.7", "x")).overall == "exact"
    close = reproduction(run("a", "0.7", "x", loss="1"), run("b", "0.70000001", "x", loss="1"))
    assert close.overall == "within tolerance"
    assert reproduction(run("a", "0.7", "x", loss="1"), run("b", "0.7", "x", loss="2")).overall == "differs"
    assert reproduction(run("a", "0.7", "x", loss="1"), run("b", "0.7", "x")).overall == "only one"


def test_two_runs_that_end_differently_do_not_agree_whatever_their_figures() -> None:
    assert reproduction(a_run(state="finished"), a_run(state="failed")).overall == "differs"


def test_outputs_are_compared_by_hash_beside_the_figures() -> None:
    found = reproduction(run("a", "0.7", "x"), run("b", "0.7", "y"))
    assert found.overall == "exact"
    assert [(c.kind, c.name, c.agreement) for c in found.compared] == [
        ("metric", "auc", "exact"),
        ("output", "model.onnx", "differs"),
    ]


def test_a_comparison_shows_what_differs_and_on_wish_the_rest() -> None:
    first = a_run(
        parameters={"depth": 2, "kept": "x"}, seed=1, body={"data": {"t": {"id": "ds", "number": 1, "version": "v"}}}
    )
    second = a_run(parameters={"depth": 3, "kept": "x"}, seed=1)
    contents = [{"code": {"a.py": "1"}, "package": {"numpy": "2"}}, {"code": {"a.py": "2"}, "package": {"numpy": "2"}}]
    assert [(one.kind, one.name, one.values) for one in differences([first, second], contents)] == [
        ("parameter", "depth", ("2", "3")),
        ("data", "t", ("ds@1 v", None)),
        ("code", "a.py", ("1", "2")),
    ]
    everything = differences([first, second], contents, everything=True)
    assert ("parameter", "kept", True) in [(one.kind, one.name, one.is_same) for one in everything]
