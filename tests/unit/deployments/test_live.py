"""Asking what runs: its figures, what it takes, an answer; and the reason for a stop, given afterwards."""

import pytest

from surefoot.deployments.live import figures_of
from surefoot.errors import Code, GateFailedError, IncompleteError
from surefoot.payloads.service.metrics import Metrics
from tests.unit.deployments.conftest import ROW, Yard


def test_the_figures_of_a_wrapper_are_read_as_it_writes_them() -> None:
    metrics = Metrics(model="credit", version="1.0.0", release="ab" * 32)
    for status in (200, 200, 400, 503):
        metrics.answered(status, 0.002, 3 if status == 200 else 0)
    figures = figures_of(metrics.text(lease_seconds=12.5, is_serving=True).decode())
    assert figures.requests == {200: 2, 400: 1, 503: 1}
    assert (figures.asked, figures.answered, figures.rows, figures.lease_seconds) == (4, 2, 6, 12.5)
    assert figures_of("").asked == 0


def test_what_runs_says_what_it_takes_answers_a_row_and_counts_it(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    live = yard.deployments.live
    assert [port.name for port in live.inputs("local")] == ["age", "job"]
    before = live.figures("local")
    answer = live.ask("local", {**live.example("local")})
    refused = live.ask("local", {**ROW, "age": -5.0})
    after = live.figures("local")
    assert (answer.status, refused.status) == (200, 400)
    assert "age" in str(refused.body["detail"])
    assert before is not None
    assert after is not None
    assert (after.answered - before.answered, after.asked - before.asked) == (1, 2) or after.asked - before.asked == 3
    assert after.lease_seconds > 0


def test_what_rolling_back_brings_is_known_beforehand_and_nothing_where_there_was_nothing(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    assert yard.deployments.live.earlier("local") is None
    yard.deployments.deploy(yard.second)
    earlier = yard.deployments.live.earlier("local")
    assert earlier is not None
    assert earlier.release == yard.first
    yard.deployments.rollback()
    assert yard.active().version == earlier.version


def test_a_stopped_release_is_told_from_none_that_ran_before(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    with pytest.raises(IncompleteError) as nothing:
        yard.deployments.rollback()
    assert nothing.value.code is Code.NOTHING_TO_ROLL_BACK
    yard.deployments.stop()
    yard.deployments.deploy(yard.second)
    earlier = yard.deployments.live.earlier("local")
    assert earlier is not None
    assert earlier.stop is not None
    stops = [event for event in yard.recorder.log if event.type == "service.stopped"]
    assert (earlier.release, earlier.stop.by) == (yard.first, stops[-1].actor)
    with pytest.raises(GateFailedError) as stopped:
        yard.deployments.rollback()
    assert stopped.value.code is Code.RELEASE_STOPPED
    values = stopped.value.values
    assert (values["release"], values["by"], values["detail"]) == (earlier.stop.ref, earlier.stop.by, "before")
    yard.deployments.lift_release(earlier.stop.ref)
    earlier = yard.deployments.live.earlier("local")
    assert earlier is not None
    assert earlier.stop is None


def test_a_reason_given_after_the_stop_is_recorded_and_the_stop_stays_one_that_can_be_lifted(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    with pytest.raises(IncompleteError):
        yard.deployments.say_why("local", "too early")
    yard.deployments.stop()
    yard.deployments.say_why("local", "It refused too many")
    stops = yard.deployments.live.stops("local")
    assert [stop.stop for stop in stops] == [yard.active().stop]
    assert yard.types("service.stopped") == ["service.stopped"] * 2
    assert yard.recorder.log[-1].body == {
        **yard.active().about(), "reason": "It refused too many", "stop": yard.active().stop, "is_reason": True,
    }  # fmt: skip
    yard.deployments.lift()
    assert yard.ask().status == 200
