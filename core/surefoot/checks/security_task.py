"""The worker's part of the security check: what a model file holds, beyond what the gate refuses.

The gate lets no foreign operator, no outside data and no training state through (docs/formats.md). What it lets
through can still carry things that nobody asked for: texts as long as a message, notes that name places of a machine,
pieces that no answer needs. Nothing of it is executed here, and none of it is repeated: only named.
"""

import re
from typing import Any

from surefoot.errors import Code, InputRefusedError
from surefoot.models import graph as graphs
from surefoot.models.facts import PREPROCESSING, RefusalError
from surefoot.workers import Request

_LONG = 1000
_PLACE = re.compile(rb"(?:/home/|/Users/|[A-Za-z]:\\|https?://|s3://)")
_SECRET = re.compile(rb"(?:AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|ghp_[A-Za-z0-9]{36})")


def scan(request: Request) -> dict[str, Any]:
    """Looks through a model file, and through the graph before it where there is one.

    Returns:
        `findings`, a phrase each, and what the file consists of; under `preprocessing`, what that consists of.

    Raises:
        InputRefusedError: it is no model.
    """
    told = _looked_through(request.files["model"].read_bytes())
    if "preprocessing" in request.files:
        before = _looked_through(request.files["preprocessing"].read_bytes())
        told["findings"] += [f"{PREPROCESSING}: {one}" for one in before.pop("findings")]
        told["preprocessing"] = before
    return told


def _looked_through(data: bytes) -> dict[str, Any]:
    try:
        model = graphs.parse(data)
        reasons = [f"gate: {one.key}" for one in graphs.reasons_against(model)]
    except RefusalError as error:
        raise InputRefusedError(Code.CHECK_REPLAY, detail=error.reason.key) from error
    texts = [text for tensor in model.graph.initializer for text in tensor.string_data]
    texts += [text for node in model.graph.node for attribute in node.attribute for text in attribute.strings]
    notes = [one.value.encode() for one in model.metadata_props] + [
        model.doc_string.encode(),
        model.graph.doc_string.encode(),
    ]
    findings = [
        *reasons,
        *(["a text as long as a message"] if any(len(text) > _LONG for text in texts) else []),
        *(["a note as long as a message"] if any(len(note) > _LONG for note in notes) else []),
        *(["a place of a machine or an address"] if any(_PLACE.search(text) for text in (*texts, *notes)) else []),
        *(["a key or a password"] if any(_SECRET.search(text) for text in (*texts, *notes)) else []),
        *([f"{unused} pieces that no answer needs"] if (unused := _unused(model)) else []),
    ]
    return {
        "findings": findings,
        "nodes": len(model.graph.node),
        "operators": sorted({f"{node.domain or 'ai.onnx'}:{node.op_type}" for node in model.graph.node}),
        "texts": len(texts),
        "notes": sorted(one.key[:_LONG] for one in model.metadata_props),
        "bytes": len(data),
    }


def _unused(model: Any) -> int:
    """Constants that no node of the graph, or of a graph inside it, and no output names."""
    if any(attribute.HasField("g") for node in model.graph.node for attribute in node.attribute):
        return 0  # a branch may use a constant of the graph around it
    used = {name for node in model.graph.node for name in node.input} | {one.name for one in model.graph.output}
    return sum(one.name not in used for one in model.graph.initializer)
