"""Writers that die and writers beside each other: what was acknowledged is there, what was not leaves no trace."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from surefoot.objects import Objects

ROUNDS = int(os.environ.get("SUREFOOT_ROUNDS", "6"))
ROOT = Path(__file__).resolve().parents[3]
WRITER = """
    import hashlib, os, sys
    from pathlib import Path
    from surefoot.objects import Objects

    objects = Objects(Path(sys.argv[1]))
    seed, rounds = int(sys.argv[2]), int(sys.argv[3])
    for number in range(rounds):
        small = [b"%d shared %d" % (number, n) for n in range(20)] + [b"%d own %d" % (seed, number)]
        large = hashlib.sha256(b"%d" % (number % 3)).digest() * 40000
        print(" ".join(objects.put_many([*small, large])), flush=True)
"""


def writer(folder: Path, seed: int, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(folder), str(seed), str(rounds)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "core")},
    )  # fmt: skip


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [writer(tmp_path, seed, 8) for seed in range(3)]
    acknowledged = {name for process in processes for name in process.communicate(timeout=120)[0].split()}
    assert [process.returncode for process in processes] == [0, 0, 0]
    objects = Objects(tmp_path)
    for name in acknowledged:
        objects.read(name)
    assert objects.check() == []
    assert list((tmp_path / "drafts").iterdir()) == []


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_visible(tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    process = writer(tmp_path, number, 10_000)
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(chance.random() * 0.2)
    process.send_signal(signal.SIGKILL)
    lines += process.communicate()[0].splitlines()
    # The last line may have been cut by the kill: only what ends where a name ends was acknowledged.
    acknowledged = {name for line in lines for name in line.split() if len(name) == 64}
    assert len(acknowledged) >= 22
    objects = Objects(tmp_path)
    for name in acknowledged:
        objects.read(name)
    assert objects.check() == []
    for path in (tmp_path / "drafts").iterdir():
        os.utime(path, (0, 0))
    objects.put_bytes(b"the next writer")
    assert list((tmp_path / "drafts").iterdir()) == []
