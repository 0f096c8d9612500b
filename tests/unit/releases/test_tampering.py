"""A capsule that is not, to the byte, what was signed is refused, by the project and by the wrapper alike."""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.payloads.service import capsule as wrapper
from surefoot.payloads.service import documents
from surefoot.payloads.service.refusals import RefusedError
from surefoot.releases import Anchor, capsule, content, drafting, verify_capsule
from surefoot.releases.facts import CapsuleFile
from surefoot.trail import canonical, dsse, roots
from tests.unit.releases.conftest import Bench, PersonKey, laid


class Made:
    """A signed capsule that each test may damage."""

    def __init__(self, folder: Path, anchor: Anchor, signer: PersonKey) -> None:
        self.folder, self.anchor, self.signer = folder, anchor, signer

    def write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def statement(self, path: str) -> dict[str, object]:
        payload = base64.b64decode(json.loads(self.read(path))["payload"])
        found = json.loads(payload)
        assert isinstance(found, dict)
        return found

    def sign(self, path: str, statement: object, signer: PersonKey | None = None) -> None:
        payload = canonical.encode(statement)  # type: ignore[arg-type] # whatever a test makes up
        self.write(path, dsse.sign(payload, "application/vnd.in-toto+json", [signer or self.signer]))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Made:
    with laid(tmp_path_factory.mktemp("original")) as bench:
        bench.adopt()
        release = bench.releases.draft(bench.parted().tell().run)
        bench.releases.approve(release.id)
        bench.releases.sign(release.id)
        folder = bench.folder.parent / "capsule"
        bench.releases.materialise(release.id, folder)
        return Made(folder, bench.anchor(release), bench.signer)


@pytest.fixture
def made(original: Made, tmp_path: Path) -> Made:
    shutil.copytree(original.folder, tmp_path / "capsule")
    return Made(tmp_path / "capsule", original.anchor, original.signer)


def refused(made: Made, code: Code, path: str | None = None) -> None:
    """Both readers refuse; ours with this code (and this file)."""
    with pytest.raises(InputRefusedError) as caught:
        verify_capsule(made.folder, made.anchor)
    assert caught.value.code is code, caught.value
    if path is not None:
        assert caught.value.values["path"] == path
    with pytest.raises(RefusedError):
        wrapper.read(made.folder, wrapper_anchor(made))


def wrapper_anchor(made: Made) -> documents.Anchor:
    return documents.parsed(
        json.dumps(
            {
                "format": 1,
                "ws": made.anchor.ws,
                "release": made.anchor.release,
                "environment": made.anchor.environment,
                "activation": "act_" + "a" * 26,
                "persons": [base64.b64encode(made.signer.public).decode()],
            }
        ).encode(),
        documents.Anchor,
    )


def test_the_wrapper_reads_what_the_project_wrote(made: Made) -> None:
    read = wrapper.read(made.folder, wrapper_anchor(made))
    assert read.manifest.name == verify_capsule(made.folder, made.anchor).manifest.name
    documents.parsed(read.files["signature.json"], documents.Signature)
    documents.parsed(read.files["settings.json"], documents.Settings)
    documents.parsed(read.files["vectors.json"], documents.Vectors)


def test_a_capsule_of_an_older_version_has_neither_and_verifies(tmp_path: Path) -> None:
    with laid(tmp_path) as bench, pytest.MonkeyPatch.context() as patch:
        build = content.build
        optional = {*capsule.OPTIONAL}

        def older(plan: content.Plan) -> tuple[dict[str, bytes], tuple[CapsuleFile, ...]]:
            made, files = build(plan)
            bill = json.loads(made[capsule.SBOM])
            bill["components"] = [one for one in bill["components"] if one.get("name") not in optional]
            made[capsule.SBOM] = json.dumps(bill).encode()
            kept = [one for one in files if one.path not in optional | {capsule.SBOM}]
            return made, tuple(sorted([*kept, capsule.file_of(capsule.SBOM, made[capsule.SBOM])]))

        patch.setattr(content, "build", older)
        patch.setattr(drafting, "_validate", lambda _: None)
        bench.adopt()
        release = bench.releases.draft(bench.story().tell().run)
        bench.releases.approve(release.id)
        bench.releases.sign(release.id)
        bench.releases.materialise(release.id, tmp_path / "capsule")
        made = Made(tmp_path / "capsule", bench.anchor(release), bench.signer)
    assert [one.path for one in verify_capsule(made.folder, made.anchor).manifest.files] == sorted(capsule.CONTENT)
    assert set(wrapper.read(made.folder, wrapper_anchor(made)).files) == set(capsule.CONTENT)
    made.write(capsule.OPENAPI, b"{}")
    refused(made, Code.CAPSULE_FILE_EXTRA, capsule.OPENAPI)


