"""A capsule whose rows go through a graph of preprocessing first, in the real wrapper."""

from collections.abc import Callable
from typing import Any

import pytest
from onnx import ModelProto, TensorProto, helper

from tests.fakes.models import parted
from tests.fakes.service import ROW, Site, content, expected, model_bytes


def halves(bend: Callable[[Any], None] | None = None) -> dict[str, bytes]:
    """The two graphs of the small model, the first of them bent."""
    before, after = parted(model_bytes(), row=(TensorProto.FLOAT, 3))
    made = ModelProto.FromString(before)
    if bend is not None:
        bend(made)
    return {"model.onnx": after, "preprocessing.onnx": bytes(made.SerializeToString())}


def test_raw_rows_are_answered_through_both_graphs(site: Site) -> None:
    site.build(content(halves())).start()
    rows: list[dict[str, Any]] = [{**ROW}, {**ROW, "job": "unskilled"}] * 40
    answer = site.ask(body={"rows": rows})
    assert answer.status == 200
    for row, given in zip(rows, answer.body["predictions"], strict=True):
        assert abs(given["probability"] - expected(row["age"], row["amount"], row["job"])) < 1e-6


def other_weights(model: Any) -> None:
    encoder = next(node for node in model.graph.node if node.op_type == "LabelEncoder")
    next(one for one in encoder.attribute if one.name == "values_floats").floats[:] = [0.5, -1.0]


def other_output(model: Any) -> None:
    model.graph.output[0].name = model.graph.node[-1].output[0] = "other"


def other_size(model: Any) -> None:
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 2


def other_input(model: Any) -> None:
    model.graph.input[0].name = "years"
    for node in model.graph.node:
        node.input[:] = ["years" if name == "age" else name for name in node.input]


def foreign(model: Any) -> None:
    model.opset_import.append(helper.make_opsetid("com.custom", 1))
    model.graph.node[-1].output[0] = "given"
    model.graph.node.append(helper.make_node("Steal", ["given"], ["row"], domain="com.custom"))


@pytest.mark.parametrize(
    ("bend", "reason", "said"),
    [
        (other_weights, "parity", "differs"),
        (other_output, "model", "preprocessing.onnx and model.onnx do not fit in 'other'"),
        (other_size, "model", "preprocessing.onnx"),
        (other_input, "model", "age"),
        (foreign, "model", "preprocessing.onnx cannot be loaded"),
    ],
)
def test_a_released_preprocessing_that_does_not_fit_starts_nothing(
    site: Site, bend: Callable[[Any], None], reason: str, said: str
) -> None:
    refusal = site.build(content(halves(bend))).refusal()
    assert refusal["reason"] == reason
    assert said in refusal["detail"]


def test_a_changed_preprocessing_starts_nothing(site: Site) -> None:
    site.build(content(halves()))
    (site.capsule / "preprocessing.onnx").write_bytes(halves(other_weights)["preprocessing.onnx"])
    refusal = site.refusal()
    assert (refusal["reason"], refusal["detail"]) == ("capsule", "preprocessing.onnx has changed since the release")


def test_a_preprocessing_that_the_release_does_not_list_starts_nothing(site: Site) -> None:
    (site.capsule / "preprocessing.onnx").write_bytes(halves()["preprocessing.onnx"])
    assert site.refusal()["detail"] == "manifest.json does not list the files of a capsule"


def test_a_preprocessing_that_was_taken_away_starts_nothing(site: Site) -> None:
    site.build(content(halves()))
    (site.capsule / "preprocessing.onnx").unlink()
    assert site.refusal()["reason"] == "capsule"


def test_a_check_of_the_same_model_behind_another_preprocessing_is_no_check_of_this_one(site: Site) -> None:
    site.checked = ("model.onnx",)
    refusal = site.build(content(halves())).refusal()
    assert (refusal["reason"], refusal["detail"]) == ("signature", "the check accuracy is about another model")
