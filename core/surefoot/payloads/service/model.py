"""The model: loaded from the bytes that were hashed, compared with its signature, and replayed before it serves.

Where a capsule brings a graph for preprocessing, it stands before the model, and raw rows go through both.
Computing releases the interpreter's lock, so one session is shared by all threads. Small requests are computed where
they are read; what takes longer than `_INLINE_SECONDS` goes to a thread, so that it delays nobody else.
"""

import math
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import onnxruntime as ort

from surefoot.payloads.service.capsule import MODEL, PREPROCESSING
from surefoot.payloads.service.documents import Port, Signature, Vectors, parsed
from surefoot.payloads.service.refusals import Reason, RefusedError

type_of: dict[str, np.dtype[Any]] = {
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
    "int32": np.dtype(np.int32),
    "int64": np.dtype(np.int64),
    "bool": np.dtype(np.bool_),
    "string": np.dtype(np.object_),
}
_ONNX_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(int32)": "int32",
    "tensor(int64)": "int64",
    "tensor(bool)": "bool",
    "tensor(string)": "string",
}
_INLINE_SECONDS = 0.002
_MOST_INLINE = 1024

Columns = Mapping[str, "np.ndarray[Any, Any]"]


class Model:
    """What answers raw rows: an ONNX session, or two in a row, that agree with their signature.

    Attributes:
        signature: names, types and shapes of what goes in and comes out.
        inline_rows: up to how many rows a request is computed within `_INLINE_SECONDS`.
    """

    def __init__(self, data: bytes, signature: Signature, preprocessing: bytes | None = None) -> None:
        """Loads the model.

        Raises:
            RefusedError: it cannot be loaded, or is not what its signature says, or its two graphs do not fit.
        """
        self._session = _loaded(data, "it")
        self._before = None if preprocessing is None else _loaded(preprocessing, PREPROCESSING)
        self.signature = signature
        self.inline_rows = 0
        self._outputs = [port.name for port in signature.outputs]
        self._fed = [node.name for node in self._session.get_inputs()]
        if self._before is not None:
            _fit(self._before.get_outputs(), self._session.get_inputs())
        _compare((self._before or self._session).get_inputs(), signature.inputs)
        _compare(self._session.get_outputs(), signature.outputs)

    def run(self, columns: Columns) -> list["np.ndarray[Any, Any]"]:
        """The outputs, in the signature's order, for input arrays by name.

        Raises:
            ArithmeticError: an output is not a number.
            RuntimeError: the runtime could not compute it.
        """
        try:
            outputs = self._computed(columns)
        except Exception as error:  # its text may quote values, so it stays here
            raise RuntimeError(type(error).__name__) from error
        for values in outputs:
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise ArithmeticError("the model answered with something that is not a number")
        return outputs

    def _computed(self, columns: Columns) -> list["np.ndarray[Any, Any]"]:
        fed = columns
        if self._before is not None:
            fed = dict(zip(self._fed, self._before.run(self._fed, columns), strict=True))
        outputs: list[np.ndarray[Any, Any]] = self._session.run(self._outputs, fed)
        return outputs

    def replay(self, vectors: Vectors) -> float:
        """Gives the model the rows that training wrote down; returns the largest difference.

        Raises:
            RefusedError: an answer differs by more than the tolerance, or is not a number.
        """
        try:
            columns = {port.name: column(port, vectors.inputs[port.name]) for port in self.signature.inputs}
            tolerance = Decimal(vectors.tolerance)
            outputs = self.run(columns)
            differences = [
                _difference(vectors.outputs[port.name], got)
                for port, got in zip(self.signature.outputs, outputs, strict=True)
                if port.name in vectors.outputs
            ]
        except (ArithmeticError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise RefusedError(Reason.PARITY, f"the vectors cannot be replayed ({error})") from error
        if not differences or not tolerance.is_finite():
            raise RefusedError(Reason.PARITY, "the vectors name no output or no tolerance")
        worst = max(differences)
        if not worst <= float(tolerance):
            raise RefusedError(Reason.PARITY, f"an answer differs by {worst:.3g}; at most {tolerance} is allowed")
        self.inline_rows = self._measure(columns)
        return worst

    def _measure(self, columns: Columns) -> int:
        """How many rows are computed within `_INLINE_SECONDS`: the best of three runs each."""
        fits = 0
        rows = 1
        while rows <= _MOST_INLINE:
            some = {name: np.resize(values, (rows, *values.shape[1:])) for name, values in columns.items()}
            best = math.inf
            for _ in range(3):
                start = time.perf_counter()
                self._computed(some)
                best = min(best, time.perf_counter() - start)
            if best > _INLINE_SECONDS:
                break
            fits = rows
            rows *= 8
        return fits


def replayed(files: Mapping[str, bytes]) -> Model:
    """The model of a capsule, as a function of raw rows, that has answered its vectors as it has to.

    Args:
        files: the capsule's content by name: graphs, signature and vectors.

    Raises:
        RefusedError: a file cannot be read, or the model is not what was released.
    """
    try:
        signature = parsed(files["signature.json"], Signature)
        vectors = parsed(files["vectors.json"], Vectors)
    except ValueError as error:
        raise RefusedError(Reason.CAPSULE, str(error)) from error
    model = Model(files[MODEL], signature, files.get(PREPROCESSING))
    model.replay(vectors)
    return model


def column(port: Port, values: Sequence[Any]) -> "np.ndarray[Any, Any]":
    """An input array from one value (or a flat list of values) per row; what is missing is NaN, or the empty text.

    Raises:
        ValueError: the values do not fill the shape, or do not fit the type.
    """
    made = np.array(values, dtype=type_of[port.type]).reshape(-1, *port.shape[1:])
    if port.nullable and port.type == "string":
        made[made == None] = ""  # noqa: E711 - compared element by element
    return made


def _loaded(data: bytes, name: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a class of its own for each kind of damage
        raise RefusedError(Reason.MODEL, f"{name} cannot be loaded ({type(error).__name__})") from error


def _fit(given: Sequence[Any], taken: Sequence[Any]) -> None:
    """The outputs of the first graph against the inputs of the second: the same names, types and sizes of a row."""
    outputs, inputs = ({node.name: (node.type, node.shape[1:]) for node in side} for side in (given, taken))
    for name in sorted(outputs.keys() | inputs.keys()):
        if outputs.get(name) != inputs.get(name):
            raise RefusedError(Reason.MODEL, f"{PREPROCESSING} and {MODEL} do not fit in {name!r}")


def _compare(found: Sequence[Any], ports: Sequence[Port]) -> None:
    """The graph's own inputs or outputs against the signature's."""
    graph = {each.name: each for each in found}
    for port in ports:
        node = graph.pop(port.name, None)
        if node is None:
            raise RefusedError(Reason.MODEL, f"the graph has no {port.name!r}")
        kind = _ONNX_TYPES.get(node.type, node.type)
        inner = [size for size in node.shape[1:] if isinstance(size, int) and size > 0]
        if kind != port.type or len(node.shape) != len(port.shape) or any(size not in port.shape for size in inner):
            raise RefusedError(Reason.MODEL, f"{port.name!r} is {kind}{node.shape} in the graph")
        if any(size < 1 for size in port.shape[1:]):
            raise RefusedError(Reason.MODEL, f"{port.name!r} has no fixed size for one row")
    if graph:
        raise RefusedError(Reason.MODEL, f"the signature does not name {min(graph)!r}")


def _difference(expected: list[Any], got: "np.ndarray[Any, Any]") -> float:
    """The largest absolute difference of numbers; 0 or infinite where values are equal or not, as for labels."""
    if got.dtype.kind == "f":
        wanted = np.array(expected, dtype=np.float64).reshape(got.shape)
        return float(np.max(np.abs(wanted - got)))
    same = np.array(expected, dtype=got.dtype).reshape(got.shape) == got
    return 0.0 if bool(np.all(same)) else math.inf
