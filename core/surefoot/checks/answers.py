"""A model's answers to rows, as the checks' workers take them: a probability, a yes or no, and the truth beside them.

Runs in a worker. A binary question is meant: the model gives `probability` of the positive answer, or a `label`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from surefoot.checks import rows
from surefoot.errors import Code, InputRefusedError
from surefoot.models import graph as graphs
from surefoot.models.facts import RefusalError, Signature, Tensor
from surefoot.models.replay import Graph, load
from surefoot.trail.canonical import Json
from surefoot.workers import Request

PROBABILITY = "probability"
LABEL = "label"
HALF = 0.5

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Told: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model answers, a value a row.

    Attributes:
        score: the probability of the positive answer; None where the model gives none.
        guess: whether it answers with the positive answer: its own label, else a probability above one half; None
            where nobody says which answer is the positive one, or the model gives neither.
    """

    score: Floats | None
    guess: Bools | None


@dataclass(frozen=True, slots=True)
class Asker:
    """A loaded model that can be asked about tables.

    Attributes:
        positive: the answer whose probability it gives; what the file says comes before what the dataset says.
    """

    graph: Graph
    signature: Signature
    positive: str | None

    @property
    def columns(self) -> list[str]:
        """The columns it asks for."""
        return [one.name for one in self.signature.inputs]

    def ask(self, table: pl.DataFrame, told: Told | None = None) -> Answers:
        """Its answers to every row of a table.

        Raises:
            InputRefusedError: the rows do not fit, it fails on them, or an answer is not a number.
        """
        outputs = {one.name: one for one in self.signature.outputs}
        names = [name for name in (PROBABILITY, LABEL) if name in outputs and _is_single(outputs[name])]
        if not names:
            return Answers(None, None)
        collected: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in names}
        done = 0
        for part in rows.answers(self.graph, table, list(self.signature.inputs), names):
            for name in names:
                collected[name].append(part[name].reshape(-1))
            done += len(collected[names[0]][-1])
            if told is not None:
                told(done, len(table))
        whole = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in collected.items()}
        return self._read(whole.get(PROBABILITY), whole.get(LABEL))

    def _read(self, score: npt.NDArray[Any] | None, label: npt.NDArray[Any] | None) -> Answers:
        if score is not None and not np.isfinite(score).all():
            raise InputRefusedError(Code.CHECK_REPLAY, detail="no-number")
        wide = None if score is None else score.astype(np.float64)
        if self.positive is None:
            return Answers(wide, None)
        if label is not None:
            return Answers(wide, np.asarray(as_text(label) == self.positive, dtype=bool))
        return Answers(wide, None if wide is None else wide > HALF)


def open_asker(request: Request) -> Asker:
    """The model in the request's files, with the request's `signature` and `positive`.

    Raises:
        InputRefusedError: the runtime does not take it.
    """
    signature = msgspec.convert(request["signature"], Signature)
    try:
        graph = load(request.files)
    except RefusalError as error:
        raise InputRefusedError(Code.CHECK_REPLAY, detail=error.reason.values.get("detail", "")) from error
    return Asker(graph, signature, graph.notes().get("positive") or request["positive"])


def open_live(request: Request) -> Asker | None:
    """The live model in the file `live`; None where there is none, or it does not ask for columns of the rows.

    Its signature is read from its files, as the gate reads it: the request's is that of another model.
    """
    if "live" not in request.files:
        return None
    named = ("live", "live_preprocessing")
    try:
        signature = graphs.signature_of(*(request.files[name].read_bytes() for name in named if name in request.files))
        graph = load(request.files, *named)
    except RefusalError:
        return None
    with request.files["rows"].open("rb") as file:
        there = pl.read_parquet_schema(file)
    fits = all(_fits(there.get(one.name), one) for one in signature.inputs)
    return Asker(graph, signature, graph.notes().get("positive") or request["positive"]) if fits else None


def _fits(dtype: pl.DataType | None, tensor: Tensor) -> bool:
    return dtype is not None and (dtype == pl.String) == (tensor.type == "string") and _is_single(tensor)


def known_rows(request: Request, name: str, columns: list[str]) -> pl.DataFrame:
    """The rows of a side whose true answer is known, with the target and these columns.

    Raises:
        InputRefusedError: a column is not there.
    """
    target = str(request["target"])
    return rows.read(request.files[name], [target, *columns]).drop_nulls(target)


def truth_of(table: pl.DataFrame, target: str, positive: str) -> Bools:
    """Whether the true answer of each row is the positive one."""
    return np.asarray(table[target].cast(pl.String).to_numpy().astype(object) == positive, dtype=bool)


def as_text(label: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Labels as the dataset's text: 1 is "1", true is "true"."""
    if label.dtype == np.bool_:
        return np.where(label, "true", "false").astype(object)
    return label.astype(str).astype(object)


def told_by(request: Request, stage: str) -> Told:
    """Reports how many rows were asked about."""
    return lambda done, total: request.progress(stage, done, total)


def plain(value: Any) -> Json:
    """A value as evidence can hold it: numbers with a fraction are decimal text."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return repr(value) if np.isfinite(value) else None
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def _is_single(output: Tensor) -> bool:
    return all(dim == 1 for dim in output.shape[1:])
