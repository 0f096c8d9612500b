"""Rows 4, 4b and 17: what logging costs a run, and what a run costs beside its own work.

Each figure of ours is a whole run of the local executor: start, the command under the agent, everything taken down and
on the disk, `end.json` read. It is measured in turn with its peer or with the same command run bare.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from measuring import family, in_turn, proportional, quiet, seconds, tell
from peers import CLIENT, TRACKERS, environment, mlflow_server
from surefoot.executors.facts import Handle, Place
from surefoot.executors.local import LocalExecutor

GUARDRAILS = {"time_ms": 3_600_000, "memory_bytes": 8 << 30, "disk_bytes": 8 << 30}
LINES = """
import json, os, sys
folder = os.environ.get("SUREFOOT_OUTPUT", ".")
with open(os.path.join(folder, "metrics.jsonl"), "a", buffering=1) as file:
    for step in range(int(sys.argv[1])):
        file.write(json.dumps({"name": "loss", "value": 1 / (step + 1), "step": step}) + "\\n")
"""
FILES = """
import os, sys
folder = os.environ.get("SUREFOOT_OUTPUT", ".")
for number in range(int(sys.argv[1])):
    with open(os.path.join(folder, str(number)), "wb") as file:
        file.write(bytes(4096))
"""
WAIT = LINES + "print('up', flush=True)\nimport time\ntime.sleep(120)\n"
NAMES = {"trackio": "trackio", "wandb": "W&B offline", "aim": "Aim"}
TRACKER_GOALS = {"trackio": "≥ 3.5× at 100,000", "wandb": "≥ 14× at 100,000", "aim": ""}


class Bench:
    """Runs commands under the local executor, or bare, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.executor = LocalExecutor(folder / "tools")
        self._count = 0

    def new(self, kind: str) -> Path:
        self._count += 1
        folder = self.folder / f"{kind}_{self._count}"
        folder.mkdir()
        return folder

    def place(self, code: str, size: int, python: str) -> Place:
        """A run's folder, put."""
        folder = self.new("run")
        (folder / "code").mkdir()
        (folder / "code/work.py").write_text(code)
        plan = {
            "format": 1,
            "run": folder.name,
            "command": ["python", "work.py", str(size)],
            "seed": 1,
            "parameters": {f"p{number}": number for number in range(10)},
            "guardrails": GUARDRAILS,
            "environment": {"python": python},
        }
        (folder / "plan.json").write_text(json.dumps(plan))
        return self.executor.put(folder, folder.name)

    def wait(self, handle: Handle) -> None:
        """Until a run has finished."""
        while (status := self.executor.poll(handle)).state == "going":
            time.sleep(0.002)
        if status.end is None or status.end.state != "finished":
            raise SystemExit(f"{handle.run}: {status}\n{self.executor.tail(handle, 0)[0].decode()}")

    def run(self, code: str, size: int, python: str = sys.executable) -> float:
        """Seconds of a whole run."""
        place = self.place(code, size, python)
        start = time.perf_counter()
        self.wait(self.executor.start(place))
        return time.perf_counter() - start

    def bare(self, code: str, size: int, python: str = sys.executable) -> float:
        """Seconds of the same command without us; for a peer, in an environment without anything of ours."""
        folder = self.new("bare")
        (folder / "work.py").write_text(code)
        return seconds((python, "work.py", str(size)), environment(folder), folder)

    def our_calls(self, size: int, python: str) -> float:
        """Calls a second that MLflow's client makes to the run's own endpoint."""
        handle = self.executor.start(self.place(CLIENT, size, python))
        self.wait(handle)
        return rate(self.executor.tail(handle, 0)[0].decode())

    def their_calls(self, size: int, python: str, uri: str) -> float:
        """The same to MLflow's server."""
        folder = self.new("client")
        variables = environment(folder, MLFLOW_TRACKING_URI=uri)
        command = (python, "-c", CLIENT, str(size))
        return rate(subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def memory(self, size: int) -> float:
        """MiB that keeper and agent hold when so many points have come."""
        handle = self.executor.start(self.place(WAIT, size, sys.executable))
        while b"up" not in self.executor.tail(handle, 0)[0]:
            time.sleep(0.05)
        time.sleep(1.0)
        state = json.loads(Path(handle.where, "state.json").read_text())
        held = sum(proportional(pid) for pid in (state["pid"], state["agent"][0]))
        self.executor.cancel(handle)
        while self.executor.poll(handle).state == "going":
            time.sleep(0.01)
        return held


def rate(words: str) -> float:
    return next(float(line.split()[1]) for line in words.splitlines() if line.startswith("CALLS"))


def row_4(bench: Bench, peers: Mapping[str, str]) -> None:
    for size in (1_000, 10_000, 100_000):
        works = [partial(work, LINES, count) for work in (bench.run, bench.bare) for count in (size, 0)]
        with_points, without, alone, nothing = in_turn(*works, repeats=9)
        added = [(a - b) - (c - d) for a, b, c, d in zip(with_points, without, alone, nothing, strict=True)]
        what = "points by JSON lines: what a run adds to them, beside what the command itself spends on writing them"
        own = [c - d for c, d in zip(alone, nothing, strict=True)]
        tell("4", what, size, added, beside=("the command", own), unit="s", goal="≤ 0.015 s at 1,000")
    if "mlflow" not in peers:
        return
    python = peers["mlflow"]
    with mlflow_server(python, bench.new("server")) as (uri, server):
        for size in (100, 1_000, 3_000):
            ours, theirs = in_turn(
                partial(bench.our_calls, size, python), partial(bench.their_calls, size, python, uri), repeats=3
            )
            what = "points by MLflow's client, one by one"
            tell("4", what, size, ours, beside=("MLflow server", theirs), unit="calls/s", goal="≥ 4×")
        held = sum(proportional(pid) for pid in family(server))
    what = "memory of what the client talks to"
    tell("4", what, 1_000, [bench.memory(1_000)], beside=("MLflow server", [held]), unit="MiB")


def row_4b(bench: Bench, peers: Mapping[str, str]) -> None:
    what = "points in one run by JSON lines, from start to durable end"
    for size, repeats in ((10_000, 3), (100_000, 3), (1_000_000, 1)):
        mine, bare = in_turn(partial(bench.run, LINES, size), partial(bench.bare, LINES, size), repeats=3)
        tell("4b", what, size, mine, beside=("the command alone", bare), unit="s", goal="≤ 1.0 s at 100,000")
        for tracker, code in TRACKERS.items():
            if tracker not in peers:
                continue
            mine, theirs = in_turn(
                partial(bench.run, LINES, size),
                partial(bench.bare, code, size, peers[tracker]),
                repeats=repeats,
                warm=int(size < 1_000_000),
            )
            tell("4b", what, size, mine, beside=(NAMES[tracker], theirs), unit="s", goal=TRACKER_GOALS[tracker])


def row_17(bench: Bench) -> None:
    for size in (0, 100, 1_000):
        ours, bare = in_turn(partial(bench.run, FILES, size), partial(bench.bare, FILES, size), repeats=15)
        cost = [mine - theirs for mine, theirs in zip(ours, bare, strict=True)]
        what = "what a run with so many outputs takes longer than the command alone"
        tell("17", what, size, cost, beside=("the command alone", bare), unit="s", goal="≤ 0.150 s")
    for size in (0, 10_000, 100_000):
        quiet()
        held = [bench.memory(size) for _ in range(3)]
        tell("17", "memory of keeper and agent after so many points", size, held, unit="MiB", goal="≤ 38 MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="python of an environment with MLflow")
    parser.add_argument("--tracker", action="append", default=[], help="NAME=PYTHON: the same with another peer")
    parser.add_argument("rows", nargs="*", default=["4", "4b", "17"])
    options = parser.parse_args()
    peers = dict(entry.split("=", 1) for entry in options.tracker) | ({"mlflow": options.peer} if options.peer else {})
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        if "17" in options.rows:
            row_17(bench)
        if "4" in options.rows:
            row_4(bench, peers)
        if "4b" in options.rows:
            row_4b(bench, peers)


if __name__ == "__main__":
    main()
