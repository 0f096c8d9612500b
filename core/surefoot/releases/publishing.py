"""Events of an approval and of a signature; statements, signed; capsules, written whole and verified or not at all."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surefoot.files import explained, refuse_taken, sync_folder
from surefoot.objects import Objects
from surefoot.releases import capsule, reasons, statements
from surefoot.releases.facts import Anchor, Manifest, Release
from surefoot.releases.verification import VerifiedCapsule, verify_capsule
from surefoot.trail import Draft, Json, Signer, Subject, canonical, dsse

_READ_ONLY = 0o444
_FOLDER = 0o755


def sign_all(basis: statements.Basis, objects: Objects, signer: Signer, *, root: bytes) -> dict[str, str]:
    """Signs every statement and stores it, the release statement last, for it names the others.

    Args:
        basis: what is stated.
        objects: where the envelopes are put.
        signer: the person's key.
        root: role document 1 as it lies in the trail.

    Returns:
        Path in the capsule to SHA-256, for all that lies there beside the manifest and its files.
    """

    def envelope(statement: dict[str, Any]) -> bytes:
        return dsse.sign(canonical.encode(statement), statements.PAYLOAD_TYPE, [signer])

    graphs = [one for one in basis.manifest.files if one.path in capsule.GRAPHS]
    said = {capsule.PROVENANCE_STATEMENT: statements.provenance(basis)}
    for kind, event in sorted(basis.candidate.checks.items()):
        said[capsule.check_statement(kind)] = statements.check(event, graphs)
    names = objects.put_many([envelope(one) for one in said.values()])
    proofs = dict(zip(said, names, strict=True))
    main = envelope(statements.release(basis, proofs))
    proofs[capsule.RELEASE_STATEMENT], proofs[f"{capsule.ROOTS}/1.dsse"] = objects.put_many([main, root])
    return dict(sorted(proofs.items()))


def write(
    objects: Objects, manifest: Manifest, digest: str, *, proofs: Mapping[str, str], folder: Path
) -> VerifiedCapsule:
    """Writes a capsule beside the folder and verifies it there; then gives it the folder's name in one step.

    Args:
        objects: where its files come from.
        manifest: what it holds.
        digest: of the manifest, the release digest.
        proofs: path to SHA-256 of statements and role documents.
        folder: new, or empty.

    Raises:
        InputRefusedError: the folder is in use or cannot be written, or the capsule does not verify.
        IncompleteError, RecordBrokenError: an object is missing or damaged.
    """
    refuse_taken(folder)
    files = {one.path: one.sha256 for one in manifest.files} | {capsule.MANIFEST: digest} | dict(proofs)
    with explained(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".capsule-", dir=folder.parent))
        try:
            for path, sha256 in files.items():
                (draft / path).parent.mkdir(exist_ok=True)
                objects.copy_to(sha256, draft / path, mode=_READ_ONLY)
            verified = verify_capsule(draft, Anchor(manifest.ws, digest, manifest.environments[0]))
            draft.chmod(_FOLDER)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        sync_folder(folder.parent)
    return verified


def approval(release: Release, reason: str) -> Draft:
    """The event of an approval."""
    return _decision("given", release, reason, "approved")


def refusal(release: Release, reason: str) -> Draft:
    """The event that somebody did not approve."""
    return _decision("refused", release, reason, "refused")


def _decision(kind: str, release: Release, reason: str, mean: str) -> Draft:
    body = {
        "release": release.id,
        "name": release.name,
        "version": release.version,
        "policy": str(release.proposed.body.get("policy")),
        "reason": reasons.whole(reason),
    }
    subject = Subject(release.id, release.digest)
    return Draft(f"approval.{kind}", (subject,), body, (release.proposed.leaf,), mean)


def approved(release: Release, basis: statements.Basis, proofs: Mapping[str, str], *, is_solo: bool) -> Draft:
    """The event that a release is approved and signed: with the manifest and every proof beside it by hash."""
    body: dict[str, Json] = {
        "name": release.name,
        "version": release.version,
        "environments": list(basis.manifest.environments),
        "manifest": release.digest,
        "proofs": dict(proofs),
        "solo": is_solo,
    }
    cause = tuple(one.leaf for one in basis.approvals)
    return Draft("release.approved", (Subject(release.id, release.digest),), body, cause, "approved")
