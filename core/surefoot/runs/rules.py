"""The pure decisions about runs: the state machine, who starts next, how figures agree, which state is truthful."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from surefoot.runs.facts import (
    ENDINGS,
    PREEMPTED,
    REQUESTED,
    STARTED,
    TYPES,
    Agreement,
    Compared,
    Difference,
    Life,
    Load,
    Reproduction,
    Run,
    State,
    Waiting,
)
from surefoot.trail.facts import Event

TOLERANCE = Decimal("0.000001")
_PRIORITIES = {"urgent": 0, "normal": 1, "low": 2}
_WORST: dict[Agreement, int] = {"exact": 0, "within tolerance": 1, "only one": 2, "differs": 3}


def fold(lives: dict[str, Life], events: Iterable[Event]) -> None:
    """Takes events into what is known of each run. The order in which they come does not matter.

    An ending is final: a start that is recorded late does not make a run run again, and of two endings the one that
    was recorded first (by hlc, feed, seq) stands.
    """
    for event in events:
        if event.type not in TYPES or not event.subjects:
            continue
        run = event.subjects[0].id
        lives[run] = next_life(lives.get(run, Life(run)), event)


def next_life(life: Life, event: Event) -> Life:
    """What is known of a run after one more of its events."""
    order = (event.hlc, event.feed, event.seq)
    if event.type == REQUESTED:
        return replace(life, requested=event.leaf, place=order, plan=event.subjects[0].sha256, body=event.body or {})
    if event.type == STARTED:
        life = replace(life, started=event.leaf)
    state = _state_of(event.type)
    if life.has_ended:
        is_earlier_ending = state in ENDINGS and order < life.order
        return replace(life, state=state, order=order) if is_earlier_ending else life
    if state in ENDINGS or order > life.order:
        return replace(life, state=state, order=order)
    return life


def _state_of(kind: str) -> State:
    if kind == STARTED:
        return "running"
    if kind == PREEMPTED:
        return "queued"
    ending = kind.removeprefix("run.")
    for known in ENDINGS:
        if known == ending:
            return known
    return "queued"


def next_to_start(queued: Iterable[Waiting], running: Sequence[Load], capacity: Load, *, most: int) -> list[str]:
    """The queued runs that may start now.

    Urgent before normal before low, then first come, first served. Nobody overtakes a run that waits for room: it
    would wait for ever behind small ones.

    Args:
        queued: who waits.
        running: what each running one was given.
        capacity: what the machine has; a memory of 0 is not counted.
        most: how many may run at once.
    """
    cpu = capacity.cpu - sum(load.cpu for load in running)
    gpu = capacity.gpu - sum(load.gpu for load in running)
    memory = capacity.memory_bytes - sum(load.memory_bytes for load in running)
    places = most - len(running)
    chosen: list[str] = []
    for waiting in sorted(queued, key=lambda one: (_PRIORITIES.get(one.priority, 1), one.place)):
        load = waiting.load
        fits = load.cpu <= cpu and load.gpu <= gpu and (not capacity.memory_bytes or load.memory_bytes <= memory)
        if places <= 0 or not fits:
            break
        chosen.append(waiting.run)
        cpu, gpu, memory, places = cpu - load.cpu, gpu - load.gpu, memory - load.memory_bytes, places - 1
    return chosen


def load_of(plan: Mapping[str, Any]) -> Load:
    """What a plan asks of its executor."""
    wish = plan["executor"]
    return Load(cpu=wish["cpu"], gpu=wish["gpu"], memory_bytes=wish["memory_bytes"])


def agreement(first: str | None, second: str | None, *, tolerance: Decimal = TOLERANCE) -> Agreement:
    """How two figures agree. The tolerance is relative to the larger of the two.

    Args:
        first: a decimal string, None where the run has no such figure.
        second: the same of the other run.
        tolerance: the largest share by which they may differ.
    """
    if first is None or second is None:
        return "only one"
    if first == second:
        return "exact"
    try:
        a, b = Decimal(first), Decimal(second)
    except InvalidOperation:
        return "differs"
    if a.is_nan() or b.is_nan() or a.is_infinite() or b.is_infinite():
        return "differs"
    if a == b:
        return "exact"
    return "within tolerance" if abs(a - b) <= tolerance * max(abs(a), abs(b)) else "differs"


def reproduction(first: Run, second: Run, *, tolerance: Decimal = TOLERANCE) -> Reproduction:
    """How a run that was run again agrees with the first, figure by figure and file by file.

    Args:
        first: the run.
        second: the one that repeats it.
        tolerance: see `agreement`.
    """
    metrics = [
        Compared("metric", name, a, b, agreement(a, b, tolerance=tolerance))
        for name in sorted({*first.metrics, *second.metrics})
        for a, b in [(_part(first.metrics, name, "last"), _part(second.metrics, name, "last"))]
    ]
    outputs = [
        Compared("output", name, a, b, _same_bytes(a, b))
        for name in sorted({*first.outputs, *second.outputs})
        for a, b in [(_part(first.outputs, name, "sha256"), _part(second.outputs, name, "sha256"))]
    ]
    same_end = first.state == second.state
    return Reproduction(
        first=first.run,
        second=second.run,
        overall=max((one.agreement for one in metrics), key=_WORST.__getitem__, default="exact")
        if same_end
        else "differs",
        compared=(*metrics, *outputs),
        same_environment=first.found == second.found,
    )


def differences(
    runs: Sequence[Run], contents: Sequence[Mapping[str, Mapping[str, str]]], *, everything: bool = False
) -> list[Difference]:
    """In what runs differ.

    Args:
        runs: two or more.
        contents: for each run `code` (path to hash) and `package` (name to version).
        everything: also what is equal.
    """
    tables: list[tuple[str, Sequence[Mapping[str, str | None]]]] = [
        ("parameter", [_texts(run.parameters) for run in runs]),
        ("setting", [_settings(run) for run in runs]),
        ("data", [_data(run) for run in runs]),
        ("code", [one.get("code", {}) for one in contents]),
        ("package", [one.get("package", {}) for one in contents]),
        ("metric", [{name: _part(run.metrics, name, "last") for name in run.metrics} for run in runs]),
        ("verdict", [{"state": run.state, "meets": _texts({"": run.meets})[""]} for run in runs]),
        ("output", [{name: _part(run.outputs, name, "sha256") for name in run.outputs} for run in runs]),
    ]
    found = [
        Difference(kind, name, tuple(one.get(name) for one in each))
        for kind, each in tables
        for name in sorted({name for one in each for name in one})
    ]
    return [one for one in found if everything or not one.is_same]


def _settings(run: Run) -> dict[str, str | None]:
    kept = {"seed": run.seed, "repeat": run.repeat, "executor": run.executor, "environment": run.environment_kind}
    kept |= {"commit": run.commit, "dirty": run.dirty}
    return _texts(kept)


def _data(run: Run) -> dict[str, str | None]:
    given: Mapping[str, Any] = run.body.get("data") or {}
    return {name: f"{one['id']}@{one['number']} {one['version']}" for name, one in given.items()}


def _texts(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value) for name, value in values.items()}


def _part(table: Mapping[str, Mapping[str, Any]], name: str, part: str) -> str | None:
    value: str | None = table.get(name, {}).get(part)
    return value


def _same_bytes(first: str | None, second: str | None) -> Agreement:
    if first is None or second is None:
        return "only one"
    return "exact" if first == second else "differs"
