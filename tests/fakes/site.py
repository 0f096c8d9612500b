"""A supervisor's surroundings with nothing slow in them, and a fuse that ends everything at one point."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from surefoot.errors import Code, InputRefusedError
from surefoot.executors.facts import Capacity, End, EndState, Handle, Output, Place, Status
from surefoot.executors.port import Executor
from surefoot.experiments import code
from surefoot.experiments.facts import Environment
from surefoot.experiments.recipe import read
from surefoot.objects import Objects
from surefoot.runs import requests
from surefoot.runs.launching import Surroundings
from surefoot.runs.requests import Ground
from surefoot.runs.supervisor import Supervisor
from surefoot.trail import Event
from tests.fakes.recorder import FakeRecorder
from tests.fakes.runs import inputs


class FakeExecutor(Executor):
    """Carries a run out in no time. What it knows lies in the run's folder, as with a real one."""

    name = "local"

    def __init__(self, *, dies: bool = False) -> None:
        self._dies = dies

    def _describe(self) -> Capacity:
        return Capacity(2, 0, "test", "3", "a" * 64, "open", 1)

    def _put(self, folder: Path, run: str) -> Place:
        return Place(run, str(folder))

    def _start(self, place: Place) -> Handle:
        folder = Path(place.where)
        with (folder / "ran.txt").open("a") as file:
            file.write("once\n")
        if (folder / "fake").exists():
            raise InputRefusedError(Code.RUN_STARTED_BEFORE, run=place.run)
        (folder / "fake").touch()
        (folder / "output" / "result.txt").write_text("result")
        (folder / "log.txt").write_text("said")
        (folder / "telemetry.jsonl").write_text('{"kind":"metric","name":"auc","value":0.7,"step":1,"time_ms":1}\n')
        return Handle(place.run, place.where, "1")

    def _attach(self, place: Place) -> Handle | None:
        return Handle(place.run, place.where, "1") if Path(place.where, "fake").exists() else None

    def _poll(self, handle: Handle) -> Status:
        looked = Path(handle.where, "looked")
        if not looked.exists():
            looked.touch()
            return Status("going", "running")
        if self._dies:
            return Status("lost")
        state: EndState = "cancelled" if Path(handle.where, "told").exists() else "finished"
        outputs = {"result.txt": Output(hashlib.sha256(b"result").hexdigest(), 6)}
        return Status("ended", end=End(state, "", "", "", "0.1", "0.1", 1, exit_code=0, outputs=outputs, points=1))

    def _tail(self, handle: Handle, offset: int) -> tuple[bytes, int]:
        return b"", offset

    def _cancel(self, handle: Handle) -> None:
        Path(handle.where, "told").touch()

    def _fetch(self, handle: Handle, folder: Path) -> None:
        pass


RECIPE = """
[experiment]
name = "x"
[data.table]
version = "t@1"
[run]
command = ["sh", "train.sh"]
outputs = ["result.txt"]
[criteria.auc]
at_least = 0.5
"""


P = ParamSpec("P")
T = TypeVar("T")


class KilledError(BaseException):
    """kill -9: nothing catches it."""


@dataclass
class Fuse:
    """Counts what is done and blows at one point."""

    at: int = 0
    count: int = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise KilledError

    def around(self, act: Callable[P, T]) -> Callable[P, T]:
        def done(*args: P.args, **kwargs: P.kwargs) -> T:
            self.step()
            result = act(*args, **kwargs)
            self.step()
            return result

        return done


@dataclass
class Site:
    """A project whose every act can be the last."""

    folder: Path
    log: FakeRecorder = field(default_factory=FakeRecorder)
    executor: Executor = field(default_factory=FakeExecutor)

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def objects(self) -> Objects:
        return Objects(self.folder / "objects")

    def request(self, recipe: str = RECIPE) -> list[str]:
        train = self.folder / "train" / "x"
        train.mkdir(parents=True, exist_ok=True)
        (train / "train.sh").write_text("true\n")
        state = code.capture(self.folder, "x", recipe=self.folder / "x.toml", objects=self.objects)
        data: dict[str, Any] = {"table": {"id": "ds", "version": "v", "number": 1}}
        ground = Ground("0" * 64, state, Environment("own"), data, ())
        wanted = requests.drafts(read(recipe.encode(), name="r"), ground, number=1, objects=self.objects)
        return [event.subjects[0].id for event in self.log.record(*wanted)]

    def supervisor(self, fuse: Fuse | None = None, **more: Any) -> Supervisor:
        machine = self.log.as_role("machine")
        usual: dict[str, Any] = {
            "trail": machine,
            "recorder": machine,
            "objects": self.objects,
            "executors": {"local": self.executor},
            "runs": self.runs,
            "inputs": inputs,
            "environment": lambda _kind, _digest: Environment("own"),
        }
        usual |= more
        if fuse is not None:
            for verb in ("put", "start", "attach", "poll", "fetch", "cancel"):
                setattr(self.executor, verb, fuse.around(getattr(type(self.executor), verb).__get__(self.executor)))
            for verb in ("put_many", "put_file"):
                setattr(usual["objects"], verb, fuse.around(getattr(usual["objects"], verb)))
            machine.record = fuse.around(machine.record)  # type: ignore[method-assign]  # the fuse is the point
        return Supervisor(Surroundings(**usual))

    def ends(self, run: str) -> list[Event]:
        return [one for one in self.log.log if one.subjects[0].id == run and one.type.split(".")[1] in ENDS]


ENDS = {"finished", "failed", "interrupted", "cancelled", "lost"}


def until_done(supervisor: Supervisor, ticks: int = 20) -> None:
    for _ in range(ticks):
        _, is_needed = supervisor.tick()
        if not is_needed:
            return
    raise AssertionError("still not done")
