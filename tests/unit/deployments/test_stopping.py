"""Stopping, lifting, rolling back."""

import os
import signal
import socket
import time

import pytest

from surefoot.deployments import State, stopping
from surefoot.deployments.probes import ask
from surefoot.errors import Code, GateFailedError, IncompleteError, NotConfirmedError, SurefootError
from surefoot.trail import Draft, Event
from tests.unit.deployments.conftest import Yard


def test_a_stop_is_seen_to_take_effect_and_recorded_with_its_seconds(yard: Yard) -> None:
    release = yard.first
    yard.deployments.deploy(release)
    stopped = yard.deployments.stop(reason="wrong figures")
    assert stopped.seen == "refuses"
    assert float(stopped.seconds) < 3
    answer = yard.ask()
    assert answer.status == 503
    assert "wrong figures" in answer.body["detail"]
    event = yard.recorder.of_type("service.stopped")[0]
    assert event.role == "owner"
    assert event.body is not None
    assert event.body["seconds"] == stopped.seconds
    assert event.body["reason"] == "wrong figures"
    assert yard.active().leaf in event.cause
    assert yard.deployments.status()[0].state is State.STOPPED


def test_a_stopped_release_is_not_started_by_deploying_it_again(yard: Yard) -> None:
    release = yard.first
    yard.deployments.deploy(release)
    yard.deployments.stop()
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(release)
    assert caught.value.code is Code.RELEASE_STOPPED
    assert yard.ask().status == 503


def test_a_stop_stays_in_force_when_its_process_has_left(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.deployments.stop(reason="wrong figures")
    os.kill(yard.active().pid, signal.SIGKILL)
    while yard.keeper.tick():
        time.sleep(0.02)
    assert yard.active().ended
    assert yard.deployments.status()[0].state is State.STOPPED
    assert yard.deployments.lift().deployment.state is State.SERVING


def test_a_stop_that_could_not_be_recorded_is_not_undone_by_deploying_again(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(yard.recorder, "record", refuse)
        with pytest.raises(SurefootError):
            yard.deployments.stop(reason="wrong figures")
    assert yard.ask().status == 503
    assert not yard.recorder.of_type("service.stopped")
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(yard.first)
    assert caught.value.code is Code.RELEASE_STOPPED


def test_an_order_that_cannot_be_written_ends_the_process_at_once(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("surefoot.deployments.documents.stop", refuse)
        stopped = yard.deployments.stop()
    assert stopped.seen == "killed"
    assert float(stopped.seconds) < 5


def refuse(*_: object, **__: object) -> None:
    raise SurefootError(Code.DISK_FULL, path="here")


def test_another_release_may_take_the_place_of_a_stopped_one(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.deployments.stop()
    yard.deployments.deploy(yard.second)
    assert yard.ask().status == 200


def test_a_lifted_stop_lets_it_answer_again_at_the_same_address(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    port = yard.active().port
    yard.deployments.stop()
    lifted = yard.deployments.lift(reason="checked")
    assert lifted.deployment.state is State.SERVING
    assert yard.active().port == port
    assert yard.ask().status == 200
    assert yard.types("service.")[-3:] == ["service.lifted", "service.leased", "service.started"]
    assert yard.recorder.of_type("service.stopped")[0].leaf in yard.recorder.of_type("service.lifted")[0].cause
    yard.deployments.stop()
    assert yard.ask().status == 503
    yard.deployments.lift()
    assert yard.ask().status == 200


def test_a_lift_that_cannot_be_recorded_lifts_nothing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    yard.deployments.deploy(yard.first)
    yard.deployments.stop()
    grant = (yard.state() / "grant.dsse").read_bytes()

    def full(*drafts: Draft) -> tuple[Event, ...]:
        raise SurefootError(Code.DISK_FULL, path="trail")

    with monkeypatch.context() as patched:
        patched.setattr(yard.recorder, "record", full)
        with pytest.raises(SurefootError):
            yard.deployments.lift()
    assert (yard.state() / "grant.dsse").read_bytes() == grant
    assert not (yard.state() / "lease.dsse").exists()
    assert yard.active().stop
    yard.deployments.lift()
    assert yard.ask().status == 200


def test_nothing_to_stop_lift_or_roll_back_is_said(yard: Yard) -> None:
    for act in (yard.deployments.stop, yard.deployments.lift, yard.deployments.rollback):
        with pytest.raises(IncompleteError) as caught:
            act()
        assert caught.value.code is Code.NOTHING_DEPLOYED
    yard.deployments.deploy(yard.first)
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.lift()
    assert caught.value.code is Code.NOTHING_TO_LIFT
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.rollback()
    assert caught.value.code is Code.NOTHING_TO_ROLL_BACK


def test_rolling_back_brings_the_release_before_back(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.deployments.deploy(yard.second)
    yard.deployments.stop(reason="drill")
    yard.deployments.rollback(reason="drill")
    assert yard.ask().body["model"]["version"] == "1.0.0"
    assert yard.types("release.rolled", "release.activated")[-2:] == ["release.rolled-back", "release.activated"]
    back = yard.recorder.of_type("release.rolled-back")[0]
    assert back.body is not None
    assert back.body["reason"] == "drill"


def test_a_hanging_service_is_killed_and_that_is_recorded(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "STOP_SECONDS", 2.0)
    yard.deployments.deploy(yard.first)
    os.kill(yard.active().pid, signal.SIGSTOP)
    stopped = yard.deployments.stop()
    assert stopped.seen == "killed"
    assert not yard.process().is_alive
    assert ask(yard.active().port, "/predict", body={}).status == 0
    assert yard.types("service.")[-2:] == ["service.stopped", "service.ended"]
    yard.deployments.lift()
    assert yard.ask().status == 200


def test_a_dead_service_can_still_be_stopped_so_that_it_stays_dead(yard: Yard) -> None:
    release = yard.first
    yard.deployments.deploy(release)
    yard.process().kill()
    assert yard.deployments.stop().seen == "closed"
    with pytest.raises(GateFailedError):
        yard.deployments.deploy(release)


def test_a_stop_that_has_no_effect_is_recorded_as_such_and_not_confirmed(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("surefoot.deployments.stopping.take_down", lambda *_, **__: (10.0, "answers"))
    yard.deployments.deploy(yard.first)
    with pytest.raises(NotConfirmedError) as caught:
        yard.deployments.stop()
    assert caught.value.code is Code.STOP_NOT_CONFIRMED
    event = yard.recorder.of_type("service.stopped")[0]
    assert event.body is not None
    assert event.body["seen"] == "answers"


def test_two_hundred_clients_do_not_delay_a_stop(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    crowd = [socket.create_connection(("127.0.0.1", yard.active().port)) for _ in range(200)]
    began = time.monotonic()
    stopped = yard.deployments.stop()
    assert stopped.seen == "refuses"
    assert time.monotonic() - began < 10
    for each in crowd:
        each.close()
