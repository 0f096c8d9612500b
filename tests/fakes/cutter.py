"""Carries out a verb in a process of its own, which kills itself (SIGKILL) just before a named step takes effect.

`python -m tests.fakes.cutter BASE VERB RELEASE STEP`; a step is `<what>#<number>`: the name of a file that is about to
appear (`active.json#1`), of one that is about to go (`-pending.json#1`), the type of an event that is about to be
recorded (`release.activated#1`), `spawn#1` or `kill#1`. Nothing of ours is replaced: files and processes are seen by
an audit hook of the interpreter, events by the two recorders.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from surefoot.trail import Draft, Event, Recorder, Trail
from tests.fakes.life import Hands, Life, opened


class Cutter:
    """Counts steps, and ends the process at one of them."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._seen: Counter[str] = Counter()

    def reached(self, what: str) -> None:
        self._seen[what] += 1
        if f"{what}#{self._seen[what]}" == self._step:
            os.write(1, b"cut\n")
            self._step = ""
            signal.raise_signal(signal.SIGKILL)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "os.rename":
            self.reached(Path(os.fsdecode(arguments[1])).name)
        elif event == "os.remove":
            self.reached(f"-{Path(os.fsdecode(arguments[0])).name}")
        elif event == "os.posix_spawn":
            self.reached("spawn")
        elif event in {"os.kill", "os.killpg"}:
            self.reached("kill")


class CutRecorder:
    """Implements Recorder over another one."""

    def __init__(self, real: Recorder, cutter: Cutter) -> None:
        self._real = real
        self._cutter = cutter

    def ready(self) -> None:
        self._real.ready()

    def record(self, *drafts: Draft) -> tuple[Event, ...]:
        for draft in drafts:
            self._cutter.reached(draft.type)
        return self._real.record(*drafts)


class CutHands(Hands):
    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter

    def person(self, trail: Trail) -> Recorder:
        return CutRecorder(super().person(trail), self._cutter)

    def machine(self, trail: Trail) -> Recorder:
        return CutRecorder(super().machine(trail), self._cutter)


def act(life: Life, verb: str, release: str) -> None:
    if verb == "deploy":
        life.deployments.deploy(release)
    elif verb == "lift":
        life.deployments.lift()
    elif verb == "stop":
        life.deployments.stop(reason="cut short")


def main() -> None:
    base, verb, release, step = sys.argv[1:]
    cutter = Cutter(step)
    with opened(Path(base), catalog="catalog-of-the-cutter", hands=CutHands(cutter)) as life:
        sys.addaudithook(cutter.hook)
        act(life, verb, release)


if __name__ == "__main__":
    main()
