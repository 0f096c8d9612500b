"""The gate's work, in one pass over bytes that were read once: what is judged is what is loaded.

Runs in a worker at level 1. The order is the order of trust: what the file is, how it is built, what goes in and
out, whether it runs, whether it answers as its training said.
"""

import hashlib
from dataclasses import replace
from typing import Any

import msgspec

from surefoot.models import content, graph, replay, vectors
from surefoot.models.facts import RefusalError, Verdict
from surefoot.models.rules import MODEL_BYTES, VECTORS_BYTES, refuse
from surefoot.workers import Request


def task(request: Request) -> dict[str, Any]:
    """The worker's task: judges the file `model` with the vectors `vectors`, where they were given.

    Returns:
        the verdict as JSON values, with the SHA-256 of the very bytes it is about.
    """
    model = _bytes(request, "model", MODEL_BYTES)
    parity = _bytes(request, "vectors", VECTORS_BYTES) if "vectors" in request.files else None
    digests = {
        "model_sha256": hashlib.sha256(model).hexdigest(),
        "vectors_sha256": hashlib.sha256(parity).hexdigest() if parity is not None else None,
    }
    return {"verdict": msgspec.to_builtins(judge(model, parity)), **digests}


def _bytes(request: Request, name: str, limit: int) -> bytes:
    """The file, or one byte more of it than is allowed, which is enough to refuse it."""
    with request.files[name].open("rb") as file:
        return file.read(limit + 1)


def judge(model: bytes, parity: bytes | None) -> Verdict:
    """What the gate says of a model.

    Args:
        model: the bytes of the file that is said to be ONNX.
        parity: the bytes of its vectors, None where training wrote none.
    """
    if len(model) > MODEL_BYTES:
        return Verdict(reasons=(refuse("size", size=len(model), limit=MODEL_BYTES),), kind="unknown")
    kind = content.kind_of(model)
    if kind != content.MAYBE_ONNX:
        return Verdict(reasons=(refuse("not-onnx", kind=kind),), kind=kind)
    try:
        parsed = graph.parse(model)
        verdict = _structure(parsed)
    except RefusalError as refusal:
        return Verdict(reasons=(refusal.reason,), kind="unknown" if refusal.reason.key == "not-onnx" else "onnx")
    if verdict.reasons:
        # What a file claims that was refused for its build is not worth recording, and may not fit into a record.
        return Verdict(reasons=verdict.reasons, producer=verdict.producer)
    return _with_cure(parsed, _replayed(model, parity, verdict))


def _with_cure(parsed: Any, verdict: Verdict) -> Verdict:
    """Names what may have moved the rows, where some were moved."""
    scaled = graph.scaled_trees(parsed) if any(one.key == "disagrees" for one in verdict.reasons) else None
    return (
        verdict if scaled is None else replace(verdict, reasons=(*verdict.reasons, refuse("scaled-trees", name=scaled)))
    )


def _structure(parsed: Any) -> Verdict:
    found = graph.reasons_against(parsed)
    signature, more = graph.signature(parsed)
    return Verdict(
        reasons=(*found, *more), signature=signature, opset=graph.opsets(parsed), producer=graph.producer(parsed)
    )


def _replayed(model: bytes, parity: bytes | None, verdict: Verdict) -> Verdict:
    """The same verdict, with what came of running the graph."""
    if parity is None:
        return replace(verdict, reasons=(refuse("vectors-missing"),))
    if verdict.signature is None:
        return replace(verdict, reasons=(refuse("inputs", count=0, limit=0),))
    try:
        expected = vectors.read(parity, verdict.signature)
        answers = replay.Graph(model).answer(expected.inputs, list(expected.outputs))
    except RefusalError as refusal:
        return replace(verdict, reasons=(refusal.reason,))
    figures, reasons = replay.compare(expected, answers)
    return replace(verdict, parity=figures, reasons=tuple(reasons))
