"""A disk that is full: the run ends, and how it ended can still be read."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot.errors import Code, SurefootError
from surefoot.executors.local import LocalExecutor
from tests.fakes.run_folder import RUN, make_run, wait_until


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("only root mounts a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "raise", "time.sleep(0.5)"])
def test_a_command_that_fills_the_disk_ends_with_a_truthful_end(tmp_path: Path, small_disk: Path, ending: str) -> None:
    code = f"""
    import os, time
    out = os.environ["SUREFOOT_OUTPUT"]
    for number in range(100):
        open(out + f"/{{number}}", "w").write("x")
    metrics = open(out + "/metrics.jsonl", "w", buffering=1)
    metrics.write('{{"auc": 0.5}}\\n')
    try:
        with open(out + "/big", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        {ending}
    """
    executor = LocalExecutor(tmp_path / "tools")
    handle = executor.start(executor.put(make_run(small_disk / "run", code), RUN))
    wait_until(lambda: executor.poll(handle).state != "going")
    end = executor.poll(handle).end
    assert end is not None
    if end.reason == "disk-full":
        assert (end.state, dict(end.outputs)) == ("failed", {})
    else:
        assert end.state == ("failed" if ending == "raise" else "finished")
        assert len(end.outputs) == 101


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_a_disk_that_is_full_before_the_run_starts_is_an_error_and_the_run_can_be_started_later(
    tmp_path: Path, small_disk: Path
) -> None:
    folder = make_run(small_disk / "run", "print('now')")
    with pytest.raises(OSError, match="No space"):
        fill(small_disk / "filled")
    executor = LocalExecutor(tmp_path / "tools")
    with pytest.raises(SurefootError) as caught:
        executor.start(executor.put(folder, RUN))
    assert caught.value.code is Code.DISK_FULL
    assert not (folder / "state.json").exists()
    (small_disk / "filled").unlink()
    handle = executor.start(executor.put(folder, RUN))
    wait_until(lambda: executor.poll(handle).state == "ended")
    assert executor.tail(handle, 0)[0] == b"now\n"
