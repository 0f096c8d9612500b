"""The project that version 1 wrote: every later version opens, verifies and explains it, from the folder alone.

Exact values stand here so that a reader who differs by a byte is seen. See golden/README.md for how it was made.
"""

import base64
import hashlib
import io
import json
import shutil
import struct
from pathlib import Path

import polars as pl
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from securesystemslib.dsse import Envelope
from securesystemslib.signer._key import Key

from surefoot.objects import Objects
from surefoot.trail import Verdict, verify
from surefoot.workbench import Workbench
from tests.e2e.conftest import Home, golden_home
from tests.independent.checker import Checker

GOLDEN = Path(__file__).parents[1] / "golden" / "project"
WS = (GOLDEN / "anchor").read_text(encoding="utf-8").strip()
OWNER = "64b1ca069a7eb0bc4d231e117f91697d02eeb8adffae2bbb67eedacde73284f8"
RUN = "run_agrbifsl6f4x7p6ijtsuln4mou"
VERSION = "15181a7dcd7bc63598c53eb7f4e0599c8fdc1c8be5d50505787c434ac7e50276"
TRAIN = "67869bf03ca6e762daba05a799d30b21257a6bb4b117f31cf6f8cffa55ff21d4"
TEST = "7645242009059a41098672062c617c83d4b9cdd1111e2e4130694d37cd4ac905"
RELEASE = "b9236c9483d04edbefd51f1004668689cf5e930ab206a2e0d6a4c8569d031335"
PROOFS = {
    "roots/1.dsse": "b9ff04e01d1054b0b2c77d1603a9607780b7792207bf314b0cbd2cc2f189b461",
    "statements/check-accuracy.dsse": "ecbfd09bc9b20b2c21c919ff27cf7389a33b9ac58515f61d18e92cfcaceb0498",
    "statements/check-parity.dsse": "5dbbea0c61074a411a3a382a846712e2bbe9498c8c837863965077df07b0b0df",
    "statements/provenance.dsse": "fa0c253bf2148ebd00029d48608bed0d28f2944fad04127c3afab358a74def76",
    "statements/release.dsse": "38332c351777a81788fdeb644d9f2cfda82a3532c2f9cea30c4916f189b4874f",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A stranger's home, in which the project lies and no key of it."""
    return golden_home(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="module")
def objects(home: Home) -> Objects:
    return Objects(home.project / ".surefoot" / "objects")


@pytest.fixture
def capsule(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The release's capsule, written anew from the record."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with Workbench.open(home.project, unlock=str) as workbench:
        verified = workbench.releases.materialise("stay@1.0.0", tmp_path / "capsule")
    assert (verified.digest, verified.signers) == (RELEASE, (OWNER,))
    return tmp_path / "capsule"


def test_the_record_verifies(home: Home) -> None:
    report = verify(home.project / ".surefoot", anchor=WS)
    assert (report.verdict, report.findings, sorted(report.sizes.values())) == (Verdict.PASS, (), [5, 15])
    assert Checker(home.project / ".surefoot", WS).faults == []


def test_the_dataset_version_reads_as_it_was_written(home: Home, objects: Objects) -> None:
    told = home.json("dataset", "show", "customers")
    assert (told["manifest"], told["rows"], told["subject"]) == (VERSION, 240, "customer")
    assert told["data"] == {"train": TRAIN, "test": TEST}
    assert [(column["name"], column["type"], column["role"]) for column in told["columns"]] == [
        ("customer", "text", "key"),
        ("age", "integer", "feature"),
        ("region", "text", "feature"),
        ("stays", "text", "target"),
    ]
    sides = {side: pl.read_parquet(io.BytesIO(objects.read(name))) for side, name in told["data"].items()}
    assert {side: table.height for side, table in sides.items()} == {"train": 172, "test": 68}
    assert pl.concat(sides.values()).sort("customer").row(0) == ("c000", 20, "north", "yes")
    assert hashlib.sha256(objects.read(VERSION)).hexdigest() == VERSION
    assert home.json("dataset", "check", "customers")["findings"] == []


def test_a_pack_holds_what_its_index_says(home: Home, objects: Objects) -> None:
    names = []
    for index in (home.project / ".surefoot" / "objects" / "packs").glob("*.idx"):
        data, pack = index.read_bytes(), index.with_suffix(".pack").read_bytes()
        assert (data[:8], pack[:8]) == (b"SFPIDX1\n", b"SFPACK1\n")
        assert hashlib.sha256(data[8:]).hexdigest() == index.stem
        for digest, start, length in struct.iter_unpack(">32sQQ", data[8:]):
            assert hashlib.sha256(pack[start : start + length]).digest() == digest
            assert objects.read(digest.hex()) == pack[start : start + length]
            names.append(digest.hex())
    assert (len(names), len(set(names))) == (18, 18)
    assert objects.check() == []


def test_an_index_that_is_lost_is_made_again(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    shutil.copytree(home.project / ".surefoot" / "objects", folder)
    indices = {path: path.read_bytes() for path in (folder / "packs").glob("*.idx")}
    for path in indices:
        path.unlink()
    assert Objects(folder).check() == []
    assert {path: path.read_bytes() for path in (folder / "packs").glob("*.idx")} == indices


def test_the_run_reads_as_it_was_written(home: Home) -> None:
    told = home.json("run", "show", "stay/1")
    assert (told["run"], told["state"], told["meets"], told["exit_code"]) == (RUN, "finished", True, 0)
    assert told["metrics"]["auc"]["last"] == "0.8985291967664258"
    assert told["body"]["data"]["table"]["version"] == VERSION
    assert home.call("run", "log", "stay/1").stdout.startswith("172 rows, 2 columns to learn from")
    end = json.loads((home.project / ".surefoot" / "runs" / RUN / "end.json").read_bytes())
    assert (end["format"], end["state"], end["points"]) == (1, "finished", 175)
    points = pl.read_parquet(home.project / ".surefoot" / "runs" / RUN / "points.parquet")
    assert points.height == 175


def test_the_checks_and_the_policy_read_as_they_were_written(home: Home) -> None:
    told = {one["kind"]: one["result"] for one in home.json("check", "list")["checks"] if one["result"]}
    assert {kind: one["state"] for kind, one in told.items()} == {"accuracy": "passed", "parity": "passed"}
    assert told["accuracy"]["judged"][0]["measure"]["figure"] == "0.9328947368421052"
    assert home.json("policy", "show")["in_force"]["sha256"].startswith("ac95df54")


def test_the_capsule_is_written_again_byte_for_byte(home: Home, capsule: Path) -> None:
    files = home.json("release", "show", "stay@1.0.0")["proposed"]["files"]
    written = {name: hashlib.sha256((capsule / name).read_bytes()).hexdigest() for name in files | PROOFS}
    assert written == files | PROOFS


def test_the_role_document_and_the_statements_are_verified_by_another_library(capsule: Path) -> None:
    role = json.loads(Envelope.from_dict(json.loads((capsule / "roots/1.dsse").read_bytes())).payload)
    assert (role["v"], role["version"], role["thresholds"], role["solo"]) == (1, 1, {"decide": 1}, True)
    (founder,) = role["persons"]
    assert (founder["roles"], founder["keys"][0]["feed"]) == (["owner"], OWNER)
    public = base64.b64decode(founder["keys"][0]["public"]).hex()
    key = Key.from_dict(OWNER, {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}})
    envelopes = {name: Envelope.from_dict(json.loads((capsule / name).read_bytes())) for name in PROOFS}
    assert all(set(envelope.verify([key], 1)) == {OWNER} for envelope in envelopes.values())
    statement = json.loads(envelopes["statements/release.dsse"].payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert all(
        hashlib.sha256((capsule / one["name"]).read_bytes()).hexdigest() == one["digest"]["sha256"]
        for one in statement["subject"]
    )
    assert {one["name"] for one in statement["subject"]} >= {"model.onnx", "sbom.cdx.json", "lock.txt"}
    assert statement["predicate"]["digest"] == RELEASE, statement


def test_the_bill_of_materials_is_still_valid(capsule: Path) -> None:
    text = (capsule / "sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_7).validate_str(text) is None
    told = json.loads(text)
    assert (told["bomFormat"], told["specVersion"], told["metadata"]["component"]["name"]) == (
        "CycloneDX", "1.7", "stay",
    )  # fmt: skip


def test_it_is_explained_from_the_deployment_to_the_permission(home: Home) -> None:
    told = home.call("audit", "explain", "local", "--at", "2026-11-25T19:02:29Z").stdout
    for part in ("stay 1.0.0", "Sample Person", "customers", "It is the first one", "contract"):
        assert part in told
    home.call("audit", "report", "local", "--at", "2026-11-25T19:02:29Z", "--output", "report.html")
    assert "Sample Person" in (home.project / "report.html").read_text(encoding="utf-8")


def test_a_byte_of_the_model_that_differs_is_found(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    shutil.copytree(home.project / ".surefoot" / "objects", folder)
    (pack,) = [path for path in (folder / "packs").glob("*.pack") if b"skl2onnx" in path.read_bytes()]
    data = bytearray(pack.read_bytes())
    data[data.index(b"skl2onnx")] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(data)
    assert len(Objects(folder).check()) == 1
