"""Rows 14, 15 and 16: what a released model answers, in turn with the same model behind other doors.

Ours is the wrapper as deployments start it: capsule verified, token, limits and schema checked, every request logged.
The peers do none of that. Servers run on one core, wrk (Debian's) on another; `nothing` is what wrk itself can reach
when nobody computes, so that the generator of the load is seen not to be the limit. MLflow gets its own input form.
"""

import argparse
import importlib
import json
import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from measuring import family, in_turn, proportional, tell
from peers import environment

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
service = importlib.import_module("tests.fakes.service")

CONNECTIONS = 16
TOLERANCE = "0.0001"
CORES = sorted(os.sched_getaffinity(0))
SERVER, LOAD = str(CORES[0]), str(CORES[-1])
NAMES = {"nothing": "empty ASGI, no model", "bare": "bare ASGI", "starlette": "Starlette", "fastapi": "FastAPI"}
SAVE = "import sys, mlflow, onnx\nmlflow.onnx.save_model(onnx.load(sys.argv[1]), sys.argv[2], pip_requirements=[])"


@dataclass(frozen=True, slots=True)
class Door:
    """A way to ask a model.

    Attributes:
        name: as the page calls it. command: starts it, with `{port}` where the port goes.
        path: of the address. one, many: bodies of one row and of a hundred. token: or empty.
        variables: of its environment; None for ours.
    """

    name: str
    command: tuple[str, ...]
    path: str
    one: bytes
    many: bytes
    token: str = ""
    variables: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw in one round, and how busy it was itself."""

    rate: float
    p99: float
    busy: float


def model() -> tuple[bytes, "np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """A forest of 100 trees on 30 columns, as baselines.md has it, with rows and what it says of them."""
    rows, answers = load_breast_cancer(return_X_y=True)
    rows = rows.astype(np.float32)
    forest = RandomForestClassifier(100, random_state=1, n_jobs=1).fit(rows, answers)
    made = to_onnx(forest, rows[:1], options={"zipmap": False}, target_opset=18)
    del made.graph.output[0]  # the label says nothing that the probabilities do not
    return bytes(made.SerializeToString()), rows, forest.predict_proba(rows)


def capsule(folder: Path) -> tuple[Any, "np.ndarray[Any, Any]"]:
    """A released capsule of it, with everything the wrapper wants to see; and its rows."""
    onnx, rows, answers = model()
    some = slice(0, 100)
    ports = {
        "inputs": [{"name": "X", "type": "float32", "shape": [-1, rows.shape[1]]}],
        "outputs": [{"name": "probabilities", "type": "float32", "shape": [-1, 2]}],
    }
    vectors = {"inputs": {"X": rows[some].tolist()}, "outputs": {"probabilities": answers[some].tolist()}}
    said = {**service.signature("credit", "1.0.0"), **ports}
    files = {
        "model.onnx": onnx,
        "signature.json": service.canonical(said),
        "vectors.json": json.dumps({"format": 1, "tolerance": TOLERANCE, **vectors}).encode(),
    }
    most = {"requests_per_minute": 10**9, "requests_per_day": 10**12, "body_bytes": 2**20, "rows": 1000}
    return service.Site(folder).build(service.content(files, **most)), rows


def doors(folder: Path, pythons: Mapping[str, str]) -> list[Door]:
    """Ours first, then whatever of the peers there is."""
    site, rows = capsule(folder)
    plain = [json.dumps({"inputs": rows[:count].tolist()}).encode() for count in (1, 100)]
    ours = [json.dumps({"rows": [{"X": row} for row in rows[:count].tolist()]}).encode() for count in (1, 100)]
    site.port = 1
    command = tuple("{port}" if word == "1" else word for word in site.command())
    found = [Door("ours", command, "/predict", ours[0], ours[1], token=site.token)]
    onnx = str(site.capsule / "model.onnx")
    if "fastapi" in pythons:
        for kind, name in NAMES.items():
            words = (pythons["fastapi"], str(HERE / "serving_peers.py"), kind, onnx, "{port}")
            found.append(Door(name, words, "/invocations", plain[0], plain[1], variables=environment(folder)))
    if "mlflow" in pythons:
        found.append(_mlflow(folder, pythons["mlflow"], onnx, plain))
    return found


def _mlflow(folder: Path, python: str, onnx: str, plain: list[bytes]) -> Door:
    path = f"{Path(python).parent}:{os.defpath}"
    variables = environment(folder, PATH=path, MLFLOW_TRACKING_URI=f"sqlite:///{folder}/m.db")
    subprocess.run([python, "-c", SAVE, onnx, str(folder / "saved")], check=True, env=variables, capture_output=True)
    words = (python, "-m", "mlflow", "models", "serve", "-m", str(folder / "saved"), "--env-manager", "local")
    more = ("-h", "127.0.0.1", "-w", "1", "-p", "{port}")
    return Door("MLflow", (*words, *more), "/invocations", plain[0], plain[1], variables=variables)


@contextmanager
def opened(door: Door, folder: Path) -> Iterator[tuple[int, int, float]]:
    """Starts a server: its port, its process, and seconds until it gave its first answer."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["taskset", "-c", SERVER, *(word.replace("{port}", str(port)) for word in door.command)]
    log = folder / "server.log"
    with log.open("wb") as file:
        began = time.perf_counter()
        server = subprocess.Popen(
            words, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True, env=door.variables
        )
    try:
        while not _answers(door, port):
            if server.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit(f"{door.name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.005)
        yield port, server.pid, time.perf_counter() - began
    finally:
        _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(20)


def _answers(door: Door, port: int) -> bool:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {door.token}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{door.path}", door.one, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return bool(answer.read())
    except OSError:
        return False


def loaded(door: Door, port: int, body: bytes, *, seconds: int, folder: Path) -> Load:
    """One round of wrk; an answer other than 200 ends the bench."""
    script = folder / "load.lua"
    text = body.decode().replace("]]", "] ]")  # two brackets would end Lua's string
    script.write_text(
        f'wrk.method = "POST"\nwrk.body = [[{text}]]\nwrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["Authorization"] = "Bearer {door.token}"\n'
    )
    words = ["taskset", "-c", LOAD, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([*words, f"http://127.0.0.1:{port}{door.path}"], check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.perf_counter() - began
    bad = re.search(r"Non-2xx.*|Socket errors.*", done.stdout)
    if bad:
        raise SystemExit(f"{door.name}: {bad[0]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout)
    if not rate or not p99:
        raise SystemExit(f"{door.name}: {done.stdout}")
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Load(float(rate[1]), float(p99[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[p99[2]], busy / wall)


def under_load(all_doors: list[Door], folder: Path, *, seconds: int, repeats: int) -> None:
    """Rows 14 and 15, and the memory of row 16 after them."""
    with ExitStack() as stack:
        up = [(door, *stack.enter_context(opened(door, folder))[:2]) for door in all_doors]
        for rows in (1, 100):
            found: dict[str, list[Load]] = {door.name: [] for door in all_doors}

            def measured(door: Door, port: int, rows: int = rows, found: dict[str, list[Load]] = found) -> float:
                body = door.one if rows == 1 else door.many
                found[door.name].append(loaded(door, port, body, seconds=seconds, folder=folder))
                return 0.0

            in_turn(*(lambda door=door, port=port: measured(door, port) for door, port, _ in up), repeats=repeats)
            _tell_load(rows, {name: loads[1:] for name, loads in found.items()})
        memory = {door.name: (sum(proportional(each) for each in family(pid)),) for door, _, pid in up}
    for name in ("bare ASGI", "MLflow"):
        beside = (name, memory[name]) if name in memory else None
        if beside or name == "bare ASGI":
            tell("16", "memory after the load", 1, memory["ours"], beside=beside, unit="MiB", goal="≤ 120 MiB")


def _tell_load(rows: int, found: Mapping[str, list[Load]]) -> None:
    row, ours = ("14" if rows == 1 else "15"), found["ours"]
    rates = [each.rate for each in ours]
    goals = {"14": {"MLflow": "≥ 10×"}, "15": {"bare ASGI": "≥ 0.85×"}}[row]
    if row == "14":
        tell(row, "requests answered", CONNECTIONS, rates, unit="requests/s", goal="≥ 14,000")
    for name, loads in found.items():
        if name != "ours":
            beside = (name, [each.rate for each in loads])
            more = {"goal": goals[name]} if name in goals else {}
            tell(row, "requests answered", CONNECTIONS, rates, beside=beside, unit="requests/s", **more)
    bare = found.get("bare ASGI")
    slow = ("bare ASGI", [each.p99 for each in bare]) if bare else None
    goal = {"goal": "≤ 3 ms"} if row == "14" else {}
    tell(row, "slowest of a hundred (p99)", CONNECTIONS, [each.p99 for each in ours], beside=slow, unit="ms", **goal)
    busy = statistics.median(each.busy for each in ours)
    tell(row, "wrk's own core while ours is asked", CONNECTIONS, [busy * 100], unit="% busy")


def starts(all_doors: list[Door], folder: Path, *, repeats: int) -> None:
    """Row 16: from the command to the first answer."""

    def started(door: Door) -> float:
        with opened(door, folder) as (_, _, seconds):
            return seconds

    chosen = [door for door in all_doors if door.name in ("ours", "bare ASGI", "MLflow")]
    ours, *others = in_turn(*(lambda door=door: started(door) for door in chosen), repeats=repeats)
    for door, theirs in zip(chosen[1:], others, strict=True):
        tell("16", "start to first answer", 1, ours, beside=(door.name, theirs), unit="s", goal="≤ 1.5 s")
    if not others:
        tell("16", "start to first answer", 1, ours, unit="s", goal="≤ 1.5 s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="python of an environment with MLflow")
    parser.add_argument("--tracker", action="append", default=[], help="fastapi=PYTHON")
    parser.add_argument("--quick", action="store_true", help="one short round of each, to try it")
    parser.add_argument("rows", nargs="*", default=["14", "15", "16"])
    options = parser.parse_args()
    pythons = dict(text.split("=", 1) for text in options.tracker)
    if options.peer:
        pythons["mlflow"] = options.peer
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        all_doors = doors(folder, pythons)
        if options.rows != ["16"]:
            under_load(all_doors, folder, seconds=1 if options.quick else 5, repeats=1 if options.quick else 5)
        if "16" in options.rows:
            starts(all_doors, folder, repeats=1 if options.quick else 5)


if __name__ == "__main__":
    main()
