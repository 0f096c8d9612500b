"""The pure decisions about runs: the state machine, who starts next, how figures agree, which state is truthful."""

import re
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
    Life,
    Load,
    Reproduction,
    State,
    Waiting,
)
from surefoot.trail.facts import Event

TOLERANCE = Decimal("0.000001")
_PRIORITIES = {"urgent": 0, "normal": 1, "low": 2}
_WORST: dict[Agreement, int] = {"exact": 0, "within tolerance": 1, "only one": 2, "differs": 3}
_RUN_ID = re.compile(r"(?:run_)?[a-z2-7]{4,26}")


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


def could_be_run(text: str) -> bool:
    """Whether a text has the shape of a run's id or of its beginning."""
    return _RUN_ID.fullmatch(text) is not None


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


def reproduction(
    first: Mapping[str, Any], second: Mapping[str, Any], *, tolerance: Decimal = TOLERANCE
) -> Reproduction:
    """How a run that was run again agrees with the first, figure by figure and file by file.

    Args:
        first: `{run, metrics, outputs, environment}`, as its events hold them.
        second: the same of the other run.
        tolerance: see `agreement`.
    """
    compared = [
        Compared("metric", name, a, b, agreement(a, b, tolerance=tolerance))
        for name in sorted({*first["metrics"], *second["metrics"]})
        for a, b in [(_last(first, name), _last(second, name))]
    ]
    metrics: Agreement = max((one.agreement for one in compared), key=_WORST.__getitem__, default="exact")
    compared += [
        Compared("output", name, a, b, agreement(a, b) if a and b and a == b else _unequal(a, b))
        for name in sorted({*first["outputs"], *second["outputs"]})
        for a, b in [(_hash(first, name), _hash(second, name))]
    ]
    return Reproduction(
        first=first["run"],
        second=second["run"],
        overall=metrics,
        compared=tuple(compared),
        same_environment=first["environment"] == second["environment"],
    )


def _unequal(first: str | None, second: str | None) -> Agreement:
    return "only one" if first is None or second is None else "differs"


def _last(run: Mapping[str, Any], name: str) -> str | None:
    value: str | None = run["metrics"].get(name, {}).get("last")
    return value


def _hash(run: Mapping[str, Any], name: str) -> str | None:
    value: str | None = run["outputs"].get(name, {}).get("sha256")
    return value
