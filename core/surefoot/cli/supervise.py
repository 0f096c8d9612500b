"""`surefoot supervise`: the hidden verb that a waker starts; not for people.

The supervisor gets the machine's key, and no catalog. It is put together here and not in the workbench, so that no
other verb pays for what only it needs.
"""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from surefoot.cli.call import Answer, Call
from surefoot.datasets import tables
from surefoot.datasets.kinds import Room
from surefoot.datasets.service import lay_out
from surefoot.errors import Code, IncompleteError
from surefoot.experiments import environments
from surefoot.runs import waking
from surefoot.runs.supervisor import Supervisor, Surroundings, serve
from surefoot.workbench import FOLDER, Workbench


def supervise(call: Call) -> Answer:
    """Becomes the supervisor of a project."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _watch(call.workbench)
    return Answer()


def _watch(bench: Workbench) -> None:
    """Watches runs and services of an open project until nothing is left to watch."""
    surroundings = Surroundings(
        trail=bench.trail,
        recorder=bench.machine().recorder,
        objects=bench.objects,
        executors=bench.executors,
        runs=bench.project / FOLDER / "runs",
        inputs=partial(write_input, bench),
        environment=partial(environments.here, objects=bench.objects, state=bench.own_state),
        keepers=(bench.keeper().tick,),
    )
    serve(bench.own_state / waking.LOCK, lambda: Supervisor(surroundings))


def write_input(bench: Workbench, _name: str, version: Mapping[str, Any], folder: Path) -> None:
    """Lays out the training side of a dataset version; found in the trail, since a supervisor has no catalog."""
    found = None
    for event in bench.trail.events(types=("asset.registered",)):
        subject = event.subjects[0]
        if subject.sha256 == version["version"] and event.body is not None:
            # The last one counts: a permission may have been renewed, or ended, since.
            known = {"id": subject.id, "version": subject.sha256, "leaf": event.leaf, "recorded_at": event.at}
            found = tables.from_body(event.body, **known)
    if found is not None:
        lay_out(found, folder, room=Room(bench.objects, bench.project, bench.own_state))
        return
    raise IncompleteError(Code.FILE_MISSING, path=version["version"])
