"""What a model is made of, as values: its signature, how it was proved, what the gate said of it.

`msgspec.to_builtins` and `msgspec.convert` turn each of them into JSON values and back, with their types checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

PREPROCESSING = "preprocessing.onnx"
"""The output in which a run may hand in the graph that turns raw rows into what its model takes."""
INSIDE = "inside"
"""What a verdict says of the preprocessing of a model that takes raw rows itself; else it names a SHA-256."""

State: TypeAlias = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """One input or output.

    Attributes:
        type: `float32`, `float64`, `int64`, `int32`, `bool`, `string` …
        shape: a number, or the name of a free dimension, or None where it is free and has no name.
    """

    name: str
    type: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What goes in and what comes out, in the graph's order."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Parity:
    """How the graph's answers compare with those its training wrote down.

    Attributes:
        rows: vectors replayed.
        max_difference: the largest absolute difference of a number in any row.
        share_over: the share of rows, 0 to 1, with a number beyond the tolerance or another word.
        worst_row: the vector, counted from 0, that lies farthest off.
        rows_over: the first vectors beyond the tolerance with their largest difference, at most 20.
    """

    rows: int
    max_difference: str
    share_over: str
    tolerance: str
    worst_row: int
    rows_over: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a model was refused. The words stand in the texts under `models.reason.<key>`."""

    key: str
    values: Mapping[str, str]


class RefusalError(Exception):
    """Ends the gate's look at a file at once. It carries the reason to the verdict and never leaves this room."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.key)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found. A model is accepted where there is no reason against it."""

    reasons: tuple[Reason, ...] = ()
    kind: str = "onnx"
    signature: Signature | None = None
    parity: Parity | None = None
    opset: Mapping[str, int] | None = None
    producer: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the gate has judged.

    Attributes:
        id: `mod_…`. sha256: of the ONNX file's bytes. vectors: SHA-256 of the vectors, None where there were none.
        preprocessing: SHA-256 of the graph that raw rows go through first, None where the model takes them itself.
        signature: what goes into the first graph and comes out of the last.
        run: the run that made it. leaf: the event that recorded the verdict.
        reasons: why it was refused; empty where it was accepted.
    """

    id: str
    sha256: str
    run: str
    vectors: str | None
    state: State
    leaf: str
    at: str
    signature: Signature | None = None
    parity: Parity | None = None
    opset: Mapping[str, int] | None = None
    producer: str = ""
    reasons: tuple[Reason, ...] = ()
    preprocessing: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether it may be checked and released."""
        return self.state == "accepted"
