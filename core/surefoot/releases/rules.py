"""The gates of a release: pure judgement over facts that were read from the record.

Every gate is always listed, in this order, each with its reason and, where it is closed, with the command that mends
it. A gate that cannot be judged is closed (missing), never open: absence of evidence passes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from surefoot.releases.facts import AdoptedPolicy, Candidate, Gate, RecordedEvent, Release, Requirement, State
from surefoot.texts import figure

_GOOD_CHECKS = {"passed", "close"}
UNWAIVABLE = frozenset({"parity"})
"""What says that the model is the one that was judged: without it every other figure is about something else."""
_REBUILD = ("recipe", "plan", "code", "environment", "seed", "data")


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that the gates look at.

    Attributes:
        ref: how commands name the candidate (its release id once drafted, else its model id).
        candidate: what the record says of the model.
        policy: in force, or None.
        release: the proposal judged, or None before a draft.
        today: the day on which permissions have to hold.
        changed: what differs between the proposal and the project now (text keys' values), empty where nothing does.
    """

    ref: str
    candidate: Candidate
    policy: AdoptedPolicy | None
    release: Release | None
    today: date
    changed: tuple[str, ...] = ()

    @property
    def run(self) -> str:
        """The run's id."""
        return self.candidate.ended.subject

    @property
    def model(self) -> str:
        """The model's id."""
        return self.candidate.model.subject

    @property
    def again(self) -> str:
        """The command that drafts the release anew."""
        return f"surefoot release draft {self.run}"

    @property
    def retrain(self) -> str:
        """The command that trains anew."""
        requested = self.candidate.requested
        name = "" if requested is None else str(requested.body.get("experiment", ""))
        return f"surefoot experiment start {name}".rstrip()


def gates(case: Case) -> tuple[Gate, ...]:
    """All gates of a candidate or a proposed release, in a fixed order."""
    return (
        _run(case),
        _criteria(case),
        _model(case),
        *_checks(case),
        _data(case),
        _policy(case),
        _content(case),
        _approvals(case),
    )


def closed(judged: Sequence[Gate], *, but: frozenset[str] = frozenset()) -> tuple[Gate, ...]:
    """The gates that are not open, leaving out those named in `but`."""
    return tuple(gate for gate in judged if not gate.is_open and gate.name not in but)


def _passed(name: str, why: str, **values: str) -> Gate:
    return Gate(name, State.PASSED, f"gate.{why}", values)


def _failed(name: str, why: str, mend: str, **values: str) -> Gate:
    return Gate(name, State.FAILED, f"gate.{why}", values, mend)


def _missing(name: str, why: str, mend: str, **values: str) -> Gate:
    return Gate(name, State.MISSING, f"gate.{why}", values, mend)


def _run(case: Case) -> Gate:
    """Complete and rebuildable: it finished, and all that it needs to run again is recorded and kept."""
    ended, requested = case.candidate.ended, case.candidate.requested
    if ended.type != "run.finished":
        return _failed("run", "run_ended", case.retrain, run=case.run, state=ended.type.partition(".")[2])
    if requested is None or case.candidate.started is None:
        return _missing("run", "run_unrecorded", case.retrain, run=case.run)
    body = requested.body
    lacking = [key for key in _REBUILD if body.get(key) in (None, "", {}, [])]
    code, environment = _mapping(body.get("code")), _mapping(body.get("environment"))
    if "code" not in lacking and not code.get("files"):
        lacking.append("code.files")
    if "environment" not in lacking and not environment.get("digest"):
        lacking.append("environment.digest")
    lacking += [f"data.{name}" for name in _mapping(body.get("data")) if name not in case.candidate.data]
    if lacking:
        return _failed("run", "run_not_rebuildable", case.retrain, run=case.run, lacking=", ".join(lacking))
    lost = case.candidate.missing_objects
    if lost:
        return _failed("run", "run_objects_lost", "surefoot doctor", run=case.run, count=str(len(lost)))
    return _passed("run", "run_ok", run=case.run)


