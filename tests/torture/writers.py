"""P3 and P6: several processes write one trail at once; some are killed, one has a wrong clock.

    python -m tests.torture.writers FOLDER STATE COUNT PAUSE_MS SKEW_S

is one writer. It prints the number and leaf of each line once it is acknowledged.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from surefoot.trail import Trail, Verdict, clock, verify
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import Project, label

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What came of it.

    Attributes:
        acknowledged: leaves that some writer was told are safe. lost: those that are not there.
        lines: of the feed at the end. longest: seconds the slowest append took. seconds: of the whole.
        verdict: of the verifier at the end.
    """

    acknowledged: int
    lost: int
    lines: int
    longest: float
    seconds: float
    verdict: Verdict


def main(folder: Path, state: Path, count: int, pause: float, skew: float) -> None:
    """One writer."""
    chance = random.Random(skew + pause)
    true_now = clock.now
    clock.now = lambda: true_now() + int(skew * 1_000_000)
    longest = 0.0
    with Trail.open(folder, state=state) as trail:
        recorder = trail.recorder(FakeSigner("owner"))
        for number in range(count):
            start = time.perf_counter()
            (event,) = recorder.record(label(number))
            longest = max(longest, time.perf_counter() - start)
            print(event.seq, event.leaf, flush=True)
            if pause:
                time.sleep(chance.random() * pause)
    print("longest", longest, flush=True)


def start(project: Project, count: int, *, pause: float = 0.0, skew: float = 0.0) -> subprocess.Popen[str]:
    """Starts a writer."""
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.torture.writers",
            project.folder,
            project.state,
            str(count),
            str(pause),
            str(skew),
        ],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'core'}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def crowd(project: Project, *, writers: int, each: int, pause: float = 0.002) -> Crowd:
    """P6: writers with random pauses, one of them an hour late."""
    begin = time.perf_counter()
    running = [start(project, each, pause=pause, skew=-3600.0 if at == 0 else 0.0) for at in range(writers)]
    outputs = [one.communicate()[0] for one in running]
    return judged(project, outputs, time.perf_counter() - begin)


def killed(project: Project, *, writers: int, seed: int) -> Crowd:
    """P3, one round: writers that are killed at a random moment, and one more that has to be able to go on."""
    chance = random.Random(seed)
    begin = time.perf_counter()
    running = [start(project, 100_000) for _ in range(writers)]
    for one in running:
        if one.stdout is not None:
            one.stdout.readline()
    time.sleep(chance.random() * 0.3)
    for one in chance.sample(running, len(running)):
        one.send_signal(signal.SIGKILL)
        time.sleep(chance.random() * 0.02)
    outputs = [one.communicate()[0] for one in running]
    outputs.append(start(project, 1).communicate()[0])
    return judged(project, outputs, time.perf_counter() - begin)


def judged(project: Project, outputs: Sequence[str], seconds: float) -> Crowd:
    """Compares what was acknowledged with what is there. A last line that was cut by the kill does not count."""
    told = [line.split() for output in outputs for line in output.split("\n")[:-1]]
    acknowledged = {(int(seq), leaf) for seq, leaf in (pair for pair in told if pair[0] != "longest")}
    longest = max((float(value) for name, value in told if name == "longest"), default=0.0)
    with project.open() as trail:
        there = {(event.seq, event.leaf) for event in trail.events() if event.feed == project.owner.feed}
        lines = trail.sizes()[project.owner.feed]
    verdict = verify(project.folder, pins=project.state, anchor=project.ws).verdict
    return Crowd(len(acknowledged), len(acknowledged - there), lines, longest, seconds, verdict)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]))
