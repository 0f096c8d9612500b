"""Reading a capsule: every byte that is used was hashed, signed for, and named by the anchor.

The layout and the seven steps stand in `surefoot.releases.capsule`; this is the wrapper's own copy of the steps, with
nothing of the workbench in it. Each file is opened once, without following links, from a descriptor of its folder,
and the bytes that were hashed are the bytes that are handed on: what is swapped on the disk afterwards changes nothing.
"""

import base64
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from surefoot.payloads.service.documents import Anchor, Digest, Manifest, Name, parsed
from surefoot.payloads.service.envelopes import opened
from surefoot.payloads.service.refusals import Reason, RefusedError

MANIFEST = "manifest.json"
MODEL = "model.onnx"
PREPROCESSING = "preprocessing.onnx"
_BILL = "sbom.cdx.json"
_PATH = "surefoot:path"
CONTENT = frozenset(("lock.txt", "model-card.md", MODEL, _BILL, "settings.json", "signature.json", "vectors.json"))
OPTIONAL = frozenset(("data-sheet.md", "dockerfile", "openapi.json", "systemd.service", PREPROCESSING))
"""What not every capsule has; it is listed, signed and hashed like the rest where it lies there."""
RELEASE = "statements/release.dsse"
_PROOFS = {
    "statements": re.compile(r"(release|provenance|check-[a-z0-9-]{1,64})\.dsse"),
    "roots": re.compile(r"[1-9][0-9]{0,5}\.dsse"),
}
_MOST_PROOFS = 1_000
_PROOF_BYTES = 8 * 2**20
_CONTENT_BYTES = 8 * 2**30
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_STATEMENT = "https://in-toto.io/Statement/v1"
_RELEASE_TYPE = "urn:surefoot:release:v1"
_RESULT_TYPE = "https://in-toto.io/attestation/test-result/v0.1"
_ROLES = "application/vnd.surefoot.roles.v1+json"
_GOOD_RESULTS = ("PASSED", "WARNED")
_UNWAIVABLE = ("parity",)


@dataclass(frozen=True, slots=True)
class Capsule:
    """A verified capsule.

    Attributes:
        manifest: what was released.
        files: the hashed bytes of each content file, by path.
    """

    manifest: Manifest
    files: Mapping[str, bytes]


class _Subject(msgspec.Struct, frozen=True):
    name: str
    digest: dict[str, str]


class _Statement(msgspec.Struct, frozen=True, rename={"kind": "_type", "predicate_type": "predicateType"}):
    kind: str
    subject: list[_Subject]
    predicate_type: str
    predicate: dict[str, Any]


def read(folder: Path, anchor: Anchor) -> Capsule:
    """Verifies the capsule in a folder and returns what it holds.

    Raises:
        RefusedError: it is not the capsule that the anchor names, complete and unchanged.
    """
    found = _read_all(folder)
    manifest = _manifest(found, anchor)
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in found.items()}
    _check_files(manifest, found, digests)
    _check_root(found, anchor)
    statements = {
        path: _statement(path, data, anchor) for path, data in found.items() if path.startswith("statements/")
    }
    _check_release(manifest, anchor, statements, digests)
    _check_waivers(statements[RELEASE].predicate)
    _check_results(statements, digests)
    _check_bill(found, digests)
    return Capsule(manifest=manifest, files={path: found[path] for path in (CONTENT | OPTIONAL) & found.keys()})


def _refuse(detail: str) -> RefusedError:
    return RefusedError(Reason.CAPSULE, detail)


def _unsigned(detail: str) -> RefusedError:
    return RefusedError(Reason.SIGNATURE, detail)


def _read_all(folder: Path) -> dict[str, bytes]:
    """The bytes of every file, by path."""
    try:
        root = os.open(folder, _OPEN | os.O_DIRECTORY)
    except OSError as error:
        raise _refuse(f"the folder cannot be opened ({error.strerror})") from error
    try:
        found = dict(_files(root))
        for name in _PROOFS:
            found.update(_proofs(root, name))
    except OSError as error:
        raise _refuse(f"it cannot be read ({error.strerror})") from error
    finally:
        os.close(root)
    missing = sorted((CONTENT | {MANIFEST, RELEASE, "roots/1.dsse"}) - found.keys())
    if missing:
        raise _refuse(f"{missing[0]} is missing")
    return found