def test_both_readers_know_the_same_files() -> None:
    assert (frozenset(capsule.CONTENT), frozenset(capsule.OPTIONAL)) == (wrapper.CONTENT, wrapper.OPTIONAL)


@pytest.mark.parametrize(
    "path", [*capsule.CONTENT, *capsule.OPTIONAL, capsule.RELEASE_STATEMENT, capsule.PROVENANCE_STATEMENT]
)
def test_one_changed_byte_is_found_in_every_file(made: Made, path: str) -> None:
    data = bytearray(made.read(path))
    data[len(data) // 2] ^= 1
    made.write(path, bytes(data))
    with pytest.raises(InputRefusedError):
        verify_capsule(made.folder, made.anchor)
    with pytest.raises(RefusedError):
        wrapper.read(made.folder, wrapper_anchor(made))


@pytest.mark.parametrize(
    "path", [*capsule.CONTENT, *capsule.OPTIONAL, capsule.MANIFEST, capsule.RELEASE_STATEMENT, "roots/1.dsse"]
)
def test_a_missing_file_is_named(made: Made, path: str) -> None:
    (made.folder / path).unlink()
    if path.startswith("roots/"):
        refused(made, Code.CAPSULE_FILE_EXTRA)  # the folder is empty now
    else:
        refused(made, Code.CAPSULE_FILE_MISSING, path)


@pytest.mark.parametrize("path", [capsule.PROVENANCE_STATEMENT, "statements/check-accuracy.dsse"])
def test_a_statement_that_the_release_names_must_be_there(made: Made, path: str) -> None:
    (made.folder / path).unlink()
    refused(made, Code.CAPSULE_FILE_MISSING, path)


@pytest.mark.parametrize(
    "path",
    ["run.sh", "evil.py", ".hidden", "model.onnx.data", "statements/x.txt", "statements/check-UPPER.dsse",
     "roots/0.dsse", "roots/2.dsse", "bin/tool", ".git/config", "Manifest.json"],
)  # fmt: skip
def test_an_extra_file_is_refused(made: Made, path: str) -> None:
    made.write(path, b"#!/bin/sh\n")
    with pytest.raises(InputRefusedError) as caught:
        verify_capsule(made.folder, made.anchor)
    assert caught.value.code is Code.CAPSULE_FILE_EXTRA


def test_an_extra_statement_signed_by_the_owner_is_refused(made: Made) -> None:
    made.sign("statements/check-fairness.dsse", made.statement("statements/check-accuracy.dsse"))
    refused(made, Code.CAPSULE_FILE_EXTRA, "statements/check-fairness.dsse")


def test_a_check_that_is_silent_about_the_preprocessing_is_refused(made: Made) -> None:
    said = made.statement("statements/check-accuracy.dsse")
    assert isinstance(said["subject"], list)
    said["subject"] = [one for one in said["subject"] if one["name"] == capsule.MODEL]
    made.sign("statements/check-accuracy.dsse", said)
    main = made.statement(capsule.RELEASE_STATEMENT)
    assert isinstance(main["predicate"], dict)
    check = hashlib.sha256(made.read("statements/check-accuracy.dsse")).hexdigest()
    main["predicate"]["statements"]["statements/check-accuracy.dsse"] = check
    made.sign(capsule.RELEASE_STATEMENT, main)
    refused(made, Code.CAPSULE_STATEMENT, "statements/check-accuracy.dsse")


def test_preprocessing_that_was_not_released_is_refused_beside_a_model_that_needs_none(tmp_path: Path) -> None:
    with laid(tmp_path) as bench:
        bench.adopt()
        release = bench.releases.draft(bench.story().tell().run)
        bench.releases.approve(release.id)
        bench.releases.sign(release.id)
        bench.releases.materialise(release.id, tmp_path / "capsule")
        made = Made(tmp_path / "capsule", bench.anchor(release), bench.signer)
    made.write(capsule.PREPROCESSING, b"any")
    refused(made, Code.CAPSULE_FILE_EXTRA, capsule.PREPROCESSING)


def link(place: Path, other: Path) -> None:
    place.unlink()
    place.symlink_to(other)


def second_name(place: Path, other: Path) -> None:
    os.link(place, place.parent.parent / "second-name")


def pipe(place: Path, other: Path) -> None:
    place.unlink()
    os.mkfifo(place)


@pytest.mark.parametrize("swap", [link, second_name, pipe])
def test_a_file_that_is_no_plain_file_of_its_own_is_refused(
    made: Made, tmp_path: Path, swap: Callable[[Path, Path], None]
) -> None:
    other = tmp_path / "other"
    shutil.copy(made.folder / capsule.MODEL, other)
    swap(made.folder / capsule.MODEL, other)
    refused(made, Code.CAPSULE_FILE_KIND, capsule.MODEL)


def test_a_folder_in_place_of_a_file_is_refused(made: Made) -> None:
    (made.folder / capsule.MODEL).unlink()
    (made.folder / capsule.MODEL).mkdir()
    with pytest.raises(InputRefusedError) as caught:
        verify_capsule(made.folder, made.anchor)
    assert caught.value.code is Code.CAPSULE_FILE_EXTRA


def test_statements_behind_a_link_are_refused(made: Made, tmp_path: Path) -> None:
    shutil.move(made.folder / "statements", tmp_path / "elsewhere")
    (made.folder / "statements").symlink_to(tmp_path / "elsewhere")
    refused(made, Code.CAPSULE_FILE_KIND, "statements")


@pytest.mark.parametrize(("field", "value"), [("ws", "0" * 64), ("release", "0" * 64), ("environment", "hospital")])
def test_a_sound_capsule_in_the_wrong_place_is_refused(made: Made, field: str, value: str) -> None:
    made.anchor = replace(made.anchor, **{field: value})
    refused(made, Code.CAPSULE_ANCHOR)


def test_a_whole_capsule_swapped_for_another_release_is_refused(made: Made, bench: Bench, tmp_path: Path) -> None:
    bench.adopt()
    other = bench.releases.draft(bench.story().tell().run)
    bench.releases.approve(other.id)
    bench.releases.sign(other.id)
    bench.releases.materialise(other.id, tmp_path / "other")
    made.folder = tmp_path / "other"
    refused(made, Code.CAPSULE_ANCHOR)


def test_a_manifest_that_is_rewritten_consistently_no_longer_has_the_digest(made: Made) -> None:
    fields = json.loads(made.read(capsule.MANIFEST))
    made.write(capsule.MODEL, b"another model")
    for one in fields["files"]:
        if one["path"] == capsule.MODEL:
            one.update(sha256=capsule.file_of(capsule.MODEL, b"another model").sha256, size=13)
    made.write(capsule.MANIFEST, canonical.encode(fields))
    refused(made, Code.CAPSULE_ANCHOR)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"format":1}', b"null", b"x" * 60000, b"[" * 9000])
