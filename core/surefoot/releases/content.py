"""Makes the content files of a capsule from the record. Pure but for the card's template and the frozen environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surefoot.errors import Code, IncompleteError
from surefoot.releases import bounds, capsule, card, data_sheet, hosting, lock, openapi, sbom
from surefoot.releases.facts import AdoptedPolicy, Candidate, CapsuleFile, Change, RecordedEvent
from surefoot.texts import Words
from surefoot.trail import canonical

ANY = -1
"""A dimension of a shape that is free: the number of rows."""

SETTINGS: dict[str, Any] = {
    "format": 1,
    "limits": {
        "requests_per_minute": 600,
        "requests_per_day": 100_000,
        "body_bytes": 1_048_576,
        "rows": 1_000,
        "depth": 8,
        "concurrency": 4,
    },
    "lease_ms": 7 * 24 * 3600 * 1000,
}
"""The wrapper's limits. Seven days is the longest lease outside high-risk use (trail.md D4)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a capsule is made from.

    Attributes:
        id, name, version: of the release.
        goal: the intended use, in the user's words.
        candidate, policy, change: as elsewhere.
        signature: signature.json as data.
        taken: the files that are taken over as objects, as they are: the model's graphs and its vectors.
        waivers: those that open a gate.
        words: the language of the card and the data sheet.
    """

    id: str
    name: str
    version: str
    goal: str
    candidate: Candidate
    policy: AdoptedPolicy
    change: Change
    signature: Mapping[str, Any]
    taken: tuple[CapsuleFile, ...]
    waivers: tuple[RecordedEvent, ...]
    words: Words


def signature(
    candidate: Candidate, *, name: str, version: str, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """signature.json as data: the gate's tensors, with what is known of each column (`bounds.known`).

    Raises:
        IncompleteError: the accepted model says no inputs or outputs.
    """
    sides = tensors(candidate)
    return {
        "format": 1,
        "name": name,
        "version": version,
        "inputs": [{**_tensor(one), **bounds.of(one, columns.get(str(one["name"]), {}))} for one in sides["inputs"]],
        "outputs": [_tensor(one) for one in sides["outputs"]],
        "target": _target(candidate),
    }


def tensors(candidate: Candidate) -> Mapping[str, Any]:
    """The inputs and outputs that the gate found.

    Raises:
        IncompleteError: the accepted model says none.
    """
    said = candidate.model.body.get("signature")
    found: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    for field in ("inputs", "outputs"):
        if not found.get(field):
            raise IncompleteError(Code.SIGNATURE_INCOMPLETE, ref=candidate.model.subject, field=field)
    return found


def _tensor(one: Mapping[str, Any]) -> dict[str, Any]:
    shape = [size if isinstance(size, int) and size > 0 else ANY for size in one.get("shape") or ()]
    return {"name": str(one["name"]), "type": str(one["type"]), "shape": shape}


def _target(candidate: Candidate) -> dict[str, Any] | None:
    for _, event in sorted(candidate.data.items()):
        target = event.body.get("target")
        if isinstance(target, Mapping) and target.get("column"):
            return {"name": target["column"], "positive": target.get("positive")}
    return None


def identity(candidate: Candidate, described: Mapping[str, Any]) -> dict[str, Any]:
    """What two releases are compared by (changes.change); kept in release.proposed."""
    asked: Mapping[str, Any] = {} if candidate.requested is None else candidate.requested.body
    code = asked.get("code") or {}
    return {
        "model": candidate.model.sha256,
        **({} if candidate.preprocessing is None else {"preprocessing": candidate.preprocessing}),
        "inputs": [[one["name"], one["type"], one["shape"]] for one in described["inputs"]],
        "outputs": [[one["name"], one["type"], one["shape"]] for one in described["outputs"]],
        "target": described["target"],
        "data": {name: event.sha256 for name, event in candidate.data.items()},
        "recipe": asked.get("recipe"),
        "parameters": asked.get("parameters") or {},
        "code": code.get("files"),
    }


def build(plan: Plan) -> tuple[dict[str, bytes], tuple[CapsuleFile, ...]]:
    """The content files that are made here, and the list of all content files.

    Returns:
        Bytes by path for the made ones; path, digest and size for all, the bill of materials included.
    """
    packages = lock.freeze(lock.wrapper_roots())
    locked = lock.encode(packages)
    made = {
        capsule.SIGNATURE: canonical.encode(dict(plan.signature)),
        capsule.SETTINGS: canonical.encode(SETTINGS),
        capsule.LOCK: locked,
        capsule.CARD: card.write(
            card.Facts(plan.signature, plan.candidate, plan.policy, plan.change, plan.goal, plan.waivers), plan.words
        ),
        capsule.SHEET: data_sheet.write(plan.candidate, name=plan.name, version=plan.version, words=plan.words),
        capsule.OPENAPI: openapi.build(plan.signature, SETTINGS),
        **hosting.files(plan.name, plan.version, locked),
    }
    listed = (*plan.taken, *(capsule.file_of(path, data) for path, data in made.items()))
    made[capsule.SBOM] = sbom.build(
        sbom.Materials(
            id=plan.id,
            name=plan.name,
            version=plan.version,
            intended_use=plan.goal,
            files=tuple(sorted(listed)),
            candidate=plan.candidate,
            signature=plan.signature,
            packages=packages,
        )
    )
    return made, tuple(sorted((*listed, capsule.file_of(capsule.SBOM, made[capsule.SBOM]))))
