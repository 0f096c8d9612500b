"""The statements of a release: in-toto Statement v1 (github.com/in-toto/attestation, spec/v1) as plain data. Pure.

Three predicates: our own release, SLSA provenance v1 (slsa.dev/spec/v1.1/provenance) and in-toto test-result v0.1.
The level claimed is SLSA build L1 and never more: training ran on a workbench that its user controls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from surefoot.releases import capsule, rules
from surefoot.releases.facts import AdoptedPolicy, Candidate, CapsuleFile, Change, Manifest, RecordedEvent, Release

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
RELEASE = "urn:surefoot:release:v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
BUILD_TYPE = "urn:surefoot:run:v1"
BUILDER = "urn:surefoot:workbench:local"
LEVEL = "SLSA_BUILD_LEVEL_1"
RESULTS = {"passed": "PASSED", "close": "WARNED", "failed": "FAILED", "undetermined": "FAILED"}
GOOD_RESULTS = ("PASSED", "WARNED")


@dataclass(frozen=True, slots=True)
class Basis:
    """What the statements of one release are made from."""

    manifest: Manifest
    digest: str
    release: Release
    candidate: Candidate
    policy: AdoptedPolicy
    approvals: tuple[RecordedEvent, ...]
    change: Change
    intended_use: str
    waivers: Mapping[str, RecordedEvent]
    signed_on: date


def gather(case: rules.Case, manifest: Manifest) -> Basis:
    """What a release whose gates are all open states of itself.

    Raises:
        ValueError: it is no proposal, or no policy is in force.
    """
    release, policy = case.release, case.policy
    if release is None or policy is None:
        raise ValueError(case.ref)
    said = release.proposed.body["change"]
    return Basis(
        manifest=manifest,
        digest=release.digest,
        release=release,
        candidate=case.candidate,
        policy=policy,
        approvals=rules.counting(release, case.candidate, roles=policy.policy.roles),
        change=Change(said["class"], said["bump"], tuple(said["reasons"]), said["replaces"]),
        intended_use=str(release.proposed.body.get("intended_use", "")),
        waivers=rules.waivers(case),
        signed_on=case.today,
    )


def statement(predicate_type: str, subjects: Sequence[tuple[str, str]], predicate: Mapping[str, Any]) -> dict[str, Any]:
    """A Statement about subjects (name, SHA-256)."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": sha256}} for name, sha256 in subjects],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def release(basis: Basis, others: Mapping[str, str]) -> dict[str, Any]:
    """The statement that binds everything: every file, the approvals, the policy, the places, the other statements.

    Args:
        basis: what the release rests on.
        others: every other statement's place in the capsule and the SHA-256 of its file.
    """
    manifest, policy = basis.manifest, basis.policy
    subjects = [(one.path, one.sha256) for one in manifest.files] + [(capsule.MANIFEST, basis.digest)]
    predicate = {
        "release": manifest.release,
        "name": manifest.name,
        "version": manifest.version,
        "ws": manifest.ws,
        "digest": basis.digest,
        "environments": list(manifest.environments),
        "intended_use": basis.intended_use,
        "solo": all(one.is_self for one in basis.approvals),
        "change": {
            "class": basis.change.kind,
            "bump": basis.change.bump,
            "reasons": list(basis.change.reasons),
            "replaces": basis.change.replaces,
        },
        "policy": {
            "name": policy.policy.name,
            "sha256": policy.sha256,
            "adopted": policy.leaf,
            "required": [one.check for one in policy.policy.requirements if one.check not in basis.waivers],
        },
        "waivers": _waived(basis),
        "signed_on": basis.signed_on.isoformat(),
        "lineage": _lineage(basis.candidate, basis.release),
        "approvals": [
            {"leaf": one.leaf, "actor": one.actor, "role": one.role, "at": one.at, "is_self": one.is_self}
            for one in basis.approvals
        ],
        "statements": dict(sorted(others.items())),
    }
    return statement(RELEASE, sorted(subjects), predicate)


