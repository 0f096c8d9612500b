"""Windows of the request log on the record: a log that is changed or cut afterwards does not fit them any more."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from surefoot.deployments import windows
from surefoot.deployments.documents import now_ms
from surefoot.deployments.requestlog import LogBrokenError, Position, follow
from surefoot.deployments.windows import Windows
from surefoot.payloads.service.journal import Line
from tests.unit.deployments.conftest import Yard

Eventually = Callable[[Callable[[], bool]], None]


def recorded(yard: Yard) -> list[dict[str, object]]:
    return [dict(event.body or {}) for event in yard.recorder.of_type("service.window")]


def lines(yard: Yard) -> int:
    return len(list(follow(yard.state(), Position(yard.active().digest))))


def close(yard: Yard, *, later_ms: int = 0) -> None:
    active = yard.active()
    place = yard.places.activation(active.activation)
    yard.keeper.windows.close_due(active, place, now_ms() + later_ms)


def test_a_window_is_recorded_after_an_hour_and_not_before(yard: Yard, eventually: Eventually) -> None:
    yard.deployments.deploy(yard.first)
    yard.ask()
    yard.ask({"age": "old"})
    eventually(lambda: lines(yard) == 3)  # the deployment asked once itself
    close(yard)
    assert recorded(yard) == []
    close(yard, later_ms=windows.LONGEST_MS)
    close(yard, later_ms=windows.LONGEST_MS)
    (window,) = recorded(yard)
    last = list(follow(yard.state(), Position(yard.active().digest)))[-1][1]
    assert (window["first"], window["last"], window["head"]) == (0, 2, last.head)
    assert window["before"] == yard.active().digest
    assert window["answers"] == {"200": 2, "400": 1}


def test_a_line_is_read_once_however_often_the_keeper_looks(
    yard: Yard, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def followed(state: Path, start: Position) -> Iterator[tuple[Line, Position]]:
        begun.append(start.seq)
        return follow(state, start)

    monkeypatch.setattr("surefoot.deployments.requestlog.follow", followed)
    yard.deployments.deploy(yard.first)
    yard.ask()
    eventually(lambda: lines(yard) == 2)
    for _ in range(5):
        close(yard)
    yard.ask()
    eventually(lambda: lines(yard) == 3)
    close(yard, later_ms=windows.LONGEST_MS)
    assert begun == [0, 2]
    assert [(each["first"], each["last"]) for each in recorded(yard)] == [(0, 2)]


def test_a_window_that_somebody_else_closed_is_not_closed_again(yard: Yard, eventually: Eventually) -> None:
    yard.deployments.deploy(yard.first)
    eventually(lambda: lines(yard) == 1)
    close(yard)  # this keeper has read the line
    other = Windows(yard.keeper.machine.recorder.record)
    place = yard.places.activation(yard.active().activation)
    other.close_due(yard.active(), place, now_ms() + windows.LONGEST_MS)
    yard.ask()
    eventually(lambda: lines(yard) == 2)
    close(yard, later_ms=windows.LONGEST_MS)
    assert [(each["first"], each["last"]) for each in recorded(yard)] == [(0, 0), (1, 1)]


def test_windows_follow_each_other_and_the_last_one_ends_where_the_service_did(
    yard: Yard, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "MOST_LINES", 2)
    yard.deployments.deploy(yard.first)
    for _ in range(4):
        yard.ask()
    eventually(lambda: lines(yard) == 5)
    close(yard)
    assert [(each["first"], each["last"]) for each in recorded(yard)] == [(0, 1)]
    assert yard.process().end(10)
    assert yard.tick() is False
    found = recorded(yard)
    assert [(each["first"], each["last"]) for each in found] == [(0, 1), (2, 3), (4, 4)]
    assert [each["before"] for each in found[1:]] == [each["head"] for each in found[:-1]]
    ended = yard.recorder.of_type("service.ended")[-1].body or {}
    assert (ended["log_head"], ended["log_lines"]) == (found[-1]["head"], 5)


@pytest.mark.parametrize("harm", ["edited", "cut", "gone"])
def test_a_log_that_was_changed_is_told_once_and_stops_nothing(yard: Yard, eventually: Eventually, harm: str) -> None:
    yard.deployments.deploy(yard.first)
    eventually(lambda: lines(yard) == 1)
    close(yard, later_ms=windows.LONGEST_MS)
    yard.ask()
    yard.ask()
    eventually(lambda: lines(yard) == 3)
    path = yard.state() / "log" / "000000.jsonl"
    first, second, third = path.read_bytes().splitlines(keepends=True)
    if harm == "edited":
        path.write_bytes(first + second.replace(b'"status":200', b'"status":400') + third)
    elif harm == "cut":
        os.truncate(path, len(first) - 1)
    else:
        path.unlink()
    for _ in range(2):
        close(yard, later_ms=windows.LONGEST_MS)
    (tripped,) = yard.recorder.of_type("service.guardrail-tripped")
    assert (tripped.body or {})["guardrail"] == "log"
    assert len(recorded(yard)) == 1
    assert yard.ask().status == 200


def test_a_line_that_is_no_line_is_no_end_of_the_log(yard: Yard, eventually: Eventually) -> None:
    yard.deployments.deploy(yard.first)
    eventually(lambda: lines(yard) == 1)
    with (yard.state() / "log" / "000000.jsonl").open("ab") as file:
        file.write(b"\xff\tnothing\n")
    with pytest.raises(LogBrokenError):
        lines(yard)
