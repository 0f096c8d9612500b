"""Real commands under the real agent: whatever they do, the end tells the truth and nothing goes on running."""

import hashlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.run_folder import RUN, make_run, wait_until

Ran = Callable[..., dict[str, Any]]
Started = Callable[..., "subprocess.Popen[bytes]"]


def alive(run: str = RUN) -> list[int]:
    """Processes that carry a run's mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"SUREFOOT_RUN={run}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def end_of(folder: Path) -> dict[str, Any]:
    end: dict[str, Any] = json.loads((folder / "end.json").read_text())
    return end


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(autouse=True)
def nothing_left_running() -> Any:
    yield
    assert alive() == []


def test_a_command_finds_the_run_contract_and_its_outputs_are_hashed(ran: Ran, tmp_path: Path) -> None:
    end = ran(
        """
        import json, os, pathlib
        out = pathlib.Path(os.environ["SUREFOOT_OUTPUT"])
        values = json.load(open(os.environ["SUREFOOT_PARAMETERS"]))
        (out / "model.txt").write_text(f"{values['rate']} {os.environ['SUREFOOT_SEED']}")
        (out / "metrics.jsonl").write_text('{"name":"auc","value":0.75,"step":1}')
        print("here", os.getcwd() == str(out.parent / "code"))
        """,
        parameters={"rate": 0.1},
        outputs=["model.txt"],
    )
    assert (end["state"], end["reason"], end["exit_code"], end["guardrail"]) == ("finished", "", 0, None)
    assert end["outputs"] == {"model.txt": {"sha256": hashlib.sha256(b"0.1 7").hexdigest(), "size": 5}}
    assert end["points"] == 1
    assert (tmp_path / "run/log.txt").read_text() == "here True\n"
    assert lines_of(tmp_path / "run/telemetry.jsonl")[-1]["name"] == "auc"
    assert not (tmp_path / "run/scratch").exists()


def test_the_environment_is_made_from_nothing(ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    ran("import os, json; print(json.dumps(dict(os.environ)))", inputs={"german-credit": "plan.json"})
    seen = json.loads((tmp_path / "run/log.txt").read_text())
    assert "AWS_SECRET_ACCESS_KEY" not in seen
    assert seen["HOME"] == str(tmp_path / "run/scratch/home")
    assert seen["SUREFOOT_INPUT_GERMAN_CREDIT"] == str(tmp_path / "run/plan.json")
    assert seen["MLFLOW_TRACKING_URI"].startswith("http://127.0.0.1:")
    assert seen["DO_NOT_TRACK"] == "1"


def test_the_home_folder_that_a_command_looks_into_is_an_empty_one_of_its_own(
    ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trail.md row 76: at level 1 the home is a scratch folder, and nothing leads to the real one."""
    real = tmp_path / "real home"
    (real / ".ssh").mkdir(parents=True)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "PYTHONPATH", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, str(real))
    code = "import json, os, pathlib; print(json.dumps([os.listdir(pathlib.Path.home()), dict(os.environ)]))"
    assert ran(code)["state"] == "finished"
    found, environment = json.loads((tmp_path / "run/log.txt").read_text())
    assert found == []
    assert not [name for name, value in environment.items() if "real home" in value]
    assert not (tmp_path / "run/scratch").exists()


@pytest.mark.parametrize(
    ("code", "reason", "exit_code", "number"),
    [
        ("raise SystemExit(3)", "exit-code", 3, None),
        ("1/0", "exit-code", 1, None),
        ("import os; os.abort()", "signal", None, signal.SIGABRT),
        ("import os; os.kill(os.getpid(), 9)", "signal", None, signal.SIGKILL),
    ],
)
def test_a_crash_is_a_failure(ran: Ran, code: str, reason: str, exit_code: int | None, number: int | None) -> None:
    end = ran(code)
    assert (end["state"], end["reason"], end["exit_code"], end["signal"]) == ("failed", reason, exit_code, number)


