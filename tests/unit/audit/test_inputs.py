"""How far an answer moves when an input is replaced, computed by the wrapper's own model."""

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper

from surefoot.audit.inputs_task import moved
from surefoot.workers import Request
from tests.fakes.models import parted
from tests.fakes.service import ROW, canonical, content, expected, model_bytes, signature, vectors
from tests.unit.service.test_hard_models import not_a_number_above

AMOUNTS = [500.0 + 100 * row for row in range(50)]


def asked(
    folder: Path, body: object, *, route: str = "/predict", changes: dict[str, bytes] | None = None
) -> dict[str, Any]:
    files = {**content(), **(changes or {})}
    named = {name: folder / name for name in files} | {"body": folder / "body"}
    for path in named.values():
        path.write_bytes(json.dumps(body).encode() if path.name == "body" else files[path.name])
    return moved(Request({"route": route, "most": 10}, scratch=folder, files=named))


def tensor(name: str, datatype: str, value: object) -> dict[str, object]:
    return {"name": name, "datatype": datatype, "shape": [1, 1], "data": [value]}


def test_inputs_are_told_by_how_far_the_answer_moves(tmp_path: Path) -> None:
    (row,) = asked(tmp_path, {"rows": [ROW]})["rows"]
    before = expected(41, 2500, "skilled")
    assert row["answer"]["probability"] == [pytest.approx(before, abs=1e-6)]
    distances = [abs(expected(41, amount, "skilled") - before) for amount in AMOUNTS]
    by_name = {one["name"]: one for one in row["inputs"]}
    assert float(by_name["amount"]["moved"]) == pytest.approx(sum(distances) / 50, rel=1e-3)
    assert float(by_name["amount"]["most"]) == pytest.approx(max(distances), rel=1e-3)
    # Another job turns the label in the half of the examples that have one.
    assert by_name["job"]["changed"] == "0.5"
    assert [one["name"] for one in row["inputs"]] == ["job", "age", "amount"]


def test_both_forms_of_a_request_are_explained_alike(tmp_path: Path) -> None:
    inputs = [tensor("job", "BYTES", "skilled"), tensor("age", "FP32", 41.0), tensor("amount", "FP32", 2500.0)]
    plain = asked(tmp_path, {"rows": [ROW]})
    assert asked(tmp_path, {"inputs": inputs}, route="/v2/models/credit/infer") == plain


@pytest.mark.parametrize(("kept", "lacks"), [("label", "moved"), ("probability", "changed")])
def test_a_model_that_answers_with_numbers_or_words_alone_is_explained_by_them(
    tmp_path: Path, kept: str, lacks: str
) -> None:
    model = onnx.load_from_string(content()["model.onnx"])
    outputs = [output for output in model.graph.output if output.name == kept]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    said, rows = signature("credit", "1.0.0"), vectors()
    said["outputs"] = [output for output in said["outputs"] if output["name"] == kept]
    rows["outputs"] = {kept: rows["outputs"][kept]}
    changes = {
        "model.onnx": bytes(model.SerializeToString()), "signature.json": canonical(said),
        "vectors.json": canonical(rows),
    }  # fmt: skip
    (row,) = asked(tmp_path, {"rows": [ROW]}, changes=changes)["rows"]
    assert all(one[lacks] is None for one in row["inputs"])
    told = [float(one["changed"] if lacks == "moved" else one["moved"]) for one in row["inputs"]]
    assert told == sorted(told, reverse=True)
    assert told[0] > told[-1]


def test_an_input_whose_values_give_no_number_comes_last_and_says_so(tmp_path: Path) -> None:
    made = onnx.load_from_string(not_a_number_above(123))
    (left,) = (node for node in made.graph.node if list(node.output) == ["left"])
    left.input[1] = "both"  # age and a hundredth of the amount: together out of bounds, and each alone within
    made.graph.initializer.append(helper.make_tensor("hundredth", TensorProto.FLOAT, [1], [0.01]))
    both = [
        helper.make_node("Mul", ["amount", "hundredth"], ["part"]),
        helper.make_node("Add", ["age", "part"], ["both"]),
    ]
    nodes = [*both, *made.graph.node]
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    changes = {"model.onnx": bytes(made.SerializeToString())}
    (row,) = asked(tmp_path, {"rows": [{**ROW, "amount": 8000.0}]}, changes=changes)["rows"]
    assert {one["name"]: one["moved"] is None for one in row["inputs"]} == {"job": False, "amount": False, "age": True}
    assert row["inputs"][-1] == {"name": "age", "moved": None, "most": None, "changed": None}


def test_a_model_that_does_not_agree_with_its_examples_here_is_a_problem_and_no_answer(tmp_path: Path) -> None:
    rows = vectors()
    rows["outputs"]["probability"][0] = 0.999
    found = asked(tmp_path, {"rows": [ROW]}, changes={"vectors.json": canonical(rows)})
    assert "rows" not in found
    assert "differs" in found["problem"]


def test_a_model_behind_preprocessing_is_explained_by_raw_inputs(tmp_path: Path) -> None:
    before, after = parted(model_bytes(), row=(TensorProto.FLOAT, 3))
    changes = {"model.onnx": after, "preprocessing.onnx": before}
    whole = asked(tmp_path, {"rows": [ROW]})
    assert asked(tmp_path, {"rows": [ROW]}, changes=changes) == whole
