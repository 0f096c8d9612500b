"""A release that is handed over as a folder: run from there by its own files alone, watched, stopped, let go again."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surefoot.deployments import State, launcher
from surefoot.deployments.facts import Deployed, Handover
from surefoot.errors import Code, GateFailedError, IncompleteError, InputRefusedError, NotConfirmedError
from surefoot.releases import capsule, lock
from surefoot.releases.facts import LockedPackage
from surefoot.texts import LANGUAGES, Words
from tests.unit.deployments.conftest import ROW, Yard

EVENTS = ("release.activated", "service.")


def handed(yard: Yard, release: str, name: str = "out") -> tuple[Path, Deployed]:
    target = yard.folder / name
    return target, yard.deployments.deploy(release, into=Handover(target, Words("en")))


@contextmanager
def running(folder: Path, *python: str, port: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    """The service of a folder, as its README starts it."""
    command = [*(python or (sys.executable,)), "-I", launcher.FILE, "--capsule", "capsule", "--anchor", "anchor.json"]
    command += ["--state", "state", "--port", str(port), "--linger", "1"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, env={"PATH": os.defpath}) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def said(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "state" / "status.json").read_bytes()))
    except FileNotFoundError:
        return {}


def waited(folder: Path, state: str) -> dict[str, Any]:
    until = time.monotonic() + 30
    while said(folder).get("state") != state:
        assert time.monotonic() < until, said(folder)
        time.sleep(0.05)
    return said(folder)


def asked(yard: Yard, port: int) -> tuple[int, dict[str, Any]]:
    token, _ = yard.places.environment("local").token()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/predict",
        data=json.dumps({"rows": [ROW]}).encode(),
        headers={"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def test_a_folder_is_run_from_its_own_files_watched_stopped_and_let_go_again(yard: Yard) -> None:
    folder, deployed = handed(yard, yard.first)
    assert deployed.deployment.state is State.HANDED
    assert yard.types(*EVENTS) == ["release.activated", "service.leased"]
    activated = yard.recorder.of_type("release.activated")[-1].body
    assert activated is not None
    assert activated["target"] == "folder"
    assert str(folder) not in json.dumps([event.body for event in yard.recorder.log]), "the record names no place"
    with running(folder):
        port = int(waited(folder, "ready")["port"])
        assert asked(yard, port)[0] == 200
        assert yard.tick()
        assert yard.types(*EVENTS)[-1] == "service.started"
        assert yard.deployments.status()[0].state is State.SERVING
        stopped = yard.deployments.stop("local", reason="wrong")
        assert stopped.seen == "refuses"
        assert float(stopped.seconds) < 10
        assert asked(yard, port)[0] == 503
    assert yard.deployments.status()[0].state is State.STOPPED
    with running(folder) as refused:
        assert refused.wait(timeout=30) == 8, "a stop outlives the process"
    yard.deployments.lift("local")
    with running(folder):
        assert asked(yard, int(waited(folder, "ready")["port"]))[0] == 200


def test_a_stop_that_nobody_saw_is_not_called_done(yard: Yard) -> None:
    folder, _ = handed(yard, yard.first)
    with pytest.raises(NotConfirmedError) as caught:
        yard.deployments.stop("local")
    assert caught.value.code is Code.STOP_UNSEEN
    assert (folder / "state" / "stop.dsse").is_file()
    stopped = yard.recorder.of_type("service.stopped")[-1].body
    assert stopped is not None
    assert stopped["seen"] == "unseen"
    with running(folder) as refused:
        assert refused.wait(timeout=30) == 8


def test_what_takes_its_place_withdraws_its_lease(yard: Yard) -> None:
    folder, _ = handed(yard, yard.first)
    with running(folder):
        port = int(waited(folder, "ready")["port"])
        yard.tick()
        deployed = yard.deployments.deploy(yard.second)
        waited(folder, "blocked")
        assert asked(yard, port)[1]["error"] == "lease-withdrawn"
    assert deployed.deployment.state is State.SERVING
    assert yard.types("service.ended") == ["service.ended"]


def test_its_lease_is_renewed_where_it_lies_and_runs_out_where_it_does_not(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = handed(yard, yard.first)
    lease = (folder / "state" / "lease.dsse").read_bytes()
    start = yard.active().lease_issued
    half, whole = start + yard.active().lease_ms // 2, start + 2 * yard.active().lease_ms
    monkeypatch.setattr("surefoot.deployments.keeper.now_ms", lambda: half)
    assert yard.tick()
    assert (folder / "state" / "lease.dsse").read_bytes() != lease
    folder.rename(folder.with_name("away"))
    assert yard.tick(), "its lease is not over"
    monkeypatch.setattr("surefoot.deployments.keeper.now_ms", lambda: whole)
    assert not yard.tick()
    ended = yard.recorder.of_type("service.ended")[-1].body
    assert ended is not None
    assert ended["reason"] == "lease ended"


def test_an_order_to_stop_what_was_carried_away_is_kept_to_be_carried_too(yard: Yard) -> None:
    folder, _ = handed(yard, yard.first)
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(NotConfirmedError) as caught:
        yard.deployments.stop("local")
    assert not folder.exists()
    order = Path(str(caught.value.values["path"]))
    with pytest.raises(IncompleteError) as missing:
        yard.deployments.lift("local")
    assert missing.value.code is Code.HANDED_AWAY
    shutil.copy(order, away / "state")
    with running(away) as refused:
        assert refused.wait(timeout=30) == 8


def test_a_folder_that_holds_something_is_left_as_it_is(yard: Yard) -> None:
    (yard.folder / "out").mkdir()
    (yard.folder / "out" / "mine.txt").write_text("mine")
    with pytest.raises(InputRefusedError) as caught:
        handed(yard, yard.first)
    assert caught.value.code is Code.FOLDER_TAKEN
    assert [path.name for path in (yard.folder / "out").iterdir()] == ["mine.txt"]
    assert yard.types(*EVENTS) == []


@pytest.mark.parametrize("at", ["lay", "record"])
def test_what_fails_half_way_leaves_no_folder_with_a_permission_in_it(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if at == "lay":
        monkeypatch.setattr("surefoot.deployments.launcher.write", fails)
    else:
        monkeypatch.setattr(yard.recorder, "record", fails)
    with pytest.raises(Exception, match=r"SF-1005|No space"):
        handed(yard, yard.first)
    assert not (yard.folder / "out").exists()
    assert yard.places.environment("local").active() is None


def without_hashes(roots: tuple[str, ...], real: Callable[..., tuple[LockedPackage, ...]] = lock.freeze) -> object:
    return tuple(replace(one, hashes=()) if one.name == "h11" else one for one in real(roots))


def test_a_lock_without_hashes_is_not_handed_over(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surefoot.releases.lock.freeze", without_hashes)
    release = yard.sign(1.5)
    with pytest.raises(IncompleteError) as caught:
        handed(yard, release)
    assert caught.value.code is Code.LOCK_WITHOUT_HASHES
    assert not (yard.folder / "out").exists()


CLICK = ("8.2.1", "61a3265b914e850b85317d0b3109c7f8cd35a670f963866005d6ef1d5175a12b")


def of_another_time(roots: tuple[str, ...], real: Callable[..., tuple[LockedPackage, ...]] = lock.freeze) -> object:
    version, archive = CLICK
    return tuple(
        replace(one, version=version, hashes=(archive,)) if one.name == "click" else one for one in real(roots)
    )


def test_a_release_of_another_time_is_served_in_an_environment_made_from_its_lock(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real packages from the index: what differs is one that the server needs and this model does not."""
    with monkeypatch.context() as patched:
        patched.setattr("surefoot.releases.lock.freeze", of_another_time)
        release = yard.sign(1.5)
    deployed = yard.deployments.deploy(release)
    assert deployed.deployment.state is State.SERVING
    command = Path(f"/proc/{yard.active().pid}/cmdline").read_bytes().split(b"\0")
    python = Path(os.fsdecode(command[0]))
    assert python.is_relative_to(yard.places.state / "environments")
    size = sum(path.lstat().st_size for path in python.parents[1].rglob("*"))
    assert size < 150_000_000, f"{size:,} bytes"
    listed = subprocess.run(
        [python, "-c", "import click, importlib.metadata as m; print(m.version('click'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert listed.stdout.strip() == CLICK[0]
    assert yard.ask().status == 200
    yard.deployments.deploy(yard.first)
    assert Path(f"/proc/{yard.active().pid}/cmdline").read_bytes().split(b"\0")[0] == os.fsencode(sys.executable)


def test_an_archive_with_another_hash_is_not_installed(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("tests.unit.deployments.test_handing.CLICK", (CLICK[0], "0" * 64))
        patched.setattr("surefoot.releases.lock.freeze", of_another_time)
        release = yard.sign(1.5)
    with pytest.raises(GateFailedError) as caught:
        yard.deployments.deploy(release)
    assert caught.value.code is Code.PACKAGES_DIFFER
    assert yard.types(*EVENTS) == []


def steps_of(dockerfile: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    for line in dockerfile.splitlines():
        word, _, rest = line.partition(" ")
        if line and not line.startswith("#"):
            found.setdefault(word, []).append(json.loads(rest) if rest.startswith("[") else shlex.split(rest))
    return found


def test_the_dockerfile_of_a_capsule_makes_an_image_that_answers(yard: Yard, tmp_path: Path) -> None:
    """Its steps, carried out one by one where no container engine is: install, copy, start, from nothing else."""
    folder, _ = handed(yard, yard.first)
    image = tmp_path / "image"
    image.mkdir()
    steps = steps_of((folder / "capsule" / capsule.DOCKERFILE).read_text())
    assert steps["FROM"] == [[f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"]]
    for *sources, target in steps["COPY"]:
        for source in sources:
            where = image / target / ("" if target.startswith(".") else ".")
            copied = shutil.copytree if (folder / source).is_dir() else shutil.copy
            copied(folder / source, image / target if (folder / source).is_dir() else where / Path(source).name)
    subprocess.run([sys.executable, "-m", "venv", image / "python"], check=True)
    python = str(image / "python" / "bin" / "python")
    (install,) = steps["RUN"]
    assert install[0] == "python"
    subprocess.run([python, *install[1:]], cwd=image, check=True, capture_output=True)
    shutil.copytree(folder / "state", image / "state")  # as it is mounted
    (entry,), (_,) = steps["ENTRYPOINT"], steps["CMD"]
    with subprocess.Popen([python, *entry[1:], "--port", "0"], cwd=image, env={"PATH": os.defpath}) as process:
        try:
            assert asked(yard, int(waited(image, "ready")["port"]))[0] == 200
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_systemd_takes_the_unit_of_a_capsule(yard: Yard, tmp_path: Path) -> None:
    """Verified by systemd itself; its command is the one that runs the folder elsewhere in these tests."""
    folder, _ = handed(yard, yard.first)
    release = yard.active()
    unit = (folder / "capsule" / capsule.UNIT).read_text()
    place = f"/srv/surefoot/{release.name}"
    (folder / "env").symlink_to(sys.prefix)
    tried = tmp_path / f"{release.name}.service"
    tried.write_text(unit.replace(place, str(folder)))
    said = subprocess.run(["systemd-analyze", "verify", tried], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart=")).partition("=")[2]
    assert command.endswith(" --port 8000")
    command = command.replace(place, str(folder)).replace("8000", "0")
    with subprocess.Popen(shlex.split(command), cwd=folder) as process:
        try:
            assert asked(yard, int(waited(folder, "ready")["port"]))[0] == 200
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_of_a_folder_names_what_lies_there(yard: Yard, language: str) -> None:
    yard.deployments.deploy(yard.first, into=Handover(yard.folder / "out", Words(language)))
    text = (yard.folder / "out" / "README.md").read_text(encoding="utf-8")
    for name in ("capsule/lock.txt", "anchor.json", launcher.FILE, "capsule/dockerfile", "capsule/systemd.service"):
        assert name in text
        assert (yard.folder / "out" / name).exists()
    assert "${" not in text
    assert "$name" not in text