def test_a_command_that_writes_nothing_has_failed_and_the_missing_output_is_named(ran: Ran) -> None:
    end = ran("", outputs=["model.onnx", "cards"])
    assert (end["state"], end["reason"], end["missing_outputs"]) == (
        "failed",
        "outputs-missing",
        ["model.onnx", "cards"],
    )


def test_a_program_that_is_not_there_is_a_failure_that_says_so(ran: Ran) -> None:
    end = ran("", command=["no-such-program"])
    assert (end["state"], end["reason"], end["exit_code"]) == ("failed", "not-started", None)
    assert "no-such-program" in end["detail"]


def test_an_input_that_is_not_there_is_a_failure_that_says_so(ran: Ran) -> None:
    end = ran("", inputs={"data": "inputs/data"})
    assert (end["state"], end["reason"]) == ("failed", "not-started")
    assert "inputs/data" in end["detail"]


def test_a_plan_that_cannot_be_read_ends_as_failed(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / RUN)
    (folder / "plan.json").write_text("{")
    with started(folder) as process:
        assert process.wait(30) == 0
    assert (end_of(folder)["state"], end_of(folder)["reason"]) == ("failed", "not-started")


def test_a_folder_is_used_once(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / "run", "open('../count', 'a').write('x')")
    for status in (0, 3):
        with started(folder) as process:
            assert process.wait(30) == status
    assert (folder / "count").read_text() == "x"


def test_a_command_that_hangs_is_ended_by_the_time_guardrail(ran: Ran) -> None:
    end = ran("import time; time.sleep(100)", guardrails={"time_ms": 400})
    assert (end["state"], end["reason"]) == ("interrupted", "time")
    assert end["guardrail"]["name"] == "time"
    assert end["guardrail"]["limit"] == 400
    assert end["guardrail"]["value"] > 400


def test_a_command_that_will_not_end_is_killed(ran: Ran) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)"
    end = ran(code, guardrails={"time_ms": 400})
    assert (end["state"], end["signal"]) == ("interrupted", signal.SIGKILL)


def test_a_command_may_say_goodbye_when_its_time_is_up(ran: Ran, tmp_path: Path) -> None:
    code = """
    import signal, sys, time
    signal.signal(signal.SIGTERM, lambda *_: (print("saved"), sys.exit(0)))
    time.sleep(100)
    """
    end = ran(code, guardrails={"time_ms": 800}, grace_ms=5000)
    assert (end["state"], end["exit_code"]) == ("interrupted", 0)
    assert (tmp_path / "run/log.txt").read_text() == "saved\n"


def test_memory_of_the_whole_family_is_held(ran: Ran) -> None:
    code = """
    import os, time
    if os.fork() == 0:
        held = os.urandom(1 << 20) * 120
    time.sleep(100)
    """
    end = ran(code, guardrails={"memory_bytes": 100 << 20})
    assert (end["state"], end["reason"], end["guardrail"]["name"]) == ("interrupted", "memory", "memory")
    assert end["peak_memory_bytes"] > 100 << 20


def test_many_small_files_fill_the_quota(ran: Ran) -> None:
    code = """
    import os, time
    for number in range(100):
        with open(os.environ["SUREFOOT_OUTPUT"] + f"/{number}", "wb") as file:
            file.write(b"x" * (1 << 20))
    time.sleep(100)
    """
    end = ran(code, guardrails={"disk_bytes": 20 << 20})
    assert (end["state"], end["reason"], end["guardrail"]["limit"]) == ("interrupted", "disk", 20 << 20)


@pytest.mark.parametrize("program", ["python", "sh"])
def test_one_file_never_grows_past_the_quota(ran: Ran, tmp_path: Path, program: str) -> None:
    code = "f = open('big', 'wb')\nwhile True: f.write(bytes(1 << 20))"
    command = {"python": ["python", "train.py"], "sh": ["sh", "-c", "head -c 1000000000 /dev/zero > big"]}[program]
    end = ran(code, command=command, guardrails={"disk_bytes": 10 << 20})
    assert (end["state"], end["reason"]) == ("interrupted", "disk")
    assert (tmp_path / "run/code/big").stat().st_size <= 10 << 20


