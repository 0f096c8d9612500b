"""Waivers: a required check of one model, left out for some days, by name and with a reason.

A waived check never counts as passed (rules.py), ends by itself, and is named wherever the release is told of. What
says which model it is cannot be waived at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from surefoot.errors import Code, GateFailedError, IncompleteError, InputRefusedError
from surefoot.releases import reasons, rules
from surefoot.releases.evidence import Evidence
from surefoot.releases.facts import AdoptedPolicy, Candidate, RecordedEvent
from surefoot.trail import Draft, Recorder, Subject


@dataclass(frozen=True, slots=True)
class Waiver:
    """A wish to leave a check out: which one, why, for how many days from today."""

    check: str
    reason: str
    days: int
    today: date


def waiver(wish: Waiver, policy: AdoptedPolicy, candidate: Candidate) -> Draft:
    """The event that waives a required check of one model.

    Raises:
        GateFailedError: the policy allows no waiver of that length, or the check proves which model it is.
        InputRefusedError: no reason is given, it is too long, or the policy does not require such a check.
        IncompleteError: the check has not run on this model.
    """
    if wish.check in rules.UNWAIVABLE:
        raise GateFailedError(Code.WAIVER_INTEGRITY, check=wish.check)
    if wish.check not in {one.check for one in policy.policy.requirements} or not wish.reason:
        raise InputRefusedError(Code.WAIVER_EMPTY, check=wish.check)
    most = policy.policy.waiver_days
    if not 1 <= wish.days <= most:
        raise GateFailedError(Code.WAIVER_TOO_LONG, check=wish.check, days=wish.days, most=most)
    if wish.check not in candidate.checks:
        # Whoever waives a check answers for what it found; that nobody looked is no finding.
        raise IncompleteError(Code.WAIVER_UNRUN, check=wish.check, run=candidate.ended.subject, name=wish.check)
    model = candidate.model
    body: dict[str, Any] = {
        "check": wish.check,
        "reason": reasons.whole(wish.reason),
        "until": (wish.today + timedelta(days=wish.days)).isoformat(),
        "days": wish.days,
        "policy": policy.sha256,
    }
    return Draft("waiver.given", (Subject(model.subject, model.sha256),), body, (model.leaf, policy.leaf), "adopted")


def waiver_ended(given: RecordedEvent, reason: str) -> Draft:
    """The event that ends a waiver before its day."""
    body: dict[str, Any] = {"check": given.body.get("check"), "reason": reasons.whole(reason)}
    return Draft("waiver.ended", (Subject(given.subject, given.sha256),), body, (given.leaf,), "withdrawn")


class Waivers:
    """Gives and ends waivers.

    Args:
        evidence: answers from the record. recorder: records with the key of whoever waives.
        today: the day from which days are counted.
    """

    def __init__(self, evidence: Evidence, recorder: Recorder, today: Callable[[], date]) -> None:
        self._evidence = evidence
        self._recorder = recorder
        self._today = today

    def give(self, ref: str, check: str, *, reason: str, days: int | None = None) -> RecordedEvent:
        """Lets a required check of one model be left out for some days, openly, under this key's name.

        Args:
            ref: a release, run or model.
            check: the kind of check.
            reason: why.
            days: how long; by default as long as the policy in force allows.

        Raises:
            GateFailedError: the policy in force allows no waiver of that length.
            InputRefusedError: no reason is given, it is too long, or the policy does not require such a check.
            IncompleteError: no such model, no policy, or the check has not run on it.
        """
        self._evidence.refresh()
        candidate, policy = self._evidence.meant(ref), self._evidence.policy()
        if policy is None:
            raise IncompleteError(Code.POLICY_NONE)
        length = policy.policy.waiver_days or 1 if days is None else days
        wish = Waiver(check, reason.strip(), length, self._today())
        self._recorder.record(waiver(wish, policy, candidate))
        self._evidence.refresh()
        return self._evidence.meant(ref).waivers[check]

    def end(self, ref: str, check: str, *, reason: str = "") -> RecordedEvent:
        """Ends the waiver of a check of one model; returns the waiver.

        Raises:
            IncompleteError: no such model, or it has no waiver of that check.
        """
        self._evidence.refresh()
        given = self._evidence.meant(ref).waivers.get(check)
        if given is None:
            raise IncompleteError(Code.WAIVER_NONE, check=check, ref=ref)
        self._recorder.record(waiver_ended(given, reason.strip()))
        return given
