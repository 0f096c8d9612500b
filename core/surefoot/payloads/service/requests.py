"""From the bytes of a request to input arrays: nothing reaches the model that its signature does not allow.

The decoders are built once from the signature, so that types, ranges, categories, the number of rows and the nesting
are checked by the JSON decoder itself while it reads. JSON has no NaN or infinity; a number too large for its type is
out of range; a missing or an unknown column is refused. Null says that a value is missing, in both forms, and is taken
where the signature says that it may be.

Two forms are read:

* plain: ``{"rows":[{"age":41,"job":"skilled"}, …]}``
* Open Inference Protocol v2: ``{"inputs":[{"name":"age","datatype":"FP32","shape":[1,1],"data":[41]}, …]}``
"""

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from surefoot.payloads.service.documents import DATATYPES, INTEGERS, LONGEST_TEXT, Port, Settings, Signature
from surefoot.payloads.service.model import Columns, column

_LEAST_DEPTH = 4
_PLACE = re.compile(r"`\$\.rows\[\d+\]\.(.*)`$", re.DOTALL)
_MOST_NAMED = 12
_LONGEST_NAMED = 200


class BadRequestError(Exception):
    """What was sent cannot be scored; `str(error)` may be shown to who sent it."""


class _Tensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    shape: Annotated[list[int], Meta(max_length=8)]
    datatype: str
    data: msgspec.Raw
    parameters: dict[str, str | int | float | bool] | None = None


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    parameters: dict[str, str | int | float | bool] | None = None


class _Inference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inputs: list[_Tensor]
    id: Annotated[str, Meta(max_length=200)] | None = None
    outputs: list[_Wanted] | None = None
    parameters: dict[str, str | int | float | bool] | None = None


class Requests:
    """Reads the two forms of a request for one model."""

    def __init__(self, signature: Signature, settings: Settings) -> None:
        self._ports = {port.name: port for port in signature.inputs}
        self._most = settings.limits.rows
        # The forms need three or four levels, and the decoders allow no more: a smaller limit refuses every body.
        self._is_deep_enough = settings.limits.depth >= _LEAST_DEPTH
        fields = [(f"f{at}", _value(port)) for at, port in enumerate(signature.inputs)]
        names = {f"f{at}": port.name for at, port in enumerate(signature.inputs)}
        row = msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, frozen=True, gc=False)
        rows = Annotated[list[row], Meta(min_length=1, max_length=self._most)]  # type: ignore[valid-type] # made here
        body = msgspec.defstruct("Body", [("rows", rows)], forbid_unknown_fields=True, frozen=True)
        self._plain = msgspec.json.Decoder(body)
        self._inference = msgspec.json.Decoder(_Inference)
        self._values = {
            port.name: msgspec.json.Decoder(list[_one(port)])  # type: ignore[misc] # a type made from the signature
            for port in signature.inputs
        }

    def plain(self, body: bytes) -> tuple[int, Columns]:
        """The number of rows and the arrays of a plain request.

        Raises:
            BadRequestError: it does not fit the signature or the limits.
        """
        rows = self._decoded(self._plain.decode, body).rows
        values = zip(*map(msgspec.structs.astuple, rows), strict=True)
        return len(rows), {
            port.name: column(port, each) for port, each in zip(self._ports.values(), values, strict=True)
        }

    def inference(self, body: bytes) -> tuple[int, Columns, str | None, list[str] | None]:
        """The number of rows, the arrays, the request's own id, and the outputs asked for (None: all).

        Raises:
            BadRequestError: it does not fit the signature or the limits.
        """
        asked = self._decoded(self._inference.decode, body)
        columns: dict[str, np.ndarray[Any, Any]] = {}
        for tensor in asked.inputs:
            if tensor.name in columns:
                raise BadRequestError(f"the input {tensor.name!r} stands twice")
            columns[tensor.name] = self._tensor(tensor)
        missing = self._ports.keys() - columns.keys()
        if missing:
            raise BadRequestError(f"the input {min(missing)!r} is missing")
        counts = {len(values) for values in columns.values()}
        if len(counts) != 1:
            raise BadRequestError("the inputs have different numbers of rows")
        names = None if asked.outputs is None else [each.name for each in asked.outputs]
        return counts.pop(), columns, asked.id, names

    def _tensor(self, tensor: _Tensor) -> "np.ndarray[Any, Any]":
        port = self._ports.get(tensor.name)
        if port is None:
            raise BadRequestError(f"the model has no input {tensor.name!r}")
        if tensor.datatype != DATATYPES[port.type]:
            raise BadRequestError(f"{tensor.name!r} is {DATATYPES[port.type]}, not {tensor.datatype[:20]!r}")
        rows = tensor.shape[0] if tensor.shape else 0
        if not 1 <= rows <= self._most or tuple(tensor.shape[1:]) != port.shape[1:]:
            raise BadRequestError(
                f"{tensor.name!r}: a shape of {list(port.shape)} with 1 to {self._most} rows is wanted"
            )
        values = self._decoded(self._values[tensor.name].decode, tensor.data, of=tensor.name)
        if len(values) != math.prod(tensor.shape):
            raise BadRequestError(f"{tensor.name!r}: {len(values)} values do not fill the shape (send them flat)")
        return column(port, values)

    def _told(self, text: str, name: str) -> str:
        """The decoder's sentence, without a value that somebody sent, and with the values that the release knows."""
        if not text.startswith("Invalid enum value"):
            return f"{name}: {text}" if name else text
        place = text[text.rindex(" - at ") :]
        found = _PLACE.search(place)
        port = self._ports.get(name or (found[1] if found else ""))
        known = "" if port is None else f"; {port.name!r} takes {_shortened(port.categories)}"
        return f"{name or 'rows'}: not a value that this release knows{place}{known}"

    def _decoded(self, decode: Callable[[bytes | msgspec.Raw], Any], body: bytes | msgspec.Raw, of: str = "") -> Any:
        if not self._is_deep_enough:
            raise BadRequestError("the depth limit of this release allows no request")
        try:
            return decode(body)
        except msgspec.ValidationError as error:
            raise BadRequestError(self._told(str(error), of)) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadRequestError("the body is not valid JSON (NaN and Infinity are not)") from None
        except RecursionError:
            raise BadRequestError("the body is nested too deeply") from None


