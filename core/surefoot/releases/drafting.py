"""Makes a draft: the content files as objects, the manifest, and the event that proposes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surefoot import workers
from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.objects import Objects
from surefoot.releases import bounds, capsule, changes, content, reasons
from surefoot.releases import shelf as shelves
from surefoot.releases.evidence import Evidence
from surefoot.releases.facts import AdoptedPolicy, Candidate, CapsuleFile, Change, Manifest, Outline, RecordedEvent
from surefoot.releases.shelf import Shelf
from surefoot.texts import Words
from surefoot.trail import Draft, Subject, ids

_ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BILL_TASK = "surefoot.releases.sbom_task:validate"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft stands on: the record's answers, the store, the workspace, the model, the policy in force.

    Attributes:
        waivers: those that open a gate of this model, by kind of check.
        shelf: where the data are laid out from; without it only the profile is asked.
    """

    evidence: Evidence
    objects: Objects
    ws: str
    candidate: Candidate
    policy: AdoptedPolicy
    waivers: Mapping[str, RecordedEvent]
    shelf: Shelf | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for.

    Attributes:
        name, version: of the release, or None for what follows from the record.
        environments: where it may run. words: the language of the card.
        trade_off: what was given up for what, in a sentence of whoever proposes it; may be empty.
    """

    name: str | None
    version: str | None
    environments: tuple[str, ...]
    words: Words
    trade_off: str = ""


def draft(ground: Ground, wish: Wish) -> Draft:
    """Stores every file of the release and returns the event to record.

    Raises:
        InputRefusedError: a name, version or environment that cannot be, a version that is signed already, or a
            trade-off that is too long.
        IncompleteError: a model without signature or vectors.
    """
    trade_off = reasons.whole(wish.trade_off)
    environments = tuple(sorted({_environment(one) for one in wish.environments}))
    plan = _plan(ground, wish)
    name = plan.name
    made, files = content.build(plan)
    _validate(made[capsule.SBOM])
    manifest = Manifest(
        ws=ground.ws, release=plan.id, name=name, version=plan.version, environments=environments, files=files
    )
    data = capsule.encode(manifest)
    ground.objects.put_many([*made.values(), data])
    return _proposal(ground, plan, manifest, capsule.digest(data), trade_off)


def signature(evidence: Evidence, candidate: Candidate, shelf: Shelf | None, *, name: str) -> dict[str, Any]:
    """signature.json as data, its version left open: the gate's tensors, and what the data know of each column.

    Raises:
        IncompleteError: a model without inputs or outputs.
    """
    events = [event for _, event in sorted(candidate.data.items())]
    told = [(event, profile) for event in events if (profile := evidence.profile(event)) is not None]
    columns = bounds.known(candidate, told[0][1] if told else None)
    if told:
        wanted = bounds.unlisted(content.tensors(candidate)["inputs"], columns)
        for column, texts in shelves.texts(shelf, told[0][0], wanted).items():
            columns[column] |= {"values": texts, "rare": 0}
    return content.signature(candidate, name=name, version="", columns=columns)


def outline(evidence: Evidence, candidate: Candidate, shelf: Shelf | None, *, name: str | None = None) -> Outline:
    """What a draft of a model would be called, and what it changes against the release before of that name.

    Raises:
        InputRefusedError: the name cannot be. IncompleteError: a model without inputs or outputs.
    """
    asked: Mapping[str, Any] = {} if candidate.requested is None else candidate.requested.body
    name = name or changes.slug(str(asked.get("product") or asked.get("experiment") or ""))
    changes.checked_name(name)
    described = signature(evidence, candidate, shelf, name=name)
    before = evidence.signed(name)
    latest = max(before, key=lambda one: changes.number(one.version), default=None)
    old = None if latest is None else latest.proposed.body.get("identity")
    replaces = "" if latest is None else f"{latest.name}@{latest.version}"
    change = changes.change(old, content.identity(candidate, described), replaces=replaces)
    version = changes.proposed(change, None if latest is None else latest.version)
    return Outline(name, version, change, described, tuple(one.version for one in before), str(asked.get("goal") or ""))


def _plan(ground: Ground, wish: Wish) -> content.Plan:
    """Describes the model, compares it with the release before, and settles the version."""
    candidate = ground.candidate
    found = outline(ground.evidence, candidate, ground.shelf, name=wish.name)
    version = wish.version or found.version
    changes.number(version)
    if version in found.signed:
        raise InputRefusedError(Code.VERSION_TAKEN, name=found.name, version=version)
    return content.Plan(
        id=ids.new("rel"),
        name=found.name,
        version=version,
        goal=found.goal,
        candidate=candidate,
        policy=ground.policy,
        change=found.change,
        signature={**found.signature, "version": version},
        taken=_taken(ground),
        waivers=tuple(ground.waivers.values()),
        words=wish.words,
    )


def _proposal(ground: Ground, plan: content.Plan, manifest: Manifest, digest: str, trade_off: str) -> Draft:
    candidate, policy = ground.candidate, ground.policy
    required = [one.check for one in policy.policy.requirements]
    checks = {kind: event.leaf for kind, event in sorted(candidate.checks.items()) if kind in required}
    waivers = {kind: ground.waivers[kind].leaf for kind in sorted(ground.waivers)}
    body: dict[str, Any] = {
        "name": plan.name,
        "version": plan.version,
        "model": candidate.model.subject,
        "run": candidate.ended.subject,
        "policy": policy.sha256,
        "environments": list(manifest.environments),
        "checks": checks,
        "waivers": waivers,
        "change": _told(plan.change),
        "identity": content.identity(candidate, plan.signature),
        "intended_use": plan.goal,
        **({"trade_off": trade_off} if trade_off else {}),
        "manifest": digest,
        "files": {one.path: one.sha256 for one in manifest.files},
    }
    cause = (candidate.model.leaf, policy.leaf, *checks.values(), *waivers.values())
    return Draft("release.proposed", (Subject(plan.id, digest),), body, cause)


def _told(change: Change) -> dict[str, Any]:
    return {
        "class": change.kind,
        "bump": change.bump,
        "reasons": list(change.reasons),
        "replaces": change.replaces,
    }


def _taken(ground: Ground) -> tuple[CapsuleFile, ...]:
    """The files that the gate judged together, as they lie in the store."""
    candidate = ground.candidate
    judged = {
        capsule.MODEL: candidate.model.sha256,
        capsule.PREPROCESSING: candidate.preprocessing,
        capsule.VECTORS: _vectors(candidate),
    }
    return tuple(
        CapsuleFile(path, sha256, ground.objects.size(sha256)) for path, sha256 in judged.items() if sha256 is not None
    )


def _vectors(candidate: Candidate) -> str:
    vectors = candidate.model.body.get("vectors")
    if not isinstance(vectors, str):
        raise IncompleteError(Code.SIGNATURE_INCOMPLETE, ref=candidate.model.subject, field=capsule.VECTORS)
    return vectors


def _environment(name: str) -> str:
    if not _ENVIRONMENT.fullmatch(name):
        raise InputRefusedError(Code.RELEASE_NAME, name=name[:80])
    return name


def _validate(bill: bytes) -> None:
    """Holds the bill of materials against the strict schema, in a worker (the library takes long to import)."""
    problem = workers.run(_BILL_TASK, {"text": bill.decode()}).get("problem")
    if problem:
        raise SurefootError(Code.SBOM_INVALID, detail=problem)
