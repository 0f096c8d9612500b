"""Checks as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _actions(desk: Desk) -> Sequence[Action]:
    def why_not() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    return (Action("checks.show", "list-checks", lambda: desk.go("checks"), verb="check list", why_disabled=why_not),)


def _objects(bench: Workbench) -> Sequence[Found]:
    return tuple(Found("check", one.run, one.name, "") for one in bench.checks.subjects(limit=100) if one.results)


CHECKS = Feature(
    id="checks",
    title="app.checks.title",
    icon="list-checks",
    build=Later("surefoot_app.checks.page", "ChecksPage"),
    opens=("check", "model"),
    actions=_actions,
    objects=_objects,
)