def _criteria(case: Case) -> Gate:
    verdict = _mapping(case.candidate.ended.body.get("verdict"))
    stated = [_mapping(one) for one in verdict.get("criteria") or ()]
    if not stated:
        return _missing("criteria", "criteria_none", case.retrain, run=case.run)
    words = "; ".join(_criterion(one) for one in stated)
    if verdict.get("meets") is True and all(one.get("meets") is True for one in stated):
        return _passed("criteria", "criteria_met", criteria=words)
    if verdict.get("meets") is False:
        return _failed("criteria", "criteria_broken", case.retrain, criteria=words)
    return _missing("criteria", "criteria_unjudged", case.retrain, criteria=words)


def _criterion(one: Mapping[str, Any]) -> str:
    sign = {"at_least": "≥", "at_most": "≤"}.get(str(one.get("rule")), str(one.get("rule")))
    return f"{one.get('metric')} {figure(one.get('value'))} ({sign} {one.get('limit')})"


def _model(case: Case) -> Gate:
    if case.candidate.refusal is not None:
        return _failed("model", "model_refused", case.retrain, model=case.model)
    return _passed("model", "model_accepted", model=case.model, sha256=case.candidate.model.sha256[:12])


def _check(case: Case, required: Requirement) -> Gate:
    """A required check: it exists, is about this very model, passed, and keeps the policy's own limit."""
    kind = required.check
    name, mend = f"check.{kind}", f"surefoot check run {case.run} --kind {kind}"
    event = case.candidate.checks.get(kind)
    if event is None:
        why = "check_other_model" if kind in case.candidate.strangers else "check_missing"
        return _missing(name, why, mend, kind=kind, model=case.model)
    state = event.type.partition(".")[2]
    measured = str(event.body.get("figure") or "-")
    if state == "undetermined":
        return _failed(name, "check_undetermined", mend, kind=kind)
    if state not in _GOOD_CHECKS:
        return _failed(name, "check_failed", case.retrain, kind=kind, figure=measured)
    limit = _broken_limit(event, required)
    if limit:
        return _failed(name, "check_policy_limit", case.retrain, kind=kind, figure=measured, limit=limit)
    return _passed(name, f"check_{state}", kind=kind, figure=measured)


def _checks(case: Case) -> tuple[Gate, ...]:
    required = () if case.policy is None else case.policy.policy.requirements
    return tuple(_waived(case, _check(case, one)) for one in required)


def _waived(case: Case, gate: Gate) -> Gate:
    """Opens a check's gate by a waiver: given on this model, not ended, and no longer than the policy allows."""
    kind = gate.name.partition(".")[2]
    waiver = waiver_for(case.candidate, kind, days=_waiver_days(case), today=case.today)
    if gate.is_open or waiver is None:
        return gate
    until, reason = str(waiver.body["until"]), str(waiver.body.get("reason", ""))
    values = {"kind": kind, "until": until, "reason": reason, "actor": waiver.actor}
    return Gate(gate.name, State.WAIVED, "gate.check_waived", values)


def waivers(case: Case) -> dict[str, RecordedEvent]:
    """The waivers that open a gate today, by kind of check."""
    kinds = [gate.name.partition(".")[2] for gate in _checks(case) if gate.state is State.WAIVED]
    return {kind: case.candidate.waivers[kind] for kind in kinds}


def _waiver_days(case: Case) -> int:
    return 0 if case.policy is None else case.policy.policy.waiver_days


def waiver_for(candidate: Candidate, kind: str, *, days: int, today: date) -> RecordedEvent | None:
    """The waiver that holds today for a kind of check that ran, if the policy in force allows one of that length."""
    waiver = candidate.waivers.get(kind)
    if waiver is None or kind in UNWAIVABLE or kind not in candidate.checks:
        return None
    length = waiver.body.get("days")
    holds = _still_valid(waiver.body.get("until"), today)
    return waiver if holds and isinstance(length, int) and length <= days else None


