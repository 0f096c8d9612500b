"""A file is told by its bytes, whatever its name says; nothing of it is loaded."""

import gzip
import io
import json
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import joblib  # type: ignore[import-untyped]  # it has no stubs
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from surefoot.models import content
from surefoot.models.gate import judge
from tests.fakes.models import tiny_model, tiny_vectors

TRAINED = LogisticRegression().fit(np.asarray([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1])


class Harm:
    """Loading this would run a command; so nothing may load it."""

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return Path.touch, (Path("/tmp/surefoot-was-harmed"),)  # type: ignore[return-value]  # a hostile reduction


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, b"content")
    return file.getvalue()


def with_joblib(path: Path, value: object, *, compress: int = 0) -> bytes:
    joblib.dump(value, path, compress=compress)
    return path.read_bytes()


def safetensors() -> bytes:
    head = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(head)) + head + b"\0\0\0\0"


def kind_of(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", [{"a": 1}, [1, 2], OrderedDict(a=1), TRAINED, Harm(), "text"], ids=kind_of)
def test_a_pickle_of_any_protocol_is_named_as_a_pickle(protocol: int, value: object) -> None:
    data = pickle.dumps(value, protocol=protocol)
    assert content.kind_of(data) == "pickle"
    verdict = judge(data, tiny_vectors())
    assert [(reason.key, reason.values) for reason in verdict.reasons] == [("not-onnx", {"kind": "pickle"})]
    assert not Path("/tmp/surefoot-was-harmed").exists()


def test_what_joblib_wrote_is_named(tmp_path: Path) -> None:
    assert content.kind_of(with_joblib(tmp_path / "a", {"w": np.ones(20)})) == "joblib"
    assert content.kind_of(with_joblib(tmp_path / "b", TRAINED)) == "joblib"
    assert content.kind_of(with_joblib(tmp_path / "c", TRAINED, compress=3)) == "compressed"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (archive("archive/data.pkl", "archive/version"), "pytorch"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.", "pytorch"),
        (archive("metadata.json", "config.json", "model.weights.h5"), "keras"),
        (archive("w.npy"), "numpy"),
        (archive("anything"), "zip"),
        (archive(), "zip"),
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "hdf5"),
        (bytes(512) + b"\x89HDF\r\n\x1a\n" + bytes(100), "hdf5"),
        (b"\x93NUMPY\x01\x00v\x00", "numpy"),
        (safetensors(), "safetensors"),
        (b"GGUF\x03\0\0\0", "gguf"),
        (b"\x1c\0\0\0TFL3" + bytes(40), "tflite"),
        (gzip.compress(b"x", mtime=0), "compressed"),
        (b"PAR1....PAR1", "parquet"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"MZ\x90\x00", "program"),
        (b'<?xml version="1.0"?><PMML/>', "text"),
        (b'{"model": 1}', "text"),
        (b"import os\nos.system('x')\n", "text"),
    ],
)
def test_what_is_not_onnx_is_named(data: bytes, kind: str) -> None:
    assert content.kind_of(data) == kind
    verdict = judge(data, tiny_vectors())
    assert [(reason.key, reason.values) for reason in verdict.reasons] == [("not-onnx", {"kind": kind})]


def header(text: str, *, claims: int | None = None, data: bytes = bytes(4)) -> bytes:
    return struct.pack("<Q", len(text) if claims is None else claims) + text.encode() + data


@pytest.mark.parametrize(
    "data",
    [
        header('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', claims=2**64 - 1),
        header('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', claims=2**40),
        header(
            '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}'
        ),
        header('{"w":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}}'),
        header('{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}'),
        header("{" * 100_000),
    ],
    ids=["a header of 2^64-1", "a header of 2^40", "overlapping", "another shape", "turned round", "nested"],
)
def test_safetensors_are_refused_by_their_kind_without_believing_a_figure_in_them(data: bytes) -> None:
    """Trail.md row 52: no form but ONNX is read, whatever such a file claims of itself."""
    verdict = judge(data, tiny_vectors())
    assert [reason.key for reason in verdict.reasons] == ["not-onnx"]
    assert verdict.signature is None


def test_an_onnx_file_with_an_archive_behind_it_is_refused_as_an_archive() -> None:
    assert content.kind_of(tiny_model() + archive("archive/data.pkl")) == "pytorch"
    assert content.kind_of(tiny_model() + archive("x") + b"trailing") == "zip"


def test_an_archive_hidden_in_a_field_of_valid_onnx_is_found() -> None:
    hidden = archive("evil.py")
    data = tiny_model(lambda model: model.metadata_props.add(key="note", value="x"))
    inside = tiny_model(
        lambda model: model.graph.initializer.add(name="w", data_type=2, dims=[len(hidden)], raw_data=hidden)
    )
    assert content.kind_of(data) == content.MAYBE_ONNX
    assert content.kind_of(inside) == "zip"


def test_four_bytes_that_look_like_an_archive_by_chance_are_no_archive() -> None:
    chance = b"PK\x05\x06" + b"\x07" * 18
    data = tiny_model(lambda model: model.graph.initializer.add(name="w", data_type=2, dims=[22], raw_data=chance))
    assert content.kind_of(data) == content.MAYBE_ONNX
    assert judge(data, tiny_vectors()).reasons == ()


def test_random_bytes_never_pass_and_never_crash() -> None:
    source = np.random.default_rng(5)
    good = tiny_model()
    for _ in range(300):
        assert judge(source.bytes(int(source.integers(1, 400))), tiny_vectors()).reasons
        bent = bytearray(good)
        for place in source.integers(0, len(good), size=3):
            bent[place] ^= int(source.integers(1, 256))
        judge(bytes(bent), tiny_vectors())


def test_other_protobuf_is_not_onnx() -> None:
    saved_model = b"\x08\x01\x12\x04\x0a\x02\x08\x01"
    assert judge(saved_model, tiny_vectors()).reasons[0].key == "not-onnx"
