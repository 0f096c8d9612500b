"""`surefoot supervise`: the hidden verb that a waker starts; not for people.

The supervisor gets the machine's key, and no catalog. It is put together here and not in the workbench, so that no
other verb pays for what only it needs.
"""

import logging
from functools import partial

from surefoot.cli.call import Answer, Call
from surefoot.datasets.kinds import Room
from surefoot.datasets.recorded import Recorded
from surefoot.experiments import environments
from surefoot.files import KEPT
from surefoot.runs import waking
from surefoot.runs.supervisor import Supervisor, Surroundings, serve
from surefoot.workbench import Workbench


def supervise(call: Call) -> Answer:
    """Becomes the supervisor of a project."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _watch(call.workbench)
    return Answer()


def _watch(bench: Workbench) -> None:
    """Watches runs and services of an open project until nothing is left to watch."""
    recorded = Recorded(bench.trail, Room(bench.objects, bench.project, bench.own_state))
    surroundings = Surroundings(
        trail=bench.trail,
        recorder=bench.machine().recorder,
        objects=bench.objects,
        executors=bench.executors,
        runs=bench.project / KEPT / "runs",
        inputs=lambda _name, version, folder: recorded.lay_out(version["id"], version["version"], folder),
        environment=partial(environments.here, objects=bench.objects, state=bench.own_state),
        keepers=(bench.keeper().tick,),
    )
    serve(bench.own_state / waking.LOCK, lambda: Supervisor(surroundings))
