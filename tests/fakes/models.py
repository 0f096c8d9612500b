"""A tiny real model with its vectors, and ways to bend it: two columns in, a label and a probability out.

probability = sigmoid(0.001 · amount + 1.5 · [job = "clerk"] - 2), missing amounts count as 1000.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

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
