"""Experiments as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _objects(bench: Workbench) -> Sequence[Found]:
    return [
        Found("experiment", one.recipe.name, one.recipe.name, one.recipe.goal)
        for one in bench.experiments.list()
        if one.recipe is not None
    ]


def _actions(desk: Desk) -> Sequence[Action]:
    def reason() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    return [
        Action(
            "experiments.new",
            "flask-conical",
            lambda: desk.open("experiment-new", ""),
            verb="experiment new",
            why_disabled=reason,
        )
    ]


EXPERIMENTS = Feature(
    id="experiments",
    title="app.experiments.title",
    icon="flask-conical",
    build=Later("surefoot_app.experiments.page", "ExperimentsPage"),
    opens=("experiment", "experiment-new"),
    group=1,
    actions=_actions,
    objects=_objects,
)
