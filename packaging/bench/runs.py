"""Rows 4, 4b and 17: what logging costs a run, and what a run costs beside its own work.

Each figure of ours is a whole run of the local executor: put, start, the command under the agent, everything taken down
and on the disk, `end.json` read. It is measured in turn with its peer or with the same command run bare.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from surefoot.executors.facts import Handle, Place
from surefoot.executors.local import LocalExecutor

GUARDRAILS = {"time_ms": 600_000, "memory_bytes": 8 << 30, "disk_bytes": 8 << 30}
COST_LIMIT, MEMORY_LIMIT, LINES_LIMIT = 0.150, 40.0, 0.015

LINES = """
import json, os, sys
count = int(sys.argv[1])
values = json.load(open(os.environ["SUREFOOT_PARAMETERS"])) if "SUREFOOT_PARAMETERS" in os.environ else {}
folder = os.environ.get("SUREFOOT_OUTPUT", ".")
with open(os.path.join(folder, "metrics.jsonl"), "a", buffering=1) as file:
    for step in range(count):
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
CLIENT = """
import sys, time
import mlflow
count = int(sys.argv[1])
with mlflow.start_run():
    mlflow.log_params({f"p{number}": number for number in range(10)})
    mlflow.log_metric("warm", 0.0)
    start = time.perf_counter()
    for step in range(count):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    print("CALLS", count / (time.perf_counter() - start), flush=True)
"""
TRACKIO = """
import sys
import trackio
trackio.init(project="p", config={f"p{number}": number for number in range(10)}, embed=False)
for step in range(int(sys.argv[1])):
    trackio.log({"loss": 1 / (step + 1)})
trackio.finish()
"""


class Bench:
    """Runs commands under the local executor, or bare, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.executor = LocalExecutor(folder / "tools")
        self._count = 0

    def place(self, code: str, size: int, python: str) -> Place:
        """A run's folder, put."""
        self._count += 1
        run = f"run_{self._count}"
        folder = self.folder / run
        (folder / "code").mkdir(parents=True)
        (folder / "code/work.py").write_text(code)
        plan = {
            "format": 1,
            "run": run,
            "command": ["python", "work.py", str(size)],
            "seed": 1,
            "parameters": {f"p{number}": number for number in range(10)},
            "guardrails": GUARDRAILS,
            "environment": {"python": python},
        }
        (folder / "plan.json").write_text(json.dumps(plan))
        return self.executor.put(folder, run)

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

    def calls(self, size: int, python: str) -> float:
        """Calls a second that MLflow's client makes to the run's own endpoint."""
        handle = self.executor.start(self.place(CLIENT, size, python))
        self.wait(handle)
        return rate(self.executor.tail(handle, 0)[0].decode())

    def bare(self, code: str, size: int, python: str = sys.executable, **environ: str) -> tuple[float, str]:
        """Seconds and words of the same command without us."""
        self._count += 1
        folder = self.folder / f"bare_{self._count}"
        folder.mkdir()
        (folder / "work.py").write_text(code)
        words = [python, "work.py", str(size)]
        environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", **environ}
        start = time.perf_counter()
        done = subprocess.run(words, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        return time.perf_counter() - start, done.stdout

    def memory(self, size: int) -> float:
        """MiB that keeper and agent hold (proportional set size) when so many points have come."""
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


def proportional(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def rate(words: str) -> float:
    return next(float(line.split()[1]) for line in words.splitlines() if line.startswith("CALLS"))


def tell(row: str, what: str, size: int, ours: float, beside: float, **more: str) -> None:
    line = {"row": row, "what": what, "size": size, "ours": ours, "peer_or_limit": beside, "ratio": ours / beside}
    print(json.dumps({**line, **more}), flush=True)


def in_turn(first: Callable[[], float], second: Callable[[], float], repeats: int) -> tuple[float, float]:
    """Medians of two measurements that alternate, after one round that does not count."""
    pairs = [(first(), second()) for _ in range(repeats + 1)][1:]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


@contextmanager
def mlflow_server(python: str, folder: Path) -> Iterator[str]:
    """MLflow's tracking server with one worker and a SQLite store, on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        uri = f"http://127.0.0.1:{probe.getsockname()[1]}"
    words = [python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/m.db", "--workers", "1"]
    words += ["--artifacts-destination", f"{folder}/a", "--host", "127.0.0.1", "--port", uri.rsplit(":", 1)[1]]
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(words, stdout=quiet, stderr=quiet, env=environment, start_new_session=True)
    try:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{uri}/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(2)
        yield uri
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def row_4(bench: Bench, peer: str) -> None:
    for size in (1_000, 10_000, 100_000):
        with_points, without = in_turn(lambda n=size: bench.run(LINES, n), lambda: bench.run(LINES, 0), 9)  # type: ignore[misc] # mypy does not see n's type
        limit = LINES_LIMIT * size / 1000
        added = max(0.0, with_points - without)
        what = "points by JSON lines, added to the run (limit: 15 ms for each 1,000)"
        tell("4", what, size, added, limit, unit="s", goal="≤ 0.015 s for 1,000", peer="limit")
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
    with mlflow_server(peer, bench.folder) as uri:
        for size in (100, 300, 1_000):
            ours, theirs = in_turn(
                lambda n=size: bench.calls(n, peer),  # type: ignore[misc] # mypy does not see n's type
                lambda n=size: rate(bench.bare(CLIENT, n, peer, MLFLOW_TRACKING_URI=uri, **quiet)[1]),  # type: ignore[misc] # as above
                3,
            )
            what = "points by MLflow's client, one by one"
            tell("4", what, size, ours, theirs, unit="calls/s", goal="≥ 4×", peer="MLflow server")


def row_4b(bench: Bench, peer: str) -> None:
    quiet = {"HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    for size in (1_000, 10_000, 100_000):
        ours, theirs = in_turn(
            lambda n=size: bench.run(LINES, n),  # type: ignore[misc] # mypy does not see n's type
            lambda n=size: bench.bare(TRACKIO, n, peer, **quiet)[0],  # type: ignore[misc] # as above
            3,
        )
        goal = "≤ 1.0 s and ≤ 1/3.5 of trackio" if size == 100_000 else ""
        what = "points in one run by JSON lines, command start to durable end"
        tell("4b", what, size, ours, theirs, unit="s", goal=goal, peer="trackio")


def row_17(bench: Bench) -> None:
    for size in (0, 100, 1_000):
        ours, bare = in_turn(lambda n=size: bench.run(FILES, n), lambda n=size: bench.bare(FILES, n)[0], 15)  # type: ignore[misc] # mypy does not see n's type
        what = "a run with so many outputs, beside the bare command"
        tell("17", what, size, max(0.0, ours - bare), COST_LIMIT, unit="s", goal="≤ 0.150 s", peer="limit")
    for size in (0, 10_000, 100_000):
        held = statistics.median(bench.memory(size) for _ in range(3))
        what = "memory of agent and keeper after so many points"
        tell("17", what, size, held, MEMORY_LIMIT, unit="MiB", goal="≤ 40 MB", peer="limit")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="python of an environment with mlflow and trackio")
    parser.add_argument("rows", nargs="*", default=["4", "4b", "17"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        if "17" in options.rows:
            row_17(bench)
        if "4b" in options.rows:
            row_4b(bench, options.peer)
        if "4" in options.rows:
            row_4(bench, options.peer)


if __name__ == "__main__":
    main()
