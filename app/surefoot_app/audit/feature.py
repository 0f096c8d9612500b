"""Audit as the frame is told of it."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later

_VIEWS = (("questions", "circle-help"), ("timeline", "history"), ("walk", "route"), ("review", "book-open"))


def _objects(bench: Workbench) -> Sequence[Found]:
    return [Found("review", place, place) for place in bench.audit.lines.places()]


def _actions(desk: Desk) -> Sequence[Action]:
    def reason() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    def act(name: str, icon: str, verb: str = "") -> Action:
        return Action(f"audit.{name}", icon, lambda: desk.open(f"audit-{name}", ""), verb=verb, why_disabled=reason)

    return [*(act(name, icon) for name, icon in _VIEWS), act("report", "download", "audit report")]


AUDIT = Feature(
    id="audit",
    title="app.audit.title",
    icon="history",
    build=Later("surefoot_app.audit.page", "AuditPage"),
    opens=(
        "activation",
        "event",
        "review",
        "approval",
        "audit-report",
        "audit-line",
        *(f"audit-{name}" for name, _ in _VIEWS),
    ),
    group=3,
    actions=_actions,
    objects=_objects,
)
