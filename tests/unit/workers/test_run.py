"""A worker answers, or dies alone: whatever it does, the caller sees an answer or an error with a code."""

import errno
import gc
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.workers import LEVEL, Limits, open_input, run, service
from tests.fakes.worker import stand_in

PYTHON = sys.executable
QUICK = Limits(wall_seconds=20)


@pytest.fixture(autouse=True)
def _tasks_of_the_tests(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(sys, "executable", str(stand_in(tmp_path_factory.mktemp("python"))))


def do(name: str, request: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return run(f"tests.fakes.tasks:{name}", request or {}, **{"limits": QUICK, **options})


def refusal(name: str, request: dict[str, Any] | None = None, **options: Any) -> SurefootError:
    with pytest.raises(SurefootError) as caught:
        do(name, request, **options)
    return caught.value


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def soon(condition: Callable[[], bool], seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def children() -> set[int]:
    me = str(os.getpid())
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if stat.read_text().rpartition(")")[2].split()[1] == me:
                found.add(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def test_a_task_gets_its_request_and_its_answer_comes_back_with_the_level() -> None:
    assert do("echo", {"a": [1, "đ", None]}) == {"got": {"a": [1, "đ", None]}, "sandbox": LEVEL}


def test_a_worker_has_no_environment_a_scratch_home_and_a_session_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    saw = do("look_around", scratch=tmp_path)
    # LC_CTYPE is set by Python itself, PWD and OLDPWD by the shell of the tests' stand-in.
    assert set(saw["environment"]) - {"LC_CTYPE", "PWD", "OLDPWD", "_", "SHLVL"} == {"HOME", "LANG", "TMPDIR", "TZ"}
    assert saw["home"] == saw["here"] == saw["scratch"] == str(tmp_path)
    assert saw["leads_session"]


def test_a_worker_inherits_no_descriptor_but_those_it_is_given(tmp_path: Path) -> None:
    secret = (tmp_path / "key").open("w")
    os.set_inheritable(secret.fileno(), True)
    with secret, socket.socket() as line:
        saw = do("look_around")
        assert not {secret.fileno(), line.fileno()} & set(saw["open"][4:])
        assert len(saw["open"]) <= 5  # three standard ones, the reply, and the one that lists them


def test_an_input_is_read_through_a_descriptor_whatever_its_name(tmp_path: Path) -> None:
    odd = tmp_path / 'it\'s "odd"; *\n?.csv'
    odd.write_text("content")
    assert do("read", files={"a": odd})["a"] == "content"


def test_an_open_descriptor_can_be_handed_over_and_stays_open_here(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    handle = open_input(tmp_path / "a")
    (tmp_path / "a").unlink()
    try:
        assert do("read", files={"a": handle})["a"] == "content"
        assert os.pread(handle, 7, 0) == b"content"
    finally:
        os.close(handle)


def test_an_input_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("content")
    assert do("write_to_input", files={"a": tmp_path / "a"})["errno"] == errno.EBADF


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "socket"])
def test_what_is_no_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    with socket.socket(socket.AF_UNIX) as line:
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "device":
                path = Path("/dev/zero")
            case _:
                line.bind(os.path.relpath(path))
        begun = time.monotonic()
        with pytest.raises(InputRefusedError) as caught:
            open_input(path)
    assert caught.value.code == Code.INPUT_KIND
    assert caught.value.values["kind"] == kind
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("name", ["missing", "missing/deeper", "n" * 5000, "nul\0byte"])
def test_a_path_that_leads_nowhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(IncompleteError) as caught:
        open_input(tmp_path / name)
    assert caught.value.code == Code.FILE_MISSING


def test_a_file_without_the_right_to_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked"
    path.write_text("x")
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(InputRefusedError) as caught:
            open_input(path)
    finally:
        if root:
            os.seteuid(0)
    assert caught.value.code == Code.INPUT_UNREADABLE


def test_an_error_of_ours_crosses_with_its_kind_its_code_and_its_values() -> None:
    error = refusal("refuse", {"path": "x/y"})
    assert isinstance(error, IncompleteError)
    assert (error.code, error.values) == (Code.FILE_MISSING, {"path": "x/y"})


@pytest.mark.parametrize("name", ["stumble", "leave"])
def test_an_unforeseen_error_is_named_in_one_line(name: str) -> None:
    error = refusal(name)
    assert (error.code, error.exit_code) == (Code.WORKER_FAILED, 1)
    assert "\n" not in str(error.values["detail"])


def test_a_task_that_does_not_exist_is_an_error() -> None:
    assert refusal("nothing_of_the_kind").code == Code.WORKER_FAILED


@pytest.mark.parametrize(("name", "how"), [("crash", "SIGSEGV"), ("vanish", "exit 7")])
def test_a_worker_that_dies_takes_nobody_with_it(name: str, how: str) -> None:
    error = refusal(name)
    assert (error.code, error.values["how"], error.exit_code) == (Code.WORKER_DIED, how, 8)


def test_a_worker_that_never_ends_is_stopped_by_the_clock() -> None:
    begun = time.monotonic()
    assert refusal("sleep", limits=Limits(wall_seconds=1)).code == Code.WORKER_TIMEOUT
    assert time.monotonic() - begun < 3


def test_a_worker_that_only_computes_is_stopped_by_its_processor_time() -> None:
    assert refusal("loop", limits=Limits(cpu_seconds=1, wall_seconds=30)).code == Code.WORKER_TIMEOUT


def test_a_worker_that_wants_too_much_memory_is_stopped() -> None:
    assert refusal("hoard", limits=Limits(memory_bytes=2**30)).code == Code.WORKER_MEMORY


def test_a_worker_that_writes_too_much_is_stopped_and_its_scratch_folder_is_gone() -> None:
    before = set(Path("/tmp").glob("surefoot-*"))
    assert refusal("fill_disk", limits=Limits(file_bytes=1 << 22)).code == Code.WORKER_DISK
    assert set(Path("/tmp").glob("surefoot-*")) == before


@pytest.mark.parametrize(("name", "length"), [("babble", 1 << 21), ("garble", 0)])
def test_a_reply_that_is_too_long_or_no_reply_is_thrown_away(name: str, length: int) -> None:
    error = refusal(name, {"length": length}, limits=Limits(reply_bytes=1 << 20, wall_seconds=20))
    assert (error.code, error.exit_code) == (Code.WORKER_REPLY, 8)


def test_a_long_reply_within_the_limit_arrives_whole() -> None:
    assert len(do("babble", {"length": 1 << 22})["words"]) == 1 << 22


def test_an_order_that_is_too_long_starts_nothing() -> None:
    assert refusal("echo", {"a": "x" * 1000}, limits=Limits(request_bytes=500)).code == Code.WORKER_REQUEST


def test_an_answer_that_comes_as_the_worker_ends_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    hear, deaf = service._hear, [True]

    def late(selector: selectors.BaseSelector, seconds: float) -> bool:
        if deaf:
            deaf.clear()
            time.sleep(2)  # until the worker has answered and is gone
            return False
        return hear(selector, seconds)

    monkeypatch.setattr(service, "_hear", late)
    assert do("echo", {"a": 1})["got"] == {"a": 1}


def test_progress_arrives_in_order() -> None:
    heard: list[tuple[str, int, int]] = []
    do("count", progress=lambda *step: heard.append(step))
    assert heard == [("counting", 0, 3), ("counting", 1, 3), ("counting", 2, 3)]


def test_cancel_stops_a_worker_that_ignores_signals() -> None:
    begun = time.monotonic()
    with pytest.raises(CancelledError) as caught:
        do("sleep", cancel=lambda: time.monotonic() - begun > 0.5)
    assert caught.value.exit_code == 130
    assert time.monotonic() - begun < 3


def test_a_workers_children_end_with_it() -> None:
    assert soon(lambda: not any(alive(pid) for pid in do("leave_children")["children"]))


def test_a_dead_workers_children_do_not_keep_the_caller_waiting() -> None:
    begun = time.monotonic()
    assert refusal("leave_children", {"then_die": True}).code == Code.WORKER_DIED
    assert time.monotonic() - begun < 5


def test_nothing_is_left_behind_here_neither_processes_nor_descriptors() -> None:
    do("echo")
    gc.collect()  # what other tests of this process left to be closed may be closed meanwhile, but nothing may be added
    processes, handles = children(), set(Path("/dev/fd").iterdir())
    for name in ("echo", "crash", "stumble", "babble"):
        if name in {"echo", "babble"}:
            do(name, {"length": 10})
        else:
            refusal(name)
    assert children() == processes
    assert set(Path("/dev/fd").iterdir()) <= handles


def test_a_worker_dies_with_whoever_started_it(tmp_path: Path) -> None:
    script = (
        "import sys, threading\n"
        f"sys.executable = {sys.executable!r}\n"
        "from surefoot.workers import run\n"
        "run('tests.fakes.tasks:sleep', {}, progress=print)\n"
    )
    caller = subprocess.Popen([PYTHON, "-c", script])
    try:
        kids = Path(f"/proc/{caller.pid}/task/{caller.pid}/children")
        assert soon(lambda: bool(kids.read_text().split()), 10)
        time.sleep(0.5)  # until it has asked to die with its parent
        worker = int(kids.read_text().split()[0])
    finally:
        caller.kill()
        caller.wait()
    assert soon(lambda: not alive(worker))


def test_a_task_that_needs_a_higher_level_is_refused_before_anything_starts() -> None:
    error = refusal("echo", limits=Limits(level=LEVEL + 1))
    assert (error.code, error.values) == (Code.WORKER_LEVEL, {"needed": LEVEL + 1, "reached": LEVEL})
