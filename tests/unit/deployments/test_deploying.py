"""From a signed release to an answer, and what happens when there is none."""

import json
import shutil
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surefoot.deployments import State, processes
from surefoot.deployments.probes import ask
from surefoot.deployments.processes import Process, found
from surefoot.errors import (
    Code,
    GateFailedError,
    IncompleteError,
    InputRefusedError,
    NotConfirmedError,
    SurefootError,
)
from surefoot.releases import lock
from surefoot.releases.facts import LockedPackage
from surefoot.trail import Draft, Event
from tests.unit.deployments.conftest import ROW, Yard

SERVICE = ("environment.", "release.activated", "release.rolled", "service.")


def test_a_signed_release_answers_and_the_record_says_so(yard: Yard) -> None:
    deployed = yard.deployments.deploy(yard.first)
    active = deployed.deployment.active
    assert deployed.deployment.state is State.SERVING
    assert deployed.answer["label"] == "clerk"
    assert yard.ask().status == 200
    assert yard.types(*SERVICE) == ["environment.declared", "release.activated", "service.leased", "service.started"]
    activated = yard.recorder.of_type("release.activated")[0]
    assert (activated.subjects[0].id, activated.subjects[0].sha256) == (active.activation, active.digest)
    assert activated.body is not None
    assert activated.body["environment"] == "local"
    assert {event.role for event in yard.recorder.of_type("service.started", "service.leased")} == {"machine"}
    assert yard.woken == ["supervisor"]
    assert yard.deployments.status()[0].state is State.SERVING


