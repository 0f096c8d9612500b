"""What every executor keeps to. A test class derives from this and gives `executor` (a fixture).

    class TestLocalExecutor(ExecutorContract):
        @pytest.fixture
        def executor(self, tmp_path): return LocalExecutor(tmp_path / "tools")

Where runs are carried out on another machine, `python` names the interpreter there.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.executors.facts import Handle, Place, Status
from surefoot.executors.port import Executor
from tests.fakes.run_folder import RUN, make_run, wait_until

TRAIN = """
import os, pathlib
data = pathlib.Path(os.environ["SUREFOOT_INPUT_NUMBERS"], "n").read_text()
pathlib.Path(os.environ["SUREFOOT_OUTPUT"], "model").write_text(data * 2)
pathlib.Path(os.environ["SUREFOOT_OUTPUT"], "metrics.jsonl").write_text('{"auc": 0.5}')
print("done", flush=True)
"""
WAIT = "import time; print('up', flush=True); time.sleep(100)"


class ExecutorContract:
    """The contract, as tests."""

    python: ClassVar[str] = sys.executable

    def begin(self, executor: Executor, folder: Path, code: str) -> Handle:
        make_run(folder, code, environment={"python": self.python}, inputs={"numbers": "inputs/numbers"})
        (folder / "inputs/numbers").mkdir(parents=True)
        (folder / "inputs/numbers/n").write_text("21")
        return executor.start(executor.put(folder, RUN))

    def finish(self, executor: Executor, handle: Handle) -> Status:
        wait_until(lambda: executor.poll(handle).state != "going")
        return executor.poll(handle)

    def test_a_run_is_carried_out_and_fetched(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", TRAIN)
        status = self.finish(executor, handle)
        assert status.state == "ended"
        assert status.end is not None
        assert (status.end.state, status.end.exit_code, status.end.points) == ("finished", 0, 1)
        executor.fetch(handle, tmp_path / "home")
        executor.fetch(handle, tmp_path / "home")
        model = (tmp_path / "home/output/model").read_bytes()
        assert model == b"2121"
        assert status.end.outputs["model"].sha256 == hashlib.sha256(model).hexdigest()
        assert (tmp_path / "home/log.txt").read_text() == "done\n"
        assert json.loads((tmp_path / "home/telemetry.jsonl").read_text().splitlines()[-1])["name"] == "auc"

    def test_a_going_run_says_so_and_its_log_can_be_followed(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", WAIT)
        wait_until(lambda: executor.tail(handle, 0)[0])
        assert executor.tail(handle, 0) == (b"up\n", 3)
        assert executor.tail(handle, 1) == (b"p\n", 3)
        assert executor.tail(handle, 3) == (b"", 3)
        status = executor.poll(handle)
        assert (status.state, status.phase, status.end) == ("going", "running", None)
        assert status.last >= status.since > "2020"
        executor.cancel(handle)
        self.finish(executor, handle)

    def test_a_run_is_cancelled(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", WAIT)
        executor.cancel(handle)
        status = self.finish(executor, handle)
        assert status.end is not None
        assert status.end.state == "cancelled"
        executor.cancel(handle)

    def test_a_failed_run_is_an_answer_and_no_error(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", "raise SystemExit(4)")
        status = self.finish(executor, handle)
        assert status.end is not None
        assert (status.end.state, status.end.reason, status.end.exit_code) == ("failed", "exit-code", 4)

    def test_a_run_is_found_again_by_its_place(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", WAIT)
        assert executor.attach(Place(handle.run, handle.where)) == handle
        executor.cancel(handle)
        assert self.finish(executor, handle).state == "ended"
        assert executor.attach(Place(handle.run, handle.where)) == handle

    def test_a_place_where_nothing_was_started_has_no_handle(self, executor: Executor, tmp_path: Path) -> None:
        assert executor.attach(executor.put(make_run(tmp_path / "run"), RUN)) is None

    def test_a_run_is_never_started_twice(self, executor: Executor, tmp_path: Path) -> None:
        handle = self.begin(executor, tmp_path / "run", TRAIN)
        with pytest.raises(InputRefusedError) as caught:
            executor.start(Place(handle.run, handle.where))
        assert caught.value.code is Code.RUN_STARTED_BEFORE
        self.finish(executor, handle)

    def test_putting_twice_does_no_harm(self, executor: Executor, tmp_path: Path) -> None:
        folder = make_run(tmp_path / "run")
        assert executor.put(folder, RUN) == executor.put(folder, RUN)

    @pytest.mark.parametrize("missing", ["plan.json", "code/train.py"])
    def test_an_incomplete_folder_is_refused(self, executor: Executor, tmp_path: Path, missing: str) -> None:
        folder = make_run(tmp_path / "run")
        (folder / missing).unlink()
        if missing != "plan.json":
            (folder / "code").rmdir()
        with pytest.raises(IncompleteError) as caught:
            executor.put(folder, RUN)
        assert caught.value.code is Code.RUN_FOLDER_INCOMPLETE

    def test_trouble_comes_out_as_an_error_of_ours(self, executor: Executor, tmp_path: Path) -> None:
        nowhere = Handle(RUN, str(tmp_path / "nowhere"), "no such job")
        for act in (lambda: executor.poll(nowhere), lambda: executor.fetch(nowhere, tmp_path / "home")):
            with pytest.raises(SurefootError):
                act()

    def test_it_says_what_it_offers(self, executor: Executor) -> None:
        offer = executor.describe()
        assert offer.cores >= 1
        assert offer.memory_bytes > 1 << 20
        assert len(offer.agent) == 64
        assert offer.network in {"open", "closed"}
        assert 0 <= offer.sandbox <= 3
        assert executor.name
