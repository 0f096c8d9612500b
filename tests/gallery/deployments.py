"""Deployments: nothing live, several places, a stop, the sheets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QWidget

from surefoot.deployments.facts import Active, Answer, Deployed, Deployment, Drill, Earlier, Figures, State, StopInForce
from surefoot.errors import Code, NotConfirmedError
from surefoot.payloads.service.documents import Port
from surefoot_app.deployments import ordering
from surefoot_app.deployments.details import Details
from surefoot_app.deployments.ordering import DeploySheet, OrderSheet, TokenSheet
from surefoot_app.deployments.page import DeploymentsPage
from surefoot_app.deployments.standing import Overview, Ready, Standing
from surefoot_app.deployments.stopping import StopSheet
from surefoot_app.deployments.trying import Form
from surefoot_app.shell.desk import Desk

NOW = datetime.now(UTC)
WEEK = 604_800_000


def active(environment: str, name: str, version: str, *, hours: float = 30) -> Active:
    """What answers somewhere, invented."""
    since = (NOW - timedelta(hours=hours)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ends = int((NOW + timedelta(days=5, hours=3)).timestamp() * 1000)
    return Active(
        environment, "act_1", "ab" * 32, "rel_1", name, version, "9f86d081884c7d65" * 4, "svc_1", "cd" * 32,
        port=8123, pid=1, since=since, lease_expires=ends, lease_issued=ends - WEEK,
    )  # fmt: skip


def standing(environment: str, name: str, version: str, state: State, **changed: object) -> Standing:
    """How it stands, invented."""
    token = f"/home/ada.lovelace/.local/state/surefoot/{'9f86d081884c7d65' * 4}/environments/{environment}/token"
    reason = {State.STOPPED: "ordered by Ada Lovelace: it refused too many", State.LOST: "the process is gone"}
    found = Deployment(active(environment, name, version), state, reason.get(state, ""), "/tmp/log", token)
    return replace(Standing(found), **changed)  # type: ignore[arg-type] # of the test's own


FIGURES = Figures({200: 1284, 400: 17, 401: 2, 503: 4}, 2210, 1, 442_800.0)
EARLIER = Earlier("credit", "1.3.0", "rel_0", "2026-02-03T09:12:00Z")
STOP = StopInForce(
    "ac" * 32, "", "svc_0", "ee" * 32, "rel_0", "credit", "1.3.0", "stop_1", "per_ada", "2026-02-04T09:12:00Z"
)
BARRED = replace(EARLIER, stop=STOP)
DRILL = Drill("production", "2026-02-20T10:00:00.000Z", "0.31", "2.4")
LIVE = standing("production", "credit", "1.4.0", State.SERVING, figures=FIGURES, earlier=EARLIER, drill=DRILL)
STOPPED = standing("staging", "churn-of-customers", "2.0.1", State.STOPPED, earlier=None)
LOCAL = standing("local", "credit", "1.5.0", State.SERVING, figures=Figures({}, 0, 0, 1.0))
FULL = Overview(
    ("production", "staging", "local"),
    ("credit", "churn-of-customers"),
    {one.deployment.active.environment: one for one in (LIVE, STOPPED, LOCAL)},
    (("local", StopInForce("ab" * 32, "", "svc_9", "ef" * 32, "rel_9", "churn-of-customers", "1.9.0", "stop_9")),),
    (Ready("rel_2", "credit@1.5.0", ("local", "production")), Ready("rel_3", "churn-of-customers@2.0.1", ("staging",))),
)
EMPTY = Overview(("local",), (), {}, (), (Ready("rel_1", "credit@1.0.0", ("local",)),))
UNSIGNED = Overview(("local",), (), {})
FORM = Form(
    (
        Port("duration", "int64", (-1, 1), minimum="4", maximum="72", unit="months"),
        Port("amount", "float64", (-1, 1), minimum="250", maximum="18424", unit="DM"),
        Port("purpose", "string", (-1, 1), categories=("car", "education", "furniture", "repairs")),
        Port("employed_since_years_with_the_same_employer", "float32", (-1, 1), nullable=True),
        Port("has_telephone", "bool", (-1, 1)),
        Port("remark", "string", (-1, 1), nullable=True),
    ),
    {"duration": 24, "amount": 2500.0, "purpose": "furniture", "has_telephone": True, "remark": None},
)
GOOD = Answer(200, {"predictions": [{"label": "good", "probability": 0.8123}]})
BAD = Answer(400, {"error": "bad-request", "detail": "duration: Expected `int` <= 72 - at `$.rows[0].duration`"})


def _page(found: Overview | None, answer: Answer | None = None, *, chosen: str = "") -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = DeploymentsPage(desk)
        if found is not None:
            page.show_overview(found)
        if chosen:
            page.show_object("deployment", chosen)
        details = page.findChild(Details)
        if details is not None and answer is not None:
            details.trial.show_form(FORM)
            details.trial.show_answer(answer)
        return page

    return build


def _stop(phase: str) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        sheet = StopSheet(desk, LIVE)
        if phase != "asked":
            sheet.act.button.click()
        if phase == "unsure":
            error = NotConfirmedError(Code.STOP_NOT_CONFIRMED, environment="production", pid=4711)
            sheet._on_failed(error)
        return sheet

    return build


def _token(desk: Desk) -> QWidget:
    return TokenSheet(desk, Deployed(LIVE.deployment, "sf_3Jv0aG8Jk2PqWnZ6YxT1bRcEdLmUoHsV4iKfB9gNyQw"))


STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("deployments-loading", _page(None)),
    ("deployments-nothing", _page(EMPTY)),
    ("deployments-unsigned", _page(UNSIGNED)),
    ("deployments-full", _page(FULL, GOOD)),
    ("deployments-refused", _page(FULL, BAD)),
    ("deployments-stopped", _page(FULL, chosen="staging")),
    ("stop-asked", _stop("asked")),
    ("stop-going", _stop("stopping")),
    ("stop-unsure", _stop("unsure")),
    ("deploy-sheet", lambda desk: DeploySheet(desk, FULL, ended=lambda _found: None)),
    (
        "rollback-sheet",
        lambda desk: OrderSheet(desk, ordering.rollback(desk, LIVE, "2 Mar 2026 09:14"), ended=lambda _found: None),
    ),
    ("token-sheet", _token),
)
