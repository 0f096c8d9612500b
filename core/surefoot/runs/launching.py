"""How a run gets from its plan to an executor: the folder, the launch, and what is recorded of both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from surefoot.executors.facts import Capacity, Handle, Place
from surefoot.executors.port import Executor
from surefoot.experiments.facts import Environment
from surefoot.objects import Objects
from surefoot.runs import folders
from surefoot.runs.facts import Load
from surefoot.runs.folders import Inputs
from surefoot.trail import Followed, Json, Recorder


class Keeper(Protocol):
    """Somebody else who has to be looked after as long as a project lives: a running service, for one."""

    def __call__(self) -> bool:
        """Does what is due, briefly. Returns whether it still needs the supervisor."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the supervisor works with.

    Attributes:
        trail: what it follows. recorder: signs with the machine's key. objects: the store.
        executors: by name. runs: the folder of all runs.
        inputs: writes a data set into a run's folder.
        environment: what a plan's environment is here, given its kind and digest.
        keepers: looked after once a tick.
    """

    trail: Followed
    recorder: Recorder
    objects: Objects
    executors: Mapping[str, Executor]
    runs: Path
    inputs: Inputs
    environment: Callable[[str, str | None], Environment]
    keepers: Sequence[Keeper] = ()


class Launcher:
    """Brings runs to their executors. Each verb may be called again after a crash and goes on from where it was."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._is = surroundings
        self._capacity: dict[str, Capacity] = {}

    def lay_out(self, run: str, plan: Mapping[str, Any]) -> None:
        """Makes the folder of a run, unless it is there.

        Raises:
            IncompleteError: code or data is missing from the record.
            InputRefusedError: the data may not be used, or are not what they were.
        """
        if (self._is.runs / run / folders.PLAN).exists():
            return
        wish = plan["environment"]
        environment = self._is.environment(wish["kind"], wish["digest"])
        folders.prepare(
            self._is.runs, run, plan, objects=self._is.objects, inputs=self._is.inputs, python=environment.python
        )

    def start(self, run: str, plan: Mapping[str, Any]) -> Handle:
        """Starts a run whose folder is there.

        Raises:
            SurefootError: its agent does not come up.
        """
        executor, folder = self._executor(plan), self._is.runs / run
        where = folders.launched_at(folder)
        place = executor.put(folder, run) if where is None else Place(run, where)
        folders.note_launch(folder, place.where)
        return executor.start(place)

    def found(self, run: str, plan: Mapping[str, Any]) -> Handle | None:
        """The handle of a run that was started before, by whomever; None where none was."""
        where = folders.launched_at(self._is.runs / run)
        return None if where is None else self._executor(plan).attach(Place(run, where))

    def room(self, name: str) -> Load:
        """What an executor has in all."""
        there = self._described(name)
        return Load(there.cores, len(there.accelerators), there.memory_bytes)

    def facts(self, plan: Mapping[str, Any], handle: Handle) -> dict[str, Json]:
        """The details of `run.started`: where it runs, in what, and how far it is shut in."""
        name, wish = plan["executor"]["name"], plan["environment"]
        there = self._described(name)
        return {
            "executor": name,
            "place": handle.where,
            "host": {
                "cores": there.cores,
                "memory": there.memory_bytes,
                "system": there.system,
                "python": there.python,
            },
            "agent": there.agent,
            "network": there.network,
            "sandbox": there.sandbox,
            "environment": self._is.environment(wish["kind"], wish["digest"]).digest,
        }

    def _executor(self, plan: Mapping[str, Any]) -> Executor:
        return self._is.executors[plan["executor"]["name"]]

    def _described(self, name: str) -> Capacity:
        if name not in self._capacity:
            self._capacity[name] = self._is.executors[name].describe()
        return self._capacity[name]
