"""Row "checks": `surefoot check run` for each check by itself, on 1,000 rows and on 32,561 (as many as Adult has).

A table is drawn anew with a seed: numbers, texts with few values, two protected columns, and an answer that depends on
some of them. Seconds are of the whole command, its worker included; memory is that of the largest of its processes.
`--rows` and `--repeats` make it quick.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from measuring import tell
from surefoot.checks import plugins
from surefoot.workbench import Workbench

SIZES = (1_000, 32_561)
SEED = 7
_WELL = {0, 3}  # 3: the check said no, which is an answer as well
_KIB = 1024
_PLAN = """[dataset]
name = "bench"
target = "answer"
positive = "yes"
key = ["id"]
protected = ["sex", "age"]

[permission]
owner = "bench"
purpose = "bench"
legal_basis = "not-personal"
"""


def table(rows: int, seed: int) -> pl.DataFrame:
    source = np.random.default_rng(seed)
    numbers = {f"n{at}": source.normal(0, 1, rows).round(3) for at in range(5)}
    texts = {f"t{at}": source.choice([f"v{value}" for value in range(8)], rows) for at in range(6)}
    sex, age = source.choice(["f", "m"], rows), source.integers(17, 90, rows)
    chance = 1 / (1 + np.exp(-(numbers["n0"] + 0.5 * numbers["n1"] + (texts["t0"] == "v1") + age / 60 - 1.5)))
    answer = np.where(source.random(rows) < chance, "yes", "no")
    ids = [f"P{number:06d}" for number in range(rows)]
    return pl.DataFrame({"id": ids, "sex": sex, "age": age, **numbers, **texts, "answer": answer})


def surefoot(project: Path, words: tuple[str, ...], variables: Mapping[str, str]) -> tuple[float, float]:
    """Seconds of one command, and the MiB of the largest of its processes."""
    command = [sys.executable, "-m", "surefoot.cli", *words]
    start = time.perf_counter()
    with (project / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=project, env=dict(variables), stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in _WELL:
        raise SystemExit(f"{words}: {process.returncode}\n{(project / 'said').read_text(errors='replace')[-2000:]}")
    return taken, used.ru_maxrss / _KIB


def prepared(project: Path, rows: int, variables: Mapping[str, str]) -> str:
    """A project with two versions of a table and a model of the second; returns the run."""
    Workbench.create(project, name="bench", person="Bench", sample=True).close()
    (project / "plan.toml").write_text(_PLAN, encoding="utf-8")
    for seed in (SEED, SEED + 1):  # the second version, so that drift has something to look at
        table(rows, seed).write_csv(project / "bench.csv")
        surefoot(project, ("dataset", "add", "bench.csv", "--plan", "plan.toml"), variables)
    surefoot(project, ("experiment", "new", "bench", "--dataset", "bench"), variables)
    surefoot(project, ("experiment", "start", "experiments/bench.toml"), variables)
    return "bench/1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="not used: no peer has these checks as commands")
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = {**os.environ, "XDG_STATE_HOME": f"{name}/state", "XDG_DATA_HOME": f"{name}/data"}
        os.environ.update(variables)
        for rows in options.rows:
            project = folder / str(rows)
            run = prepared(project, rows, variables)
            for kind in sorted(plugins.discover()):
                words = ("check", "run", run, "--kind", kind)
                found = [surefoot(project, words, variables) for _ in range(options.repeats)]
                tell("checks", kind, rows, [taken for taken, _ in found], unit="s")
                tell("checks", f"{kind}: largest process", rows, [memory for _, memory in found], unit="MiB")


if __name__ == "__main__":
    main()
