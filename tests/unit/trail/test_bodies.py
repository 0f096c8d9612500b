import base64
import json
from typing import Any

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import bodies
from surefoot.trail.bodies import BodyFault
from surefoot.trail.canonical import Json, encode

BODY: dict[str, Json] = {
    "name": "Tín dụng Đức",
    "rows": 1000,
    "columns": [{"name": "tuổi", "type": "int"}],
    "none": None,
}


def opened() -> tuple[dict[str, Any], tuple[int, str]]:
    data, committed = bodies.commit(BODY)
    return bodies.parse(bodies.joined(data, 3))[1], committed


def test_a_body_reads_back() -> None:
    fields, committed = opened()
    assert committed[0] == 4
    assert bodies.check(fields, committed).values == BODY


def test_an_empty_body_is_a_body() -> None:
    data, committed = bodies.commit({})
    assert bodies.check(json.loads(data), committed).values == {}
    assert committed[0] == 0


def test_the_same_body_is_never_committed_to_alike() -> None:
    assert bodies.commit(BODY)[1] != bodies.commit(BODY)[1]


def entry_of(fields: dict[str, Any], path: str) -> str:
    field = fields[path]
    return bodies.entry(base64.b64decode(field["salt"]), path, field["value"]).hex()


def test_an_erased_and_an_encrypted_field_leave_the_others_verifiable() -> None:
    fields, committed = opened()
    fields["name"] = {"leaf": entry_of(fields, "name")}
    fields["rows"] = {"leaf": entry_of(fields, "rows"), "enc": "a256gcm", "data": "AAAA"}
    found = bodies.check(fields, committed)
    assert (found.hidden, found.sealed) == (("name",), ("rows",))
    assert set(found.values) == {"columns", "none"}


def test_what_was_changed_moved_added_or_taken_away_is_found() -> None:
    fields, committed = opened()
    for change in (
        {"rows": fields["rows"] | {"value": 1001}},
        {"rows": fields["rows"] | {"salt": fields["none"]["salt"]}},
        {"rows": fields["rows"] | {"salt": 7}},
        {"rows": fields["rows"] | {"salt": "%"}},
        {"rows": fields["rows"] | {"salt": "AAAA"}},
        {"rows": fields["rows"] | {"value": 1.5}},
        {"rows": fields["rows"] | {"more": 1}},
        {"rows": {"leaf": "00" * 32}},
        {"rows": {"leaf": "no"}},
        {"rows": fields["none"], "none": fields["rows"]},
        {"other": fields["rows"]},
    ):
        with pytest.raises(BodyFault):
            bodies.check(fields | change, committed)
    del fields["rows"]
    with pytest.raises(BodyFault):
        bodies.check(fields, committed)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"seq":"1","fields":{},"v":1}',
        b'{"seq":1,"fields":{"a":1},"v":1}',
        b"[" * 100_000,
        b'{"seq":1,"fields":{},"v":2}',
        b'{"seq":1,"fields":[],"v":1}',
    ],
)
def test_what_is_no_body_line_is_refused(raw: bytes) -> None:
    with pytest.raises(BodyFault):
        bodies.parse(raw)


def test_a_body_without_bounds_is_refused() -> None:
    with pytest.raises(InputRefusedError):
        bodies.commit({"text": "x" * (bodies.LONGEST + 1)})


def test_a_body_line_is_canonical() -> None:
    data, _ = bodies.commit(BODY)
    raw = bodies.joined(data, 3)
    assert encode(json.loads(raw)) == raw
