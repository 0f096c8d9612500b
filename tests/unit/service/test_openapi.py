"""The OpenAPI file of a release against the wrapper: the same routes, and what its schemas say is what is answered."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from surefoot.payloads.service.app import Application, House
from surefoot.payloads.service.documents import Port, Signature
from surefoot.payloads.service.requests import BadRequestError, Requests
from surefoot.releases import openapi
from tests.fakes.service import LIMITS, ROW, Site, content, signature
from tests.unit.service.test_requests import ROW as EVERY_ROW
from tests.unit.service.test_requests import SIGNATURE as EVERY
from tests.unit.service.test_requests import limits

SETTINGS = {"limits": LIMITS}
MISSING = Signature(
    1,
    "m",
    "1",
    (
        Port("age", "float32", (-1, 1), minimum="0", maximum="0.5", nullable=True),
        Port("owns", "float32", (-1, 1), minimum="0", maximum="1", categories=(False, True), nullable=True),
        Port("job", "string", (-1, 1), categories=("clerk",), nullable=True),
        Port("note", "string", (-1, 1), nullable=True),
        Port("grade", "int64", (-1, 1), categories=(1, 3)),
        Port("flag", "int32", (-1, 1), categories=(1, 3)),
    ),
    (Port("y", "float32", (-1, 1)),),
)
MISSING_ROW = {"age": None, "owns": True, "job": "", "note": None, "grade": 3, "flag": 1}
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, 3, -1, 0.5, 0.51, 1.5, 17.9, 18, 120, 120.5, 2**31 - 1, 2**31, -(2**63), 2**63, 3.4e38,
    3.5e38, 1e308, "", "skilled", "clerk", "cook", "x" * 65_536, "x" * 65_537, [], [1, 2, 3, 4], [1, 2, 3], [None] * 4,
    {},
]  # fmt: skip


def document(of: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openapi.build(of, SETTINGS))
    return found


def plain(of: Signature) -> dict[str, Any]:
    """A signature as signature.json holds it: what is not said is not there."""
    found: dict[str, Any] = msgspec.to_builtins(of)
    found["inputs"] = [{name: value for name, value in one.items() if value} for one in found["inputs"]]
    return found


def problems(whole: dict[str, Any], schema: dict[str, Any], value: object) -> list[str]:
    found = jsonschema.Draft202012Validator({**whole, **schema}).iter_errors(value)
    return [error.message for error in found]


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize("of", [signature("credit", "1.0.0"), plain(EVERY), plain(MISSING)])
def test_it_is_valid_openapi(of: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document(of)).validate()


def test_its_routes_are_the_wrappers() -> None:
    told = document(signature("credit", "1.0.0"))["paths"]
    manifest = SimpleNamespace(name="credit", version="1.0.0")
    house = SimpleNamespace(
        manifest=manifest, release="", model=SimpleNamespace(signature=EVERY), settings=limits()
    )  # what the routes depend on
    own = Application(cast("House", house))
    routes = {
        **{path: ["post"] for path in own._posts},
        **{path: ["get"] for path in (*own._gets, *own._open)},
    }
    assert {path: list(methods) for path, methods in told.items()} == routes
    unguarded = {path for path, methods in told.items() for one in methods.values() if one.get("security") == []}
    assert unguarded == own._open


@pytest.mark.parametrize(("of", "row"), [(EVERY, EVERY_ROW), (MISSING, MISSING_ROW)], ids=["every", "missing"])
def test_a_value_fits_its_schema_exactly_where_the_wrapper_takes_it(of: Signature, row: dict[str, Any]) -> None:
    requests, whole = Requests(of, limits()), document(plain(of))
    assert problems(whole, ref("Rows"), {"rows": [row]}) == []
    for name in row:
        for value in VALUES:
            body = {"rows": [{**row, name: value}]}
            try:
                requests.plain(json.dumps(body).encode())
                is_taken = True
            except BadRequestError:
                is_taken = False
            assert (problems(whole, ref("Rows"), body) == []) is is_taken, (name, value)


@pytest.fixture
def described(tmp_path: Path) -> Site:
    files = content({"openapi.json": openapi.build(signature("credit", "1.0.0"), SETTINGS), "data-sheet.md": b"# d\n"})
    return Site(tmp_path).build(files)


def test_a_request_made_from_it_is_answered_and_a_value_outside_is_refused(described: Site) -> None:
    site = described.start()
    try:
        whole = json.loads((site.capsule / "openapi.json").read_bytes())
        rows = {"rows": [ROW]}
        tensors = {
            "inputs": [
                {"name": name, "datatype": kind, "shape": [1, 1], "data": [ROW[name]]}
                for name, kind in (("age", "FP32"), ("amount", "FP32"), ("job", "BYTES"))
            ]
        }
        for path, methods in whole["paths"].items():
            (method, said) = next(iter(methods.items()))
            body = None if method == "get" else rows if path == "/predict" else tensors
            got = site.ask(path, body, method=method.upper())
            assert got.status == 200, path
            kind, schema = next(iter(said["responses"]["200"]["content"].items()))
            assert got.headers["content-type"].startswith(kind)
            if kind == "application/json":
                assert problems(whole, schema["schema"], got.body) == []
            if said.get("security") != []:
                assert site.ask(path, body, method=method.upper(), token=None).status == 401
            if body is not None:
                assert problems(whole, said["requestBody"]["content"]["application/json"]["schema"], body) == []
        for name, value in (("age", 17.9), ("age", None), ("job", "cook"), ("amount", "1")):
            outside = {"rows": [{**ROW, name: value}]}
            assert problems(whole, ref("Rows"), outside)
            got = site.ask("/predict", outside)
            assert got.status == 400
            assert problems(whole, ref("Error"), got.body) == []
        tensors["inputs"][0]["data"] = [17.9]
        assert problems(whole, ref("Tensors"), tensors)
        assert site.ask("/v2/models/credit/infer", tensors).status == 400
    finally:
        site.end()
