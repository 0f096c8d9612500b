"""Runs that are going on, for row 10: live_runs.py PROJECT COUNT, until its standard input is closed.

Writes as a supervisor and its agents do: points as lines in each run's folder, ten a second and run, and signed lines
in the feeds; each second one run ends and another begins. It holds the supervisor's lock, so that no other one wakes.
Says "ready" when all runs are going.
"""

import random
import select
import sys
import time
from pathlib import Path

from large_project import PLAN, ended
from surefoot.files import KEPT, locked
from surefoot.runs import folders
from surefoot.runs.waking import LOCK
from surefoot.trail import Draft, Event, Subject
from surefoot.workbench import Workbench

POINTS = 10  # a second and run
METRICS = ("m0", "m1", "m2")


class Live:
    """So many runs that are going on."""

    def __init__(self, bench: Workbench, count: int) -> None:
        self._bench, self._chance = bench, random.Random(2)  # noqa: S311 - figures, no secret
        self._machine = bench.machine().recorder
        self._number, self._step = int(time.time()), 0
        self._folder = bench.project / KEPT / "runs"
        self.going: list[Event] = []
        self.begin(count)

    def begin(self, count: int) -> None:
        """Asks for runs and starts them."""
        wanted = range(self._number, self._number + count)
        self._number += count
        asked = self._bench.recorder.record(
            *(
                Draft(
                    "run.requested", (Subject(f"run_live{number:022}", PLAN),),
                    {"experiment": "live", "number": number, "seed": 1, "repeat": 0, "executor": "local",
                     "parameters": {f"p{n}": str(self._chance.randrange(13)) for n in range(10)}},
                )
                for number in wanted
            )
        )  # fmt: skip
        self.going += self._machine.record(
            *(Draft("run.started", one.subjects, {"executor": "local"}, (one.leaf,)) for one in asked)
        )
        for one in asked:
            (self._folder / one.subjects[0].id).mkdir(parents=True, exist_ok=True)

    def second(self) -> None:
        """What happens in a second: points of all, an end and a beginning."""
        for one in self.going:
            path = self._folder / one.subjects[0].id / folders.TELEMETRY
            with path.open("a") as lines:
                for step in range(self._step, self._step + POINTS):
                    for name in METRICS:
                        value = self._chance.random()
                        lines.write(
                            f'{{"kind":"metric","name":"{name}","value":{value},"step":{step},"time_ms":{step}}}\n'
                        )
        self._step += POINTS
        oldest = self.going.pop(0)
        self._machine.record(Draft("run.finished", oldest.subjects, ended(self._step, None), (oldest.leaf,)))
        self.begin(1)


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    with Workbench.open(folder, unlock=str) as bench, locked(bench.own_state / LOCK):
        live = Live(bench, count)
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], 0)[0]:
            began = time.monotonic()
            live.second()
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))
        # They end, so that the project is again as it was found: nothing goes on.
        for one in live.going:
            live._machine.record(Draft("run.lost", one.subjects, {"why": "bench"}, (one.leaf,)))  # noqa: SLF001


if __name__ == "__main__":
    main()
