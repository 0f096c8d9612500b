"""Training code that goes wrong in every way it can, through the real program: the state it deserves, nothing as done.

What is left of such a run is its folder and what it had written, as evidence; no process, no success, no model.
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.e2e.traces import lines, make_home, settled
from tests.independent.checker import Checker

WRITES = 'echo done > "$SUREFOOT_OUTPUT/result.txt"\n'
BAD: dict[str, tuple[str, str, str, str, int]] = {  # script, guardrails, state, why, exit code
    "crashes": (WRITES + "echo this went wrong >&2; exit 3", "", "failed", "exit-code", 3),
    "kills-itself": (WRITES + "kill -9 $$", "", "failed", "signal", 3),
    "hangs": (WRITES + "exec sleep 300", 'time = "1s"', "interrupted", "time", 4),
    "writes-nothing": ("true", "", "failed", "outputs-missing", 3),
    "writes-a-nan": (
        WRITES + 'echo \'{"auc": NaN}\' >> "$SUREFOOT_OUTPUT/metrics.jsonl"; sleep 300', "", "interrupted", "finite", 4,
    ),
    "writes-a-nan-last": (
        WRITES + 'echo \'{"auc": NaN}\' >> "$SUREFOOT_OUTPUT/metrics.jsonl"', "", "interrupted", "finite", 4,
    ),
    "fills-its-quota": (
        "head -c 99000000 /dev/zero > big; " + WRITES + "sleep 300", 'disk = "8MB"', "interrupted", "disk", 4,
    ),
    "fills-memory": (
        WRITES + 'exec python3 -c "x = bytes(range(256)) * (1 << 20); import time; time.sleep(300)"',
        'memory = "64MiB"', "interrupted", "memory", 4,
    ),
    "forks": (WRITES + "f() { sleep 300 & f; }; f", 'time = "20s"', "interrupted", "processes", 4),
    "is-not-there": ("", "", "failed", "not-started", 3),
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home"))


def experiment(home: Home, name: str, script: str, guardrails: str = "") -> None:
    """An experiment of one shell script."""
    code, recipes = home.project / "train" / name, home.project / "experiments"
    code.mkdir(parents=True)
    recipes.mkdir(exist_ok=True)
    (code / "train.sh").write_text(script)
    program = "no-such-program" if name == "is-not-there" else "sh"
    (recipes / f"{name}.toml").write_text(
        f'[experiment]\nname = "{name}"\n[run]\ncommand = ["{program}", "train.sh"]\noutputs = ["result.txt"]\n'
        f'[environment]\nkind = "own"\n[criteria.auc]\nat_least = 0.1\n[guardrails]\n{guardrails}\n'
    )


@pytest.mark.parametrize("name", BAD)
def test_a_bad_script_ends_in_the_state_it_deserves_and_nothing_counts_as_done(shared: Home, name: str) -> None:
    script, guardrails, state, why, code = BAD[name]
    experiment(shared, name, script, guardrails)
    (told,) = shared.json("experiment", "start", name, exit_code=code)["runs"]
    run = shared.json("run", "show", told["run"])
    assert (run["state"], run["why"], run["meets"]) == (state, why, None), run
    before = lines(shared)
    assert "SF-24" in shared.call("check", "run", told["run"], exit_code=9).stderr
    assert "SF-26" in shared.call("release", "draft", told["run"], exit_code=9).stderr
    assert lines(shared) == before
    assert settled(shared), "something of it still runs"
    checker = Checker(shared.project / ".surefoot")
    assert checker.faults == []
    assert not {"run.finished", "model.accepted", "release.proposed"} & set(checker.types.values())


def test_a_command_that_is_killed_from_outside_has_failed(shared: Home) -> None:
    experiment(shared, "killed", WRITES + 'echo $$ > "$SUREFOOT_OUTPUT/pid"; exec sleep 300')
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(shared.json, "experiment", "start", "killed", exit_code=3)
        os.kill(int(awaited(shared.project, "*/output/pid")), signal.SIGKILL)
        (run,) = going.result()["runs"]
    assert (run["state"], run["meets"]) == ("failed", None)
    assert settled(shared)


KILLED = {"supervisor": (" supervise", 1, "finished"), "agent": (".pyz", 1, "interrupted"), "all": ("", 99, "lost")}


@pytest.mark.parametrize("who", KILLED)
def test_whatever_is_killed_the_next_command_tells_the_truth(tmp_path: Path, who: str) -> None:
    shared = make_home(tmp_path)
    mark, many, state = KILLED[who]
    experiment(shared, f"{who}-killed", WRITES + 'echo $$ > "$SUREFOOT_OUTPUT/pid"; sleep 3')
    (run,) = shared.json("experiment", "start", f"{who}-killed", "--detach")["runs"]
    awaited(shared.project, f"{run}/output/pid")
    for pid in pids(shared, mark)[:many]:
        os.kill(pid, signal.SIGKILL)
    shared.call("run", "list")  # which finds work to do, and wakes a supervisor
    end = time.monotonic() + 60
    while (found := shared.json("run", "show", run))["state"] in {"queued", "running"} and time.monotonic() < end:
        time.sleep(0.2)
    assert found["state"] == state
    assert settled(shared)
    assert Checker(shared.project / ".surefoot").faults == []


def pids(home: Home, mark: str) -> list[int]:
    """Processes of this home whose words hold a mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if mark in words and str(home.folder) in words + (entry / "environ").read_bytes().decode():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def awaited(project: Path, pattern: str) -> str:
    """What stands in the first such file of a run, once it does."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for path in (project / ".surefoot" / "runs").glob(pattern):
            if text := path.read_text():
                return text
        time.sleep(0.05)
    raise AssertionError(pattern)


def test_a_letter_that_lies_across_two_pieces_of_a_log_is_one_letter(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    experiment(home, "speaks", WRITES + "exec python3 -c \"print('x' + 'ệ' * 700_000)\"")
    (told,) = home.json("experiment", "start", "speaks", exit_code=3)["runs"]
    assert home.call("run", "log", told["run"]).stdout == "x" + "ệ" * 700_000 + "\n"