def _value(port: Port) -> Any:
    """The type of one row's value: a scalar, or the flat list that fills the shape of one row."""
    width = math.prod(port.shape[1:])
    if width == 1:
        return _one(port)
    return Annotated[list[_one(port)], Meta(min_length=width, max_length=width)]  # type: ignore[misc] # made here


def _one(port: Port) -> Any:
    return _filled(port) | None if port.nullable else _filled(port)


def _filled(port: Port) -> Any:
    """The type of a value that is there."""
    if port.type == "string":
        # Where a text may be missing, the empty one says the same.
        more = ("",) if port.nullable else ()
        known = (*port.categories, *more)
        return _category(known) if port.categories else Annotated[str, Meta(max_length=LONGEST_TEXT)]
    if port.type == "bool":
        return bool
    if port.categories and port.type in INTEGERS:
        return _category(port.categories)
    low, high = _range(port)
    if port.type in INTEGERS:
        return Annotated[int, Meta(ge=math.ceil(low), le=math.floor(high))]
    number = Annotated[float, Meta(ge=float(low), le=float(high))]
    return number | bool if port.categories else number


def _category(values: Sequence[str | int | bool]) -> Any:
    return Literal[tuple(values)]


def _shortened(values: Sequence[str | int | bool]) -> str:
    """The first values, as many as fit a sentence."""
    shown = [repr(value) for value in values[:_MOST_NAMED]]
    text = ", ".join(shown)[:_LONGEST_NAMED]
    left = len(values) - len(shown)
    return f"{text} and {left} more" if left else text


def _range(port: Port) -> tuple[Decimal, Decimal]:
    """The least and the largest value: what the signature knows, within what the type can hold."""
    if port.type in INTEGERS:
        least, most = Decimal(-INTEGERS[port.type]), Decimal(INTEGERS[port.type] - 1)
    else:
        kind = np.finfo(np.float32 if port.type == "float32" else np.float64)
        least, most = Decimal(float(kind.min)), Decimal(float(kind.max))
    low = least if port.minimum is None else max(least, Decimal(port.minimum))
    high = most if port.maximum is None else min(most, Decimal(port.maximum))
    return low, high
