"""Releases as the frame is told of them."""

from collections.abc import Sequence

from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _actions(desk: Desk) -> Sequence[Action]:
    def why_not() -> str:
        return "" if desk.session.project is not None else desk.words("app.shell.no_project")

    return (
        Action(
            "release.new", "package-check", lambda: desk.open("candidate", ""), verb="release draft",
            why_disabled=why_not,
        ),
        Action(
            "release.policy", "shield-check", lambda: desk.open("policy", ""), verb="policy show", why_disabled=why_not
        ),
    )  # fmt: skip


def _objects(bench: Workbench) -> Sequence[Found]:
    return tuple(Found("release", one.id, f"{one.name} {one.version}", "") for one in bench.releases.list())


RELEASES = Feature(
    id="releases",
    title="app.releases.title",
    icon="package-check",
    build=Later("surefoot_app.releases.page", "ReleasesPage"),
    opens=("release", "release-draft", "candidate", "policy"),
    group=2,
    actions=_actions,
    objects=_objects,
)
"""`desk.open("candidate", run)` begins a release of a run."""
