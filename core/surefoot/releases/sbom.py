"""The bill of materials of a release: CycloneDX 1.7 JSON with a model card and data components. Pure.

Written as plain data because the CycloneDX library has no model cards (a round trip through it would drop them);
`sbom_task.validate` then holds the text against the library's strict schema. Everything in it comes from the record,
so the same release gives the same bytes.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surefoot.releases import capsule
from surefoot.releases.facts import Candidate, CapsuleFile, LockedPackage, RecordedEvent

SPEC = "1.7"
PATH_PROPERTY = "surefoot:path"
_MODEL = "model"
_RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Materials:
    """What a bill of materials lists.

    Attributes:
        id: of the release; name, version: its own. intended_use: in the user's words.
        files: the content files that are listed (all but the bill itself).
        candidate: what the model rests on.
        signature: signature.json as data.
        packages: the wrapper's environment.
    """

    id: str
    name: str
    version: str
    intended_use: str
    files: tuple[CapsuleFile, ...]
    candidate: Candidate
    signature: Mapping[str, Any]
    packages: tuple[LockedPackage, ...]


def build(materials: Materials) -> bytes:
    """The bill as JSON text (keys sorted, two spaces, one line feed at the end)."""
    data = [_data(name, event) for name, event in sorted(materials.candidate.data.items())]
    files = [_file(one) for one in materials.files if one.path != capsule.MODEL]
    packages = [_package(one) for one in materials.packages]
    used = [one["bom-ref"] for one in (*files, *packages)]
    fed_by = [
        one["bom-ref"] for one in (*data, *files) if one["type"] == "data" or one["name"] == capsule.PREPROCESSING
    ]
    bill = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'urn:surefoot:{materials.id}')}",
        "version": 1,
        "metadata": {
            "timestamp": materials.candidate.model.at,
            "component": {
                "type": "application",
                "bom-ref": _RELEASE,
                "name": materials.name,
                "version": materials.version,
            },
        },
        "components": [_model(materials, [one["bom-ref"] for one in data]), *data, *files, *packages],
        "dependencies": [
            {"ref": _RELEASE, "dependsOn": sorted([_MODEL, *used])},
            {"ref": _MODEL, "dependsOn": sorted(fed_by)},
        ],
    }
    return (json.dumps(bill, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def file_digests(text: bytes) -> dict[str, str]:
    """The SHA-256 that a bill states for each file of the capsule, by path.

    Raises:
        ValueError: it is no JSON object with components, or names a file twice or without a digest.
    """
    bill = json.loads(text)
    components = bill.get("components") if isinstance(bill, dict) else None
    if not isinstance(components, list):
        raise ValueError("components")  # noqa: TRY004 - one error for a bill that cannot be read
    found: dict[str, str] = {}
    for one in components:
        for path in _paths(one):
            digests = [entry["content"] for entry in one.get("hashes", ()) if entry.get("alg") == "SHA-256"]
            if path in found or len(digests) != 1:
                raise ValueError(path)
            found[path] = digests[0]
    return found


def _paths(component: Mapping[str, Any]) -> list[str]:
    return [one["value"] for one in component.get("properties", ()) if one.get("name") == PATH_PROPERTY]


def _file_part(one: CapsuleFile) -> dict[str, Any]:
    return {
        "hashes": [{"alg": "SHA-256", "content": one.sha256}],
        "properties": [{"name": PATH_PROPERTY, "value": one.path}],
    }


def _file(one: CapsuleFile) -> dict[str, Any]:
    return {"type": "file", "bom-ref": f"file:{one.path}", "name": one.path, **_file_part(one)}


def _package(one: LockedPackage) -> dict[str, Any]:
    purl = f"pkg:pypi/{one.name}@{one.version}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": one.name,
        "version": one.version,
        "purl": purl,
        "scope": "required",
    }
    if one.licence:
        found["licenses"] = [{"license": {"name": one.licence}}]
    return found


def _model(materials: Materials, datasets: Sequence[str]) -> dict[str, Any]:
    model = next(one for one in materials.files if one.path == capsule.MODEL)
    requested = materials.candidate.requested
    parameters: Mapping[str, Any] = {} if requested is None else (requested.body.get("parameters") or {})
    card = {
        "modelParameters": {
            "approach": {"type": "supervised"},
            "task": "classification",
            "modelArchitecture": str(parameters.get("model", "ONNX graph")),
            "datasets": [{"ref": one} for one in datasets],
            "inputs": [{"format": one["type"]} for one in materials.signature["inputs"]],
            "outputs": [{"format": one["type"]} for one in materials.signature["outputs"]],
        },
        "quantitativeAnalysis": {
            "performanceMetrics": [
                *(_measured(event) for _, event in sorted(materials.candidate.checks.items())),
                *_trained(materials.candidate.ended),
            ]
        },
        "considerations": {"useCases": [materials.intended_use]} if materials.intended_use else {},
        "properties": [
            {"name": f"surefoot:parameter:{key}", "value": str(parameters[key])} for key in sorted(parameters)
        ],
    }
    return {
        "type": "machine-learning-model",
        "bom-ref": _MODEL,
        "name": materials.name,
        "version": materials.version,
        **_file_part(model),
        "modelCard": card,
    }


def _measured(event: RecordedEvent) -> dict[str, Any]:
    """A check's figure as a performance metric."""
    body = event.body
    metric: dict[str, Any] = {
        "type": f"{body.get('kind')}: {body.get('metric')}",
        "value": str(body.get("figure") or "not determined"),
        "slice": f"{body.get('rows')} rows, state {event.type.partition('.')[2]}",
    }
    if body.get("low") is not None and body.get("high") is not None:
        metric["confidenceInterval"] = {"lowerBound": str(body["low"]), "upperBound": str(body["high"])}
    return metric


def _trained(ended: RecordedEvent) -> list[dict[str, Any]]:
    """What training itself measured, by cross-validation on its own rows."""
    metrics: Mapping[str, Any] = ended.body.get("metrics") or {}
    return [
        {"type": name, "value": str(summary.get("last")), "slice": "training rows, as the run logged it"}
        for name, summary in sorted(metrics.items())
        if isinstance(summary, Mapping)
    ]


def _data(name: str, event: RecordedEvent) -> dict[str, Any]:
    body = event.body
    ref = f"data:{event.subject}:{event.sha256[:16]}"
    sensitive = sorted({*_names(body.get("special")), *_names(body.get("protected"))})
    content: dict[str, Any] = {
        "type": "dataset",
        "name": str(body.get("name", name)),
        "contents": {
            "properties": [
                {"name": f"surefoot:{key}", "value": str(body[key])}
                for key in ("rows", "purpose", "legal_basis", "jurisdiction", "expiry")
                if body.get(key) not in (None, "")
            ]
        },
    }
    if sensitive:
        content["sensitiveData"] = sensitive
    if body.get("owner"):
        content["governance"] = {"owners": [{"organization": {"name": str(body["owner"])}}]}
    return {
        "type": "data",
        "bom-ref": ref,
        "name": str(body.get("name", name)),
        "version": str(body.get("number", "")),
        "properties": [{"name": "surefoot:version-sha256", "value": event.sha256}],
        "data": [content],
    }


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
