"""The service of a release as an OpenAPI 3.1 document: the wrapper's routes, and what this release takes and answers.

Made from signature.json and settings.json alone. A value outside a schema here is refused by the wrapper; tests hold
the routes and the schemas against the wrapper's own. Pure.
"""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from surefoot.payloads.service.documents import DATATYPES, INTEGERS, LONGEST_TEXT

Schema = dict[str, Any]

_FLOATS = {"float32": "3.4028234663852886e38", "float64": "1.7976931348623157e308"}
_EXACT = 2**53
_ID = 200
_ERRORS = {
    "400": "The request does not fit: `detail` names the column and what it takes.",
    "401": "A valid bearer token is needed.",
    "413": "The body is longer than this release allows.",
    "415": "A compressed body is not read.",
    "429": "This token has asked more often than the release allows; `Retry-After` says how many seconds to wait.",
    "500": "The model gave no number for these rows, or something went wrong and was logged.",
    "503": "The service is stopped, its lease has ended, or it is busy: `error` is the word, `detail` says since when.",
}
_ASKED = ("401", "415", "429")
_SCORED = ("400", "401", "413", "415", "429", "500", "503")


def build(signature: Mapping[str, Any], settings: Mapping[str, Any]) -> bytes:
    """The document as JSON text (keys sorted, two spaces, one line feed at the end)."""
    name, version = str(signature["name"]), str(signature["version"])
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": name,
            "version": version,
            "description": "Every answer has the header `X-Request-Id`. Any other address is answered with 404, "
            "another method with 405. A value outside a schema here is refused with 400.",
        },
        "paths": _paths(name, version),
        "security": [{"token": []}],
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(signature, settings["limits"]),
            "responses": {status: _answer(text, "Error") for status, text in _ERRORS.items()},
        },
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def _paths(name: str, version: str) -> Schema:
    base = f"/v2/models/{name}"
    numbered = f"{base}/versions/{version}"
    paths: Schema = {
        "/predict": _post("predict", "Scores plain rows.", "Rows", "Predictions"),
        "/v2": _get("server", "What answers here.", "Server"),
        "/metrics": _metrics(),
        "/v2/health/live": _health("live", "Whether the process runs."),
        "/v2/health/ready": _health("ready", "Whether it scores."),
        f"{base}/ready": _health("model_ready", "Whether it scores."),
    }
    for path, kind in ((base, "model"), (numbered, "version")):
        paths[path] = _get(f"{kind}_metadata", "What the model takes and gives.", "Metadata")
        paths[f"{path}/infer"] = _post(
            f"{kind}_infer", "Scores tensors (Open Inference Protocol v2).", "Tensors", "Inference"
        )
    return paths


def _answer(text: str, schema: str) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _refused(statuses: tuple[str, ...]) -> Schema:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}


def _post(operation: str, summary: str, takes: str, gives: str) -> Schema:
    body = {"required": True, "content": {"application/json": {"schema": _ref(takes)}}}
    answers = {"200": _answer("The answers.", gives), **_refused(_SCORED)}
    return {"post": {"operationId": operation, "summary": summary, "requestBody": body, "responses": answers}}


def _get(operation: str, summary: str, gives: str) -> Schema:
    answers = {"200": _answer(summary, gives), **_refused(_ASKED)}
    return {"get": {"operationId": operation, "summary": summary, "responses": answers}}


def _health(operation: str, summary: str) -> Schema:
    answers = {"200": _answer("Yes.", "Health"), "503": _answer("No.", "Health")}
    return {"get": {"operationId": operation, "summary": summary, "security": [], "responses": answers}}


