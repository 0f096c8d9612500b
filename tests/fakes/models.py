"""A tiny real model with its vectors, and ways to bend it: two columns in, a label and a probability out.

probability = sigmoid(0.001 · amount + 1.5 · [job = "clerk"] - 2), missing amounts count as 1000.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

JOBS = ("clerk", "pilot")
WEIGHTS = (0.001, 1.5, 0.0)
OFFSET = -2.0
MEDIAN = 1000.0


def tiny_graph() -> Any:
    """The graph alone, to be bent."""
    weights = numpy_helper.from_array(np.asarray(WEIGHTS, dtype=np.float32)[:, None], "weights")
    offset = numpy_helper.from_array(np.asarray([OFFSET], dtype=np.float32), "offset")
    half = numpy_helper.from_array(np.asarray([0.5], dtype=np.float32), "half")
    words = [numpy_helper.from_array(np.asarray([word], dtype=object), word) for word in ("good", "bad")]
    nodes = [
        helper.make_node(
            "Imputer",
            ["amount"],
            ["known"],
            domain="ai.onnx.ml",
            imputed_value_floats=[MEDIAN],
            replaced_value_float=float("nan"),
        ),
        helper.make_node("OneHotEncoder", ["job"], ["hot"], domain="ai.onnx.ml", cats_strings=list(JOBS), zeros=1),
        helper.make_node("Flatten", ["hot"], ["jobs"], axis=1),
        helper.make_node("Concat", ["known", "jobs"], ["row"], axis=1),
        helper.make_node("MatMul", ["row", "weights"], ["product"]),
        helper.make_node("Add", ["product", "offset"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["probability"]),
        helper.make_node("Greater", ["probability", "half"], ["is_bad"]),
        helper.make_node("Where", ["is_bad", "bad", "good"], ["label"]),
    ]
    inputs = [
        helper.make_tensor_value_info("amount", TensorProto.FLOAT, [None, 1]),
        helper.make_tensor_value_info("job", TensorProto.STRING, [None, 1]),
    ]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.STRING, [None, 1]),
        helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, 1]),
    ]
    return helper.make_graph(nodes, "tiny", inputs, outputs, initializer=[weights, offset, half, *words])


def tiny_model(bend: Callable[[Any], None] | None = None) -> bytes:
    """The bytes of the tiny model; `bend` may change the `ModelProto` before it is written."""
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(tiny_graph(), opset_imports=opsets, ir_version=8, producer_name="tests")
    if bend is not None:
        bend(model)
    data: bytes = model.SerializeToString()
    return data


def parted(model: bytes, **cut: tuple[int, int]) -> tuple[bytes, bytes]:
    """A model as two graphs in a row, cut at tensors, each with its type and how many values a row of it has."""
    whole = ModelProto.FromString(model)
    wanted = set(cut)
    first: list[NodeProto] = []
    for node in reversed(whole.graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            first.insert(0, node)
    second = [node for node in whole.graph.node if node not in first]
    ports = [helper.make_tensor_value_info(name, kind, ["N", width]) for name, (kind, width) in cut.items()]
    sides = ((first, list(whole.graph.input), ports), (second, ports, list(whole.graph.output)))
    return tuple(_half(whole, *side) for side in sides)  # type: ignore[return-value]  # two sides, two halves


def _half(whole: ModelProto, nodes: list[NodeProto], inputs: list[Any], outputs: list[Any]) -> bytes:
    used = {name for node in nodes for name in node.input}
    constants = [one for one in whole.graph.initializer if one.name in used]
    graph = helper.make_graph(nodes, "half", inputs, outputs, initializer=constants)
    made = helper.make_model(graph, opset_imports=list(whole.opset_import), ir_version=whole.ir_version)
    return bytes(made.SerializeToString())


def tiny_halves(bend: Callable[[Any], None] | None = None) -> tuple[bytes, bytes]:
    """The tiny model's preprocessing and the rest; `bend` may change the former before it is written."""
    before, after = parted(tiny_model(), row=(TensorProto.FLOAT, 3))
    if bend is None:
        return before, after
    bent = ModelProto.FromString(before)
    bend(bent)
    return bytes(bent.SerializeToString()), after


def tiny_answers(amounts: Sequence[float | None], jobs: Sequence[str]) -> npt.NDArray[np.float64]:
    """What the tiny model has to say, computed another way."""
    known = np.asarray([MEDIAN if amount is None else amount for amount in amounts])
    clerk = np.asarray([job == "clerk" for job in jobs])
    return np.asarray(1 / (1 + np.exp(-(WEIGHTS[0] * known + WEIGHTS[1] * clerk + OFFSET))))


def tiny_vectors(rows: int = 60, **changes: Any) -> bytes:
    """Vectors of the tiny model; `changes` replaces top-level keys."""
    amounts: list[float | None] = [float(50 * row) for row in range(rows)]
    jobs = [(*JOBS, "diver", "")[row % 4] for row in range(rows)]
    amounts[1:2] = [None]
    chance = tiny_answers(amounts, jobs)
    whole: Mapping[str, Any] = {
        "format": 1,
        "tolerance": "0.0001",
        "inputs": {"amount": amounts, "job": jobs},
        "outputs": {
            "label": ["bad" if one > 0.5 else "good" for one in chance],
            "probability": [[float(one)] for one in chance],
        },
    }
    return json.dumps({**whole, **changes}).encode()


def wide_model(columns: int) -> bytes:
    """A graph of so many inputs, each a column of its own: probability = sigmoid(mean of a row)."""
    names = [f"c{number}" for number in range(columns)]
    nodes = [
        helper.make_node("Concat", names, ["row"], axis=1),
        helper.make_node("ReduceMean", ["row"], ["mean"], axes=[1], keepdims=1),
        helper.make_node("Sigmoid", ["mean"], ["probability"]),
    ]
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 1]) for name in (*names, "probability")]
    graph = helper.make_graph(nodes, "wide", ports[:-1], ports[-1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


def wide_vectors(columns: int, rows: int = 50) -> bytes:
    """Vectors of `wide_model`: every column of a row holds the same."""
    values = [row / 100 for row in range(rows)]
    whole = {
        "format": 1,
        "tolerance": "0.0001",
        "inputs": {f"c{number}": values for number in range(columns)},
        "outputs": {"probability": [[float(1 / (1 + np.exp(-value)))] for value in values]},
    }
    return json.dumps(whole).encode()