def test_a_command_that_talks_without_end_is_ended_by_its_quota(ran: Ran) -> None:
    end = ran("while True: print('x' * 100000)", guardrails={"disk_bytes": 5 << 20})
    assert (end["state"], end["reason"]) == ("interrupted", "disk")


@pytest.mark.parametrize("line", ['{"loss": NaN, "step": 3}', '{"name": "loss", "value": "Infinity", "step": 3}'])
def test_a_metric_that_is_no_finite_number_stops_the_run(ran: Ran, line: str) -> None:
    code = f"""
    import os, time
    open(os.environ["SUREFOOT_OUTPUT"] + "/metrics.jsonl", "w").write('{line}\\n')
    time.sleep(100)
    """
    end = ran(code)
    assert (end["state"], end["reason"]) == ("interrupted", "finite")
    assert (end["guardrail"]["metric"], end["guardrail"]["step"]) == ("loss", 3)
    assert end["guardrail"]["value"] in {"NaN", "Infinity"}


def test_a_last_metric_that_is_no_number_counts_even_when_the_command_has_ended(ran: Ran) -> None:
    end = ran("import os; open(os.environ['SUREFOOT_OUTPUT'] + '/metrics.jsonl', 'w').write('{\"auc\": NaN}')")
    assert (end["state"], end["exit_code"], end["guardrail"]["name"]) == ("interrupted", 0, "finite")


def test_a_plan_may_take_metrics_that_are_no_number(ran: Ran) -> None:
    code = "import os; open(os.environ['SUREFOOT_OUTPUT'] + '/metrics.jsonl', 'w').write('{\"auc\": NaN}')"
    end = ran(code, guardrails={"finite": False})
    assert (end["state"], end["points"]) == ("finished", 1)


@pytest.mark.parametrize(("forks", "is_daemon"), [(300, True), (9, False)])
def test_a_command_that_forks_without_end_is_ended(ran: Ran, forks: int, is_daemon: bool) -> None:
    code = f"""
    import os, time
    for _ in range({forks}):
        if os.fork() == 0 and {is_daemon}:
            os.setsid()
            time.sleep(100)
    time.sleep(100)
    """
    end = ran(code, guardrails={"processes": 30})
    assert (end["state"], end["reason"]) == ("interrupted", "processes")
    assert end["guardrail"]["value"] > 30


def test_orphans_and_daemons_are_found_ended_and_counted(ran: Ran, tmp_path: Path) -> None:
    code = """
    import os, signal, time
    for is_daemon in (False, True):
        if os.fork() == 0:
            if is_daemon:
                os.setsid()
                if os.fork():
                    os._exit(0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.close(1)
            time.sleep(100)
    """
    end = ran(code)
    assert (end["state"], end["left_behind"]) == ("finished", 2)


def test_a_command_that_only_makes_a_daemon_has_produced_nothing(ran: Ran) -> None:
    code = """
    import os, time
    if os.fork() == 0:
        os.setsid()
        time.sleep(3)
        open(os.environ["SUREFOOT_OUTPUT"] + "/model", "w").write("too late")
    """
    end = ran(code, outputs=["model"])
    assert (end["state"], end["reason"], end["left_behind"]) == ("failed", "outputs-missing", 1)


def test_a_helper_that_ends_a_moment_later_is_not_held_against_the_command(ran: Ran) -> None:
    end = ran("import os, time\nif os.fork() == 0: time.sleep(0.05)")
    assert (end["state"], end["left_behind"]) == ("finished", 0)


@pytest.mark.parametrize("way", ["file", "signal"])
def test_a_run_is_cancelled(tmp_path: Path, started: Started, way: str) -> None:
    folder = make_run(tmp_path / "run", "import time; print('up'); time.sleep(100)")
    with started(folder) as process:
        wait_until(lambda: (folder / "log.txt").exists() and (folder / "log.txt").read_text())
        if way == "file":
            (folder / "cancel").touch()
        else:
            process.terminate()
        assert process.wait(30) == 0
    assert (end_of(folder)["state"], end_of(folder)["guardrail"]) == ("cancelled", None)


STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
print("up", flush=True)
time.sleep(100)
"""


def state_of(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    return state


def is_up(folder: Path) -> bool:
    """Two lines: the command and its daemon."""
    return (folder / "log.txt").exists() and (folder / "log.txt").read_text().count("up") == 2


def test_killing_the_agent_ends_the_command_and_the_keeper_says_so(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / "run", STUBBORN)
    with started(folder) as process:
        wait_until(lambda: is_up(folder))
        os.kill(state_of(folder)["agent"][0], signal.SIGKILL)
        assert process.wait(30) == 0
    assert (end_of(folder)["state"], end_of(folder)["reason"]) == ("interrupted", "agent-killed")


def test_killing_the_keeper_ends_the_command_and_the_agent_says_so(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / "run", STUBBORN)
    with started(folder) as process:
        wait_until(lambda: is_up(folder))
        assert state_of(folder)["pid"] == process.pid
        process.kill()
        process.wait(30)
        wait_until((folder / "end.json").exists)
    assert (end_of(folder)["state"], end_of(folder)["reason"]) == ("interrupted", "agent-killed")


def test_killing_the_keepers_whole_group_leaves_nothing_either(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / "run", STUBBORN)
    with started(folder) as process:
        wait_until(lambda: is_up(folder))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        wait_until((folder / "end.json").exists)
    assert end_of(folder)["state"] == "interrupted"


def test_a_command_that_kills_its_own_agent_gains_nothing(ran: Ran) -> None:
    end = ran(
        """
        import os, time
        open("../end.json", "w").write('{"state": "finished"}')
        os.kill(os.getppid(), 9)
        time.sleep(100)
        """
    )
    assert (end["state"], end["reason"]) == ("interrupted", "agent-killed")


def test_what_a_command_puts_in_the_way_of_the_end_is_removed(ran: Ran) -> None:
    end = ran("import os; os.makedirs('../end.json/x'); os.unlink('../.end.reserve'); os.mkdir('../.end.json.draft')")
    assert end["state"] == "finished"


def test_only_regular_files_are_collected_and_the_others_are_named(ran: Ran, tmp_path: Path) -> None:
    end = ran(
        """
        import os, socket
        os.chdir(os.environ["SUREFOOT_OUTPUT"])
        os.makedirs("deep/er")
        open("deep/er/kept", "w").write("x")
        os.symlink("/etc/passwd", "link")
        os.symlink("/etc", "folder-link")
        open("twice", "w").write("x"); os.link("twice", "again")
        os.mkfifo("pipe")
        socket.socket(socket.AF_UNIX).bind("socket")
        open(b"odd-\\xff", "w").write("x")
        """,
        outputs=["deep", "link"],
    )
    assert sorted(end["outputs"]) == ["deep/er/kept"]
    kinds = {"again": "hard link", "twice": "hard link", "pipe": "pipe", "socket": "socket", "link": "link"}
    assert end["refused_outputs"] == {**kinds, "folder-link": "link", "odd-?": "name is not UTF-8"}
    assert (end["state"], end["missing_outputs"]) == ("failed", ["link"])


@pytest.mark.skipif(os.getuid() != 0, reason="only root makes devices")
def test_a_device_is_refused(ran: Ran) -> None:
    end = ran("import os; os.mknod(os.environ['SUREFOOT_OUTPUT'] + '/zero', 0o20666, os.makedev(1, 5))")
    assert end["refused_outputs"] == {"zero": "device"}


def test_an_output_folder_that_became_a_link_yields_nothing(ran: Ran) -> None:
    end = ran("import os; os.rmdir('../output'); os.symlink('/etc', '../output')", outputs=["passwd"])
    assert (end["state"], end["outputs"], list(end["refused_outputs"])) == ("failed", {}, ["."])


def test_an_input_that_the_command_changed_is_named_and_the_run_has_failed(tmp_path: Path, started: Started) -> None:
    folder = make_run(
        tmp_path / "run",
        "import os; p = os.environ['SUREFOOT_INPUT_B'] + '/t'; open(p, 'w').write('x'); os.utime(p, (1, 1))",
        inputs={"a": "inputs/a", "b": "inputs/b"},
    )
    for name in ("a", "b"):
        (folder / "inputs" / name).mkdir(parents=True)
        (folder / "inputs" / name / "t").write_text("y")
        os.utime(folder / "inputs" / name / "t", (1, 1))
    with started(folder) as process:
        assert process.wait(30) == 0
    end = end_of(folder)
    assert (end["state"], end["reason"], end["changed_inputs"]) == ("failed", "inputs-changed", ["b"])


def test_a_log_that_was_swapped_for_a_link_is_not_written_through(tmp_path: Path, started: Started) -> None:
    folder = make_run(tmp_path / "run", "print('x')")
    (tmp_path / "precious").write_text("precious")
    (folder / "log.txt").symlink_to(tmp_path / "precious")
    with started(folder) as process:
        assert process.wait(30) == 0
    assert end_of(folder)["reason"] == "not-started"
    assert (tmp_path / "precious").read_text() == "precious"


def test_bad_lines_are_counted_and_never_fail_the_run(ran: Ran, tmp_path: Path) -> None:
    code = """
    import os
    out = open(os.environ["SUREFOOT_OUTPUT"] + "/metrics.jsonl", "wb")
    out.write(b'{"auc": 0.5}\\nnot json\\n[1]\\n{"auc": "high"}\\n\\xff\\xfe\\n{"auc": 0.6}\\n')
    """
    end = ran(code)
    assert (end["state"], end["points"], end["bad_lines"]) == ("finished", 2, 4)
    points = [line for line in lines_of(tmp_path / "run/telemetry.jsonl") if line["kind"] == "metric"]
    assert [(point["value"], point["step"]) for point in points] == [(0.5, 0), (0.6, 1)]


def test_telemetry_that_the_command_removed_is_counted_as_lost(ran: Ran) -> None:
    code = """
    import os
    open(os.environ["SUREFOOT_OUTPUT"] + "/metrics.jsonl", "w").write('{"auc": 0.5}\\n')
    os.unlink("../telemetry.jsonl")
    """
    end = ran(code)
    assert (end["state"], end["lost_lines"]) == ("finished", 1)


def test_a_stranger_without_the_token_is_turned_away(ran: Ran, tmp_path: Path) -> None:
    ran(
        """
        import os, subprocess
        uri = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/search"
        ask = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} ", "-X", "POST", "-d", "{}"]
        for extra in ([], ["-H", "Authorization: Bearer wrong"], ["-u", "a:b"],
                      ["-H", "Authorization: Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]]):
            print(subprocess.run([*ask, *extra, uri], capture_output=True, text=True).stdout)
        big = os.environ["SUREFOOT_OUTPUT"] + "/big"
        open(big, "wb").write(bytes(3_000_000))
        put = ["curl", "-s", "-w", " %{http_code}", "-T", big, uri]
        print(subprocess.run(put, capture_output=True, text=True).stdout)
        """
    )
    log = (tmp_path / "run/log.txt").read_text()
    assert log.split()[:4] == ["401", "401", "401", "200"]
    assert log.strip().endswith("401")
    assert "UNAUTHENTICATED" in log


def test_the_endpoint_listens_on_loopback_only_and_ends_with_the_run(ran: Ran, tmp_path: Path) -> None:
    ran("import os; print(os.environ['MLFLOW_TRACKING_URI'])")
    host, port = (tmp_path / "run/log.txt").read_text().strip().removeprefix("http://").split(":")
    assert host == "127.0.0.1"
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect((host, int(port)))
