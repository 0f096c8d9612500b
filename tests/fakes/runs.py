"""A project with everything that runs need, real but for the data sets: trail, keys, objects, catalog, executor.

Started as `python -m tests.fakes.runs supervise PROJECT STATE` it is the supervisor of such a project.
"""

import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from surefoot.catalog import Catalog
from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import Code, IncompleteError
from surefoot.executors.local import LocalExecutor
from surefoot.experiments import environments
from surefoot.objects import Objects
from surefoot.people import Identities
from surefoot.runs.facts import Run
from surefoot.runs.launching import Surroundings
from surefoot.runs.service import Runs, Ways
from surefoot.runs.supervisor import Supervisor, serve
from surefoot.runs.tables import REDUCERS
from surefoot.runs.waking import LOCK
from surefoot.trail import Trail

ROOT = Path(__file__).resolve().parents[2]


def no_dataset(ref: str) -> DatasetVersion:
    raise IncompleteError(Code.FILE_MISSING, path=ref)


def inputs(name: str, version: Mapping[str, Any], folder: Path) -> None:
    """A data set that is one small file."""
    folder.mkdir()
    (folder / "rows.csv").write_text(f"name,version\n{name},{version['version']}\n")


def no_passphrase() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Yard:
    """An open project."""

    project: Path
    home: Path
    trail: Trail
    people: Identities
    catalog: Catalog
    objects: Objects
    runs: Runs

    @property
    def state(self) -> Path:
        return self.home / self.trail.ws

    def story(self, run: str) -> list[str]:
        """The types of a run's events, in the order in which they were recorded."""
        events = sorted(self.trail.events(), key=lambda event: (event.hlc, event.feed, event.seq))
        return [event.type for event in events if event.subjects[0].id == run]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.catalog.close()
        self.trail.close()


def a_run(**values: Any) -> Run:
    """A run as the catalog shows it, with only what a test cares about."""
    usual: dict[str, Any] = dict.fromkeys(field.name for field in fields(Run))
    usual |= {name: {} for name in ("body", "parameters", "host", "metrics", "outputs", "verdict", "tracking")}
    usual |= {"run": "run_a", "experiment": "x", "number": 1, "state": "finished", "cause": ()}
    return Run(**{**usual, **values})


def found(project: Path, home: Path) -> None:
    """Makes a project with a sample identity, which needs no passphrase."""
    people = Identities(home)
    people.create_sample("tester")
    trail = Trail.create(
        project / ".surefoot", state=home, owner=people.person_signer(no_passphrase), sample=True, about={"name": "x"}
    )
    people.bind(trail.ws)
    trail.close()


def open_yard(project: Path, home: Path, *, dataset: Any = no_dataset, spawn: Sequence[str] | None = None) -> Yard:
    """Opens a project as a person's process does."""
    trail = Trail.open(project / ".surefoot", state=home)
    people = Identities(home, ws=trail.ws)
    person, machine = people.person_signer(no_passphrase), people.machine_signer()
    state = home / trail.ws
    objects = Objects(project / ".surefoot" / "objects")
    catalog = Catalog.open(state / "catalog", trail, REDUCERS)
    ways = Ways(
        project=project,
        state=state,
        catalog=catalog,
        objects=objects,
        recorder=trail.recorder(person),
        actor=lambda: people.person().id,
        executors=lambda: {"local": LocalExecutor(home / "tools")},
        dataset=dataset,
        enrol=lambda: trail.enrol(person, machine),
        spawn=spawn or (sys.executable, "-m", "tests.fakes.runs", "supervise", str(project), str(home)),
    )
    return Yard(project, home, trail, people, catalog, objects, Runs(ways))


def experiment(yard: Yard, script: str, *, more: str = "", outputs: str = '["result.txt"]') -> Path:
    """Writes an experiment `x` of one shell script; returns its recipe."""
    code = yard.project / "train" / "x"
    code.mkdir(parents=True, exist_ok=True)
    (code / "train.sh").write_text(script)
    recipe = yard.project / "experiments" / "x.toml"
    recipe.parent.mkdir(exist_ok=True)
    recipe.write_text(
        f'[experiment]\nname = "x"\n[run]\ncommand = ["sh", "train.sh"]\noutputs = {outputs}\n'
        f'[environment]\nkind = "own"\n{more}'
    )
    return recipe


def make_supervisor(project: Path, home: Path) -> Supervisor:
    """The supervisor of a project, in this process."""
    trail = Trail.open(project / ".surefoot", state=home)
    people = Identities(home, ws=trail.ws)
    objects = Objects(project / ".surefoot" / "objects")
    return Supervisor(
        Surroundings(
            trail=trail,
            recorder=trail.recorder(people.machine_signer()),
            objects=objects,
            executors={"local": LocalExecutor(home / "tools")},
            runs=project / ".surefoot" / "runs",
            inputs=inputs,
            environment=partial(environments.here, objects=objects, state=home / trail.ws),
        )
    )


def supervise(project: Path, home: Path) -> None:
    logging.basicConfig(level=logging.INFO)
    with Trail.open(project / ".surefoot", state=home) as trail:
        lock = home / trail.ws / LOCK
    serve(lock, lambda: make_supervisor(project, home), linger=1.0)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    supervise(Path(sys.argv[2]), Path(sys.argv[3]))