def _waived(basis: Basis) -> list[dict[str, Any]]:
    """Required checks that were let be: by whom, why, and until which day."""
    return [
        {
            "check": kind,
            "leaf": one.leaf,
            "actor": one.actor,
            "until": one.body["until"],
            "reason": str(one.body.get("reason", "")),
        }
        for kind, one in sorted(basis.waivers.items())
    ]


def _lineage(candidate: Candidate, proposal: Release) -> dict[str, Any]:
    return {
        "proposed": proposal.proposed.leaf,
        "model": candidate.model.leaf,
        "run": candidate.ended.leaf,
        "data": [
            {
                "id": event.subject,
                "name": event.body.get("name"),
                "number": event.body.get("number"),
                "version": event.sha256,
                "leaf": event.leaf,
            }
            for _, event in sorted(candidate.data.items())
        ],
    }


def provenance(basis: Basis) -> dict[str, Any]:
    """How the model was made, as SLSA provenance v1 about its graphs and vectors."""
    candidate = basis.candidate
    requested, started, ended = candidate.requested, candidate.started, candidate.ended
    asked: Mapping[str, Any] = {} if requested is None else requested.body
    ran: Mapping[str, Any] = {} if started is None else started.body
    predicate = {
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {
                "experiment": asked.get("experiment"),
                "recipe": {"sha256": asked.get("recipe")},
                "parameters": asked.get("parameters", {}),
                "seed": asked.get("seed"),
            },
            "internalParameters": {
                "surefoot_level": LEVEL,
                "surefoot_environment": asked.get("environment"),
                "surefoot_host": ran.get("host"),
                "surefoot_network": ran.get("network"),
                "surefoot_sandbox": ran.get("sandbox"),
            },
            "resolvedDependencies": _dependencies(candidate, asked),
        },
        "runDetails": {
            "builder": {"id": BUILDER, "version": {"agent": str(ran.get("agent", ""))}},
            "metadata": {
                "invocationId": f"urn:surefoot:{ended.subject}",
                "startedOn": ended.at if started is None else started.at,
                "finishedOn": ended.at,
            },
        },
    }
    made = [(one.path, one.sha256) for one in basis.manifest.files if one.path in (*capsule.GRAPHS, capsule.VECTORS)]
    return statement(PROVENANCE, made, predicate)


def _dependencies(candidate: Candidate, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"uri": f"urn:surefoot:{event.subject}", "name": event.body.get("name"), "digest": {"sha256": event.sha256}}
        for _, event in sorted(candidate.data.items())
    ]
    code = asked.get("code") or {}
    if code.get("files"):
        found.append({"uri": "urn:surefoot:code", "name": "code", "digest": {"sha256": code["files"]}})
    if code.get("commit"):
        found.append({"uri": "urn:surefoot:commit", "name": "commit", "digest": {"gitCommit": code["commit"]}})
    return found


def check(event: RecordedEvent, graphs: Sequence[CapsuleFile]) -> dict[str, Any]:
    """What a check found, as in-toto test-result v0.1 about the model's graphs."""
    body = event.body
    state = event.type.partition(".")[2]
    kind = str(body.get("kind"))
    result = RESULTS[state]
    data = body.get("data") or {}
    configuration = [{"name": "evidence", "digest": {"sha256": body["evidence"]}}] if body.get("evidence") else []
    if data.get("version"):
        configuration.append({"name": f"data {data.get('id')}", "digest": {"sha256": str(data["version"])}})
    predicate = {
        "result": result,
        "configuration": configuration,
        "passedTests": [kind] if result == "PASSED" else [],
        "warnedTests": [kind] if result == "WARNED" else [],
        "failedTests": [kind] if result == "FAILED" else [],
        "surefoot": {
            "state": state,
            "leaf": event.leaf,
            **{key: body.get(key) for key in ("metric", "figure", "low", "high", "limit", "seed", "rows")},
        },
    }
    return statement(TEST_RESULT, [(one.path, one.sha256) for one in graphs], predicate)
