"""Runs as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.runs.acts import actions
from surefoot_app.runs.watch import SupervisorWatch
from surefoot_app.shell.features import Feature, Found, Later

_MOST = 2000


def found(bench: Workbench) -> Sequence[Found]:
    """The newest runs, for the palette."""
    return [Found("run", run.run, run.name, run.state) for run in bench.runs.list(limit=_MOST)]


RUNS = Feature(
    id="runs",
    title="app.runs.title",
    icon="play",
    build=Later("surefoot_app.runs.page", "RunsPage"),
    opens=("run",),
    actions=actions,
    objects=found,
    watch=SupervisorWatch,
)
