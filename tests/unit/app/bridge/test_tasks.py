"""The door off the GUI thread: answers come back on it, acts keep their order, the dead are told nothing."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot_app.bridge.tasks import Tasks, Work


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_a_question_is_answered_elsewhere_and_told_here(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[tuple[str, str]] = []
    tasks.read(
        lambda: threading.current_thread().name,
        owner=tasks,
        then=lambda name: told.append((name, threading.current_thread().name)),
    )
    qtbot.waitUntil(lambda: bool(told))
    assert told[0][0].startswith("surefoot-read")
    assert told[0][1] == threading.main_thread().name


def test_acts_are_carried_out_one_after_another(tasks: Tasks, qtbot: QtBot) -> None:
    order: list[str] = []

    def noting(number: int) -> Work[None]:
        return lambda _progress, _cancel: order.append(f"{number} {threading.current_thread().name}")

    for number in range(20):
        tasks.act(noting(number), owner=tasks)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert [int(each.split()[0]) for each in order] == list(range(20))
    assert len({each.split()[1] for each in order}) == 1


def test_nobody_is_told_who_is_gone(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[bool] = []
    owner, go = QObject(), threading.Event()
    tasks.read(lambda: go.wait(10), owner=owner, then=told.append)
    with qtbot.waitSignal(owner.destroyed):
        owner.deleteLater()
    go.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert told == []


def test_an_error_of_ours_is_handed_on_and_a_fault_becomes_one(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[object] = []

    def refuse() -> None:
        raise InputRefusedError(Code.NO_ROWS, path="x.csv")

    def fall() -> None:
        raise ZeroDivisionError("by nothing")

    tasks.read(refuse, owner=tasks, then=told.append, failed=told.append)
    tasks.read(fall, owner=tasks, then=told.append, failed=told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert {error.code for error in told if isinstance(error, SurefootError)} == {Code.NO_ROWS, Code.INTERNAL}


def test_a_failure_that_nobody_awaits_is_a_fault_of_the_window_s(tasks: Tasks, qtbot: QtBot) -> None:
    def refuse() -> None:
        raise InputRefusedError(Code.NO_ROWS, path="x.csv")

    with qtbot.waitSignal(tasks.fault) as fault:
        tasks.read(refuse, owner=tasks, then=print)
    assert fault.args is not None
    assert fault.args[0].code is Code.NO_ROWS


def test_work_that_is_cancelled_stops_at_its_next_step(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[SurefootError] = []
    begun = threading.Event()

    def work(_progress: object, cancel: object) -> None:
        begun.set()
        assert callable(cancel)
        while not cancel():
            threading.Event().wait(0.005)
        raise CancelledError(Code.CANCELLED)

    task = tasks.act(work, owner=tasks, failed=told.append)
    assert begun.wait(10)
    task.cancel()
    qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], CancelledError)


def test_what_was_cancelled_before_its_turn_is_not_begun(tasks: Tasks, qtbot: QtBot) -> None:
    done: list[int] = []
    told: list[SurefootError] = []
    go = threading.Event()
    tasks.act(lambda _p, _c: go.wait(10), owner=tasks)
    second = tasks.act(lambda _p, _c: done.append(1), owner=tasks, failed=told.append)
    second.cancel()
    go.set()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert (done, len(told)) == ([], 1)


def test_progress_is_told_here_and_not_too_often(tasks: Tasks, qtbot: QtBot) -> None:
    told: list[tuple[str, int, int]] = []

    def work(progress: object, _cancel: object) -> None:
        assert callable(progress)
        for number in range(10_000):
            progress("datasets.rows", number, 10_000)

    tasks.act(work, owner=tasks, progress=lambda *step: told.append(step))
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert told[0] == ("datasets.rows", 0, 10_000)
    assert len(told) < 20


def test_closing_waits_for_what_is_going_on(qtbot: QtBot) -> None:
    ended: list[int] = []
    tasks = Tasks()

    def work(_progress: object, cancel: object) -> None:
        assert callable(cancel)
        while not cancel():
            threading.Event().wait(0.005)
        ended.append(1)

    tasks.act(work, owner=tasks)
    tasks.close()
    assert ended in ([1], [])  # not begun, or ended: nothing goes on
    assert not [each for each in threading.enumerate() if each.name.startswith("surefoot-act")]


class _Ear(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def hear(self, answer: object) -> None:
        self.told.append(answer)


def test_an_answer_that_comes_after_that_to_a_later_question_is_told_to_nobody(tasks: Tasks, qtbot: QtBot) -> None:
    ear, other, go = _Ear(), _Ear(), threading.Event()

    def slow(answer: str) -> str:
        go.wait(10)
        return answer

    def refuse() -> None:
        go.wait(10)
        raise InputRefusedError(Code.NO_RIGHT, path="x")

    tasks.read(refuse, owner=ear, then=ear.hear, failed=ear.hear)
    tasks.read(lambda: slow("first"), owner=ear, then=ear.hear)
    tasks.read(lambda: "second", owner=ear, then=ear.hear)
    qtbot.waitUntil(lambda: ear.told == ["second"])
    tasks.read(lambda: slow("of another"), owner=other, then=other.hear)
    go.set()
    tasks.read(lambda: "third", owner=ear, then=ear.hear)
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert ear.told == ["second", "third"]
    assert other.told == ["of another"]


def test_answers_in_the_order_of_asking_are_all_told(tasks: Tasks, qtbot: QtBot) -> None:
    ear = _Ear()
    for number in range(3):
        tasks.read(lambda number=number: number, owner=ear, then=ear.hear)  # type: ignore[misc]
        qtbot.waitUntil(lambda number=number: len(ear.told) == number + 1)  # type: ignore[misc]
    assert ear.told == [0, 1, 2]
