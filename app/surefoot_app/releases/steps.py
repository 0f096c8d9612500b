"""How far each step of a release is, in words, and what keeps one from going on. No Qt here.

The steps are those of the gates: a step is done when its gates are open. What is missing is named together with the
act that mends it.
"""

from dataclasses import dataclass
from typing import Literal

from surefoot.releases import Gate, State
from surefoot.releases.reasons import MAX_REASON
from surefoot.texts import Words
from surefoot_app.releases.dossier import Dossier

STEPS = ("candidate", "data", "checks", "weighed", "package", "approvals", "sign")
CANDIDATE, DATA, CHECKS, WEIGHED, PACKAGE, APPROVALS, SIGN = range(7)
StepState = Literal["todo", "done", "failed", "close", "again"]
Mend = Literal["", "choose", "run", "policy", "draft", "approve", "data", "experiment"]
_GATES: dict[int, tuple[str, ...]] = {
    CANDIDATE: ("run", "criteria", "model"), DATA: ("data",), PACKAGE: ("content",), APPROVALS: ("approvals",),
}  # fmt: skip
_MENDS: dict[str, Mend] = {
    "run_ended": "choose", "run_unrecorded": "choose", "run_not_rebuildable": "choose", "run_objects_lost": "choose",
    "criteria_none": "experiment", "criteria_broken": "choose", "criteria_unjudged": "choose",
    "model_refused": "choose", "check_missing": "run", "check_other_model": "run", "check_undetermined": "run",
    "check_failed": "choose", "check_policy_limit": "choose", "data_none": "choose", "data_expired": "data",
    "data_unstated": "data", "policy_none": "policy", "policy_changed": "draft", "content_undrafted": "draft",
    "content_changed": "draft", "approvals_undrafted": "draft", "approvals_refused": "draft",
    "approvals_few": "approve",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a step is: its state, a few words, and why one cannot go on from it (empty where one can)."""

    state: StepState
    words: str
    reason: str = ""


def gates_of(found: Dossier, step: int) -> tuple[Gate, ...]:
    """The gates that a step is about."""
    if step == CHECKS:
        policy = found.gate("policy")
        return (*([] if policy is None or policy.is_open else [policy]), *found.checks)
    return tuple(gate for gate in found.gates if gate.name in _GATES.get(step, ()))


def mend(gate: Gate) -> Mend:
    """What mends a closed gate."""
    return "" if gate.is_open else _MENDS.get(gate.why.removeprefix("gate."), "choose")


def is_close(gate: Gate) -> bool:
    """Whether a gate is open by a hair: its figure keeps the limit and its interval does not, or it is waived."""
    return gate.state is State.WAIVED or gate.why == "gate.check_close"


def standings(found: Dossier, words: Words) -> tuple[Standing, ...]:
    """All steps, in order."""
    return tuple(_standing(found, step, words) for step in range(len(STEPS)))


def _standing(found: Dossier, step: int, words: Words) -> Standing:
    if step == CANDIDATE and not found.draft.run:
        return Standing("todo", words("app.releases.choose_run"), words("app.releases.choose_run_first"))
    if found.problem is not None:
        told = words.error(found.problem)
        return Standing("failed" if step == CANDIDATE else "todo", words("app.releases.waits"), told.what)
    if not found.draft.run:
        return Standing("todo", words("app.releases.waits"), words("app.releases.choose_run_first"))
    if step == WEIGHED:
        return _weighed(found, words)
    if step == SIGN:
        return _sign(found, words)
    return _gated(found, step, words)


def _gated(found: Dossier, step: int, words: Words) -> Standing:
    gates = gates_of(found, step)
    shut = [gate for gate in gates if not gate.is_open]
    count = words("app.releases.of_gates", done=len(gates) - len(shut), total=len(gates))
    if not shut:
        if step == CANDIDATE and found.subject is not None:
            count = found.subject.name
        elif step in {PACKAGE, APPROVALS}:
            count = words(f"app.releases.done_{STEPS[step]}")
        return Standing("close" if any(map(is_close, gates)) else "done", count)
    is_failed = any(gate.state is State.FAILED for gate in shut)
    reason = words("app.releases.shut", count=len(shut))
    if step == PACKAGE:
        return Standing(
            "again" if is_failed else "todo", words("app.releases.to_draft"), words("app.releases.draft_first")
        )
    if step == APPROVALS and not is_failed:
        return Standing("todo", words("app.releases.to_approve"), words("app.releases.approve_first"))
    return Standing("failed" if is_failed else "todo", count, reason)


def unsaid(reason: str, words: Words) -> str:
    """Why a reason cannot be recorded as it is written; empty where it can."""
    said = reason.strip()
    if len(said) > MAX_REASON:
        return words("app.releases.reason_long", count=words.count(len(said)), most=words.count(MAX_REASON))
    return "" if said else words("app.releases.reason_first")


def _unweighed(found: Dossier, words: Words) -> str:
    return unsaid(found.draft.trade_off, words) if found.draft.has_weighed else words("app.releases.weigh_first")


def _weighed(found: Dossier, words: Words) -> Standing:
    if lacking := _unweighed(found, words):
        return Standing("todo", words("app.releases.weighed_todo"), lacking)
    if is_weighed_anew(found):
        return Standing("again", words("app.releases.weighed_anew"))
    return Standing("done", words("app.releases.weighed_done"))


def is_weighed_anew(found: Dossier) -> bool:
    """Whether the sentence is no longer the one that was proposed with."""
    recorded = None if found.release is None else found.release.proposed.body.get("trade_off")
    return found.release is not None and (recorded or "") != found.draft.trade_off.strip()


def _sign(found: Dossier, words: Words) -> Standing:
    to = words("app.releases.to_places", places=", ".join(found.places))
    shut = [gate for gate in found.gates if not gate.is_open]
    if shut:
        return Standing("todo", to, words("app.releases.shut", count=len(shut)))
    if lacking := _unweighed(found, words):
        return Standing("todo", to, lacking)
    if found.is_proposed_otherwise:
        return Standing("todo", to, words("app.releases.proposed_otherwise"))
    return Standing("todo", to, words("app.releases.weighed_again") if is_weighed_anew(found) else "")
