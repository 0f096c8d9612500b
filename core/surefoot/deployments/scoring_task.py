"""The worker's part of scoring a file: by the wrapper's own reading of requests and its own model.

Rows go through the very decoder that reads requests, some hundreds at a time; where it refuses them, by halves, until
the row that is to blame stands alone. So a row is scored here exactly where a service would have answered it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from surefoot.deployments import scored_file, scored_rows
from surefoot.deployments.scored_rows import Row
from surefoot.errors import Code, GateFailedError, InputRefusedError
from surefoot.payloads.service.documents import Port, Settings, parsed
from surefoot.payloads.service.model import replayed
from surefoot.payloads.service.refusals import RefusedError
from surefoot.payloads.service.requests import BadRequestError, Requests
from surefoot.workers import Request

REFUSED = "refused"
_MOST_ROWS = 1_000
_PLACE = re.compile(r"(.*) - at `\$\.rows\[0\]\.?(.*?)`(.*)", re.DOTALL)
_TYPES = {
    "float32": "FLOAT",
    "float64": "DOUBLE",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "bool": "BOOLEAN",
    "string": "VARCHAR",
}


class _Scorer:
    """A model, and how its requests are read."""

    def __init__(self, request: Request) -> None:
        whole = {name: path.read_bytes() for name, path in request.files.items() if name != "source"}
        settings = parsed(whole["settings.json"], Settings)
        self._model = replayed(whole)
        self.signature = self._model.signature
        self._requests = Requests(self.signature, settings)
        self.most = min(_MOST_ROWS, settings.limits.rows)

    def columns(self) -> dict[str, str]:
        """The columns of the answers, with the engine's types; an output of several values is several columns."""
        return {name: _TYPES[port.type] for port in self.signature.outputs for name in _names(port)}

    def scored(self, rows: Sequence[Row]) -> Iterator[list[Any] | str]:
        """For each row its answers, or why a service would refuse it: in words, never with a value."""
        try:
            count, columns = self._requests.plain(msgspec.json.encode({"rows": [row.inputs for row in rows]}))
            outputs = [values.reshape(count, -1).tolist() for values in self._model.run(columns)]
        except (ArithmeticError, BadRequestError, RuntimeError, UnicodeEncodeError) as error:
            if len(rows) == 1:
                yield _reason(error)
                return
            half = len(rows) // 2
            yield from self.scored(rows[:half])
            yield from self.scored(rows[half:])
            return
        for parts in zip(*outputs, strict=True):
            yield [value for part in parts for value in part]


def _names(port: Port) -> list[str]:
    width = 1
    for size in port.shape[1:]:
        width *= size
    return [port.name] if width == 1 else [f"{port.name}_{at}" for at in range(width)]


def _reason(error: Exception) -> str:
    if isinstance(error, BadRequestError):
        found = _PLACE.fullmatch(str(error).removeprefix("rows: "))
        if found is None:
            return str(error)
        said, name, more = found.groups()
        return f"{name}: {said}{more}" if name else f"{said}{more}"
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return "a value that JSON cannot hold"
    return "the model gave no number for this row"


def score(request: Request) -> dict[str, Any]:
    """Scores every row of a file.

    Args:
        request: `form` of the file to write, and the columns to `keep`. Files: `source`, and by
            their own names those of the capsule that answer rows (`releases.capsule.answering`).

    Returns:
        The `file` in the scratch folder, how many `rows`, and how many of them were `refused`.

    Raises:
        InputRefusedError: it cannot be read, its columns are not those of the model, or every row is refused.
        GateFailedError: the released model does not compute here what it was released with.
    """
    try:
        scorer = _Scorer(request)
    except RefusedError as error:
        raise GateFailedError(Code.SCORE_MODEL, reason=error.reason.value, detail=error.detail) from error
    keep = list(request["keep"])
    types = scorer.columns()
    twice = next((name for name in keep if name in types or name == REFUSED), REFUSED if REFUSED in types else None)
    if twice is not None:
        raise InputRefusedError(Code.SCORE_COLUMN_TWICE, column=twice)
    told = _Told()
    lines = _lines(request, scorer, keep, told)
    columns = {**dict.fromkeys(keep, "VARCHAR"), **types, REFUSED: "VARCHAR"}
    made = scored_file.write(request, request["form"], columns, lines)
    if told.rows == 0:
        raise InputRefusedError(Code.NO_ROWS)
    if told.rows == told.refused:
        raise InputRefusedError(Code.SCORE_ALL_REFUSED, rows=told.rows, reason=told.first)
    return {"file": made.name, "rows": told.rows, "refused": told.refused}


class _Told:
    """How many rows there were, how many were refused, and why the first one was."""

    def __init__(self) -> None:
        self.rows = 0
        self.refused = 0
        self.first = ""


def _lines(request: Request, scorer: _Scorer, keep: Sequence[str], told: _Told) -> Iterator[list[Any]]:
    """A line for each row: what is kept, the answers, and why it was refused."""
    ports = {port.name: port for port in scorer.signature.inputs}
    nothing: list[Any] = [None] * len(scorer.columns())
    rows = scored_rows.rows(request, ports, keep)
    while some := list(islice(rows, scorer.most)):
        for row, answer in zip(some, scorer.scored(some), strict=True):
            kept = [row.kept[name] for name in keep]
            if isinstance(answer, str):
                told.refused += 1
                told.first = told.first or answer
                yield [*kept, *nothing, answer]
            else:
                yield [*kept, *answer, None]
        told.rows += len(some)
        request.progress("deployments.score", told.rows, 0)
