"""Replays rows in an ONNX graph and compares answers. Runs in a worker: a graph is somebody else's program."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from surefoot.models import rules
from surefoot.models.facts import PREPROCESSING, Parity, Reason, RefusalError
from surefoot.models.rules import refuse
from surefoot.models.vectors import Array, Vectors
from surefoot.trail.canonical import decimal

# The runtime's own errors share no parent but Exception; its bindings add these three.
_FAILURES: tuple[type[Exception], ...] = (
    *(kind for kind in vars(failures).values() if isinstance(kind, type) and issubclass(kind, Exception)),
    RuntimeError,
    ValueError,
    MemoryError,
)


class Graph:
    """A model that is loaded and can be asked about raw rows: one graph, or two, the first of which feeds the other."""

    def __init__(self, data: bytes, preprocessing: bytes | None = None) -> None:
        """Loads a model from memory.

        Args:
            data: the model.
            preprocessing: the graph that turns raw rows into its inputs, None where it takes them itself.

        Raises:
            RefusalError: the runtime does not take it.
        """
        self._before = None if preprocessing is None else _loaded(preprocessing, f"{PREPROCESSING}: ")
        self._session = _loaded(data)
        self._fed = [one.name for one in self._session.get_inputs()]

    def notes(self) -> dict[str, str]:
        """What the file says about itself, as its maker wrote it (`metadata_props`)."""
        return {str(key): str(value) for key, value in self._session.get_modelmeta().custom_metadata_map.items()}

    def answer(self, inputs: Mapping[str, Array], names: Sequence[str]) -> dict[str, Array]:
        """The model's answers to raw rows, by output.

        Raises:
            RefusalError: it fails on them.
        """
        try:
            fed = dict(inputs)
            if self._before is not None:
                fed = dict(zip(self._fed, self._before.run(self._fed, fed), strict=True))
            answers = self._session.run(list(names), fed)
        except _FAILURES as error:
            raise RefusalError(refuse("does-not-run", detail=first_line(error))) from error
        return dict(zip(names, (np.asarray(answer) for answer in answers), strict=True))


def load(files: Mapping[str, Path], model: str = "model", preprocessing: str = "preprocessing") -> Graph:
    """The model in a worker's files, with the graph before it where that is among them.

    Raises:
        RefusalError: the runtime does not take it.
    """
    before = files.get(preprocessing)
    return Graph(files[model].read_bytes(), None if before is None else before.read_bytes())


def _loaded(data: bytes, where: str = "") -> Any:
    options = onnxruntime.SessionOptions()
    # One thread: two runs add up in the same order, and the worker's limit on threads holds.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except _FAILURES as error:
        raise RefusalError(refuse("does-not-load", detail=where + first_line(error))) from error


def compare(vectors: Vectors, answers: Mapping[str, Array]) -> tuple[Parity | None, list[Reason]]:
    """Holds a graph's answers against the ones that training wrote down.

    A number may lie off by the tolerance; a word (a label) has to be the same.

    Returns:
        the figures (None where an answer is no number or has another shape) and what speaks against the graph.
    """
    worst = np.zeros(vectors.rows)
    words_differ = np.zeros(vectors.rows, dtype=bool)
    for name, expected in vectors.outputs.items():
        answer = answers[name]
        if answer.shape != expected.shape:
            return None, [refuse("answer-shape", name=name)]
        if not np.issubdtype(answer.dtype, np.floating):
            words_differ |= (answer != expected).reshape(vectors.rows, -1).any(axis=1)
            continue
        lost = int((~np.isfinite(answer)).reshape(vectors.rows, -1).any(axis=1).sum())
        if lost:
            return None, [refuse("not-finite", name=name, rows=lost)]
        apart = np.abs(answer.astype(np.float64) - expected).reshape(vectors.rows, -1)
        worst = np.maximum(worst, apart.max(axis=1, initial=0.0))
    return _judged(vectors, worst, words_differ)


def _judged(vectors: Vectors, worst: Array, words_differ: Array) -> tuple[Parity, list[Reason]]:
    over = (worst > vectors.tolerance) | words_differ
    order = np.lexsort((-worst, ~over))
    parity = Parity(
        rows=vectors.rows,
        max_difference=decimal(float(worst.max())),
        share_over=decimal(float(over.mean())),
        tolerance=vectors.tolerance_text,
        worst_row=int(order[0]),
        rows_over=tuple((int(row), decimal(float(worst[row]))) for row in order[: rules.ROWS_NAMED] if over[row]),
    )
    if not over.any():
        return parity, []
    values: dict[str, Any] = {
        "rows": int(over.sum()),
        "of": vectors.rows,
        "share": f"{100 * float(over.mean()):.1f}",
        "difference": f"{float(worst.max()):.2g}",
        "tolerance": vectors.tolerance_text,
        "row": int(order[0]),
        "words": int(words_differ.sum()),
    }
    return parity, [refuse("disagrees", **values)]


def first_line(error: BaseException) -> str:
    """The first line of a foreign message, for a sentence."""
    text = str(error).strip().splitlines()
    return text[0] if text else type(error).__name__
