"""Verifies a capsule on disk against an anchor kept outside it, by the seven steps of capsule.py.

Files are opened once, without following links, and everything is judged on the bytes that were hashed: no second
look by name, so a file swapped in between is either what was signed or refused. Reads at most what the manifest
announces. The wrapper has the same steps in its own words (it imports nothing of ours); tests hold the two together.
"""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from surefoot.errors import Code, InputRefusedError, RecordBrokenError
from surefoot.releases import capsule, rules, sbom, statements
from surefoot.releases.facts import Anchor, CapsuleFile, Manifest
from surefoot.trail import dsse, roots

STEPS = ("layout", "manifest", "files", "founder", "statements", "bill")
"""What is proved, in this order."""
_MOST_FILES = 200
_MAX_PROOF_BYTES = 4 * 2**20
_MAX_DOCUMENT_BYTES = 16 * 2**20
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class VerifiedCapsule:
    """What a capsule proved of itself.

    Attributes:
        manifest: name, version, environments and files.
        digest: the release digest.
        statement: the predicate of the release statement.
        signers: key ids that signed the release statement.
        settings: settings.json. signature: signature.json.
    """

    manifest: Manifest
    digest: str
    statement: Mapping[str, Any]
    signers: tuple[str, ...]
    settings: Mapping[str, Any]
    signature: Mapping[str, Any]


