"""Which events there are, who may record them, what each rests on: pure tables, held at append and by the verifier.

The vocabulary is closed (formats.md §2, trail.md H). An event of a type that this version does not know is verified
and kept, and does not act.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from surefoot.errors import Code, InputRefusedError
from surefoot.trail.facts import Draft

_MEANS = "created reviewed approved refused witnessed claimed adopted activated stopped lifted withdrawn closed"
MEANS = frozenset(_MEANS.split())

_VOCABULARY = {
    "workspace": "created role-changed",
    "feed": "opened closed recovered forked revoked",
    "trail": "seen sealed resealed timestamped recovered",
    "asset": "registered derived sent received retired",
    "permission": "granted withdrawn expired",
    "sweep": "requested",
    "run": "requested started finished failed interrupted cancelled lost preempted",
    "model": "accepted refused",
    "check": "passed failed close undetermined",
    "policy": "adopted loosened",
    "waiver": "given ended",
    "review": "requested passed refused",
    "approval": "given refused withdrawn",
    "release": "proposed approved activated rolled-back retired scored",
    "service": "started leased stopped lifted guardrail-tripped window ended",
    "environment": "declared",
    "executor": "declared",
    "device": "enrolled revoked",
    "label": "set",
    "incident": "opened closed",
    "erasure": "requested decided done",
    "vault": "opened read closed expired",
    "export": "made disclosed",
    "audit": "finding closure",
    "drill": "held",
}

# A machine key is kept without a passphrase, so it states what happened and decides nothing.
_MACHINE = {
    "run": "started finished failed interrupted cancelled lost preempted",
    "service": "started leased guardrail-tripped window ended",
    "feed": "opened closed",
    "trail": "recovered",
}


def _spread(table: Mapping[str, str]) -> frozenset[str]:
    return frozenset(f"{noun}.{verb}" for noun, verbs in table.items() for verb in verbs.split())


TYPES = _spread(_VOCABULARY)
MACHINE_TYPES = _spread(_MACHINE)
_DECISIONS = (
    "policy.*",
    "waiver.*",
    "approval.*",
    "release.approved",
    "release.activated",
    "release.rolled-back",
    "service.stopped",
    "service.lifted",
    "device.*",
    "erasure.*",
)


@cache
def is_decision(kind: str) -> bool:
    """Whether an event of this type decides something: it gets a checkpoint, and `self` where there is one person."""
    return any(fnmatchcase(kind, pattern) for pattern in _DECISIONS)


def may_record(role: str, kind: str) -> bool:
    """Whether a key in this role may record this type."""
    return role != "machine" or kind in MACHINE_TYPES


@dataclass(frozen=True, slots=True)
class Premise:
    """One kind of direct premise.

    Attributes:
        types: patterns of the types that count. least, most: how many there have to be and may be.
    """

    types: tuple[str, ...]
    least: int = 1
    most: int = 4096


_ONE_RUN_START = (Premise(("run.started",), most=1),)
_RUN_END = (Premise(("run.started", "run.requested"), most=1),)
_DATA = ("asset.registered", "asset.derived")
_OF_A_SERVICE = (
    Premise(("release.activated",), most=1),
    Premise(("service.*", "incident.*", "check.*"), least=0),
)

CAUSES: dict[str, tuple[Premise, ...]] = {
    "workspace.created": (),
    "run.requested": (Premise(_DATA, least=0), Premise(("sweep.requested",), least=0, most=1)),
    "run.started": (Premise(("run.requested",), most=1),),
    "run.finished": _ONE_RUN_START,
    "run.preempted": _ONE_RUN_START,
    "run.failed": _RUN_END,
    "run.interrupted": _RUN_END,
    "run.cancelled": _RUN_END,
    "run.lost": _RUN_END,
    "model.*": (Premise(("run.finished",), most=1),),
    "check.*": (Premise(("model.accepted",), most=1), Premise(_DATA)),
    "release.proposed": (
        Premise(("model.accepted",), most=1),
        Premise(("policy.adopted",), most=1),
        Premise(("check.*", "waiver.given"), least=0),
    ),
    "approval.given": (Premise(("release.proposed",), most=1),),
    "approval.refused": (Premise(("release.proposed",), most=1),),
    "approval.withdrawn": (Premise(("approval.given",), most=1),),
    "release.approved": (Premise(("approval.given",)),),
    "release.activated": (Premise(("release.approved",), most=1), Premise(("release.activated",), least=0, most=1)),
    "release.rolled-back": (Premise(("release.activated",)), Premise(("release.approved",), least=0, most=1)),
    "release.scored": (Premise(("release.approved",), most=1),),
    "release.retired": (Premise(("release.approved",)),),
    "service.*": _OF_A_SERVICE,
    "device.revoked": (Premise(("device.enrolled",), most=1),),
    "waiver.ended": (Premise(("waiver.given",), most=1),),
    "asset.derived": (Premise(_DATA),),
}


def premises(kind: str) -> tuple[Premise, ...] | None:
    """What an event of this type rests on, or None where it may rest on anything."""
    own = CAUSES.get(kind)
    return own if own is not None else CAUSES.get(f"{kind.partition('.')[0]}.*")


def cause_fault(kind: str, causes: Sequence[str]) -> str | None:
    """What is wrong with the types of an event's causes, in words for a log; None where nothing is."""
    wanted = premises(kind)
    if wanted is None:
        return None
    left = list(causes)
    for premise in wanted:
        counted = [one for one in left if any(fnmatchcase(one, pattern) for pattern in premise.types)]
        if not premise.least <= len(counted) <= premise.most:
            return f"it rests on {len(counted)} of {' or '.join(premise.types)}"
        left = [one for one in left if one not in counted]
    return f"it may not rest on {left[0]}" if left else None


def check_draft(draft: Draft, role: str) -> None:
    """Refuses a draft whose type, meaning or role is off.

    Raises:
        InputRefusedError: with the part that is off.
    """
    if draft.type not in TYPES:
        raise InputRefusedError(Code.DRAFT_REFUSED, field="type", detail=draft.type)
    if draft.mean not in MEANS:
        raise InputRefusedError(Code.DRAFT_REFUSED, field="mean", detail=draft.mean)
    if len(set(draft.cause)) != len(draft.cause):
        raise InputRefusedError(Code.DRAFT_REFUSED, field="cause", detail="named twice")
    if not may_record(role, draft.type):
        raise InputRefusedError(Code.NOT_ALLOWED, role=role, type=draft.type)


def check_causes(kind: str, causes: Sequence[str]) -> None:
    """Refuses causes of types that the table does not allow.

    Raises:
        InputRefusedError: with what is missing or too much.
    """
    fault = cause_fault(kind, causes)
    if fault is not None:
        raise InputRefusedError(Code.CAUSE_REFUSED, type=kind, detail=fault)