def _metrics() -> Schema:
    text = {"description": "Figures for Prometheus.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    answers = {"200": text, **_refused(_ASKED)}
    return {"get": {"operationId": "metrics", "summary": "Figures for Prometheus.", "responses": answers}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _closed(schema: Schema) -> Schema:
    return {**schema, "additionalProperties": False}


def _schemas(signature: Mapping[str, Any], limits: Mapping[str, int]) -> Schema:
    text = {"type": "string"}
    inputs, outputs = signature["inputs"], signature["outputs"]
    port = _object(name=text, datatype=text, shape={"type": "array", "items": {"type": "integer"}})
    return {
        "Row": _closed(_object(**{str(one["name"]): _value(one) for one in inputs})),
        "Rows": _closed(_object(rows=_list(_ref("Row"), 1, limits["rows"]))),
        "Tensors": _tensors(inputs, outputs, limits["rows"]),
        "Predictions": _object(
            id=text,
            model=_object(name=text, version=text, release=text),
            predictions=_list(_object(**{str(one["name"]): _given(one) for one in outputs}), 1, limits["rows"]),
        ),
        "Inference": _object(
            id=text,
            model_name={"const": signature["name"]},
            model_version={"const": signature["version"]},
            outputs={"type": "array", "items": {"anyOf": [_tensor_given(one) for one in outputs]}},
        ),
        "Server": _object(name=text, version=text, extensions={"type": "array", "items": text}),
        "Metadata": _object(
            name=text,
            versions={"type": "array", "items": text},
            platform=text,
            inputs={"type": "array", "items": port},
            outputs={"type": "array", "items": port},
        ),
        "Health": _object(ok={"type": "boolean"}),
        "Error": _object(error=text, detail=text),
    }


def _list(items: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _tensors(inputs: list[Mapping[str, Any]], outputs: list[Mapping[str, Any]], rows: int) -> Schema:
    more = {
        "type": ["object", "null"],
        "additionalProperties": {"type": ["string", "number", "boolean"]},
    }
    wanted = _object(name={"enum": [one["name"] for one in outputs]})
    wanted["properties"]["parameters"] = more
    body = _object(inputs=_list({"anyOf": [_tensor(one, rows, more) for one in inputs]}, len(inputs), len(inputs)))
    body["properties"] |= {
        "id": {"type": ["string", "null"], "maxLength": _ID},
        "outputs": {"type": ["array", "null"], "items": _closed(wanted)},
        "parameters": more,
    }
    return _closed({**body, "description": "Each input once, all with the same number of rows, values flat."})


def _tensor(one: Mapping[str, Any], rows: int, more: Schema) -> Schema:
    width = _width(one)
    first = {"type": "integer", "minimum": 1, "maximum": rows}
    sizes = [first, *({"const": size} for size in one["shape"][1:])]
    found = _object(
        name={"const": one["name"]},
        datatype={"const": DATATYPES[one["type"]]},
        shape={**_list({}, len(sizes), len(sizes)), "prefixItems": sizes},
        data=_list(_one(one), width, rows * width),
    )
    found["properties"]["parameters"] = more
    return _closed(found)


def _width(one: Mapping[str, Any]) -> int:
    return math.prod(one["shape"][1:])


def _value(one: Mapping[str, Any]) -> Schema:
    """One row's value: a scalar, or the flat list that fills the shape of one row."""
    width = _width(one)
    value = _one(one) if width == 1 else _list(_one(one), width, width)
    return {**value, "description": str(one["unit"])} if one.get("unit") else value


def _one(one: Mapping[str, Any]) -> Schema:
    filled = _filled(one)
    if not one.get("nullable"):
        return filled
    if "enum" in filled:
        return {"enum": [*filled["enum"], None]}
    return {"anyOf": [filled, {"type": "null"}]}


def _filled(one: Mapping[str, Any]) -> Schema:
    """A value that is there."""
    kind, known = one["type"], one.get("categories")
    if kind == "string":
        # Where a text may be missing, the empty one says the same.
        more = [""] if one.get("nullable") and "" not in (known or ()) else []
        return {"enum": [*known, *more]} if known else {"type": "string", "maxLength": LONGEST_TEXT}
    if kind == "bool":
        return {"type": "boolean"}
    if kind in INTEGERS:
        return {"enum": list(known)} if known else {"type": "integer", **_whole(one)}
    number = {"type": "number", **_range(one)}
    return {"anyOf": [number, {"type": "boolean"}]} if known else number


def _whole(one: Mapping[str, Any]) -> Schema:
    low, high = -INTEGERS[one["type"]], INTEGERS[one["type"]] - 1
    if one.get("minimum") is not None:
        low = max(low, math.ceil(Decimal(one["minimum"])))
    if one.get("maximum") is not None:
        high = min(high, math.floor(Decimal(one["maximum"])))
    return {"minimum": low, "maximum": high}


def _range(one: Mapping[str, Any]) -> Schema:
    most = float(_FLOATS[one["type"]])
    low = -most if one.get("minimum") is None else max(-most, float(Decimal(one["minimum"])))
    high = most if one.get("maximum") is None else min(most, float(Decimal(one["maximum"])))
    return {"minimum": _number(low), "maximum": _number(high)}


def _number(value: float) -> float:
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _kind(one: Mapping[str, Any]) -> Schema:
    kinds = {"string": "string", "bool": "boolean"}
    usual = "integer" if one["type"] in INTEGERS else "number"
    return {"type": kinds.get(one["type"], usual)}


def _given(one: Mapping[str, Any]) -> Schema:
    """One row's answer of an output."""
    lists = {"type": "array", "items": _kind(one)}
    if any(size < 0 for size in one["shape"][1:]):
        return {"anyOf": [_kind(one), lists]}
    return _kind(one) if _width(one) == 1 else lists


def _tensor_given(one: Mapping[str, Any]) -> Schema:
    return _object(
        name={"const": one["name"]},
        datatype={"const": DATATYPES[one["type"]]},
        shape={"type": "array", "items": {"type": "integer", "minimum": 0}},
        data={"type": "array", "items": _kind(one)},
    )
