"""Every way in which a capsule can be another one than was released."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surefoot.payloads.service import capsule
from surefoot.payloads.service.documents import Anchor, parsed
from surefoot.payloads.service.refusals import Reason, RefusedError
from tests.fakes.service import Site, bill, canonical, content, envelope, model_bytes, sha256

FILES = sorted([*capsule.CONTENT, "manifest.json", "statements/release.dsse", "roots/1.dsse"])


def read(site: Site) -> capsule.Capsule:
    return capsule.read(site.capsule, parsed(site.anchor.read_bytes(), Anchor))


def refused(site: Site) -> Reason:
    with pytest.raises(RefusedError) as caught:
        read(site)
    return caught.value.reason


def test_a_capsule_as_released_is_read(site: Site) -> None:
    found = read(site)
    assert sha256(found.files["model.onnx"]) == sha256(model_bytes())
    assert found.manifest.name == "credit"


@pytest.mark.parametrize("path", FILES)
def test_a_changed_byte_is_refused(site: Site, path: str) -> None:
    target = site.capsule / path
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    target.write_bytes(data)
    assert refused(site) in {Reason.CAPSULE, Reason.SIGNATURE}


@pytest.mark.parametrize("path", FILES)
def test_a_missing_file_is_refused(site: Site, path: str) -> None:
    (site.capsule / path).unlink()
    assert refused(site) is Reason.CAPSULE


@pytest.mark.parametrize("path", ["helper.so", ".git", "statements/extra.py", "roots/latest", "statements/check-x.txt"])
def test_a_file_too_much_is_refused(site: Site, path: str) -> None:
    (site.capsule / path).write_bytes(b"x")
    assert refused(site) is Reason.CAPSULE


@pytest.mark.parametrize("path", [".git", "hooks", "statements/more", "roots/2.dsse"])
def test_a_folder_too_much_is_refused(site: Site, path: str) -> None:
    (site.capsule / path).mkdir()
    assert refused(site) is Reason.CAPSULE


def linked_softly(target: Path, away: Path) -> None:
    target.rename(away)
    target.symlink_to(away)


def linked_hard(target: Path, away: Path) -> None:
    os.link(target, away)


def as_pipe(target: Path, away: Path) -> None:
    target.rename(away)
    os.mkfifo(target)


@pytest.mark.parametrize("make", [linked_softly, linked_hard, as_pipe])
def test_a_file_that_is_not_plain_is_refused(site: Site, tmp_path: Path, make: Callable[[Path, Path], None]) -> None:
    make(site.capsule / "model.onnx", tmp_path / "away")
    assert refused(site) is Reason.CAPSULE


def test_a_linked_folder_of_statements_is_refused(site: Site, tmp_path: Path) -> None:
    shutil.move(site.capsule / "statements", tmp_path / "away")
    (site.capsule / "statements").symlink_to(tmp_path / "away")
    assert refused(site) is Reason.CAPSULE


def test_a_capsule_of_another_release_is_refused(site: Site) -> None:
    site.write_anchor(release="0" * 64)
    assert refused(site) is Reason.CAPSULE


def test_a_capsule_of_another_workspace_is_refused(site: Site) -> None:
    site.write_anchor(ws="0" * 64)
    assert refused(site) is Reason.CAPSULE


def test_a_release_for_another_environment_is_refused(site: Site) -> None:
    site.write_anchor(environment="hospital")
    assert refused(site) is Reason.ENVIRONMENT


def test_an_environment_that_only_the_manifest_names_is_refused(site: Site) -> None:
    site.write_anchor(environment="clinic")
    assert refused(site) is Reason.ENVIRONMENT


def test_statements_signed_by_a_stranger_are_refused(site: Site) -> None:
    site.write_anchor(persons=[key_of(Ed25519PrivateKey.generate())])
    assert refused(site) is Reason.SIGNATURE


def key_of(key: Ed25519PrivateKey) -> str:
    return Site(Path(), person=key).person_key()


@pytest.mark.parametrize(
    "says",
    [
        {"digest": "0" * 64},
        {"ws": "0" * 64},
        {"release": "rel_other"},
        {"statements": {}},
        {"policy": {"required": ["accuracy", "parity"]}},
        {"policy": {}},
        {"result": "FAILED"},
    ],
    ids=str,
)
def test_a_statement_that_says_something_else_is_refused(tmp_path: Path, says: dict[str, Any]) -> None:
    site = Site(tmp_path).build(**says)
    assert refused(site) is Reason.SIGNATURE


WAIVER = {"check": "fairness", "leaf": "0" * 64, "actor": "usr_a", "until": "2026-06-05", "reason": "r"}


def test_a_waiver_that_held_when_it_was_signed_is_accepted(tmp_path: Path) -> None:
    assert read(Site(tmp_path).build(waivers=[WAIVER], signed_on="2026-06-05")).manifest.name == "credit"


@pytest.mark.parametrize(
    "says",
    [
        {"waivers": [WAIVER], "signed_on": "2026-06-06"},
        {"waivers": [WAIVER]},
        {"waivers": [WAIVER, WAIVER], "signed_on": "2026-06-01"},
        {"waivers": [{**WAIVER, "check": "accuracy"}], "signed_on": "2026-06-01"},
        {"waivers": [{**WAIVER, "check": "parity"}], "signed_on": "2026-06-01"},
        {"waivers": [{**WAIVER, "until": "soon"}], "signed_on": "2026-06-01"},
        {"waivers": [{**WAIVER, "actor": ""}], "signed_on": "2026-06-01"},
        {"waivers": [{"check": "fairness"}], "signed_on": "2026-06-01"},
        {"waivers": 7, "signed_on": "2026-06-01"},
    ],
    ids=str,
)
def test_a_waiver_that_does_not_hold_is_refused(tmp_path: Path, says: dict[str, Any]) -> None:
    assert refused(Site(tmp_path).build(**says)) is Reason.SIGNATURE


def test_a_check_of_another_model_is_refused(site: Site) -> None:
    check = site.statement(
        {"model.onnx": "0" * 64}, "https://in-toto.io/attestation/test-result/v0.1", {"result": "PASSED"}
    )
    path = site.capsule / "statements" / "check-accuracy.dsse"
    path.write_bytes(check)
    assert refused(site) is Reason.SIGNATURE


def test_an_extra_statement_is_refused_even_when_it_is_signed(site: Site) -> None:
    more = site.statement({}, "https://slsa.dev/provenance/v1", {})
    (site.capsule / "statements" / "provenance.dsse").write_bytes(more)
    assert refused(site) is Reason.SIGNATURE


def test_an_envelope_of_another_type_is_refused(site: Site) -> None:
    path = site.capsule / "statements" / "release.dsse"
    payload = json.loads(path.read_bytes())
    path.write_bytes(canonical({**payload, "payloadType": "application/json"}))
    assert refused(site) is Reason.SIGNATURE


def listed(files: dict[str, bytes], *, without: str = "", twice: str = "") -> bytes:
    whole = json.loads(files["sbom.cdx.json"])
    components = [one for one in whole["components"] if one["name"] != without]
    components += [one for one in components if one["name"] == twice]
    return canonical({**whole, "components": components})


@pytest.mark.parametrize("case", ["another digest", "a file left out", "a file twice", "a file that is not there"])
def test_a_bill_of_materials_that_is_not_the_capsule_is_refused(tmp_path: Path, case: str) -> None:
    files = content()
    bills = {
        "another digest": files["sbom.cdx.json"].replace(sha256(files["model.onnx"]).encode(), b"0" * 64),
        "a file left out": listed(files, without="settings.json"),
        "a file twice": listed(files, twice="model.onnx"),
        "a file that is not there": bill({**files, "more.bin": b"more"}),
    }
    site = Site(tmp_path).build({**files, "sbom.cdx.json": bills[case]})
    assert refused(site) is Reason.CAPSULE


def test_a_root_of_another_workspace_is_refused(site: Site) -> None:
    other = envelope({"version": 1}, "application/vnd.surefoot.roles.v1+json", site.person)
    (site.capsule / "roots" / "1.dsse").write_bytes(other)
    assert refused(site) is Reason.SIGNATURE


def test_a_nested_bomb_for_a_manifest_is_refused(site: Site) -> None:
    bomb = b"[" * 100_000 + b"]" * 100_000
    (site.capsule / "manifest.json").write_bytes(bomb)
    site.write_anchor(release=hashlib.sha256(bomb).hexdigest())
    assert refused(site) is Reason.CAPSULE


def test_a_file_swapped_while_it_is_read_is_the_released_one_or_refused(site: Site) -> None:
    """Trail.md row 53: whatever a racing thread does, the bytes that come back are the hashed ones."""
    target, good, bad = site.capsule / "model.onnx", model_bytes(), model_bytes(0.5)
    other = site.root / "other.onnx"
    is_over = threading.Event()

    def swap() -> None:
        while not is_over.is_set():
            for data in (bad, good):
                other.write_bytes(data)
                other.replace(target)

    racer = threading.Thread(target=swap)
    racer.start()
    outcomes: set[bool | str] = set()
    try:
        for _ in range(200):
            try:
                outcomes.add(read(site).files["model.onnx"] == good)
            except RefusedError:
                outcomes.add("refused")
    finally:
        is_over.set()
        racer.join()
    assert outcomes <= {True, "refused"}