def _files(root: int) -> Iterator[tuple[str, bytes]]:
    for name in os.listdir(root):
        if name in _PROOFS:
            continue
        if name not in CONTENT | OPTIONAL and name != MANIFEST:
            raise _refuse(f"{name!r} does not belong there")
        yield name, _bytes(root, name, most=_PROOF_BYTES if name == MANIFEST else _CONTENT_BYTES)


def _proofs(root: int, folder: str) -> Iterator[tuple[str, bytes]]:
    try:
        handle = os.open(folder, _OPEN | os.O_DIRECTORY, dir_fd=root)
    except OSError as error:
        raise _refuse(f"the folder {folder} cannot be opened ({error.strerror})") from error
    try:
        names = os.listdir(handle)  # noqa: PTH208 - listed through a descriptor, which Path cannot do
        if len(names) > _MOST_PROOFS:
            raise _refuse(f"{folder} holds {len(names)} files")
        for name in names:
            if not _PROOFS[folder].fullmatch(name):
                raise _refuse(f"{folder}/{name!r} does not belong there")
            yield f"{folder}/{name}", _bytes(handle, name, most=_PROOF_BYTES)
    finally:
        os.close(handle)


def _bytes(folder: int, name: str, *, most: int) -> bytes:
    try:
        handle = os.open(name, _OPEN, dir_fd=folder)
    except OSError as error:
        raise _refuse(f"{name} cannot be opened ({error.strerror})") from error
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode) or facts.st_nlink != 1:
        os.close(handle)
        raise _refuse(f"{name} is not a plain file with one name")
    with os.fdopen(handle, "rb") as file:
        if facts.st_size > most:
            raise _refuse(f"{name} has {facts.st_size} bytes; at most {most} are read")
        return file.read(most + 1)


def _manifest(found: Mapping[str, bytes], anchor: Anchor) -> Manifest:
    if hashlib.sha256(found[MANIFEST]).hexdigest() != anchor.release:
        raise _refuse("manifest.json is not the released one")
    try:
        manifest = parsed(found[MANIFEST], Manifest)
    except ValueError as error:
        raise _refuse(f"manifest.json: {error}") from error
    if manifest.ws != anchor.ws:
        raise _refuse("it belongs to another workspace")
    if anchor.environment not in manifest.environments:
        allowed = ", ".join(manifest.environments)
        raise RefusedError(Reason.ENVIRONMENT, f"released for {allowed}, not for {anchor.environment}")
    return manifest


