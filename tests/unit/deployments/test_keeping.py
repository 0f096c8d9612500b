"""What the supervisor's hook does for what runs."""

import dataclasses
import os
import signal
from collections.abc import Callable

import pytest

from surefoot.deployments import State, rules
from surefoot.deployments.documents import now_ms
from surefoot.errors import IncompleteError
from surefoot.files import locked
from tests.unit.deployments.conftest import Yard

Eventually = Callable[[Callable[[], bool]], None]


def test_a_tick_without_anything_running_says_that_nobody_is_needed(yard: Yard) -> None:
    assert yard.tick() is False


def test_a_running_service_needs_its_keeper_and_nothing_is_recorded_for_nothing(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    events = len(yard.recorder.log)
    assert yard.tick() is True
    assert len(yard.recorder.log) == events


def test_a_lease_is_renewed_at_half_time_and_the_wrapper_follows(yard: Yard, eventually: Eventually) -> None:
    (yard.project / "surefoot.toml").write_text('[environment.local]\nlease = "10s"\n', encoding="utf-8")
    yard.deployments.deploy(yard.first)
    first = yard.active().lease_expires

    def renewed() -> bool:
        yard.keeper.tick()
        return yard.active().lease_version >= 3

    eventually(lambda: renewed() or yard.active().lease_version >= 2)
    place = yard.places.activation(yard.active().activation)
    eventually(lambda: place.said().get("lease_version") == yard.active().lease_version)
    assert yard.active().lease_expires > first
    assert yard.types("service.leased").count("service.leased") == yard.active().lease_version
    assert yard.ask().status == 200


def test_a_lease_is_due_at_half_time_or_when_the_clock_went_back(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    active, now = yard.active(), now_ms()
    fresh = dataclasses.replace(active, lease_issued=now, lease_ms=1000)
    assert not rules.is_renewal_due(fresh, now + 499)
    assert rules.is_renewal_due(fresh, now + 500)
    assert rules.is_renewal_due(fresh, now - 1)
    assert rules.next_lease(fresh, now, seen=7).lease_version == 8


def test_a_keeper_that_died_after_writing_a_lease_goes_on_with_the_next_version(
    yard: Yard, eventually: Eventually
) -> None:
    yard.deployments.deploy(yard.first)
    place = yard.places.activation(yard.active().activation)
    yard.keeper.renew(yard.active(), place)
    eventually(lambda: place.said().get("lease_version") == 2)
    renewed = yard.keeper.renew(yard.active(), place)
    assert renewed.lease_version == 3
    eventually(lambda: place.said().get("lease_version") == 3)
    assert place.said()["lease_refused"] == ""


def test_a_killed_wrapper_is_recorded_once_and_needs_nobody(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    os.kill(yard.active().pid, signal.SIGKILL)
    yard.process().has_ended_within(5)
    assert yard.deployments.status()[0].state is State.LOST
    assert yard.tick() is False
    assert yard.types("service.")[-2:] == ["service.guardrail-tripped", "service.ended"]
    events = len(yard.recorder.log)
    assert yard.tick() is False
    assert len(yard.recorder.log) == events
    assert not (yard.state() / "lease.dsse").exists()
    assert yard.deployments.status()[0].reason == "died"


def test_a_wrapper_that_was_asked_to_end_is_recorded_with_the_head_of_its_log(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.ask()
    assert yard.process().end(10)
    assert yard.tick() is False
    ended = yard.recorder.of_type("service.ended")[-1]
    assert ended.body is not None
    assert int(str(ended.body["log_lines"])) >= 1
    assert len(str(ended.body["log_head"])) == 64
    assert "service.guardrail-tripped" not in yard.types("service.")


def test_a_plain_stop_file_is_recorded_and_no_lease_is_renewed_after_it(yard: Yard, eventually: Eventually) -> None:
    yard.deployments.deploy(yard.first)
    (yard.state() / "STOP").touch()
    eventually(lambda: yard.ask().status == 503)
    place = yard.places.activation(yard.active().activation)
    eventually(lambda: place.said().get("state") == "blocked")
    assert yard.tick() is True
    assert yard.tick() is True
    assert yard.types("service.").count("service.guardrail-tripped") == 1
    assert yard.active().stop.startswith("plain-")
    yard.deployments.lift(reason="it was a mistake")
    assert yard.ask().status == 200


def test_a_deployment_whose_starter_died_is_told_of_by_the_keeper(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    place = yard.places.environment("local")
    place.keep(dataclasses.replace(yard.active(), started="", port=0, since=""))
    assert yard.tick() is True
    assert yard.types("service.")[-1] == "service.started"
    assert yard.ask().status == 200


def test_a_keeper_gives_way_to_a_verb_at_work(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.process().kill()
    with locked(yard.places.environment("local").lock):
        assert yard.tick() is True
    assert yard.tick() is False


def test_another_process_of_the_same_number_is_not_taken_for_the_service(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    real = yard.process()
    other = dataclasses.replace(yard.active(), pid=os.getpid(), born="1@another-boot")
    yard.places.environment("local").keep(other)
    assert yard.tick() is False
    assert yard.types("service.")[-1] == "service.ended"
    real.kill()


@pytest.mark.parametrize("seconds", [0.0])
def test_ending_what_has_ended_is_no_error(yard: Yard, seconds: float) -> None:
    yard.deployments.deploy(yard.first)
    process = yard.process()
    assert process.end(10)
    assert process.end(seconds)
    process.kill()


def test_a_damaged_environment_is_told_and_keeps_nobody_from_looking_after_the_others(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    damaged = yard.places.environment("a-first-one").folder / "active.json"
    damaged.write_bytes(b"{")
    yard.process().kill()
    with pytest.raises(IncompleteError):
        yard.tick()
    assert yard.active().ended == "died"
    damaged.unlink()
    assert yard.tick() is False