def _broken_limit(event: RecordedEvent, required: Requirement) -> str:
    """The policy's limit that the figure (or its interval) breaks or cannot be compared with, else nothing."""
    low, high = ("low", "high") if required.on_interval else ("figure", "figure")
    if required.at_least is not None:
        value = _number(event.body.get(low))
        if value is None or value < required.at_least:
            return f"≥ {required.at_least}"
    if required.at_most is not None:
        value = _number(event.body.get(high))
        if value is None or value > required.at_most:
            return f"≤ {required.at_most}"
    if required.on_interval and event.type == "check.close":
        return "95 %"
    return ""


def _data(case: Case) -> Gate:
    """Each dataset may be used today, and where it is about people its purpose and legal basis are stated."""
    if not case.candidate.data:
        return _missing("data", "data_none", case.retrain, run=case.run)
    for event in case.candidate.data.values():
        name, expiry = str(event.body.get("name")), event.body.get("expiry")
        if expiry is not None and not _still_valid(expiry, case.today):
            return _failed(
                "data", "data_expired", f"surefoot dataset add FILE --name {name}", data=name, expiry=str(expiry)
            )
        about_people = any(event.body.get(key) for key in ("subject", "protected", "special"))
        lacking = [key for key in ("purpose", "legal_basis") if not event.body.get(key)]
        if about_people and lacking:
            mend = f"surefoot dataset add FILE --name {name}"
            return _missing("data", "data_unstated", mend, data=name, lacking=", ".join(lacking))
    names = ", ".join(f"{event.body.get('name')}@{event.body.get('number')}" for event in case.candidate.data.values())
    return _passed("data", "data_ok", data=names)


def _still_valid(expiry: object, today: date) -> bool:
    """Whether a permission holds on a day; the day named is the last one. An unreadable date has expired."""
    try:
        return today <= date.fromisoformat(str(expiry)[:10])
    except ValueError:
        return False


def _policy(case: Case) -> Gate:
    if case.policy is None:
        return _missing("policy", "policy_none", "surefoot policy adopt")
    name, digest = case.policy.policy.name, case.policy.sha256[:12]
    if case.release is not None and case.release.proposed.body.get("policy") != case.policy.sha256:
        return _failed("policy", "policy_changed", case.again, policy=name, sha256=digest)
    return _passed("policy", "policy_in_force", policy=name, sha256=digest)


def _content(case: Case) -> Gate:
    if case.release is None:
        return _missing("content", "content_undrafted", case.again)
    held = {kind: one.leaf for kind, one in waivers(case).items()}
    # The card and the proposal name the waivers that they rest on; one that came later was seen by nobody who approved.
    is_same = held == _mapping(case.release.proposed.body.get("waivers"))
    changed = case.changed if is_same else (*case.changed, "waivers")
    if changed:
        return _failed("content", "content_changed", case.again, changed=", ".join(changed))
    return _passed("content", "content_ok", sha256=case.release.digest[:12])


def _approvals(case: Case) -> Gate:
    release, policy = case.release, case.policy
    if release is None or policy is None:
        return _missing("approvals", "approvals_undrafted", case.again)
    if release.refusals:
        return _failed("approvals", "approvals_refused", case.again, actor=release.refusals[-1].actor)
    counted = counting(release, case.candidate, roles=policy.policy.roles)
    needed = policy.policy.count
    values = {"given": str(len(counted)), "needed": str(needed), "roles": ", ".join(policy.policy.roles)}
    if len(counted) < needed:
        return _missing(
            "approvals", "approvals_few", f"surefoot release approve {release.id} --reason REASON", **values
        )
    is_self = all(one.is_self for one in counted)
    return _passed("approvals", "approvals_self" if is_self else "approvals_ok", **values)


def counting(release: Release, candidate: Candidate, *, roles: Sequence[str]) -> tuple[RecordedEvent, ...]:
    """The approvals that count: one a person, in a role the policy names, not by an author of the run.

    In a project of one person the author's own counts; the trail marks it as self-approved (`is_self`).
    """
    authors = {event.actor for event in (candidate.requested, release.proposed) if event is not None}
    counted: dict[str, RecordedEvent] = {}
    for one in release.approvals:
        right = one.role in roles and one.sha256 == release.digest
        if right and (one.is_self or one.actor not in authors):
            counted.setdefault(one.actor, one)
    return tuple(counted.values())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