class _Folder:
    """Reads files of one folder, each by a handle that follows no link and is a plain file of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def refused(self, code: Code, path: str, **values: str) -> InputRefusedError:
        return InputRefusedError(code, folder=self.folder, path=path, **values)

    def names(self) -> set[str]:
        """Every path in the folder; anything but the layout's two folders and plain files is refused."""
        found: set[str] = set()
        for path, is_folder in self._entries(self.folder, ""):
            if is_folder:
                inside = {name for name, _ in self._entries(self.folder / path, f"{path}/")}
                if path not in (capsule.STATEMENTS, capsule.ROOTS) or not inside:
                    raise self.refused(Code.CAPSULE_FILE_EXTRA, path)
                found |= inside
            else:
                found.add(path)
            if len(found) > _MOST_FILES:
                raise self.refused(Code.CAPSULE_FILE_EXTRA, path)
        return found

    def _entries(self, folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
        if folder.is_symlink() or not folder.is_dir():
            raise self.refused(Code.CAPSULE_FILE_KIND, prefix or ".")
        with os.scandir(folder) as entries:
            for place, entry in enumerate(entries):
                path = prefix + entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if place > _MOST_FILES or (is_folder and prefix):
                    raise self.refused(Code.CAPSULE_FILE_EXTRA, path)
                if not is_folder and not entry.is_file(follow_symlinks=False):
                    raise self.refused(Code.CAPSULE_FILE_KIND, path)
                yield path, is_folder

    def handle(self, path: str) -> int:
        """An open descriptor of a plain file with one link."""
        try:
            handle = os.open(self.folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError as error:
            raise self.refused(Code.CAPSULE_FILE_MISSING, path) from error
        except OSError as error:
            raise self.refused(Code.CAPSULE_FILE_KIND, path) from error
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            os.close(handle)
            raise self.refused(Code.CAPSULE_FILE_KIND, path)
        return handle

    def read(self, path: str, limit: int) -> bytes:
        """A small file's bytes."""
        with os.fdopen(self.handle(path), "rb") as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            raise self.refused(Code.CAPSULE_FILE_CHANGED, path)
        return data

    def content(self, one: CapsuleFile, *, keep: bool) -> bytes:
        """Hashes a content file; returns its bytes where they are to be looked into, else nothing."""
        if keep and one.size > _MAX_DOCUMENT_BYTES:
            raise self.refused(Code.CAPSULE_FILE_CHANGED, one.path)
        digest, size, kept = hashlib.sha256(), 0, bytearray()
        with os.fdopen(self.handle(one.path), "rb") as file:
            while size <= one.size and (chunk := file.read(_CHUNK)):
                digest.update(chunk)
                size += len(chunk)
                if keep:
                    kept += chunk
        if size != one.size or digest.hexdigest() != one.sha256:
            raise self.refused(Code.CAPSULE_FILE_CHANGED, one.path)
        return bytes(kept)


def _quiet(_step: str) -> None:
    """Tells nobody."""


def verify_capsule(folder: Path, anchor: Anchor, *, proved: Callable[[str], None] = _quiet) -> VerifiedCapsule:
    """Verifies a capsule, or says what is wrong with it.

    Args:
        folder: the capsule.
        anchor: workspace, release digest and environment, from outside the capsule.
        proved: is told each of `STEPS` once it holds.

    Raises:
        InputRefusedError: something is missing, too much, changed, of a wrong kind, or not what was anchored.
    """
    place = _Folder(folder)
    names = place.names()
    proved("layout")
    manifest = _manifest(place, anchor)
    proved("manifest")
    listed = {one.path for one in manifest.files}
    for path in sorted(names - listed - {capsule.MANIFEST}):
        if not capsule.is_proof(path):
            raise place.refused(Code.CAPSULE_FILE_EXTRA, path)
    read = {
        one.path: place.content(one, keep=one.path in (capsule.SBOM, capsule.SETTINGS, capsule.SIGNATURE))
        for one in manifest.files
    }
    proved("files")
    publics = _publics(place, names, anchor.ws)
    proved("founder")
    try:
        predicate, signers = _statements(place, names, manifest, anchor, publics)
    except (KeyError, TypeError, AttributeError) as error:
        raise place.refused(Code.CAPSULE_STATEMENT, capsule.RELEASE_STATEMENT, detail=str(error)[:200]) from error
    proved("statements")
    _bill(place, manifest, read[capsule.SBOM])
    proved("bill")
    return VerifiedCapsule(
        manifest=manifest,
        digest=anchor.release,
        statement=predicate,
        signers=signers,
        settings=json.loads(read[capsule.SETTINGS]),
        signature=json.loads(read[capsule.SIGNATURE]),
    )


def _manifest(place: _Folder, anchor: Anchor) -> Manifest:
    data = place.read(capsule.MANIFEST, capsule.MAX_MANIFEST_BYTES)
    try:
        manifest = capsule.decode(data)
    except (ValueError, TypeError, KeyError, RecursionError, InputRefusedError) as error:
        raise InputRefusedError(Code.CAPSULE_MANIFEST, folder=place.folder, detail=str(error)[:200]) from error
    environments = ", ".join(manifest.environments)
    for field, found, expected, is_right in (
        ("ws", manifest.ws, anchor.ws, manifest.ws == anchor.ws),
        ("digest", capsule.digest(data), anchor.release, capsule.digest(data) == anchor.release),
        ("environment", environments, anchor.environment, anchor.environment in manifest.environments),
    ):
        if not is_right:
            raise InputRefusedError(
                Code.CAPSULE_ANCHOR, folder=place.folder, field=field, found=found[:80], expected=expected[:80]
            )
    return manifest


def _publics(place: _Folder, names: set[str], ws: str) -> Mapping[str, bytes]:
    """The persons' keys by id, from the role documents that the anchor's workspace id fixes."""
    path = f"{capsule.ROOTS}/1.dsse"
    for name in sorted(names):
        if name.startswith(f"{capsule.ROOTS}/") and name != path:
            raise place.refused(Code.CAPSULE_FILE_EXTRA, name)
    try:
        founding = roots.parse(place.read(path, _MAX_PROOF_BYTES), place.folder / path)
    except RecordBrokenError as error:
        detail = str(error.values.get("detail", ""))
        raise place.refused(Code.CAPSULE_STATEMENT, path, detail=detail) from error
    if founding.ws != ws:
        raise InputRefusedError(Code.CAPSULE_ANCHOR, folder=place.folder, field="ws", found=founding.ws, expected=ws)
    return founding.publics


def _statements(
    place: _Folder, names: set[str], manifest: Manifest, anchor: Anchor, publics: Mapping[str, bytes]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Every statement signed by a person, each about this capsule, none beside those the release statement names."""
    present = {name for name in names if name.startswith(f"{capsule.STATEMENTS}/")}
    envelope = place.read(capsule.RELEASE_STATEMENT, _MAX_PROOF_BYTES)
    main, signers = _verified(place, capsule.RELEASE_STATEMENT, envelope, publics)
    predicate = main["predicate"]
    expected = {one.path: one.sha256 for one in manifest.files} | {capsule.MANIFEST: anchor.release}
    _demand(place, capsule.RELEASE_STATEMENT, "type", is_right=main["predicateType"] == statements.RELEASE)
    _demand(place, capsule.RELEASE_STATEMENT, "subject", is_right=_subjects(main) == expected)
    said = {key: predicate.get(key) for key in ("release", "name", "version", "ws", "digest")}
    own = {"release": manifest.release, "name": manifest.name, "version": manifest.version}
    _demand(
        place, capsule.RELEASE_STATEMENT, "name", is_right=said == {**own, "ws": anchor.ws, "digest": anchor.release}
    )
    places = predicate.get("environments")
    _demand(place, capsule.RELEASE_STATEMENT, "environments", is_right=places == list(manifest.environments))
    named = predicate.get("statements")
    others = sorted(present - {capsule.RELEASE_STATEMENT})
    _demand(place, capsule.RELEASE_STATEMENT, "statements", is_right=isinstance(named, dict))
    for path in sorted({*named, *others}):
        if path not in present:
            raise place.refused(Code.CAPSULE_FILE_MISSING, path)
        if path not in named:
            raise place.refused(Code.CAPSULE_FILE_EXTRA, path)
    _waivers(place, predicate)
    results = {path: _other(place, path, named[path], manifest, publics) for path in others}
    for kind in predicate["policy"]["required"]:
        path = capsule.check_statement(kind)
        if path not in results:
            raise place.refused(Code.CAPSULE_FILE_MISSING, path)
        _demand(place, path, f"{kind}: {results[path]}", is_right=results[path] in statements.GOOD_RESULTS)
    _demand(place, capsule.PROVENANCE_STATEMENT, "missing", is_right=capsule.PROVENANCE_STATEMENT in results)
    return predicate, signers


def _waivers(place: _Folder, predicate: Mapping[str, Any]) -> None:
    """What is waived was waived by somebody, until a day that was not over at signing, and never the check parity.

    A waived check stands apart from the required ones: nothing is both.
    """
    path, waived = capsule.RELEASE_STATEMENT, predicate.get("waivers") or []
    kinds = [one.get("check") for one in waived]
    apart = {*kinds}.isdisjoint({*predicate["policy"]["required"], *rules.UNWAIVABLE}) and len({*kinds}) == len(kinds)
    _demand(place, path, "waivers", is_right=apart and all(isinstance(kind, str) for kind in kinds))
    for one in waived:
        try:
            is_over = date.fromisoformat(one["until"]) < date.fromisoformat(predicate["signed_on"])
        except ValueError:
            is_over = True
        _demand(place, path, f"waiver {one['check']}", is_right=not is_over and bool(one["actor"] and one["leaf"]))


def _other(place: _Folder, path: str, sha256: str, manifest: Manifest, publics: Mapping[str, bytes]) -> str:
    """Verifies provenance or a check's statement; returns the check's result (empty for provenance)."""
    envelope = place.read(path, _MAX_PROOF_BYTES)
    if hashlib.sha256(envelope).hexdigest() != sha256:
        raise place.refused(Code.CAPSULE_FILE_CHANGED, path)
    found, _ = _verified(place, path, envelope, publics)
    files = {one.path: one.sha256 for one in manifest.files}
    made = {*capsule.GRAPHS} if path != capsule.PROVENANCE_STATEMENT else {*capsule.GRAPHS, capsule.VECTORS}
    _demand(place, path, "subject", is_right=_subjects(found) == {name: files[name] for name in made & files.keys()})
    wanted = statements.PROVENANCE if path == capsule.PROVENANCE_STATEMENT else statements.TEST_RESULT
    _demand(place, path, "type", is_right=found["predicateType"] == wanted)
    return "" if path == capsule.PROVENANCE_STATEMENT else str(found["predicate"].get("result"))


def _verified(
    place: _Folder, path: str, envelope: bytes, publics: Mapping[str, bytes]
) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    try:
        verified = dsse.verify(envelope, publics, payload_type=statements.PAYLOAD_TYPE)
        found = json.loads(verified.payload)
    except (RecordBrokenError, ValueError, RecursionError) as error:
        detail = str(error.values.get("detail", "")) if isinstance(error, RecordBrokenError) else "JSON"
        raise place.refused(Code.CAPSULE_STATEMENT, path, detail=detail) from error
    is_statement = isinstance(found, dict) and found.get("_type") == statements.STATEMENT
    _demand(place, path, "_type", is_right=is_statement and isinstance(found.get("predicate"), dict))
    return found, verified.signers


def _subjects(found: Mapping[str, Any]) -> dict[str, str]:
    """Name to SHA-256; a subject named twice, or by another hash alone, makes the comparison fail."""
    subjects: dict[str, str] = {}
    for one in found.get("subject") or ():
        name, digest = one.get("name"), one.get("digest")
        if not isinstance(name, str) or name in subjects or set(digest or ()) != {"sha256"}:
            return {}
        subjects[name] = str(digest["sha256"])
    return subjects


def _demand(place: _Folder, path: str, detail: str, *, is_right: bool) -> None:
    if not is_right:
        raise place.refused(Code.CAPSULE_STATEMENT, path, detail=detail)


def _bill(place: _Folder, manifest: Manifest, text: bytes) -> None:
    """The bill of materials names every other content file by the digest it really has."""
    try:
        said = sbom.file_digests(text)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise place.refused(Code.CAPSULE_SBOM, capsule.SBOM) from error
    real = {one.path: one.sha256 for one in manifest.files if one.path != capsule.SBOM}
    for path in sorted({*said, *real}):
        if said.get(path) != real.get(path):
            raise place.refused(Code.CAPSULE_SBOM, path)