def test_the_token_is_shown_once_and_kept_where_only_its_owner_reads_it(yard: Yard) -> None:
    release = yard.first
    first = yard.deployments.deploy(release)
    assert first.token is not None
    path = Path(first.deployment.token_file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() == first.token
    assert first.token not in json.dumps([event.body for event in yard.recorder.log])
    for file in yard.state().rglob("*"):
        assert not file.is_file() or first.token.encode() not in file.read_bytes()
    assert yard.deployments.deploy(release).token is None
    assert ask(yard.active().port, "/v2", token=first.token).status == 200


def test_the_wrapper_is_told_nothing_by_its_surroundings(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_USER", "hush")
    yard.deployments.deploy(yard.first)
    surroundings = Path(f"/proc/{yard.active().pid}/environ").read_bytes()
    assert b"hush" not in surroundings
    token, _ = yard.places.environment("local").token()
    assert token.encode() not in Path(f"/proc/{yard.active().pid}/cmdline").read_bytes()


def test_a_new_release_takes_the_place_of_the_old_one_at_the_same_address(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    old, before = yard.process(), yard.active()
    yard.deployments.deploy(yard.second)
    assert not old.is_alive
    assert yard.active().port == before.port
    assert yard.ask().body["model"]["version"] == "1.0.1"
    newest = yard.recorder.of_type("release.activated")[-1]
    assert before.leaf in newest.cause
    ended = yard.recorder.of_type("service.ended")
    assert [event.body and event.body["reason"] for event in ended] == ["replaced"]
    assert yard.types("environment.") == ["environment.declared"]


def test_an_unsigned_release_is_not_deployed(yard: Yard) -> None:
    story_release = yard.first
    draft = yard.releases.draft(yard.releases.show(story_release).proposed.body["run"], version="2.0.0")
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.deploy(draft.id)
    assert caught.value.code is Code.RELEASE_NOT_SIGNED
    assert yard.types(*SERVICE) == []


def test_a_release_for_elsewhere_is_not_deployed(yard: Yard) -> None:
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(yard.sign(1.5, ("clinic",)))
    assert caught.value.code is Code.ENVIRONMENT_NOT_ALLOWED
    assert yard.types(*SERVICE) == []


def test_an_unknown_environment_is_named_with_the_known_ones(yard: Yard) -> None:
    with pytest.raises(IncompleteError) as caught:
        yard.deployments.deploy("german-credit", "moon")
    assert caught.value.code is Code.ENVIRONMENT_UNKNOWN
    assert caught.value.values["known"] == "local"


def test_a_declared_environment_gives_port_and_lease(yard: Yard) -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    settings = f'[environment.clinic]\nport = {port}\nlease = "1h"\n'
    (yard.project / "surefoot.toml").write_text(settings, encoding="utf-8")
    yard.deployments.deploy(yard.first, "clinic")
    active = yard.active("clinic")
    try:
        assert active.port == port
        assert active.lease_ms == 3_600_000
        assert ask(port, "/v2/health/ready").status == 200
    finally:
        Process(active.pid, active.born).kill()


def test_a_declared_port_that_is_taken_is_noticed_before_anything_is_recorded(yard: Yard) -> None:
    release = yard.first
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = f"[environment.local]\nport = {other.getsockname()[1]}\n"
        (yard.project / "surefoot.toml").write_text(settings, encoding="utf-8")
        with pytest.raises(InputRefusedError) as caught:
            yard.deployments.deploy(release)
    assert caught.value.code is Code.PORT_TAKEN
    assert yard.types(*SERVICE) == []
    assert yard.deployments.deploy(release).deployment.state is State.SERVING


def test_a_capsule_that_was_changed_in_the_cache_is_made_anew(yard: Yard) -> None:
    release = yard.first
    yard.deployments.deploy(release)
    model = yard.places.capsule(yard.active().digest) / "model.onnx"
    model.chmod(0o644)
    model.write_bytes(b"something else")
    yard.deployments.deploy(release)
    assert yard.ask().status == 200
    assert model.read_bytes() != b"something else"


def test_a_wrapper_that_refuses_leaves_nothing_recorded_and_nothing_running(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = yard.first
    yard.deployments.deploy(release)
    before, events = yard.active(), yard.types(*SERVICE)
    launched = spied(monkeypatch)
    broken = yard.second

    def swapped(folder: Path) -> None:
        model = folder / "model.onnx"
        model.chmod(0o644)
        model.write_bytes(model.read_bytes() + b"\0")

    real = processes.launch

    def launch(place: Any, capsule: Path, active: Any, *, port: int, hold: float) -> Process:
        swapped(capsule)
        return real(place, capsule, active, port=port, hold=hold)

    monkeypatch.setattr("surefoot.deployments.raising.launch", launch)
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(broken)
    assert caught.value.code is Code.WRAPPER_REFUSED
    assert "model.onnx" in str(caught.value.values["detail"])
    assert yard.types(*SERVICE) == events
    assert yard.active() == before
    assert yard.ask().status == 200
    assert launched == []
    assert len(list((yard.places.state / "services" / "activations").iterdir())) == 1


def test_other_packages_than_the_released_ones_are_named_with_the_command_that_installs_them(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release was made where numpy had another version: told by a lock that says so, frozen at its draft."""
    real = lock.freeze

    def frozen(roots: tuple[str, ...]) -> tuple[LockedPackage, ...]:
        return tuple(replace(one, version="0.0.1") if one.name == "numpy" else one for one in real(roots))

    with monkeypatch.context() as patched:
        patched.setattr("surefoot.releases.lock.freeze", frozen)
        elsewhere = yard.sign(1.5)
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(elsewhere)
    assert caught.value.code is Code.PACKAGES_DIFFER
    assert "numpy 0.0.1" in str(caught.value.values["detail"])
    listed = Path(str(caught.value.values["lock"]))
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index", "-r", str(listed)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Invalid requirement" not in said.stderr, "pip reads the file as it is"
    assert "numpy==0.0.1" in said.stderr
    assert yard.types(*SERVICE) == []


def spied(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """Every process launched from here on that is still alive."""
    alive: list[Process] = []
    monkeypatch.setattr(processes.Process, "kill", killed(alive, processes.Process.kill))
    return alive


def killed(alive: list[Process], real: Any) -> Any:
    def kill(process: Process) -> None:
        real(process)
        if process.is_alive:
            alive.append(process)

    return kill


def test_what_cannot_be_recorded_does_not_start(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    release = yard.first
    launched: list[Process] = []
    real_launch = processes.launch

    def launch(*arguments: Any, **named: Any) -> Process:
        launched.append(real_launch(*arguments, **named))
        return launched[-1]

    def full(*drafts: Draft) -> tuple[Event, ...]:
        raise SurefootError(Code.DISK_FULL, path="trail")

    monkeypatch.setattr("surefoot.deployments.raising.launch", launch)
    monkeypatch.setattr(yard.recorder, "record", full)
    with pytest.raises(SurefootError):
        yard.deployments.deploy(release)
    assert [process.is_alive for process in launched] == [False]
    assert yard.places.environment("local").active() is None
    assert list((yard.places.state / "services" / "activations").iterdir()) == []


def test_a_wrapper_that_dies_after_the_record_leaves_a_truthful_end(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = yard.first
    real = yard.keeper.machine.recorder.record

    def record(*drafts: Draft) -> tuple[Event, ...]:
        if drafts[0].type == "service.leased":
            for held in yard.places.state.rglob("status.json"):
                pid = json.loads(held.read_bytes())["pid"]
                Process(pid, processes._born(pid)).kill()
        return real(*drafts)

    with monkeypatch.context() as patched:
        patched.setattr(yard.keeper.machine.recorder, "record", record)
        with pytest.raises(NotConfirmedError) as caught:
            yard.deployments.deploy(release)
    assert caught.value.code is Code.WRAPPER_SILENT
    assert yard.types("release.activated", "service.") == ["release.activated", "service.leased", "service.ended"]
    assert yard.deployments.status()[0].state is State.ENDED
    assert yard.deployments.deploy(release).deployment.state is State.SERVING


def test_a_lease_that_cannot_be_recorded_gives_its_activation_an_end_and_leaves_the_one_before(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard.deployments.deploy(yard.first)
    before, real, failed = yard.active(), yard.keeper.machine.recorder.record, list[str]()

    def record(*drafts: Draft) -> tuple[Event, ...]:
        if drafts[0].type == "service.leased":
            failed.append(drafts[0].type)
            raise SurefootError(Code.DISK_FULL, path="trail")
        return real(*drafts)

    with monkeypatch.context() as patched:
        patched.setattr(yard.keeper.machine.recorder, "record", record)
        with pytest.raises(SurefootError):
            yard.deployments.deploy(yard.second)
    assert failed == ["service.leased"]
    assert yard.active() == before
    assert yard.ask().body["model"]["version"] == "1.0.0"
    (cut,) = yard.recorder.of_type("release.activated")[1:]
    (ended,) = yard.recorder.of_type("service.ended")
    assert ended.cause == (cut.leaf,)
    assert ended.body is not None
    assert ended.body["reason"] == "did not come up"
    assert yard.places.environment("local").pending() is None
    assert found(yard.places.activation(cut.subjects[0].id)).pid == 0


def test_an_end_that_cannot_be_recorded_either_is_recorded_by_the_next_tick(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard.deployments.deploy(yard.first)

    def full(*drafts: Draft) -> tuple[Event, ...]:
        raise SurefootError(Code.DISK_FULL, path="trail")

    with monkeypatch.context() as patched:
        patched.setattr(yard.keeper.machine.recorder, "record", full)
        with pytest.raises(SurefootError):
            yard.deployments.deploy(yard.second)
    assert not yard.recorder.of_type("service.ended")
    assert yard.ask().body["model"]["version"] == "1.0.0"
    assert yard.tick() is True
    (ended,) = yard.recorder.of_type("service.ended")
    assert ended.cause == (yard.recorder.of_type("release.activated")[1].leaf,)


def test_an_answer_other_than_the_promised_one_ends_it_again(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surefoot.deployments.probes.Example.fits", lambda *_: False)
    with pytest.raises(NotConfirmedError) as caught:
        yard.deployments.deploy(yard.first)
    assert caught.value.code is Code.WRAPPER_WRONG
    assert yard.types("service.")[-1] == "service.ended"
    assert not yard.process().is_alive


def test_a_new_token_takes_the_place_of_the_old_one(yard: Yard) -> None:
    old = yard.deployments.deploy(yard.first).token
    assert old is not None
    new = yard.deployments.new_token()
    time.sleep(1.5)
    assert ask(yard.active().port, "/v2", token=old).status == 401
    assert ask(yard.active().port, "/v2", token=new).status == 200


def test_a_row_that_does_not_fit_is_refused_by_what_was_released(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    assert yard.ask({**ROW, "age": "old"}).status == 400
    assert yard.ask({"age": 1.0}).status == 400


def test_a_project_that_was_moved_away_keeps_its_answers(yard: Yard) -> None:
    yard.deployments.deploy(yard.first)
    shutil.move(yard.project, yard.folder / "elsewhere")
    assert yard.ask().status == 200
