"""Audit: the badge, questions, the timeline, the walk back, review mode; over the life of tests/fakes/lineage.py."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from surefoot.audit import rules
from surefoot.audit.facts import Actor, Explanation
from surefoot.errors import Code, IncompleteError, SurefootError
from surefoot.trail import Report
from surefoot.trail.report import Check, Finding, Weight
from surefoot_app.audit import walk
from surefoot_app.audit.asking import Question, Scope
from surefoot_app.audit.page import AuditPage
from surefoot_app.audit.review import Waiting
from surefoot_app.shell.desk import Desk
from tests.fakes.lineage import life

OWNER, LINEAGE = life()
ACTORS = tuple(
    Actor(actor, "Ada Lovelace" if role == "owner" else "", role)
    for actor, role in dict.fromkeys((event.actor, event.role) for event in OWNER.log)
)
NAMES = {one.id: one.name for one in ACTORS if one.name}
TOLD = (*rules.chapters(LINEAGE, NAMES), rules.since(LINEAGE.after, NAMES))
EXPLANATION = Explanation("local", "2026-03-01T12:00:00.000Z", TOLD, rules.gaps(TOLD), NAMES)
SCOPE = Scope(("local", "production"), ACTORS, ("asset", "check", "release", "run", "service"))
_COUNTS = {"founding": 1, "files": 6, "keys": 2, "lines": 214, "signatures": 214, "roles": 214, "causes": 311,
           "checkpoints": 12, "pins": 2, "bodies": 214, "clock": 214}  # fmt: skip


def report(weight: Weight | None, check: str = "signatures", seq: int | None = 213) -> Report:
    """A verification, invented: sound but for one check."""
    checks = tuple(Check(name, count, weight if name == check else None) for name, count in _COUNTS.items())
    findings = () if weight is None else (Finding(check, weight, "as found", "ab" * 32, seq),)
    return Report("5f" * 32, {"ab" * 32: 214}, checks, findings, len(findings))


def page(
    view: str = "questions",
    *,
    question: Question = "live",
    verified: Report | None = None,
    waiting: tuple[Waiting, ...] = (),
) -> Callable[[Desk], QWidget]:
    """The page with everything in it, in one of its views."""

    def build(desk: Desk) -> QWidget:
        made = AuditPage(desk)
        made.show_report(verified or report(None))
        made.show_scope(SCOPE)
        made.timeline.show_page(tuple(reversed(OWNER.log)))
        made.show_walked(walk.graph(LINEAGE, EXPLANATION, desk.words))
        made.review.show_waiting(waiting)
        made.questions.choose(question)
        made.show_object(f"audit-{view}", "")
        return made

    return build


def _nothing(view: str) -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        made = AuditPage(desk)
        made.show_report(report(Weight.REMARK, "pins", None))
        made.show_error(IncompleteError(Code.NOT_DEPLOYED, environment="local", at="2026-01-01"))
        made.timeline.show_page(())
        made.show_object(f"audit-{view}", "")
        return made

    return build


def _begin(desk: Desk) -> QWidget:
    made = AuditPage(desk)
    made.show_report(report(None))
    made.show_nothing()
    return made


def _failed(desk: Desk) -> QWidget:
    made = page()(desk)
    assert isinstance(made, AuditPage)
    made.badge.show_failure(SurefootError(Code.INTERNAL, detail="no report"))
    return made


def _looking(desk: Desk) -> QWidget:
    made = page("walk")(desk)
    assert isinstance(made, AuditPage)
    made.walk.graph.look_at(
        next(node.key for node in walk.graph(LINEAGE, EXPLANATION, desk.words).nodes if node.column == 2)
    )
    return made


ONE = (Waiting("rel_2", "credit 1.5.0"), Waiting("rel_3", "churn 2.0.0", ("check.fairness",)))
STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("audit-loading", AuditPage),
    ("audit-live", page()),
    ("audit-checks", page(question="checks")),
    ("audit-broken", page(question="approved", verified=report(Weight.FAIL))),
    ("audit-failed", _failed),
    ("audit-nothing", _begin),
    ("audit-not-then", _nothing("questions")),
    ("audit-timeline", page("timeline")),
    ("audit-timeline-empty", _nothing("timeline")),
    ("audit-walk", page("walk")),
    ("audit-walk-run", _looking),
    ("audit-review", page("review")),
    ("audit-review-decide", page("review", waiting=ONE)),
)
