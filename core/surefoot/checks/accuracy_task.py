"""The worker's part of the accuracy check: rows in, figures out. No row and no answer leaves it, only counts."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from surefoot.checks import rows, statistics
from surefoot.checks.facts import Measure
from surefoot.checks.statistics import Interval
from surefoot.errors import Code, InputRefusedError
from surefoot.models.facts import RefusalError, Signature, Tensor
from surefoot.models.replay import Graph
from surefoot.trail.canonical import decimal
from surefoot.workers import Request

PROBABILITY = "probability"
LABEL = "label"
_HALF = 0.5


def measure(request: Request) -> dict[str, Any]:
    """Asks the model about each row whose true answer is known, and compares.

    Returns:
        `measures`, the number of `rows`, and `evidence` with the counts that the figures rest on.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    signature = msgspec.convert(request["signature"], Signature)
    target = str(request["target"])
    table = rows.read(request.files["rows"], [target, *(one.name for one in signature.inputs)])
    known = table.drop_nulls(target)
    try:
        graph = Graph(request.files["model"].read_bytes())
    except RefusalError as error:
        raise InputRefusedError(Code.CHECK_REPLAY, detail=error.reason.values.get("detail", "")) from error
    positive = graph.notes().get("positive") or request["positive"]
    score, label = _ask(graph, known, signature, request)
    truth = known[target].cast(pl.String).to_numpy().astype(object)
    measures = [_auc(truth, score, positive), _accuracy(truth, score, label, positive)]
    evidence = {
        "rows": len(truth),
        "rows_without_answer": len(table) - len(truth),
        "positive": positive,
        "confusion": _confusion(truth, _guess(score, label, positive), positive),
        "methods": {"auc": "DeLong 1988, midranks of Sun and Xu 2014, 95 %", "accuracy": "Wilson 1927, 95 %"},
    }
    return {"measures": [msgspec.to_builtins(one) for one in measures], "rows": len(truth), "evidence": evidence}


Answers = tuple["npt.NDArray[Any] | None", "npt.NDArray[Any] | None"]


def _ask(graph: Graph, known: pl.DataFrame, signature: Signature, request: Request) -> Answers:
    """The probability and the label of each row, each None where the model gives none."""
    outputs = {one.name: one for one in signature.outputs}
    names = [name for name in (PROBABILITY, LABEL) if name in outputs and _is_single(outputs[name])]
    if not names:
        return None, None
    collected: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in names}
    done = 0
    for part in rows.answers(graph, known, list(signature.inputs), names):
        for name in names:
            collected[name].append(part[name].reshape(-1))
        done += len(collected[names[0]][-1])
        request.progress("checks.accuracy", done, len(known))
    whole = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in collected.items()}
    score, label = whole.get(PROBABILITY), whole.get(LABEL)
    if score is not None and not np.isfinite(score).all():
        raise InputRefusedError(Code.CHECK_REPLAY, detail="an answer is not a number")
    return score, None if label is None else _as_text(label)


def _as_text(label: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Labels as the dataset's text: 1 is "1", true is "true"."""
    if label.dtype == np.bool_:
        return np.where(label, "true", "false").astype(object)
    return label.astype(str).astype(object)


def _is_single(output: Tensor) -> bool:
    return all(dim == 1 for dim in output.shape[1:])


def _auc(truth: npt.NDArray[Any], score: npt.NDArray[Any] | None, positive: str | None) -> Measure:
    if positive is None:
        return Measure("auc", None, why="no_positive")
    if score is None:
        return Measure("auc", None, why="no_probability")
    is_positive = np.asarray(truth == positive, dtype=bool)
    smallest = int(min(is_positive.sum(), (~is_positive).sum()))
    if not smallest:
        return Measure("auc", None, why="one_class")
    return _measured("auc", statistics.auc(is_positive, score), smallest)


def _accuracy(
    truth: npt.NDArray[Any], score: npt.NDArray[Any] | None, label: npt.NDArray[Any] | None, positive: str | None
) -> Measure:
    guess = _guess(score, label, positive)
    if guess is None or positive is None:
        return Measure("accuracy", None, why="no_positive")
    if not len(truth):
        return Measure("accuracy", None, why="no_rows")
    hits = int((guess == (truth == positive)).sum())
    return _measured("accuracy", statistics.share(hits, len(truth)), len(truth))


def _guess(
    score: npt.NDArray[Any] | None, label: npt.NDArray[Any] | None, positive: str | None
) -> npt.NDArray[Any] | None:
    """Whether the model answers with the positive answer: its own label, else its probability above one half."""
    if label is not None:
        return np.asarray(label == positive, dtype=bool)
    return None if score is None else np.asarray(score > _HALF, dtype=bool)


def _measured(metric: str, interval: Interval, smallest: int) -> Measure:
    figure, low, high = decimal(interval.figure), decimal(interval.low), decimal(interval.high)
    return Measure(metric, figure, low, high, smallest)


def _confusion(truth: npt.NDArray[Any], guess: npt.NDArray[Any] | None, positive: str | None) -> dict[str, int]:
    if guess is None or positive is None:
        return {}
    is_positive = np.asarray(truth == positive, dtype=bool)
    return {
        "true_positive": int((guess & is_positive).sum()),
        "false_positive": int((guess & ~is_positive).sum()),
        "true_negative": int((~guess & ~is_positive).sum()),
        "false_negative": int((~guess & is_positive).sum()),
    }
