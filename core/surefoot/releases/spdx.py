"""A release as an SPDX 3.0 document (JSON-LD) with the AI and Dataset profiles.

It lies beside a capsule, never in it: everything is taken from the record and from the files that were signed, and
what the record does not say is left out. Times are cut to whole seconds, as SPDX wants them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surefoot.errors import Code, IncompleteError
from surefoot.objects import Objects
from surefoot.releases import capsule, lock
from surefoot.releases.evidence import Evidence
from surefoot.releases.facts import Candidate, LockedPackage, Manifest, RecordedEvent, Release

_CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_CREATION = "_:creation"
_PROFILES = ("core", "software", "ai", "dataset")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a document is made from.

    Attributes:
        manifest: of the capsule. digest: of the release. approved: the event that signed it.
        candidate: what the model rests on. packages: of the capsule's lock. intended_use: in the user's words.
    """

    manifest: Manifest
    digest: str
    approved: RecordedEvent
    candidate: Candidate
    packages: tuple[LockedPackage, ...]
    intended_use: str


def of(release: Release, evidence: Evidence, objects: Objects) -> bytes:
    """The document of a signed release, made from the record and the files that were signed.

    Raises:
        IncompleteError: it is not signed, or an object is missing.
    """
    if release.approved is None:
        raise IncompleteError(Code.RELEASE_NOT_SIGNED, release=release.id)
    manifest = capsule.decode(objects.read(release.digest))
    packages = lock.decode(objects.read(release.proposed.body["files"][capsule.LOCK]))
    candidate = evidence.candidate(str(release.proposed.body.get("model")))
    goal = str(release.proposed.body.get("intended_use") or "")
    return build(Ground(manifest, release.digest, release.approved, candidate, packages, goal))


def build(ground: Ground) -> bytes:
    """The document as JSON-LD text; the same release gives the same bytes."""
    base = f"urn:surefoot:{ground.digest}"
    signer = f"{base}:signer"
    model = _model(ground, f"{base}:model", signer)
    data = [_data(event, f"{base}:data:{at}") for at, (_, event) in enumerate(sorted(ground.candidate.data.items()))]
    packages = [_package(one, f"{base}:package:{one.name}") for one in ground.packages]
    elements = [{"type": "Agent", "spdxId": signer, "name": ground.approved.actor}, model, *data, *packages]
    for name, kind, found in (("data", "trainedOn", data), ("packages", "dependsOn", packages)):
        if found:
            elements.append(_relation(f"{base}:{name}", model["spdxId"], kind, [one["spdxId"] for one in found]))
    document = {
        "type": "SpdxDocument",
        "spdxId": f"{base}:document",
        "name": f"{ground.manifest.name} {ground.manifest.version}",
        "profileConformance": list(_PROFILES),
        "rootElement": [model["spdxId"]],
        "element": [one["spdxId"] for one in elements],
    }
    creation = {
        "type": "CreationInfo",
        "@id": _CREATION,
        "specVersion": "3.0.1",
        "created": _second(ground.approved.at),
        "createdBy": [signer],
    }
    graph = [creation, *({"creationInfo": _CREATION, **one} for one in (document, *elements))]
    whole = {"@context": _CONTEXT, "@graph": graph}
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def _second(at: str) -> str:
    return f"{at[:19]}Z"


def _hash(sha256: str) -> list[Node]:
    return [{"type": "Hash", "algorithm": "sha256", "hashValue": sha256}]


def _relation(name: str, of: str, kind: str, to: list[str]) -> Node:
    return {"type": "Relationship", "spdxId": name, "from": of, "relationshipType": kind, "to": to}


def _model(ground: Ground, name: str, signer: str) -> Node:
    requested = ground.candidate.requested
    asked: Mapping[str, Any] = {} if requested is None else requested.body.get("parameters") or {}
    checks = [event.body for _, event in sorted(ground.candidate.checks.items())]
    return {
        "type": "ai_AIPackage",
        "spdxId": name,
        "name": ground.manifest.name,
        "software_packageVersion": ground.manifest.version,
        "software_downloadLocation": f"urn:surefoot:release:{ground.digest}",
        "software_primaryPurpose": "model",
        "releaseTime": _second(ground.approved.at),
        "suppliedBy": signer,
        "verifiedUsing": _hash(ground.candidate.model.sha256),
        "ai_hyperparameter": [_entry(key, asked[key]) for key in sorted(asked)],
        "ai_metric": [_entry(f"{one['kind']}: {one['metric']}", one["figure"]) for one in checks if one.get("figure")],
        **({"ai_informationAboutApplication": ground.intended_use} if ground.intended_use else {}),
    }


def _entry(key: object, value: object) -> Node:
    return {"type": "DictionaryEntry", "key": str(key), "value": str(value)}


def _data(event: RecordedEvent, name: str) -> Node:
    body = event.body
    found: Node = {
        "type": "dataset_DatasetPackage",
        "spdxId": name,
        "name": str(body.get("name") or event.subject),
        "software_packageVersion": str(body.get("number", "")),
        "software_primaryPurpose": "data",
        "dataset_datasetType": ["structured" if body.get("columns") else "noAssertion"],
        "builtTime": _second(event.at),
        "verifiedUsing": _hash(event.sha256),
    }
    if body.get("purpose"):
        found["dataset_intendedUse"] = str(body["purpose"])
    if body.get("special"):  # that none is named does not say that there are none
        found["dataset_hasSensitivePersonalInformation"] = "yes"
    return found


def _package(one: LockedPackage, name: str) -> Node:
    return {
        "type": "software_Package",
        "spdxId": name,
        "name": one.name,
        "software_packageVersion": one.version,
        "software_packageUrl": f"pkg:pypi/{one.name}@{one.version}",
        "software_primaryPurpose": "library",
    }
