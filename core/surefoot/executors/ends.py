"""Reads `end.json` of a run's folder into an `End`, and believes nothing of its form.

The agent writes it, but the command runs as the same user and could write one too: what does not have exactly the form
is refused whole. That the outputs have the hashes it names is for whoever takes them in to check.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast, get_args

from surefoot.errors import Code, InputRefusedError
from surefoot.executors.facts import End, EndState, Output
from surefoot.files import open_plain

MOST_BYTES = 64 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SECONDS = re.compile(r"\d{1,12}\.\d{1,9}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def read(folder: Path, run: str) -> End | None:
    """The end of a run, None where there is none yet.

    Raises:
        InputRefusedError: it is not of the form, or speaks of another run.
    """
    file = open_plain(folder / "end.json")
    if file is None:
        return None
    try:
        with file:
            return _end(_document(file, run))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputRefusedError(Code.END_UNREADABLE, path=folder, detail=repr(error)) from error


def _document(file: BinaryIO, run: str) -> Mapping[str, Any]:
    text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ValueError("it is too large")
    data: Mapping[str, Any] = json.loads(text)
    if data["format"] != 1 or data["run"] != run:
        raise ValueError("it is of another format or of another run")
    return data


def _end(data: Mapping[str, Any]) -> End:
    if data["state"] not in get_args(EndState):
        raise ValueError(data["state"])
    return End(
        state=cast("EndState", data["state"]),
        reason=_text(data["reason"]),
        detail=_text(data["detail"]),
        started_at=_match(_MOMENT, data["started_at"]),
        ended_at=_match(_MOMENT, data["ended_at"]),
        seconds=_match(_SECONDS, data["seconds"]),
        cpu_seconds=_match(_SECONDS, data["cpu_seconds"]),
        peak_memory_bytes=_count(data["peak_memory_bytes"]),
        exit_code=None if data["exit_code"] is None else _count(data["exit_code"]),
        signal=None if data["signal"] is None else _count(data["signal"]),
        guardrail=_guardrail(data["guardrail"]),
        outputs={_below(name): _output(value) for name, value in data["outputs"].items()},
        refused={_text(name): _text(why) for name, why in data["refused_outputs"].items()},
        missing=tuple(_text(name) for name in data["missing_outputs"]),
        changed_inputs=tuple(_text(name) for name in data["changed_inputs"]),
        left_behind=_count(data["left_behind"]),
        points=_count(data["points"]),
        bad_lines=_count(data["bad_lines"]),
        lost_lines=_count(data["lost_lines"]),
        tracking=_tracking(data["tracking"]),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1 << 16:
        raise ValueError(f"no text: {value!r:.80}")
    return value


def _match(form: re.Pattern[str], value: Any) -> str:
    if not form.fullmatch(_text(value)):
        raise ValueError(f"not of its form: {value!r:.80}")
    return str(value)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError(f"no count: {value!r:.80}")
    return value


def _below(name: Any) -> str:
    pure = PurePosixPath(_text(name))
    if pure.is_absolute() or ".." in pure.parts or str(pure) != name or name == ".":
        raise ValueError(f"leaves the folder: {name!r:.80}")
    return str(name)


def _output(value: Mapping[str, Any]) -> Output:
    return Output(sha256=_match(_SHA256, value["sha256"]), size=_count(value["size"]))


def _guardrail(value: Any) -> Mapping[str, Any] | None:
    if value is None:
        return None
    return {_text(key): entry if type(entry) is int else _text(entry) for key, entry in value.items()}


def _tracking(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "parameters": {_text(name): _text(entry) for name, entry in value["parameters"].items()},
        "tags": {_text(name): _text(entry) for name, entry in value["tags"].items()},
        "artifacts": [_below(name) for name in value["artifacts"]],
    }
