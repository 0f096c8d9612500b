"""From what somebody wrote into a form to a row that a service takes, and from its answer to words. No Qt here.

The form says what a release takes; whether a value fits is for the service to say, as it says it to any caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy import float32

from surefoot.deployments.facts import Answer
from surefoot.payloads.service.documents import INTEGERS, Port
from surefoot.texts import Words, figure
from surefoot.workbench import Workbench

_OK = 200
_KNOWN = (0, -1, 400, 401, 413, 429, 500, 503)
_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Form:
    """What a release takes, and a row to begin with."""

    ports: tuple[Port, ...]
    example: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What came back: whether it is an answer, in words, and what the model said by output."""

    is_answer: bool
    text: str
    outputs: tuple[tuple[str, str], ...] = ()


def form(bench: Workbench, environment: str) -> Form:
    """Asks what the release in an environment takes."""
    live = bench.deployments.live
    return Form(live.inputs(environment), live.example(environment))


def choices(port: Port) -> tuple[str, ...]:
    """The values that can be chosen of an input; empty where it is written."""
    if port.categories:
        return tuple(_shown(value) for value in port.categories)
    return tuple(_TRUTH) if port.type == "bool" else ()


def hint(port: Port, words: Words) -> str:
    """What an input takes, in words."""
    unit = f" {port.unit}" if port.unit else ""
    low, high = port.minimum, port.maximum
    if choices(port):
        said = ""
    elif low is not None and high is not None:
        said = words("app.deployments.between", low=figure(low), high=figure(high)) + unit
    elif port.type == "string":
        said = words("app.deployments.any_text")
    else:
        said = words("app.deployments.whole" if port.type in INTEGERS else "app.deployments.any_number") + unit
    missing = words("app.deployments.may_be_empty") if port.nullable else ""
    return " · ".join(part for part in (said, missing) if part)


def shown(value: object, kind: str = "float64") -> str:
    """A value of a type as it stands in the form."""
    if isinstance(value, list | tuple):
        return ", ".join(shown(each, kind) for each in value)
    if isinstance(value, float) and kind == "float32":
        return _shown(float(str(float32(value))))  # 0.3, not the 0.30000001192092896 that it is widened to
    return _shown(value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")  # what reads back as the same number
    return str(value).lower() if isinstance(value, bool) else str(value)


def row(ports: Sequence[Port], texts: Mapping[str, str]) -> dict[str, Any]:
    """The row that a form's texts stand for.

    Raises:
        ValueError: with the name of the input whose text is no value of its type.
    """
    made: dict[str, Any] = {}
    for port in ports:
        parts = texts[port.name].split(",") if _is_wide(port) else [texts[port.name]]
        try:
            values = [_value(port, part.strip()) for part in parts]
        except ValueError as error:
            raise ValueError(port.name) from error
        made[port.name] = values if _is_wide(port) else values[0]
    return made


def _is_wide(port: Port) -> bool:
    return any(size > 1 for size in port.shape[1:])


def _value(port: Port, text: str) -> Any:
    if not text and port.nullable:
        return None
    known = {_shown(value): value for value in port.categories}
    if text in known:
        return known[text]
    if port.type == "string":
        return text
    if port.type == "bool":
        return _TRUTH[text.lower()] if text.lower() in _TRUTH else _refused(text)
    return int(text) if port.type in INTEGERS else float(text)


def _refused(text: str) -> Any:
    raise ValueError(text)


def told(answer: Answer, words: Words) -> Told:
    """An answer of a service in words."""
    if answer.status == _OK:
        rows = answer.body.get("predictions") or [{}]
        outputs = tuple((str(name), _output(value, words)) for name, value in rows[0].items())
        return Told(is_answer=True, text=words("app.deployments.got_answer"), outputs=outputs)
    key = f"app.deployments.status_{answer.status}".replace("-1", "none")
    known = key if answer.status in _KNOWN else "app.deployments.status_other"
    return Told(is_answer=False, text=words(known, status=answer.status, detail=str(answer.body.get("detail", "–"))))


def _output(value: object, words: Words) -> str:
    if isinstance(value, list):
        return ", ".join(_output(each, words) for each in value)
    return words.figure(value) if isinstance(value, float) else _shown(value)
