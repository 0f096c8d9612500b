"""Deployments as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _objects(bench: Workbench) -> Sequence[Found]:
    return [
        Found("deployment", one.active.environment, f"{one.active.name} {one.active.version}", one.active.environment)
        for one in bench.deployments.status()
    ]


def _actions(desk: Desk) -> Sequence[Action]:
    def reason() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    def act(name: str, icon: str, verb: str, shortcut: str = "") -> Action:
        return Action(
            f"deployment.{name}", icon, lambda: desk.open(f"deployment-{name}", ""), shortcut, verb, why_disabled=reason
        )

    return [
        act("new", "rocket", "deploy"),
        act("stop", "octagon-x", "stop", "Ctrl+Shift+X"),
        act("rollback", "undo-2", "rollback"),
        act("lift", "play", "lift"),
        act("drill", "shield-alert", "drill stop"),
    ]


DEPLOYMENTS = Feature(
    id="deployments",
    title="app.deployments.title",
    icon="rocket",
    build=Later("surefoot_app.deployments.page", "DeploymentsPage"),
    opens=("deployment", "environment", *(f"deployment-{act}" for act in ("new", "stop", "rollback", "lift", "drill"))),
    group=2,
    actions=_actions,
    objects=_objects,
)
