"""Stopping, lifting, rolling back."""

import dataclasses
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from surefoot.deployments import Deployed, Places, State, documents, stopping
from surefoot.deployments.facts import Active, Lifted
from surefoot.deployments.probes import ask
from surefoot.errors import (
    ApprovalMissingError,
    Code,
    GateFailedError,
    IncompleteError,
    NotConfirmedError,
    RecordBrokenError,
    SurefootError,
)
from surefoot.texts import Words
from surefoot.trail import Draft, Event, roots
from tests.unit.deployments.conftest import Yard
from tests.unit.trail.test_roots import of_two


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
    unrecorded(yard)
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(yard.first)
    assert caught.value.code is Code.RELEASE_STOPPED


def unrecorded(yard: Yard) -> None:
    """Stops while nothing can be recorded; what is told is that it is stopped and not on the record."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(yard.recorder, "record", refuse)
        with pytest.raises(RecordBrokenError) as caught:
            yard.deployments.stop(reason="wrong figures")
    assert (caught.value.code, caught.value.values["environment"]) == (Code.STOP_NOT_RECORDED, "local")
    assert yard.ask().status == 503
    assert not yard.recorder.of_type("service.stopped")


def test_a_stop_that_could_not_be_recorded_is_recorded_by_the_next_stop(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    unrecorded(yard)
    order = yard.active().stop
    yard.deployments.stop(reason="wrong figures, again")
    (event,) = yard.recorder.of_type("service.stopped")
    assert event.body is not None
    assert (event.body["stop"], event.body["reason"]) == (order, "wrong figures, again")
    assert yard.active().stop_leaf == event.leaf


def test_a_stop_that_could_not_be_recorded_is_recorded_by_the_next_tick(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    unrecorded(yard)
    order = yard.active().stop
    yard.tick()
    (event,) = yard.recorder.of_type("service.guardrail-tripped")
    assert event.body is not None
    assert event.body["stop"] == order
    events = len(yard.recorder.log)
    yard.tick()
    assert len(yard.recorder.log) == events


def test_a_stop_that_only_the_machine_saw_gets_a_person_and_a_reason_once(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    unrecorded(yard)
    yard.tick()
    order = yard.active().stop
    for _ in range(2):
        assert not yard.deployments.stop(reason="wrong figures").is_new
    (event,) = yard.recorder.of_type("service.stopped")
    assert event.body is not None
    assert (event.body["stop"], event.body["reason"]) == (order, "wrong figures")
    assert yard.active().stop_leaf == event.leaf
    yard.deployments.lift()
    assert yard.deployments.stop(reason="again").is_new
    assert len(yard.recorder.of_type("service.stopped")) == 2


def test_a_second_stop_records_nothing(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    first = yard.deployments.stop(reason="wrong figures")
    events = len(yard.recorder.log)
    for _ in range(2):
        again = yard.deployments.stop(reason="to be sure")
        assert (again.active.stop, again.is_new, again.seen) == (first.active.stop, False, "refuses")
    yard.process().kill()
    assert yard.deployments.stop().seen == "closed"
    assert len(yard.recorder.log) == events


def test_a_stopped_service_that_answers_all_the_same_is_stopped_anew(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    place = yard.places.environment("local")
    place.keep(dataclasses.replace(yard.active(), stop="stop_of_old", stop_leaf=yard.active().leaf))
    assert yard.ask().status == 200
    stopped = yard.deployments.stop()
    assert (stopped.active.stop, stopped.is_new, stopped.seen) == ("stop_of_old", True, "refuses")
    assert len(yard.recorder.of_type("service.stopped")) == 1


def test_a_killed_service_is_said_to_be_gone_only_once_nothing_listens(
    yard: Yard, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    """Something else holds its port for a moment: a stop waits for it, and does not claim what it has not seen."""
    yard.deployments.deploy(yard.first)
    active = yard.active()
    yard.process().kill()
    eventually(lambda: ask(active.port, "/v2").status == 0)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", active.port))
        other.listen()
        closing = threading.Timer(1.0, other.close)
        closing.start()
        began = time.monotonic()
        seconds, seen = stopping.take_down(active, yard.places.of(active), began=began, within=0.0)
        closing.join()
    assert seen == "closed"
    assert 1.0 <= seconds < 5.0


def test_an_order_that_cannot_be_written_ends_the_process_at_once(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("surefoot.deployments.documents.stop", refuse)
        stopped = yard.deployments.stop()
    assert stopped.seen == "killed"
    assert float(stopped.seconds) < 5


def refuse(*_: object, **__: object) -> None:
    raise SurefootError(Code.DISK_FULL, path="here")


def test_what_is_kept_of_a_service_is_read_whole(tmp_path: Path) -> None:
    """Each of its facts differs from what it is where none was written."""
    told: dict[type, object] = {str: "said", int: 7, bool: True}
    facts = {each.name: told[each.type] for each in dataclasses.fields(Active) if isinstance(each.type, type)}
    active = Active(**cast("dict[str, Any]", facts | {"format": 1}))
    active = dataclasses.replace(active, replaced=active)
    place = Places(tmp_path).environment("local")
    assert place.keep(active) == place.active() == active


def rewritten(yard: Yard, change: Callable[[dict[str, object]], dict[str, object]]) -> bytes:
    """Another version of Surefoot wrote what is active; returns what it wrote."""
    path = yard.places.environment("local").folder / "active.json"
    path.write_bytes(json.dumps(change(json.loads(path.read_bytes()))).encode())
    return path.read_bytes()


def test_what_another_version_wrote_besides_is_passed_over(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    assert b'"format": 1' in rewritten(yard, lambda facts: {**facts, "colour": "red"})
    assert yard.deployments.status()[0].state is State.SERVING
    assert yard.deployments.stop().seen == "refuses"


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_damaged_note_of_what_runs_is_told_in_words_and_left(yard: Yard, damage: bytes) -> None:
    yard.deployments.deploy(yard.first)
    path = yard.places.environment("local").folder / "active.json"
    whole = path.read_bytes()
    path.write_bytes(damage)
    for act in (yard.deployments.stop, yard.deployments.status, yard.deployments.lift):
        with pytest.raises(IncompleteError) as told:
            act()
        assert told.value.code is Code.DEPLOYMENT_UNREADABLE
    assert path.read_bytes() == damage
    path.write_bytes(whole)


def test_what_a_newer_version_started_is_stopped_and_what_it_wrote_stays(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    written = rewritten(yard, lambda facts: {**facts, "format": 2})
    acts: tuple[Callable[[], object], ...] = (
        yard.deployments.status,
        yard.deployments.lift,
        lambda: yard.deployments.deploy(yard.first),
    )
    for act in acts:
        with pytest.raises(IncompleteError) as caught:
            act()
        assert (caught.value.code, caught.value.values["found"]) == (Code.PROJECT_NEWER, 2)
    assert yard.deployments.stop().seen == "refuses"
    assert len(yard.recorder.of_type("service.stopped")) == 1
    assert (yard.places.environment("local").folder / "active.json").read_bytes() == written


@pytest.mark.parametrize("stop", ["recorded", "unrecorded"])
def test_a_number_and_an_activation_are_enough_to_stop(yard: Yard, stop: str) -> None:
    yard.deployments.deploy(yard.first)
    process, port = yard.process(), yard.active().port
    rewritten(yard, lambda facts: {"format": 2, "pid": facts["pid"], "activation": facts["activation"], "port": "x"})
    if stop == "recorded":
        with pytest.raises(RecordBrokenError) as caught:
            yard.deployments.stop()
        assert caught.value.code is Code.STOP_NOT_RECORDED
    else:
        signer = yard.deployments._person.signer
        told = stopping.stop_unrecorded(yard.places, "local", ws=yard.keeper.ws, signer=signer, reason="")
        assert (told.seen, told.active.pid) == ("refuses", process.pid)
    assert ask(port, "/predict", body={}).status == 503


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


def stopped_and_replaced(yard: Yard) -> str:
    """The first release was stopped, the second took its place; returns how commands name the first."""
    yard.deployments.deploy(yard.first)
    yard.deployments.stop(reason="wrong figures")
    yard.deployments.deploy(yard.second)
    release = yard.releases.show(yard.first)
    return f"{release.name}@{release.version}"


@pytest.mark.parametrize("act", ["deploy", "rollback", "rollback_to"])
def test_whoever_wants_a_stopped_release_back_is_told_the_command_that_lifts_its_stop(yard: Yard, act: str) -> None:
    ref = stopped_and_replaced(yard)
    acts: dict[str, Callable[[], object]] = {
        "deploy": lambda: yard.deployments.deploy(ref),
        "rollback": yard.deployments.rollback,
        "rollback_to": lambda: yard.deployments.rollback(to=ref),
    }
    with pytest.raises(GateFailedError) as caught:
        acts[act]()
    assert (caught.value.code, caught.value.values["release"]) == (Code.RELEASE_STOPPED, ref)
    assert f"surefoot lift local --release {ref}" in told(caught.value)
    lifted = yard.deployments.lift_release(ref, reason="checked")
    assert isinstance(lifted, Lifted)
    assert yard.ask().body["model"]["version"] == "1.0.1", "nothing is started by lifting"
    acts[act]()
    assert yard.ask().body["model"]["version"] == "1.0.0"


def told(error: SurefootError) -> str:
    return Words()(f"error.{error.code}.do", **error.values)


def test_lifting_the_stop_of_a_replaced_release_is_recorded_on_what_it_lifts(yard: Yard) -> None:
    ref = stopped_and_replaced(yard)
    stop = yard.recorder.of_type("service.stopped")[0]
    yard.deployments.lift_release(ref, reason="checked")
    event = yard.recorder.of_type("service.lifted")[0]
    assert event.body is not None
    assert (event.body["reason"], f"{event.body['name']}@{event.body['version']}") == ("checked", ref)
    assert stop.body is not None
    assert event.body["stop"] == stop.body["stop"]
    assert event.cause == (yard.recorder.of_type("release.activated")[0].leaf, stop.leaf)
    assert event.subjects == stop.subjects
    assert (event.mean, event.is_self) == ("lifted", True)
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.lift_release(ref)
    assert caught.value.code is Code.NOTHING_TO_LIFT
    assert len(yard.recorder.of_type("service.lifted")) == 1


def test_lifting_names_what_is_stopped_where_something_else_was_meant(yard: Yard) -> None:
    ref = stopped_and_replaced(yard)
    acts: tuple[Callable[[], object], ...] = (
        yard.deployments.lift,
        lambda: yard.deployments.lift_release(yard.second),
    )
    for act in acts:
        with pytest.raises(IncompleteError) as caught:
            act()
        assert (caught.value.code, caught.value.values["stopped"]) == (Code.STOPPED_ELSEWHERE, ref)
        assert f"surefoot lift local --release {ref}" in told(caught.value)
    assert not yard.recorder.of_type("service.lifted")
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.lift_release("nobody@1.0.0")
    assert caught.value.code is Code.RELEASE_UNKNOWN


def test_lifting_by_name_what_is_active_lets_it_answer(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    yard.deployments.stop()
    lifted = yard.deployments.lift_release(yard.first)
    assert isinstance(lifted, Deployed)
    assert yard.ask().status == 200


def test_where_there_are_two_people_one_alone_lifts_nothing_with_however_many_keys(yard: Yard) -> None:
    """Trail.md row 71: the founding is by two, of whom the first has two keys."""
    ref = stopped_and_replaced(yard)
    yard.deployments.stop(reason="wrong figures again")
    root = yard.project / ".surefoot" / "trail" / roots.FIRST
    alone, before = root.read_bytes(), len(yard.recorder.log)
    root.write_bytes(of_two())
    lifts: list[Callable[[], object]] = [yard.deployments.lift, lambda: yard.deployments.lift_release(ref)]
    for lift in lifts:
        with pytest.raises(ApprovalMissingError) as caught:
            lift()
        assert caught.value.code is Code.LIFT_NEEDS_TWO
    assert len(yard.recorder.log) == before
    assert yard.active().stop
    root.write_bytes(alone)
    yard.deployments.lift()
    assert yard.ask().status == 200


def test_a_stop_of_one_environment_is_not_lifted_in_another(yard: Yard) -> None:
    stopped_and_replaced(yard)
    (yard.project / "surefoot.toml").write_text("[environment.clinic]\n", encoding="utf-8")
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.lift_release(yard.first, "clinic")
    assert caught.value.code is Code.NOTHING_TO_LIFT


def test_a_stop_that_the_service_itself_gave_is_lifted_the_same_way(
    yard: Yard, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    yard.deployments.deploy(yard.first)
    (yard.state() / "STOP").touch()
    eventually(lambda: yard.ask().status == 503)
    yard.deployments.deploy(yard.second)
    with pytest.raises(GateFailedError):
        yard.deployments.deploy(yard.first)
    yard.deployments.lift_release(yard.first)
    yard.deployments.deploy(yard.first)
    assert yard.ask().status == 200


@pytest.mark.parametrize("order", [b"nobody signed this", "stray"])
def test_a_stop_by_an_order_that_cannot_be_verified_is_lifted_the_same_way(
    yard: Yard, order: bytes | str, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    yard.deployments.deploy(yard.first)
    elsewhere = dataclasses.replace(yard.active(), environment="clinic")
    signer = yard.deployments._person.signer
    paper = documents.stop(yard.keeper.ws, elsewhere, order="stop_a", reason="not meant here", person=signer)
    (yard.state() / "stop.dsse").write_bytes(order if isinstance(order, bytes) else paper)
    eventually(lambda: yard.ask().status == 503)
    yard.deployments.lift(reason="checked")
    assert yard.ask().status == 200
    time.sleep(1.2)
    assert yard.ask().status == 200


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
