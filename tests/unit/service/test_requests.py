"""What the decoders let through to the model, in both forms."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surefoot.payloads.service.documents import Limits, Port, Settings, Signature
from surefoot.payloads.service.requests import BadRequestError, Requests

SIGNATURE = Signature(
    1,
    "m",
    "1",
    (
        Port("age", "float32", (-1, 1), minimum="18", maximum="120"),
        Port("credit amount", "float64", (-1, 1)),
        Port("children", "int32", (-1, 1), minimum="0"),
        Port("number", "int64", (-1, 1)),
        Port("job", "string", (-1, 1), categories=("skilled", "unskilled")),
        Port("note", "string", (-1, 1)),
        Port("is_foreign", "bool", (-1, 1)),
        Port("signal", "float32", (-1, 2, 2)),
    ),
    (Port("y", "float32", (-1, 1)),),
)
ROW = {
    "age": 41,
    "credit amount": 2500.5,
    "children": 2,
    "number": 2**62,
    "job": "skilled",
    "note": "ü",
    "is_foreign": False,
    "signal": [1, 2, 3, 4.5],
}


def limits(rows: int = 3, depth: int = 8) -> Settings:
    return Settings(1, Limits(10, 10, 1000, rows, depth, 1), 1000)


REQUESTS = Requests(SIGNATURE, limits())


def plain(**changes: Any) -> bytes:
    return json.dumps({"rows": [{**ROW, **changes}]}).encode()


def tensors(**changes: Any) -> dict[str, Any]:
    kinds = {
        "float32": "FP32",
        "float64": "FP64",
        "int32": "INT32",
        "int64": "INT64",
        "bool": "BOOL",
        "string": "BYTES",
    }
    return {
        port.name: {
            "name": port.name,
            "datatype": kinds[port.type],
            "shape": [1, *port.shape[1:]],
            "data": ROW[port.name] if isinstance(ROW[port.name], list) else [ROW[port.name]],
            **changes.get(port.name, {}),
        }
        for port in SIGNATURE.inputs
    }


def inference(**changes: Any) -> bytes:
    return json.dumps({"inputs": list(tensors(**changes).values())}).encode()


def test_a_plain_row_becomes_one_array_for_each_input() -> None:
    rows, columns = REQUESTS.plain(plain())
    assert rows == 1
    wanted: dict[str, object] = {
        "age": np.float32,
        "credit amount": np.float64,
        "children": np.int32,
        "number": np.int64,
        "job": np.object_,
        "note": np.object_,
        "is_foreign": np.bool_,
        "signal": np.float32,
    }
    assert {name: values.dtype.type for name, values in columns.items()} == wanted
    assert columns["signal"].shape == (1, 2, 2)
    assert columns["number"][0, 0] == 2**62


def test_both_forms_give_the_same_arrays() -> None:
    _, first = REQUESTS.plain(plain())
    rows, second, own, names = REQUESTS.inference(inference())
    assert (rows, own, names) == (1, None, None)
    for name, values in first.items():
        assert np.array_equal(values, second[name])
        assert values.dtype == second[name].dtype


@pytest.mark.parametrize(
    "changes",
    [
        {"age": 17.9},
        {"age": 121},
        {"age": None},
        {"age": "41"},
        {"age": True},
        {"age": [41]},
        {"children": -1},
        {"children": 1.5},
        {"children": 2**31},
        {"number": 2**63},
        {"number": "1"},
        {"job": "pilot"},
        {"job": ""},
        {"job": 1},
        {"note": None},
        {"note": "x" * 65_537},
        {"is_foreign": 0},
        {"is_foreign": "no"},
        {"signal": [1, 2, 3]},
        {"signal": [1, 2, 3, 4, 5]},
        {"signal": [[1, 2], [3, 4]]},
        {"signal": 1},
        {"more": 1},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError) as caught:
        REQUESTS.plain(plain(**changes))
    assert "pilot" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(ROW))
def test_a_missing_column_is_refused(name: str) -> None:
    row = {key: value for key, value in ROW.items() if key != name}
    with pytest.raises(BadRequestError, match=name):
        REQUESTS.plain(json.dumps({"rows": [row]}).encode())
    left = [tensor for tensor in tensors().values() if tensor["name"] != name]
    with pytest.raises(BadRequestError, match=name):
        REQUESTS.inference(json.dumps({"inputs": left}).encode())


@pytest.mark.parametrize(
    "text", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1" + b"0" * 400, b"1e39", b"0x1", b"1,"]
)
def test_what_is_no_number_of_the_type_is_refused(text: bytes) -> None:
    with pytest.raises(BadRequestError):
        REQUESTS.plain(plain(age=77777).replace(b"77777", text))
    with pytest.raises(BadRequestError):
        REQUESTS.inference(inference(age={"data": [77777]}).replace(b"77777", text))


@pytest.mark.parametrize("levels", [10, 1_000, 100_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    deep = b"[" * levels + b"]" * levels
    for body in (deep, b'{"rows":' + deep + b"}", plain(age=77777).replace(b"77777", deep)):
        with pytest.raises(BadRequestError):
            REQUESTS.plain(body)
    for body in (deep, b'{"inputs":' + deep + b"}", inference(age={"data": 77777}).replace(b"77777", deep)):
        with pytest.raises(BadRequestError):
            REQUESTS.inference(body)
    asked = json.loads(inference())
    body = json.dumps({**asked, "parameters": {"a": 77777}}).encode().replace(b"77777", deep)
    with pytest.raises(BadRequestError):
        REQUESTS.inference(body)


def test_the_number_of_rows_is_limited_in_both_forms() -> None:
    REQUESTS.plain(json.dumps({"rows": [ROW] * 3}).encode())
    for count in (0, 4):
        with pytest.raises(BadRequestError):
            REQUESTS.plain(json.dumps({"rows": [ROW] * count}).encode())
    with pytest.raises(BadRequestError):
        REQUESTS.inference(inference(age={"shape": [4, 1], "data": [41] * 4}))
    with pytest.raises(BadRequestError):
        REQUESTS.inference(inference(age={"shape": [2**62, 1], "data": [41]}))
    with pytest.raises(BadRequestError):
        REQUESTS.inference(inference(age={"shape": [-1, 1], "data": [41]}))


@pytest.mark.parametrize(
    "change",
    [
        {"datatype": "FP64"},
        {"datatype": "x" * 10_000},
        {"shape": []},
        {"shape": [1]},
        {"shape": [1, 2]},
        {"shape": [1, 1, 1]},
        {"shape": [1, 1] * 5},
        {"data": []},
        {"data": [41, 41]},
        {"data": [[41]]},
        {"data": ["41"]},
        {"data": None},
        {"name": "other"},
        {"name": "children"},
        {"more": 1},
    ],
    ids=lambda change: str(change)[:40],
)
def test_a_tensor_that_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError) as caught:
        REQUESTS.inference(inference(age=change))
    assert len(str(caught.value)) < 300


def test_inputs_of_different_length_are_refused() -> None:
    with pytest.raises(BadRequestError, match="numbers of rows"):
        REQUESTS.inference(inference(age={"shape": [2, 1], "data": [41, 42]}))


def test_a_release_whose_depth_limit_allows_no_request_takes_none() -> None:
    with pytest.raises(BadRequestError):
        Requests(SIGNATURE, limits(depth=3)).plain(plain())


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rows", "inputs", "age", "x"]), inner),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_any_json_is_either_read_or_refused(value: object) -> None:
    body = json.dumps(value).encode()
    for read in (REQUESTS.plain, REQUESTS.inference):
        with pytest.raises(BadRequestError):
            read(body)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 200))
def test_any_bytes_are_either_read_or_refused(noise: bytes, at: int) -> None:
    whole = plain()
    for body in (noise, whole[:at] + noise + whole[at:], whole[: -at or None]):
        try:
            rows, _ = REQUESTS.plain(body)
        except BadRequestError:
            continue
        assert rows == 1


OPEN = Signature(
    1,
    "m",
    "1",
    (
        Port("age", "float32", (-1, 1), minimum="0", maximum="110", nullable=True),
        Port("job", "string", (-1, 1), categories=tuple(f"job {number}" for number in range(20)), nullable=True),
        Port("note", "string", (-1, 1), nullable=True),
        Port("is_new", "float32", (-1, 1), categories=(False, True), minimum="0", maximum="1"),
        Port("cost].of", "string", (-1, 1), categories=("low", "high")),
    ),
    (Port("y", "float32", (-1, 1)),),
)
FULL = {"age": 41, "job": "job 3", "note": "ü", "is_new": True, "cost].of": "low"}


def both(**changes: Any) -> list[dict[str, Any]]:
    """One row by each form, as lists of values."""
    requests, row = Requests(OPEN, limits()), {**FULL, **changes}
    kinds = {"float32": "FP32", "string": "BYTES"}
    inputs = [
        {"name": port.name, "datatype": kinds[port.type], "shape": [1, 1], "data": [row[port.name]]}
        for port in OPEN.inputs
    ]
    _, plain_columns = requests.plain(json.dumps({"rows": [row]}).encode())
    _, columns, _, _ = requests.inference(json.dumps({"inputs": inputs}).encode())
    return [{name: values[0, 0] for name, values in each.items()} for each in (plain_columns, columns)]


def test_null_is_taken_where_a_value_may_be_missing_and_is_nan_or_the_empty_text() -> None:
    for found in both(age=None, job=None, note=None):
        assert np.isnan(found["age"])
        assert (found["job"], found["note"]) == ("", "")
    for found in both(job="", note=""):
        assert (found["job"], found["note"]) == ("", "")
    for name in ("is_new", "cost].of"):
        with pytest.raises(BadRequestError, match="null"):
            both(**{name: None})


@pytest.mark.parametrize(("sent", "got"), [(True, 1.0), (False, 0.0), (1, 1.0), (0.0, 0.0)])
def test_a_number_that_is_a_truth_value_may_be_sent_as_one(sent: object, got: float) -> None:
    assert [found["is_new"] for found in both(is_new=sent)] == [got, got]
    with pytest.raises(BadRequestError):
        both(age=True)
    with pytest.raises(BadRequestError):
        both(is_new=2)


@pytest.mark.parametrize("name", ["job", "cost].of"])
def test_a_value_that_is_not_known_is_refused_by_a_sentence_with_column_and_known_values(name: str) -> None:
    requests, row = Requests(OPEN, limits()), {**FULL, name: "a pilot"}
    tensor = {"name": name, "datatype": "BYTES", "shape": [1, 1], "data": ["a pilot"]}
    calls = (
        lambda: requests.plain(json.dumps({"rows": [row]}).encode()),
        lambda: requests.inference(json.dumps({"inputs": [tensor]}).encode()),
    )
    for call in calls:
        with pytest.raises(BadRequestError) as caught:
            call()
        told = str(caught.value)
        assert name in told
        assert "pilot" not in told
        assert len(told) < 400
        assert ("'job 0', 'job 1'" in told and "and 8 more" in told) if name == "job" else "'low', 'high'" in told
