"""Home and the welcome page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from surefoot_app.home.making import NewProjectSheet
from surefoot_app.home.page import HomePage
from surefoot_app.home.progress import STEPS, Going, Overview, Waiting
from surefoot_app.home.welcome import WelcomePage
from surefoot_app.shell.desk import Desk

NOW = datetime.now(UTC)


def _page(found: Overview | None) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = HomePage(desk)
        if found is not None:
            page.show_overview(found)
        return page

    return build


def _ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


FULL = Overview(
    done=frozenset({"data", "experiment", "run", "checks"}),
    going=(Going("r1", "credit/41", "running", _ago(3)), Going("r2", "credit/42", "queued", _ago(1))),
    waiting=(Waiting("rel_1", "credit 2.4.0"), Waiting("rel_0", "churn 1.1.0", is_approved=True)),
    last=(("run.started", _ago(3)), ("check.failed", _ago(12)), ("check.passed", _ago(12)), ("run.finished", _ago(40))),
    lines=1284,
)
NEW = Overview(frozenset(), (), (), (("feed.opened", _ago(0)), ("workspace.created", _ago(0))), 2)
DONE = Overview(frozenset(step for step, _, _ in STEPS), (), (), FULL.last, 2210)

STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("welcome", WelcomePage),
    ("home-loading", _page(None)),
    ("home-new", _page(NEW)),
    ("home-full", _page(FULL)),
    ("home-done", _page(DONE)),
    ("new-project", lambda desk: NewProjectSheet(desk.words)),
)
