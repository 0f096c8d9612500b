"""Datasets as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _objects(bench: Workbench) -> Sequence[Found]:
    return [Found("dataset", one.ref, one.ref, one.purpose or "") for one in bench.datasets.list()]


def _actions(desk: Desk) -> Sequence[Action]:
    def reason() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    return [
        Action(
            "datasets.new", "database", lambda: desk.open("dataset-new", ""), verb="dataset add", why_disabled=reason
        )
    ]


DATASETS = Feature(
    id="datasets",
    title="app.datasets.title",
    icon="database",
    build=Later("surefoot_app.datasets.page", "DatasetsPage"),
    opens=("dataset", "dataset-new", "file"),
    group=1,
    actions=_actions,
    objects=_objects,
)