def _check_files(manifest: Manifest, found: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    if sorted(file.path for file in manifest.files) != sorted((CONTENT | OPTIONAL) & found.keys()):
        raise _refuse("manifest.json does not list the files of a capsule")
    for file in manifest.files:
        if len(found[file.path]) != file.size or digests[file.path] != file.sha256:
            raise _refuse(f"{file.path} has changed since the release")


def _check_root(found: Mapping[str, bytes], anchor: Anchor) -> None:
    """The workspace is named by the hash of its first role document, which the persons in it signed."""
    try:
        payload = base64.b64decode(msgspec.json.decode(found["roots/1.dsse"], type=_Payload).payload, validate=True)
        if hashlib.sha256(payload).hexdigest() != anchor.ws:
            raise ValueError("it is not this workspace's first role document")  # noqa: TRY301 - one way out
        keys = [key.public for person in parsed(payload, _Roles).persons for key in person.keys]
        opened(found["roots/1.dsse"], kind=_ROLES, keys=keys)
    except (ValueError, RecursionError) as error:
        raise _unsigned(f"roots/1.dsse: {error}") from error


class _Payload(msgspec.Struct, frozen=True):
    payload: str


class _PublicKey(msgspec.Struct, frozen=True):
    public: str


class _Person(msgspec.Struct, frozen=True):
    keys: list[_PublicKey]


class _Roles(msgspec.Struct, frozen=True):
    persons: list[_Person]


def _statement(path: str, data: bytes, anchor: Anchor) -> _Statement:
    try:
        payload = opened(data, kind="application/vnd.in-toto+json", keys=anchor.persons)
        statement = parsed(payload, _Statement)
    except ValueError as error:
        raise _unsigned(f"{path}: {error}") from error
    if statement.kind != _STATEMENT:
        raise _unsigned(f"{path}: not an in-toto statement of version 1")
    return statement


def _check_release(
    manifest: Manifest, anchor: Anchor, statements: Mapping[str, _Statement], digests: Mapping[str, str]
) -> None:
    release = statements[RELEASE]
    says = release.predicate
    wanted = {path: digests[path] for path in (*(file.path for file in manifest.files), MANIFEST)}
    if release.predicate_type != _RELEASE_TYPE or _subjects(release) != wanted:
        raise _unsigned("the release statement is about other files")
    if (says.get("ws"), says.get("digest"), says.get("release")) != (anchor.ws, anchor.release, manifest.release):
        raise _unsigned("the release statement is about another release")
    environments = says.get("environments")
    if not isinstance(environments, list) or anchor.environment not in environments:
        raise RefusedError(Reason.ENVIRONMENT, f"the release statement does not allow {anchor.environment}")
    others = {path: digests[path] for path in statements if path != RELEASE}
    if says.get("statements") != others:
        raise _unsigned("the release statement names other statements than lie there")


def _subjects(statement: _Statement) -> dict[str, str]:
    return {each.name: each.digest.get("sha256", "") for each in statement.subject}


def _check_results(statements: Mapping[str, _Statement], digests: Mapping[str, str]) -> None:
    """Each required check passed, and speaks of this model behind this preprocessing."""
    graphs = {path: digests[path] for path in (MODEL, PREPROCESSING) if path in digests}
    policy = statements[RELEASE].predicate.get("policy")
    required = policy.get("required") if isinstance(policy, dict) else None
    if not isinstance(required, list):
        raise _unsigned("the release statement does not say which checks its policy requires")
    for kind in required:
        check = statements.get(f"statements/check-{kind}.dsse")
        if check is None or check.predicate_type != _RESULT_TYPE:
            raise _unsigned(f"the required check {kind} has no statement")
        if not graphs.items() <= _subjects(check).items():
            raise _unsigned(f"the check {kind} is about another model")
        if check.predicate.get("result") not in _GOOD_RESULTS:
            raise _unsigned(f"the check {kind} did not pass")


class _Waiver(msgspec.Struct, frozen=True):
    check: str
    leaf: Digest
    actor: Name
    until: date


def _check_waivers(says: Mapping[str, Any]) -> None:
    """A check that is waived was waived by somebody, for a day that was not over when the release was signed."""
    policy = says.get("policy")
    required = policy.get("required") if isinstance(policy, dict) else None
    if not isinstance(required, list):
        raise _unsigned("the release statement does not say which checks its policy requires")
    try:
        waivers = msgspec.convert(says.get("waivers") or [], list[_Waiver])
        signed_on = msgspec.convert(says.get("signed_on"), date) if waivers else date.min
    except msgspec.ValidationError as error:
        raise _unsigned(f"the release statement names a waiver that is none ({error})") from error
    seen = [str(kind) for kind in (*required, *_UNWAIVABLE)]
    for one in waivers:
        if one.check in seen:
            raise _unsigned(f"the check {one.check} cannot be waived beside what is required")
        if one.until < signed_on:
            raise _unsigned(f"the waiver of the check {one.check} was over when the release was signed")
        seen.append(one.check)


def _check_bill(found: Mapping[str, bytes], digests: Mapping[str, str]) -> None:
    """The bill of materials (CycloneDX 1.7) names every other content file, once, by the digest it really has."""
    try:
        bill = msgspec.json.decode(found[_BILL], type=_Bill)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _refuse("sbom.cdx.json is not a bill of materials") from error
    said: dict[str, list[str]] = {}
    for component in bill.components:
        stated = [each.content for each in component.hashes if each.alg == "SHA-256"]
        for path in (each.value for each in component.properties if each.name == _PATH):
            if path in said:
                raise _refuse(f"sbom.cdx.json lists {path!r} twice")
            said[path] = stated
    real = {path: [digests[path]] for path in (CONTENT | OPTIONAL) & found.keys() if path != _BILL}
    for path in sorted({*said, *real}):
        if said.get(path) != real.get(path):
            raise _refuse(f"sbom.cdx.json does not list {path!r} by its digest")


class _Property(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class _Hash(msgspec.Struct, frozen=True):
    alg: str
    content: str


class _Component(msgspec.Struct, frozen=True):
    properties: list[_Property] = []
    hashes: list[_Hash] = []


class _Bill(msgspec.Struct, frozen=True):
    components: list[_Component] = []
