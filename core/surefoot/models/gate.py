"""The gate's work, in one pass over bytes that were read once: what is judged is what is loaded.

Runs in a worker at level 1. The order is the order of trust: what the file is, how it is built, what goes in and
out, whether it runs, whether it answers as its training said.
"""

import hashlib
from dataclasses import replace
from typing import Any

import msgspec

from surefoot.models import content, graph, replay, vectors
from surefoot.models.facts import RefusalError, Signature, Verdict
from surefoot.models.rules import MODEL_BYTES, VECTORS_BYTES, fit_reasons, refuse
from surefoot.workers import Request


def task(request: Request) -> dict[str, Any]:
    """The worker's task: judges the file `model`, with the files `preprocessing` and `vectors` where they were given.

    Returns:
        the verdict as JSON values, with the SHA-256 of the very bytes it is about.
    """
    model = _bytes(request, "model", MODEL_BYTES)
    before, parity = (
        _bytes(request, name, limit) if name in request.files else None
        for name, limit in (("preprocessing", MODEL_BYTES), ("vectors", VECTORS_BYTES))
    )
    read = {"model": model, "preprocessing": before, "vectors": parity}
    digests = {name: None if data is None else hashlib.sha256(data).hexdigest() for name, data in read.items()}
    return {"verdict": msgspec.to_builtins(judge(model, parity, before)), "sha256": digests}


def _bytes(request: Request, name: str, limit: int) -> bytes:
    """The file, or one byte more of it than is allowed, which is enough to refuse it."""
    with request.files[name].open("rb") as file:
        return file.read(limit + 1)


def judge(model: bytes, parity: bytes | None, preprocessing: bytes | None = None) -> Verdict:
    """What the gate says of a model.

    Args:
        model: the bytes of the file that is said to be ONNX.
        parity: the bytes of its vectors, None where training wrote none.
        preprocessing: the bytes of the graph before it, None where the model takes raw rows itself.
    """
    parsed, verdict = _read(model)
    if preprocessing is not None and not verdict.reasons:
        verdict = _joined(verdict, _read(preprocessing)[1])
    if verdict.reasons:
        # What a file claims that was refused for its build is not worth recording, and may not fit into a record.
        return Verdict(reasons=verdict.reasons, kind=verdict.kind, producer=verdict.producer)
    return _with_cure(parsed, _replayed(model, preprocessing, parity, verdict))


def _read(data: bytes) -> tuple[Any, Verdict]:
    """A file parsed, and what is said of its build; parsed is None where it is no ONNX."""
    if len(data) > MODEL_BYTES:
        return None, Verdict(reasons=(refuse("size", size=len(data), limit=MODEL_BYTES),), kind="unknown")
    kind = content.kind_of(data)
    if kind != content.MAYBE_ONNX:
        return None, Verdict(reasons=(refuse("not-onnx", kind=kind),), kind=kind)
    try:
        parsed = graph.parse(data)
        return parsed, _structure(parsed)
    except RefusalError as refusal:
        kind = "unknown" if refusal.reason.key == "not-onnx" else "onnx"
        return None, Verdict(reasons=(refusal.reason,), kind=kind)


def _joined(model: Verdict, before: Verdict) -> Verdict:
    """The verdict on two graphs in a row: raw rows into the first, answers out of the second."""
    if before.reasons:
        return replace(model, reasons=(refuse("preprocessing"), *before.reasons))
    if model.signature is None or before.signature is None:
        return replace(model, reasons=(refuse("inputs", count=0, limit=0),))
    misfits = fit_reasons(before.signature.outputs, model.signature.inputs)
    return replace(model, signature=Signature(before.signature.inputs, model.signature.outputs), reasons=tuple(misfits))


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


def _replayed(model: bytes, before: bytes | None, parity: bytes | None, verdict: Verdict) -> Verdict:
    """The same verdict, with what came of running it."""
    if parity is None:
        return replace(verdict, reasons=(refuse("vectors-missing"),))
    if verdict.signature is None:
        return replace(verdict, reasons=(refuse("inputs", count=0, limit=0),))
    try:
        expected = vectors.read(parity, verdict.signature)
        answers = replay.Graph(model, before).answer(expected.inputs, list(expected.outputs))
    except RefusalError as refusal:
        return replace(verdict, reasons=(refusal.reason,))
    figures, reasons = replay.compare(expected, answers)
    return replace(verdict, parity=figures, reasons=tuple(reasons))
