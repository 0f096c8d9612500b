"""The files of a capsule: what the record says ends up in them, and nothing that would name single people."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.errors import Code, IncompleteError
from surefoot.releases import bounds, capsule, changes, lock, sbom
from surefoot.releases.evidence import Evidence, live_model
from surefoot.releases.facts import CapsuleFile, LockedPackage, Manifest
from surefoot.releases.sbom_task import problem
from surefoot.releases.tables import REDUCERS, TYPES
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Draft, Subject
from surefoot.trail.ids import new
from surefoot.trail.rules import TYPES as VOCABULARY
from tests.fakes.catalog import assert_order_free, event
from tests.unit.releases.conftest import Bench


@pytest.mark.parametrize(
    ("column", "tensor", "expected"),
    [
        ({"type": "integer", "min": "19.0", "max": "75.0", "values": {"19": 9, "75": 9}, "rare": 0}, "int64",
         {"minimum": "0", "maximum": "110"}),
        ({"type": "number", "min": "0.5", "max": "2.5", "missing": 3}, "float32",
         {"minimum": "0", "maximum": "3.5", "nullable": True}),
        ({"type": "number", "min": "1", "max": "2", "infinite": 1}, "float64",
         {"minimum": "0.5", "maximum": "2.5", "nullable": True}),
        ({"type": "integer", "min": "1", "max": "2", "missing": 3}, "int64", {"minimum": "0.5", "maximum": "2.5"}),
        ({"type": "integer", "min": None, "max": None}, "float32", {}),
        ({"type": "boolean", "missing": 1}, "float32",
         {"categories": [False, True], "minimum": "0", "maximum": "1", "nullable": True}),
        ({"type": "boolean", "missing": 1}, "bool", {}),
        ({"type": "text", "values": {"a": 9}, "rare": 1}, "string", {}),
        ({"type": "text", "values": ["b", "a"], "rare": 0, "missing": 2}, "string",
         {"categories": ["a", "b"], "nullable": True}),
        ({"type": "text", "values": {"Ada": 9}, "rare": 0, "names_somebody": True}, "string", {}),
        ({"type": "text", "values": ["x" * 201], "rare": 0}, "string", {}),
        ({"type": "text", "values": {}, "rare": 0}, "string", {}),
        ({"type": "integer", "min": "1", "max": "2", "values": {"1": 9}, "rare": 0}, "string", {}),
        ({"type": "date", "min": "2020-01-01", "max": "2021-01-01"}, "float32", {}),
        ({}, "string", {}),
    ],
)  # fmt: skip
def test_what_an_input_takes_follows_from_what_is_known_of_its_column(
    column: Mapping[str, Any], tensor: str, expected: Mapping[str, Any]
) -> None:
    assert bounds.of({"name": "x", "type": tensor}, column) == expected


NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(lambda value: Decimal(repr(value)))


@given(NUMBERS, NUMBERS)
def test_a_range_holds_all_that_was_seen_with_room_and_tells_two_digits(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    least, most = bounds.widened(low, high)
    assert least <= low
    assert high < most
    assert (low >= 0) <= (least >= 0)
    for bound in (least, most):
        assert len(bound.normalize().as_tuple().digits) <= 2
    if low < 0:
        assert least <= low - (high - low) / 2
    assert most >= high + (high - low) / 2


def test_only_texts_that_the_profile_hides_are_looked_up() -> None:
    columns: dict[str, dict[str, Any]] = {
        "all": {"type": "text", "distinct": 2, "values": {"a": 9, "b": 9}, "rare": 0},
        "some": {"type": "text", "distinct": 2, "values": {"a": 9}, "rare": 1},
        "none": {"type": "text", "distinct": 100},
        "many": {"type": "text", "distinct": 101},
        "key": {"type": "text", "distinct": 2, "values": {"a": 9}, "rare": 1, "names_somebody": True},
        "number": {"type": "integer", "distinct": 2, "rare": 1},
    }
    tensors = [{"name": name, "type": "string"} for name in (*columns, "stranger")]
    assert bounds.unlisted(tensors, columns) == ["some", "none"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_is_whole_in_both_languages(bench: Bench, language: str) -> None:
    bench.adopt()
    story = bench.story().tell({"accuracy": "close", "parity": "passed"})
    story.check("fairness", "undetermined", figure=None, low=None, high=None)
    release = bench.releases.draft(story.run, words=Words(language))
    card = bench.objects.read(release.proposed.body["files"][capsule.CARD]).decode()
    assert card.startswith("# german-credit 1.0.0\n")
    assert "None" not in card
    assert "$" not in card
    assert Words(language).decimal("0.72") in card


def test_the_bill_names_the_model_its_data_and_the_wrappers_packages(bench: Bench) -> None:
    bench.adopt()
    release = bench.releases.draft(bench.story().tell().run)
    text = bench.objects.read(release.proposed.body["files"][capsule.SBOM])
    assert problem(text.decode()) is None
    bill = json.loads(text)
    kinds = [one["type"] for one in bill["components"]]
    assert (kinds.count("machine-learning-model"), kinds.count("data"), kinds.count("file")) == (1, 1, 9)
    assert {"numpy", "onnxruntime", "uvicorn"} <= {one["name"] for one in bill["components"]}
    assert set(sbom.file_digests(text)) == {*capsule.CONTENT, *capsule.OPTIONAL} - {capsule.SBOM, capsule.PREPROCESSING}


def test_a_key_that_the_schema_does_not_know_is_a_problem() -> None:
    assert problem('{"bomFormat":"CycloneDX","specVersion":"1.7","version":1,"mood":"good"}') is not None
    assert problem('{"bomFormat":"CycloneDX","specVersion":"1.7","version":1}') is None


@pytest.mark.parametrize(
    "text",
    [b"[]", b"{}", b'{"components":7}', b'{"components":[{"properties":[{"name":"surefoot:path","value":"a"}]}]}'],
)
def test_a_bill_without_digests_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any: the caller says which file
        sbom.file_digests(text)


def test_the_lock_is_what_is_installed_and_reads_back() -> None:
    packages = lock.freeze(lock.wrapper_roots())
    names = [one.name for one in packages]
    assert names == sorted(set(names))
    assert {"numpy", "onnxruntime", "msgspec", "uvicorn", "cryptography", "h11"} <= set(names)
    assert not {"pytest", "surefoot"} & set(names)
    read = lock.decode(lock.encode(packages))
    assert [(one.name, one.version, one.files_sha256) for one in read] == [
        (one.name, one.version, one.files_sha256) for one in packages
    ]
    with_hashes = (LockedPackage("numpy", "2.0", ("a" * 64, "b" * 64), "c" * 64),)
    assert lock.decode(lock.encode(with_hashes)) == with_hashes


@pytest.mark.parametrize("line", ["numpy>=2", "numpy", "numpy==2 ; x", "-r other.txt", "numpy==2 --hash=md5:1"])
def test_a_lock_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="1"):
        lock.decode(line.encode())


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(IncompleteError) as caught:
        lock.freeze(("no-such-package-here",))
    assert caught.value.code is Code.PACKAGE_MISSING


MANIFEST = Manifest(
    ws="a" * 64,
    release="rel_x",
    name="n",
    version="1.0.0",
    environments=("local",),
    files=tuple(CapsuleFile(path, "b" * 64, 1) for path in capsule.CONTENT),
)


def test_a_manifest_reads_back_and_its_digest_depends_on_every_field() -> None:
    data = capsule.encode(MANIFEST)
    assert capsule.decode(data) == MANIFEST
    fields = json.loads(data)
    assert sorted(fields) == ["environments", "files", "format", "kind", "name", "release", "version", "ws"]


def read(data: bytes) -> Manifest | None:
    try:
        return capsule.decode(data)
    except ValueError:
        return None


@given(st.data())
def test_no_altered_manifest_reads_as_the_same(data: st.DataObject) -> None:
    text = bytearray(capsule.encode(MANIFEST))
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] ^= data.draw(st.integers(1, 255))
    assert read(bytes(text)) != MANIFEST


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(
            ["format", "kind", "ws", "release", "name", "version", "environments", "files", "path", "size", "sha256"]
        )), inner, max_size=8),
        max_leaves=20,
    )
)  # fmt: skip
def test_any_json_is_a_manifest_or_a_refusal(value: object) -> None:
    assert read(json.dumps(value).encode()) is None


def test_the_reducer_reads_known_types_and_does_not_care_about_order() -> None:
    assert set(TYPES) <= VOCABULARY
    told: list[tuple[str, str, dict[str, Any] | None]] = [
        ("policy.adopted", "pol_a", {"name": "p"}),
        ("policy.adopted", "pol_a", None),
        ("release.proposed", "rel_a", {"name": "n", "version": "1.0.0"}),
        ("approval.given", "rel_a", {}),
        ("approval.withdrawn", "rel_a", {}),
        ("release.approved", "rel_a", {"proofs": {}}),
        ("check.passed", "chk_a", {"kind": "accuracy"}),
        ("check.failed", "chk_b", {"kind": "accuracy"}),
        ("model.accepted", "mod_a", {"run": "run_a"}),
    ]
    events = [
        event(kind, subject, feed=feed, seq=seq, body=body)
        for feed in "ab"
        for seq, (kind, subject, body) in enumerate(told)
    ]
    (reducer,) = REDUCERS
    assert_order_free(reducer, events)


def test_preprocessing_beside_the_model_is_listed_stated_and_told(bench: Bench) -> None:
    bench.adopt()
    story = bench.parted().tell()
    release = bench.releases.draft(story.run)
    files = release.proposed.body["files"]
    assert files[capsule.PREPROCESSING] == story.preprocessing
    bill = json.loads(bench.objects.read(files[capsule.SBOM]))
    assert sbom.file_digests(bench.objects.read(files[capsule.SBOM]))[capsule.PREPROCESSING] == story.preprocessing
    (rests_on,) = (one["dependsOn"] for one in bill["dependencies"] if one["ref"] == "model")
    assert f"file:{capsule.PREPROCESSING}" in rests_on
    assert story.preprocessing[:12] in bench.objects.read(files[capsule.CARD]).decode()
    bench.releases.approve(release.id)
    bench.releases.sign(release.id)
    bench.releases.materialise(release.id, bench.folder.parent / "capsule")
    said = {path.name: named(path) for path in (bench.folder.parent / "capsule" / "statements").iterdir()}
    assert set(said["check-accuracy.dsse"]) == {*capsule.GRAPHS}
    assert set(said["provenance.dsse"]) == {*capsule.GRAPHS, capsule.VECTORS}
    assert said["check-accuracy.dsse"][capsule.PREPROCESSING] == story.preprocessing


def named(statement: Path) -> dict[str, str]:
    payload = json.loads(base64.b64decode(json.loads(statement.read_bytes())["payload"]))
    return {one["name"]: one["digest"]["sha256"] for one in payload["subject"]}


def test_other_preprocessing_before_the_same_model_is_a_change() -> None:
    old = {"model": "a", "preprocessing": "b"}
    assert changes.change(old, {**old, "preprocessing": "c"}).reasons == ("preprocessing",)
    assert changes.change({"model": "a"}, old).reasons == ("preprocessing",)
    assert changes.change(old, old).kind == "none"


@pytest.mark.parametrize("known", ["inside", "f" * 64])
def test_preprocessing_whose_digest_the_record_does_not_know_keeps_a_release_from_being_signed(
    bench: Bench, known: str
) -> None:
    bench.adopt()
    story = bench.parted().tell()
    release = bench.releases.draft(story.run)
    evidence = Evidence(catalog=bench.catalog, objects=bench.objects)
    candidate = evidence.candidate(story.run)
    assert evidence.changed(release, candidate) == ()
    other = replace(candidate, model=replace(candidate.model, body={**candidate.model.body, "preprocessing": known}))
    assert evidence.changed(release, other) == (capsule.PREPROCESSING,)


def test_what_is_live_is_told_with_its_preprocessing(bench: Bench) -> None:
    bench.adopt()
    story = bench.parted().tell()
    release = bench.releases.draft(story.run)
    bench.releases.approve(release.id)
    signed = bench.releases.sign(release.id).approved
    assert signed is not None
    subject = (Subject(new("act"), release.digest),)
    bench.recorder.record(Draft("release.activated", subject, {"release": release.id}, (signed.leaf,)))
    bench.catalog.catch_up()
    assert live_model(bench.catalog) == (story.model_sha, story.preprocessing)