def test_a_manifest_that_is_none_is_refused(made: Made, data: bytes) -> None:
    made.write(capsule.MANIFEST, data)
    refused(made, Code.CAPSULE_MANIFEST)


def test_a_manifest_with_another_spelling_is_refused(made: Made) -> None:
    data = made.read(capsule.MANIFEST)
    for other in (data + b"\n", b" " + data, data.replace(b'"format":1', b'"format": 1'), b"\xef\xbb\xbf" + data):
        made.write(capsule.MANIFEST, other)
        refused(made, Code.CAPSULE_MANIFEST)


def test_a_stranger_cannot_sign_the_release(made: Made) -> None:
    made.sign(capsule.RELEASE_STATEMENT, made.statement(capsule.RELEASE_STATEMENT), PersonKey())
    refused(made, Code.CAPSULE_STATEMENT, capsule.RELEASE_STATEMENT)


def test_a_role_document_of_another_workspace_is_refused(made: Made) -> None:
    made.write("roots/1.dsse", roots.found(PersonKey()))
    refused(made, Code.CAPSULE_ANCHOR)


def forged(made: Made, change: Callable[[dict[str, object]], None], path: str) -> None:
    """Signs an altered statement with the right key and keeps the digests in the release statement right."""
    statement = made.statement(path)
    change(statement)
    made.sign(path, statement)
    if path != capsule.RELEASE_STATEMENT:
        main = made.statement(capsule.RELEASE_STATEMENT)
        predicate = main["predicate"]
        assert isinstance(predicate, dict)
        predicate["statements"][path] = capsule.file_of(path, made.read(path)).sha256
        made.sign(capsule.RELEASE_STATEMENT, main)


def failed(statement: dict[str, object]) -> None:
    statement["predicate"] = {"result": "FAILED"}


def other_model(statement: dict[str, object]) -> None:
    statement["subject"] = [{"name": "model.onnx", "digest": {"sha256": "0" * 64}}]


def other_type(statement: dict[str, object]) -> None:
    statement["predicateType"] = "https://example.invalid/anything"


@pytest.mark.parametrize("change", [failed, other_model, other_type])
def test_a_required_check_that_failed_or_is_about_something_else_blocks_even_when_signed(
    made: Made, change: Callable[[dict[str, object]], None]
) -> None:
    forged(made, change, "statements/check-accuracy.dsse")
    refused(made, Code.CAPSULE_STATEMENT, "statements/check-accuracy.dsse")


