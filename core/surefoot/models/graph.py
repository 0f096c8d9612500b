"""Reads an ONNX file's structure and says what speaks against it. Runs in a worker; nothing is executed here.

The bytes are parsed once, by protobuf, from memory: no path is known to the parser, so no external data can be
followed. Every message is then walked with a list instead of by recursion, every field has to be one that this
version of ONNX knows, and every size is computed from the file before anything is allocated by it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import onnx
from google.protobuf.message import DecodeError, Message  # type: ignore[import-untyped]  # protobuf has no stubs
from google.protobuf.unknown_fields import UnknownFieldSet  # type: ignore[import-untyped]  # the same

from surefoot.models import rules
from surefoot.models.facts import Reason, RefusalError, Signature, Tensor
from surefoot.models.rules import refuse

_EXTERNAL = onnx.TensorProto.EXTERNAL
# Bytes an element takes, by data type; text and types of less than a byte are measured by what is stored.
_WIDTHS = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 14: 8, 15: 16, 16: 2}
_GRAPH = "onnx.GraphProto"
_SCALERS = {"Scaler", "Normalizer", "Sub", "Div", "Mul", "Add"}


def parse(data: bytes) -> Any:
    """The model in these bytes.

    Raises:
        RefusalError: they are no ONNX model, or hold something this version of ONNX has no name for.
    """
    try:
        model = onnx.ModelProto.FromString(data)
    except (DecodeError, RecursionError) as error:
        raise RefusalError(refuse("not-onnx", kind="unknown")) from error
    if not model.HasField("graph") or not model.graph.node or not model.ir_version:
        raise RefusalError(refuse("not-onnx", kind="unknown"))
    return model


def reasons_against(model: Any) -> list[Reason]:
    """Everything in a model's structure that speaks against it; empty where nothing does.

    Raises:
        RefusalError: something was found that makes further reading pointless or unsafe.
    """
    found = rules.opset_reasons(model.ir_version, [(_domain(one.domain), one.version) for one in model.opset_import])
    if model.functions:
        found.append(refuse("functions", name=model.functions[0].name))
    if model.training_info:
        found.append(refuse("training-info"))
    nodes, weight = 0, 0
    for message, depth in _messages(model):
        if len(UnknownFieldSet(message)):
            raise RefusalError(refuse("unknown-field", where=message.DESCRIPTOR.name))
        name = message.DESCRIPTOR.full_name
        if name == "onnx.NodeProto":
            nodes += 1
            found += _node_reasons(message)
        elif name == "onnx.TensorProto":
            weight += _tensor_bytes(message)
        elif name == "onnx.SparseTensorProto":
            raise RefusalError(refuse("sparse", name=message.values.name))
        _keep_limits(depth, nodes, weight)
    return _first_of_each(found)


def signature(model: Any) -> tuple[Signature, list[Reason]]:
    """What goes in and what comes out, and what speaks against it."""
    constants = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in constants]
    found: list[Reason] = []
    if not inputs or len(inputs) > rules.INPUTS:
        found.append(refuse("inputs", count=len(inputs), limit=rules.INPUTS))
    if not model.graph.output:
        found.append(refuse("outputs"))
    found += [reason for one in (*inputs, *model.graph.output) for reason in _value_reasons(one)]
    for side in (inputs, model.graph.output):
        counted = Counter(one.name for one in side)
        found += [refuse("name-twice", name=name) for name, count in counted.items() if count > 1]
    sides = [
        tuple(_tensor(one) for one in side if one.type.HasField("tensor_type")) for side in (inputs, model.graph.output)
    ]
    return Signature(*sides), _first_of_each(found)


def signature_of(model: bytes, preprocessing: bytes | None = None) -> Signature:
    """What goes into the first graph and comes out of the last, of files that the gate has accepted.

    Raises:
        RefusalError: one of them is no ONNX model.
    """
    whole, _ = signature(parse(model))
    return whole if preprocessing is None else Signature(signature(parse(preprocessing))[0].inputs, whole.outputs)


def producer(model: Any) -> str:
    """The program that wrote the file, as it calls itself."""
    text = f"{model.producer_name} {model.producer_version}".strip()
    return "".join(letter for letter in text if letter.isprintable())[:80]


def opsets(model: Any) -> dict[str, int]:
    """Domain to version, with the empty domain under its long name."""
    return {_domain(one.domain) or "ai.onnx": one.version for one in model.opset_import}


def scaled_trees(model: Any) -> str | None:
    """The input or tensor that is scaled before trees see it; None where trees see values as they came.

    Scaling rounds to 32 bits again, so that a value beside a tree's threshold may land on its other side.
    """
    scaled: dict[str, str] = {}
    for node in model.graph.node:
        if node.op_type.startswith("TreeEnsemble"):
            found = next((scaled[name] for name in node.input if name in scaled), None)
            if found is not None:
                return found
            continue
        origin = next((scaled[name] for name in node.input if name in scaled), None)
        if origin is None and node.op_type in _SCALERS and node.input:
            origin = node.input[0]
        if origin is not None:
            scaled.update(dict.fromkeys(node.output, origin))
    return None


def _domain(domain: str) -> str:
    return "" if domain == "ai.onnx" else domain


def _messages(model: Any) -> Iterator[tuple[Any, int]]:
    """Every message below, each with the number of graphs around it."""
    waiting: list[tuple[Any, int]] = [(model, 0)]
    while waiting:
        message, depth = waiting.pop()
        depth += message.DESCRIPTOR.full_name == _GRAPH
        for field, value in message.ListFields():
            if field.type == field.TYPE_STRING:
                _keep_text(value, message)
            if field.type == field.TYPE_MESSAGE:
                waiting.extend((one, depth) for one in ([value] if isinstance(value, Message) else value))
        yield message, depth


def _keep_text(value: Any, message: Any) -> None:
    """Refuses text that is no UTF-8: protobuf hands it out as bytes, and no two programs agree what it says."""
    if isinstance(value, bytes) or (not isinstance(value, str) and any(isinstance(one, bytes) for one in value)):
        raise RefusalError(refuse("not-text", where=message.DESCRIPTOR.name))


def _keep_limits(depth: int, nodes: int, weight: int) -> None:
    if depth > rules.DEPTH:
        raise RefusalError(refuse("too-deep", limit=rules.DEPTH))
    if nodes > rules.NODES:
        raise RefusalError(refuse("too-many-nodes", limit=rules.NODES))
    if weight > rules.TENSORS_BYTES:
        raise RefusalError(refuse("too-heavy", limit=rules.TENSORS_BYTES))


def _node_reasons(node: Any) -> list[Reason]:
    domain = _domain(node.domain)
    if domain not in rules.DOMAINS:
        return [refuse("domain", domain=node.domain)]
    if not onnx.defs.has(node.op_type, domain):
        return [refuse("operator", name=node.op_type)]
    if node.op_type in rules.RANDOM:
        return [refuse("random", name=node.op_type)]
    return []


def _tensor_bytes(tensor: Any) -> int:
    """The bytes a stored tensor takes, after its own sizes were held against each other."""
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        raise RefusalError(refuse("external-data", name=tensor.name))
    size = rules.size_of(tensor.dims, _WIDTHS.get(tensor.data_type, 1))
    if size is None or size > rules.TENSOR_BYTES:
        raise RefusalError(refuse("tensor-size", name=tensor.name))
    if tensor.raw_data and tensor.data_type in _WIDTHS and len(tensor.raw_data) != size:
        raise RefusalError(refuse("tensor-shape", name=tensor.name))
    return size


def _value_reasons(value: Any) -> list[Reason]:
    if not rules.is_plain_name(value.name):
        return [refuse("name", name=value.name)]
    if not value.type.HasField("tensor_type"):
        return [refuse("not-a-tensor", name=value.name)]
    tensor = value.type.tensor_type
    if tensor.elem_type not in rules.TYPES:
        return [refuse("type", name=value.name, type=tensor.elem_type)]
    return _shape_reasons(value.name, tensor.shape.dim)


def _shape_reasons(name: str, dims: Any) -> list[Reason]:
    if not dims or dims[0].HasField("dim_value"):
        return [refuse("rows", name=name)]
    size = rules.size_of([dim.dim_value for dim in dims if dim.HasField("dim_value")], 1)
    if size is None or size > rules.TENSOR_BYTES:
        return [refuse("tensor-size", name=name)]
    if any(dim.dim_value < 1 for dim in dims[1:]):
        # What is served says how many values make a row; the wrapper would refuse it only once it is signed.
        return [refuse("free-row", name=name)]
    return []


def _tensor(value: Any) -> Tensor:
    tensor = value.type.tensor_type
    shape = tuple(
        dim.dim_value if dim.HasField("dim_value") else (dim.dim_param[:64] or None) for dim in tensor.shape.dim
    )
    return Tensor(value.name, rules.TYPES.get(tensor.elem_type, str(tensor.elem_type)), shape)


def _first_of_each(found: list[Reason]) -> list[Reason]:
    """One reason of each kind: a thousand foreign operators are said once."""
    return list({reason.key: reason for reason in reversed(found)}.values())[::-1]
