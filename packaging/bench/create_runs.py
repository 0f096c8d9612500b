"""Row 5: runs created with 10 parameters and 5 metrics each, beside MLflow's SQLite store (python of the peers given).

Ours does more for each: a plan in the object store, a signed request by a person's key, a signed start and a signed
end with the metrics by the machine's key, all durable. The second figure adds bringing them into the catalog, so that
they can be listed and filtered, as MLflow's can at once. The peer makes a run and logs one batch, which is its fastest.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measuring import quiet, tell
from peers import environment
from surefoot.catalog import Catalog
from surefoot.experiments.facts import CodeState, Environment, Recipe
from surefoot.objects import Objects
from surefoot.people import Identities
from surefoot.runs.requests import Ground, drafts
from surefoot.runs.tables import REDUCERS, search
from surefoot.trail import Draft, Event, Trail

SIZES = (200, 1000, 5000)
REPEATS = 3
BATCH = 1000
METRICS = 5
PEER = """
import sys, time
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
client = MlflowClient("sqlite:///" + sys.argv[1] + "/m.db")
experiment = client.create_experiment("many", artifact_location="file://" + sys.argv[1] + "/artifacts")
for count in map(int, sys.argv[2:]):
    start = time.perf_counter()
    for i in range(count):
        run = client.create_run(experiment).info.run_id
        now = int(time.time() * 1000)
        client.log_batch(
            run,
            params=[Param(f"p{k}", str((i * 7919 + k) % 100)) for k in range(10)],
            metrics=[Metric(f"m{k}", ((i * 104729 + k * 31) % 10007) / 10007, now, 0) for k in range(5)],
        )
    print(count, time.perf_counter() - start, flush=True)
"""


def recipe(count: int) -> Recipe:
    parameters = {f"p{k}": (k,) for k in range(9)} | {"p9": tuple(range(count))}
    return Recipe(name="many", command=("python", "train.py"), outputs=("model.onnx",), parameters=parameters)


def end_body(number: int) -> dict[str, Any]:
    figures = [((number * 104729 + k * 31) % 10007) / 10007 for k in range(METRICS)]
    metrics = {
        f"m{k}": {
            "last": repr(v), "min": repr(v), "max": repr(v), "last_step": 0, "min_step": 0, "max_step": 0, "count": 1,
        }
        for k, v in enumerate(figures)
    }  # fmt: skip
    return {
        "exit_code": 0, "signal": None, "guardrail": None, "seconds": "1.5", "peak_memory": 1, "cpu_seconds": "1.0",
        "telemetry": "ab" * 32, "metrics": metrics, "points": METRICS, "outputs": {},
        "log": "ab" * 32, "verdict": {"meets": None, "criteria": []}, "tracking": {},
    }  # fmt: skip


def ends(starts: Sequence[Event], first: int) -> list[Draft]:
    return [
        Draft("run.finished", one.subjects, end_body(first + place), (one.leaf,)) for place, one in enumerate(starts)
    ]


def ours(folder: Path, count: int) -> tuple[float, float]:
    """Seconds until all is recorded, and until it can be searched."""
    people = Identities(folder / "state")
    people.create_sample("bench")
    signer = people.person_signer(str)
    trail = Trail.create(folder / "p", state=folder / "state", owner=signer, sample=True)
    people.bind(trail.ws)
    machine_signer = people.machine_signer()
    trail.enrol(signer, machine_signer)
    person, machine, objects = trail.recorder(signer), trail.recorder(machine_signer), Objects(folder / "objects")
    with Catalog.open(folder / "catalog", trail, REDUCERS) as catalog:
        start = time.perf_counter()
        ground = Ground("ab" * 32, CodeState("cd" * 32), Environment("own"), {}, ())
        wanted = drafts(recipe(count), ground, number=1, objects=objects)
        for place in range(0, count, BATCH):
            asked = person.record(*wanted[place : place + BATCH])
            begun = machine.record(
                *(Draft("run.started", one.subjects, {"executor": "local"}, (one.leaf,)) for one in asked)
            )
            machine.record(*ends(begun, place))
        recorded = time.perf_counter() - start
        catalog.catch_up()
        searchable = time.perf_counter() - start
        found = search(catalog, where="metric.m0 >= 0 and param.p9 >= 0", sort="-metric.m1", limit=count + 1)
        if len(found) != count or {run.state for run in found} != {"finished"}:
            raise SystemExit(f"{len(found)} of {count} runs were found")
    trail.close()
    return recorded, searchable


def theirs(peer: str, folder: Path, count: int) -> float:
    """Seconds of MLflow's client with its SQLite store, in one process that is warm."""
    command = [peer, "-c", PEER, str(folder), "1", str(count)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder,
        env=environment(folder),
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="python of an environment that holds MLflow")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options = parser.parse_args()
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            figures = []
            for repeat in range(REPEATS):
                quiet()
                figures.append(ours(folder / str(repeat), count))
            beside = ("MLflow, SQLite store", [theirs(options.peer, folder, count)]) if options.peer else None
        whats = ("recorded, durable", "recorded, and caught up by a catalog, so that they can be searched")
        for what, each in zip(whats, zip(*figures, strict=True), strict=True):
            tell("5", what, count, each, beside=beside, unit="s", goal="≤ 3 s at 5,000")


if __name__ == "__main__":
    main()
