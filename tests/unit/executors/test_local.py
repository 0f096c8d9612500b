"""Runs on this machine: the contract, and what is special here."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.executors.facts import Handle, Place
from surefoot.executors.local import LocalExecutor
from surefoot.payloads.agent import processes
from tests.fakes.executor_contract import TRAIN, WAIT, ExecutorContract
from tests.fakes.run_folder import IN_THE_WAY, RUN, make_run, wait_until

ORPHAN = "import os, time\nif os.fork() == 0: os.setsid()\nprint('up', flush=True)\ntime.sleep(100)"


def marked() -> list[Path]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"SUREFOOT_RUN={RUN}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(folder)
        except OSError:
            continue
    return found


class TestLocalExecutor(ExecutorContract):
    @pytest.fixture
    def executor(self, tmp_path: Path) -> LocalExecutor:
        return LocalExecutor(tmp_path / "tools")

    def test_a_run_outlives_whoever_started_it(self, executor: LocalExecutor, tmp_path: Path) -> None:
        folder = make_run(tmp_path / "run", "import time; time.sleep(0.5); print('late')")
        place = executor.put(folder, RUN)
        script = f"""
        from pathlib import Path
        from surefoot.executors.facts import Place
        from surefoot.executors.local import LocalExecutor
        LocalExecutor(Path({str(tmp_path / "tools")!r})).start(Place({RUN!r}, {str(folder)!r}))
        """
        subprocess.run([sys.executable, "-c", "\n".join(line.strip() for line in script.splitlines())], check=True)
        handle = executor.attach(place)
        assert handle is not None
        assert executor.poll(handle).state == "going"
        assert self.finish(executor, handle).state == "ended"
        assert executor.tail(handle, 0)[0] == b"late\n"

    def test_a_recycled_process_id_is_never_taken_for_ours(self, executor: LocalExecutor, tmp_path: Path) -> None:
        folder = make_run(tmp_path / "run")
        with subprocess.Popen(["sleep", "100"]) as stranger:
            state = {"run": RUN, "pid": stranger.pid, "started": 1, "boot": processes.boot(), "state": "running"}
            (folder / "state.json").write_text(json.dumps(state))
            handle = executor.attach(Place(RUN, str(folder)))
            assert handle is not None
            assert executor.poll(handle).state == "lost"
            executor.cancel(handle)
            assert stranger.poll() is None
            stranger.kill()

    def test_a_run_from_before_the_last_boot_is_lost(self, executor: LocalExecutor, tmp_path: Path) -> None:
        folder = make_run(tmp_path / "run")
        me = os.getpid()
        state = {"run": RUN, "pid": me, "started": processes.started(me), "boot": "another", "state": "running"}
        (folder / "state.json").write_text(json.dumps(state))
        handle = executor.attach(Place(RUN, str(folder)))
        assert handle is not None
        assert executor.poll(handle).state == "lost"

    def test_a_run_whose_agent_and_keeper_are_killed_is_lost_and_nothing_goes_on(
        self, executor: LocalExecutor, tmp_path: Path
    ) -> None:
        handle = self.begin(executor, tmp_path / "run", ORPHAN)
        wait_until(lambda: executor.tail(handle, 0)[0].count(b"up") == 2)
        state = json.loads((tmp_path / "run/state.json").read_text())
        os.kill(state["pid"], signal.SIGSTOP)
        for pid in (state["agent"][0], state["pid"]):
            os.kill(pid, signal.SIGKILL)
        status = self.finish(executor, handle)
        assert (status.state, status.end) == ("lost", None)
        wait_until(lambda: not marked())

    def test_a_forged_end_is_not_believed_while_the_run_goes_on(self, executor: LocalExecutor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", "open('../end.json', 'w').write('{}')\n" + WAIT)
        wait_until(lambda: executor.tail(handle, 0)[0])
        assert executor.poll(handle).state == "going"
        executor.cancel(handle)
        status = self.finish(executor, handle)
        assert status.end is not None
        assert status.end.state == "cancelled"

    def test_inputs_cannot_be_written_to_while_it_runs_and_can_be_removed_after(
        self, executor: LocalExecutor, tmp_path: Path
    ) -> None:
        handle = self.begin(executor, tmp_path / "run", TRAIN)
        assert (tmp_path / "run/inputs/numbers/n").stat().st_mode & 0o777 == 0o400
        assert self.finish(executor, handle).state == "ended"
        executor.fetch(handle, tmp_path / "run")
        assert (tmp_path / "run/inputs/numbers").stat().st_mode & 0o777 == 0o700

    def test_an_agent_that_does_not_come_up_is_an_error_with_its_words(
        self, executor: LocalExecutor, tmp_path: Path
    ) -> None:
        folder = make_run(tmp_path / "run")
        executor.start(executor.put(folder, RUN))
        [agent] = (tmp_path / "tools").glob("agent-*.pyz")
        agent.write_bytes(b"raise SystemExit('broken')")
        with pytest.raises(SurefootError) as caught:
            executor.start(executor.put(make_run(tmp_path / "other"), RUN))
        assert caught.value.code is Code.AGENT_SILENT
        assert "broken" in str(caught.value.values["detail"])

    def test_a_log_that_is_a_link_is_not_read(self, executor: LocalExecutor, tmp_path: Path) -> None:
        (tmp_path / "log.txt").symlink_to("/etc/passwd")
        assert executor.tail(Handle(RUN, str(tmp_path), "1:1:x"), 0) == (b"", 0)

    @pytest.mark.parametrize("name", ["state.json", "end.json", "log.txt"])
    @pytest.mark.parametrize("put", IN_THE_WAY)
    def test_what_the_command_put_in_place_of_a_file_holds_up_nobody(
        self, executor: LocalExecutor, tmp_path: Path, name: str, put: Callable[[Path], None]
    ) -> None:
        folder = make_run(tmp_path / "run")
        put(folder / name)
        assert executor.attach(Place(RUN, str(folder))) is None
        handle = Handle(RUN, str(folder), "1:1:x")
        assert executor.poll(handle).state == "lost"
        assert executor.tail(handle, 0) == (b"", 0)

    def test_an_end_of_another_run_is_refused(self, executor: LocalExecutor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", TRAIN)
        self.finish(executor, handle)
        with pytest.raises(InputRefusedError) as caught:
            executor.poll(Handle("run_other", handle.where, handle.job))
        assert caught.value.code is Code.END_UNREADABLE

    @pytest.mark.parametrize("seed", range(12))
    def test_whoever_is_killed_at_any_moment_the_end_is_truthful_and_nothing_goes_on(
        self, executor: LocalExecutor, tmp_path: Path, seed: int
    ) -> None:
        chance = random.Random(seed)
        code = "import os, time\nif os.fork(): open('../output/m', 'w').write('x')\ntime.sleep(0.15)"
        folder = make_run(tmp_path / "run", code, outputs=["m"])
        handle = executor.start(executor.put(folder, RUN))
        time.sleep(chance.random() * 0.3)
        state = json.loads((folder / "state.json").read_text())
        known = {"keeper": state["pid"], "agent": (state["agent"] or [0])[0], "command": state["command"] or 0}
        victims = chance.choice([["keeper"], ["agent"], ["command"], ["keeper", "agent"]])
        processes.tell([known[name] for name in victims if known[name]], signal.SIGKILL)
        status = self.finish(executor, handle)
        assert status.state in {"ended", "lost"}
        if status.end and status.end.state == "finished":
            assert list(status.end.outputs) == ["m"]
        elif status.end:
            assert status.end.reason in {"agent-killed", "signal"}
        wait_until(lambda: not marked())