WAIVER = {"check": "fairness", "leaf": "0" * 64, "actor": "usr_a", "until": "2026-06-05", "reason": "r"}


def waived(made: Made, signed_on: str | None, *waivers: dict[str, str]) -> None:
    """Signs a release statement that names waivers."""

    def change(statement: dict[str, object]) -> None:
        predicate = statement["predicate"]
        assert isinstance(predicate, dict)
        predicate["waivers"] = list(waivers)
        predicate["signed_on"] = signed_on
        if signed_on is None:
            del predicate["signed_on"]

    forged(made, change, capsule.RELEASE_STATEMENT)


def test_a_waiver_that_held_when_it_was_signed_is_accepted(made: Made) -> None:
    waived(made, "2026-06-05", WAIVER)
    assert verify_capsule(made.folder, made.anchor).statement["waivers"] == [WAIVER]
    wrapper.read(made.folder, wrapper_anchor(made))


@pytest.mark.parametrize(
    ("signed_on", "waivers"),
    [
        ("2026-06-06", [WAIVER]),
        (None, [WAIVER]),
        ("2026-06-01", [WAIVER, WAIVER]),
        ("2026-06-01", [{**WAIVER, "check": "accuracy"}]),
        ("2026-06-01", [{**WAIVER, "check": "parity"}]),
        ("2026-06-01", [{**WAIVER, "until": "soon"}]),
        ("2026-06-01", [{**WAIVER, "actor": ""}]),
        ("2026-06-01", [{"check": "fairness"}]),
    ],
)
def test_a_waiver_that_does_not_hold_is_refused_even_when_signed(
    made: Made, signed_on: str | None, waivers: list[dict[str, str]]
) -> None:
    waived(made, signed_on, *waivers)
    refused(made, Code.CAPSULE_STATEMENT, capsule.RELEASE_STATEMENT)


def fewer_subjects(statement: dict[str, object]) -> None:
    subjects = statement["subject"]
    assert isinstance(subjects, list)
    subjects.pop()


def no_predicate(statement: dict[str, object]) -> None:
    del statement["predicate"]


def empty_predicate(statement: dict[str, object]) -> None:
    statement["predicate"] = {}


def other_version(statement: dict[str, object]) -> None:
    predicate = statement["predicate"]
    assert isinstance(predicate, dict)
    predicate["digest"] = "0" * 64


def odd_required(statement: dict[str, object]) -> None:
    predicate = statement["predicate"]
    assert isinstance(predicate, dict)
    predicate["policy"] = {"required": 7}


@pytest.mark.parametrize("change", [fewer_subjects, no_predicate, empty_predicate, other_version, odd_required])
def test_a_release_statement_that_does_not_fit_is_refused_even_when_signed(
    made: Made, change: Callable[[dict[str, object]], None]
) -> None:
    forged(made, change, capsule.RELEASE_STATEMENT)
    refused(made, Code.CAPSULE_STATEMENT, capsule.RELEASE_STATEMENT)


@pytest.mark.parametrize("other", [b"0" * 64, b""])
def test_a_bill_that_names_another_digest_is_refused_though_everything_is_signed(made: Made, other: bytes) -> None:
    manifest = capsule.decode(made.read(capsule.MANIFEST))
    digests = {one.path: one.sha256.encode() for one in manifest.files}
    if other:
        bill = made.read(capsule.SBOM).replace(digests[capsule.MODEL], other)
    else:
        bill = made.read(capsule.SBOM).replace(b'"surefoot:path"', b'"surefoot:other"')
    made.write(capsule.SBOM, bill)
    files = tuple(capsule.file_of(one.path, bill) if one.path == capsule.SBOM else one for one in manifest.files)
    data = capsule.encode(replace(manifest, files=files))
    made.write(capsule.MANIFEST, data)
    made.anchor = replace(made.anchor, release=capsule.digest(data))
    statement = made.statement(capsule.RELEASE_STATEMENT)
    statement["subject"] = [
        *({"name": one.path, "digest": {"sha256": one.sha256}} for one in files),
        {"name": capsule.MANIFEST, "digest": {"sha256": made.anchor.release}},
    ]
    predicate = statement["predicate"]
    assert isinstance(predicate, dict)
    predicate["digest"] = made.anchor.release
    made.sign(capsule.RELEASE_STATEMENT, statement)
    with pytest.raises(InputRefusedError) as caught:
        verify_capsule(made.folder, made.anchor)
    assert caught.value.code is Code.CAPSULE_SBOM
