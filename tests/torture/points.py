"""P4: the append path stopped at every call into the system, in three ways: the process dies after the call, the call
fails with an input/output error, the call fails for want of room.

    python -m tests.torture.points BASE STEP

Each point runs in a process forked from this single-threaded one, on a copy of a small trail. Prints a JSON object:
points tried, and faults (acknowledged lines lost, a trail that does not open, a verdict of FAIL).
"""

import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from surefoot.errors import SurefootError
from surefoot.trail import Draft, Subject, Trail, Verdict, verify
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import SHA, Project, found, label

CALLS = ("open", "write", "pwrite", "fdatasync", "fsync", "ftruncate", "replace", "rename", "mkdir", "unlink", "close")
ACTIONS: dict[str, int] = {"die": 0, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC}


def work(project: Project, acknowledge: Callable[[str], object]) -> None:
    """What is stopped: a line, a group over the end of a segment, a decision, the first line of a key, the close."""
    with Trail.open(project.folder, state=project.state) as trail:
        recorder = trail.recorder(project.owner)
        groups = [
            [label(0)],
            [label(number) for number in range(8)],
            [Draft("policy.adopted", body={"name": "b"})],
            [label(9)],
        ]
        for group in groups:
            for event in recorder.record(*group):
                acknowledge(event.leaf)
        acknowledge(newcomer_records(trail, project))


def newcomer_records(trail: Trail, project: Project) -> str:
    """A machine that was not here before: enrolled, and the first line of its own; returns that line's leaf."""
    newcomer = FakeSigner("newcomer", "machine")
    trail.enrol(project.owner, newcomer)
    (asked,) = trail.events(types={"run.requested"})
    started = Draft("run.started", (Subject("run_x", SHA),), cause=(asked.leaf,))
    return trail.recorder(newcomer).record(started)[0].leaf


class Points:
    """Counts calls into the system and strikes at one of them."""

    def __init__(self, strike: int, action: str) -> None:
        self.count = 0
        self.strike = strike
        self.action = action

    def hook(self, name: str) -> None:
        true = getattr(os, name)

        def hooked(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if self.count != self.strike or (name == "close" and self.action != "die"):
                return true(*args, **kwargs)
            if self.action == "die":
                if name in ("write", "pwrite"):  # half of it reached the file
                    true(args[0], args[1][: len(args[1]) // 2], *args[2:])
                else:
                    true(*args, **kwargs)
                os._exit(9)
            raise OSError(ACTIONS[self.action], os.strerror(ACTIONS[self.action]))

        setattr(os, name, hooked)


def forked(project: Project, points: Points) -> tuple[list[str], int]:
    """Runs the work in a child. Returns the acknowledged leaves, and how many calls were counted."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        tell = os.write
        try:
            for name in CALLS:
                points.hook(name)
            work(project, lambda leaf: tell(writing, leaf.encode() + b"\n"))
        except (OSError, SurefootError):
            pass
        finally:
            tell(writing, b"calls %d\n" % points.count)
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        told = file.read().split("\n")[:-1]
    os.waitpid(child, 0)
    calls = [int(line.split()[1]) for line in told if line.startswith("calls")]
    return [line for line in told if not line.startswith("calls")], calls[0] if calls else 0


def fault_of(project: Project, acknowledged: list[str]) -> str | None:
    """What is wrong afterwards, if anything."""
    try:
        with project.open() as trail:
            there = {event.leaf for event in trail.events()}
            trail.recorder(project.owner).record(label(99))
            newcomer_records(trail, project)
    except (SurefootError, OSError) as error:
        return f"does not open: {error}"
    if not set(acknowledged) <= there:
        return f"{len(set(acknowledged) - there)} acknowledged lines lost"
    report = verify(project.folder, pins=project.state, anchor=project.ws)
    return (
        f"verdict {report.verdict}: {report.findings[:3]}"
        if report.verdict in (Verdict.FAIL, Verdict.INCOMPLETE)
        else None
    )


def main(base: Path, step: int) -> None:
    """Every `step`th point, each in all three ways."""
    template = found(base / "template", labels=246)
    project = replace(template, folder=base / "at" / "project" / ".surefoot", state=base / "at" / "state")

    def fresh() -> None:
        shutil.rmtree(base / "at", ignore_errors=True)
        shutil.copytree(base / "template", base / "at")

    fresh()
    _, calls = forked(project, Points(0, "die"))
    tried, faults = 0, []
    for strike in range(1, calls + 1, step):
        for action in ACTIONS:
            fresh()
            acknowledged, _ = forked(project, Points(strike, action))
            tried += 1
            fault = fault_of(project, acknowledged)
            if fault:
                faults.append(f"call {strike} {action}: {fault}")
    print(json.dumps({"calls": calls, "tried": tried, "faults": faults}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1]) as folder:
        main(Path(folder), int(sys.argv[2]))
