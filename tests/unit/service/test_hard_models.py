"""A released model that gives no number for some rows, in the real wrapper."""

import onnx
from onnx import TensorProto, helper

from tests.fakes.service import ROW, Site, content, expected, model_bytes


def not_a_number_above(age: float) -> bytes:
    """The small model, whose probability is NaN above an age: the root of a negative number, times nothing."""
    made = onnx.load_from_string(model_bytes())
    graph = made.graph
    for node in graph.node:
        if node.op_type == "Sigmoid":
            node.output[0] = "sure"
        if node.op_type == "Greater":
            node.input[0] = "sure"
    graph.initializer.extend(
        [
            helper.make_tensor("most", TensorProto.FLOAT, [1], [age]),
            helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Sub", ["most", "age"], ["left"]),
            helper.make_node("Sqrt", ["left"], ["root"]),
            helper.make_node("Mul", ["root", "nothing"], ["none"]),
            helper.make_node("Add", ["sure", "none"], ["probability"]),
        ]
    )
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def test_rows_without_a_number_are_500_in_words_and_every_other_row_is_answered(site: Site) -> None:
    site.build(content({"model.onnx": not_a_number_above(100)})).start()
    for body in ([{**ROW, "age": 110}], [ROW, {**ROW, "age": 110}]):
        answer = site.ask(body={"rows": body})
        assert (answer.status, answer.body["error"]) == (500, "output")
        assert "nan" not in answer.text.lower()
    good = site.ask(body={"rows": [ROW]})
    assert good.status == 200
    assert abs(good.body["predictions"][0]["probability"] - expected(41, 2500, "skilled")) < 1e-6
    assert site.ask("/v2/health/ready", token=None).status == 200


def test_a_model_that_gives_no_number_for_its_own_vectors_starts_nothing(site: Site) -> None:
    said = site.build(content({"model.onnx": not_a_number_above(30)})).refusal()
    assert said["reason"] == "parity"
