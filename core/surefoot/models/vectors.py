"""Parity vectors: raw rows, the answers that training got for them, and how far a replay may lie off.

    {"format": 1, "tolerance": "0.0001",
     "inputs":  {name: [one value a row]},
     "outputs": {name: [one value a row, or a list a row]}}

The way from a raw value to a tensor stands here once, and check, gate and service have to go it alike:
a missing number (null) is NaN where the input is floating, a missing text is "", a truth value is 1 or 0 as a number.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from surefoot.models import rules
from surefoot.models.facts import RefusalError, Signature, Tensor
from surefoot.models.rules import refuse

Array: TypeAlias = "npt.NDArray[Any]"
_KEYS = {"format", "tolerance", "inputs", "outputs"}
_FLOATS = {"float16", "float32", "float64"}


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows to replay.

    Attributes:
        inputs: a tensor for each input of the graph, rows first.
        outputs: the answers expected, the same way.
        rows: how many.
        tolerance: the largest difference of a number that counts as equal.
    """

    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array]
    rows: int
    tolerance: float
    tolerance_text: str


def read(data: bytes, signature: Signature) -> Vectors:
    """The vectors in a file, as tensors that fit a graph's signature.

    Raises:
        RefusalError: the file is too large, is no such JSON, has too few rows, other names than the graph, values
            that do not fit, or a tolerance that would let anything pass.
    """
    if len(data) > rules.VECTORS_BYTES:
        raise RefusalError(refuse("vectors-size", limit=rules.VECTORS_BYTES))
    whole = _parsed(data)
    tolerance = _tolerance(whole["tolerance"])
    rows = _rows(whole)
    for side, tensors in (("inputs", signature.inputs), ("outputs", signature.outputs)):
        differ = sorted(set(whole[side]) ^ {one.name for one in tensors})
        if differ:
            raise RefusalError(refuse("vectors-names", side=side, name=differ[0]))
    return Vectors(
        inputs={one.name: to_tensor(whole["inputs"][one.name], one) for one in signature.inputs},
        outputs={one.name: _expected(whole["outputs"][one.name], one) for one in signature.outputs},
        rows=rows,
        tolerance=float(tolerance),
        tolerance_text=str(whole["tolerance"]),
    )


def to_tensor(values: Sequence[Any], tensor: Tensor) -> Array:
    """Raw values, one a row, as the tensor a graph's input takes.

    Returns:
        an array of shape [rows, *the input's further dimensions].

    Raises:
        RefusalError: a value is of another kind than the input, or has another shape.
    """
    try:
        array = _array(values, tensor.type)
    except (TypeError, ValueError, OverflowError) as error:
        raise RefusalError(refuse("value", name=tensor.name, type=tensor.type)) from error
    further = tensor.shape[1:]
    if array.ndim == 1 and all(dim == 1 for dim in further):
        return array.reshape((len(array), *[1] * len(further)))
    fits = array.ndim == len(tensor.shape) and all(
        not isinstance(dim, int) or dim == size for dim, size in zip(further, array.shape[1:], strict=True)
    )
    if not fits:
        raise RefusalError(refuse("value-shape", name=tensor.name))
    return array


def _array(values: Sequence[Any], kind: str) -> Array:
    if kind == "string":
        _only(values, (str,))
        return np.asarray(values, dtype=object)
    if kind == "bool":
        _only(values, (bool,))
        return np.asarray(values, dtype=np.bool_)
    if kind in _FLOATS:
        _only(values, (bool, int, float, type(None)))
        with np.errstate(over="ignore"):
            return np.asarray(values, dtype=np.dtype(kind))
    _only(values, (bool, int))
    return np.asarray(values, dtype=np.dtype(kind))


def _only(values: Sequence[Any], kinds: tuple[type, ...]) -> None:
    """Refuses what numpy would silently turn into a number, such as the text "3"."""
    for one in np.asarray(values, dtype=object).ravel():
        if not isinstance(one, kinds):
            raise TypeError(one)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise RefusalError(refuse("vectors-unreadable")) from error
    if not isinstance(whole, dict) or set(whole) != _KEYS or whole["format"] != 1:
        raise RefusalError(refuse("vectors-unreadable"))
    for side in ("inputs", "outputs"):
        if not isinstance(whole[side], dict) or not all(isinstance(one, list) for one in whole[side].values()):
            raise RefusalError(refuse("vectors-unreadable"))
    return whole


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _tolerance(value: object) -> Decimal:
    try:
        tolerance = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        tolerance = Decimal("NaN")
    if not tolerance.is_finite() or not 0 < tolerance <= Decimal(str(rules.LARGEST_TOLERANCE)):
        raise RefusalError(refuse("vectors-tolerance", value=value, limit=rules.LARGEST_TOLERANCE))
    return tolerance


def _rows(whole: Mapping[str, Any]) -> int:
    lengths = {len(values) for side in ("inputs", "outputs") for values in whole[side].values()}
    if len(lengths) != 1:
        raise RefusalError(refuse("vectors-uneven"))
    (rows,) = lengths
    if rows < rules.FEWEST_VECTORS:
        raise RefusalError(refuse("vectors-few", rows=rows, limit=rules.FEWEST_VECTORS))
    return rows


def _expected(values: Sequence[Any], tensor: Tensor) -> Array:
    """Expected answers: numbers in full precision, and every one of them a number."""
    wide = Tensor(tensor.name, "float64" if tensor.type in _FLOATS else tensor.type, tensor.shape)
    array = to_tensor(values, wide)
    if wide.type == "float64" and not all(math.isfinite(one) for one in array.ravel()):
        raise RefusalError(refuse("vectors-not-finite", name=tensor.name))
    return array
