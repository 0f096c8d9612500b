"""The worker's part of explaining an answer: how far it moves when one input is replaced by those of example rows.

It computes with the wrapper's own reading of requests and its own model, so what is replayed is what was served. The
example rows are the capsule's parity vectors: real enough to be in range, and no fair sample of anybody.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from surefoot.payloads.service.documents import Settings, Vectors, parsed
from surefoot.payloads.service.model import Columns, Model, column, replayed
from surefoot.payloads.service.refusals import RefusedError
from surefoot.payloads.service.requests import BadRequestError, Requests
from surefoot.workers import Request

MOST_EXAMPLES = 100


def moved(request: Request) -> dict[str, Any]:
    """The answer to the first rows of a request, and what each input has to do with it.

    Args:
        request: `route` of the request, and the `most` rows to look into. Files: the `body`, and by their own
            names those of the capsule that answer rows (`releases.capsule.answering`).

    Returns:
        `rows`, by row the `answer` and the `inputs`, the one that moves it furthest first; and how many `examples`
        each was replaced by. Or the `problem`, where it cannot be computed here.
    """
    whole = {name: path.read_bytes() for name, path in request.files.items()}
    vectors = parsed(whole["vectors.json"], Vectors)
    try:
        model = replayed(whole)
        reads = Requests(model.signature, parsed(whole["settings.json"], Settings))
        read = reads.plain if request["route"] == "/predict" else reads.inference
        inputs = model.signature.inputs
        examples = {port.name: column(port, vectors.inputs[port.name])[:MOST_EXAMPLES] for port in inputs}
        count, columns = read(whole["body"])[:2]
        rows = [_row(model, _only(columns, at), examples) for at in range(min(count, int(request["most"])))]
    except (RefusedError, BadRequestError, ArithmeticError, RuntimeError) as error:
        return {"problem": str(error)}
    return {"rows": rows, "examples": min(len(values) for values in examples.values())}


def _only(columns: Columns, row: int) -> Columns:
    return {name: values[row : row + 1] for name, values in columns.items()}


def _row(model: Model, row: Columns, examples: Columns) -> dict[str, Any]:
    answer = model.run(row)
    inputs = [{"name": name, **_replaced(model, row, name, values, answer)} for name, values in examples.items()]
    inputs.sort(key=lambda one: (-float(one["moved"] or 0), -float(one["changed"] or 0)))
    ports = zip(model.signature.outputs, answer, strict=True)
    return {"answer": {port.name: values.ravel().tolist() for port, values in ports}, "inputs": inputs}


def _replaced(
    model: Model, row: Columns, name: str, values: "np.ndarray[Any, Any]", answer: list["np.ndarray[Any, Any]"]
) -> Mapping[str, str | None]:
    """How far the answer moves on average and at most, and in which share of cases a label is another one.

    None where the model has no such output, or gives no number for one of the values.
    """
    count = len(values)
    columns = {each: np.repeat(one, count, axis=0) for each, one in row.items()} | {name: values}
    try:
        outputs = model.run(columns)
    except ArithmeticError:
        return {"moved": None, "most": None, "changed": None}
    far, other = [], []
    for before, after in zip(answer, outputs, strict=True):
        if after.dtype.kind == "f":
            far.append(np.abs(after.astype(np.float64) - before).reshape(count, -1).max(axis=1))
        else:
            other.append((after != before).reshape(count, -1).any(axis=1))
    distance = np.max(far, axis=0) if far else None
    return {
        "moved": None if distance is None else f"{distance.mean():.6g}",
        "most": None if distance is None else f"{distance.max():.6g}",
        "changed": f"{np.any(other, axis=0).mean():.6g}" if other else None,
    }
