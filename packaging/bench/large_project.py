"""Makes the project of row 10: large_project.py FOLDER RUNS POINTS.

A real one: every request signed by a person's key, every start and end by the machine's, details beside them, and a
catalog that has caught up. Each run has 10 parameters and 5 figures. Of the fifth figure's names there are 9,996, which
makes 10,000 together. The newest run has so many points, kept as any run's are.
"""

import random
import shutil
import sys
from pathlib import Path
from typing import Any

from catalog import figure, requested
from surefoot.runs import telemetry
from surefoot.trail import Draft, Subject
from surefoot.workbench import Workbench

NAMES = 10_000
BATCH = 2_000  # runs that are recorded at once
PLAN = "ab" * 32
_SHARED = 4  # figures that every run has


def subject(run: int) -> tuple[Subject, ...]:
    return (Subject(f"run_{run:026}", PLAN),)


def ended(run: int, points: str | None, count: int = 0) -> dict[str, Any]:
    """What is recorded at the end of a run; `points` is the digest of its points, so many."""
    names = [*(f"m{n}" for n in range(_SHARED)), f"m{_SHARED + run % (NAMES - _SHARED)}"]
    metrics = {
        name: {"last": repr(figure(run, n)), "best": repr(figure(run, n)), "count": 1} for n, name in enumerate(names)
    }
    about = {"telemetry": points, "points": count} if points else {"points": len(names)}
    verdict = {"meets": True, "criteria": []}
    return {"exit_code": 0, "seconds": "12.5", "metrics": metrics, "verdict": verdict, **about}


def many_points(bench: Workbench, scratch: Path, count: int) -> str:
    """Keeps a run's points, written by an agent as lines; returns their digest."""
    source, chance = scratch / "telemetry.jsonl", random.Random(1)  # noqa: S311 - figures, no secret
    with source.open("w") as lines:
        for step in range(count):
            value = 1 / (1 + step / 1000) + chance.random() / 50
            lines.write(f'{{"kind":"metric","name":"m0","value":{value},"step":{step},"time_ms":{step}}}\n')
    telemetry.collect(source, scratch / "telemetry.parquet")
    return bench.objects.put_file(scratch / "telemetry.parquet")


def fill(bench: Workbench, runs: int, scratch: Path, count: int) -> None:
    """Records so many runs, oldest first."""
    points = many_points(bench, scratch, count)
    bench.enrol_machine()
    machine = bench.machine().recorder
    for first in range(0, runs, BATCH):
        some = range(first, min(runs, first + BATCH))
        asked = bench.recorder.record(*(Draft("run.requested", subject(run), requested(run)) for run in some))
        begun = machine.record(
            *(Draft("run.started", one.subjects, {"executor": "local"}, (one.leaf,)) for one in asked)
        )
        machine.record(
            *(
                Draft("run.finished", subject(run), ended(run, points if run == runs - 1 else None, count), (one.leaf,))
                for run, one in zip(some, begun, strict=True)
            )
        )


def main() -> None:
    folder, runs, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    with Workbench.create(folder / "large", name="large", person="Bench", sample=True) as bench:
        fill(bench, runs, scratch, count)
        bench.catalog.catch_up()
        print(bench.runs.listing.count(), bench.ws)
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
