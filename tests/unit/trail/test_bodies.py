import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from surefoot.errors import InputRefusedError
from surefoot.trail import bodies, merkle
from surefoot.trail.bodies import BodyFault, Opened
from surefoot.trail.canonical import Json, encode

BODY: dict[str, Json] = {
    "name": "Tín dụng Đức",
    "rows": 1000,
    "columns": [{"name": "tuổi", "type": "int"}],
    "none": None,
}


def opened() -> tuple[dict[str, Any], tuple[int, str]]:
    data, committed = bodies.commit(BODY)
    return json.loads(data), committed


def check(fields: object, committed: tuple[int, str]) -> Opened:
    """The way of a body line that holds these fields."""
    raw = json.dumps({"fields": fields, "seq": 3, "v": 1}).encode()
    return bodies.check(bodies.parse(raw).fields, committed)


def values_of(found: Opened) -> dict[str, Json]:
    return {path: json.loads(bytes(value)) for path, value in found.values.items()}


def test_a_body_reads_back() -> None:
    fields, committed = opened()
    assert committed[0] == 4
    assert values_of(check(fields, committed)) == BODY


def test_an_empty_body_is_a_body() -> None:
    data, committed = bodies.commit({})
    assert check(json.loads(data), committed).values == {}
    assert committed[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: b"\xef\xbb\xbf" + raw, id="a mark before it"),
        pytest.param(lambda raw: raw.replace(b":", b" :\t"), id="spaces"),
        pytest.param(lambda raw: raw.replace("tuổi".encode(), b"tu\\u1ed5i"), id="an escaped letter"),
        pytest.param(lambda raw: raw.decode().encode("utf-16"), id="another encoding"),
        pytest.param(
            lambda raw: raw.replace(b'"value":1000', b'"value":999,"value":1000'), id="a part twice, last counts"
        ),
        pytest.param(
            lambda raw: raw.replace(b'"type":"int"', b'"type":"x","type":"int"'), id="a key twice, last counts"
        ),
    ],
)
def test_a_line_written_otherwise_says_the_same_and_its_values_come_out_canonical(
    change: Callable[[bytes], bytes],
) -> None:
    data, committed = bodies.commit(BODY)
    body = bodies.parse(change(bodies.joined(data, 3)))
    found = bodies.check(body.fields, committed)
    assert {path: bytes(value) for path, value in found.values.items()} == {
        path: encode(value) for path, value in BODY.items()
    }


@pytest.mark.parametrize(
    "raw",
    [b'"\xff"', b'"\xed\xa0\x80"', b'"\\ud800"', b"NaN", b"1.5", b"-0", b"01", b"9007199254740993", b'{"a":1,"a":2}'],
)
def test_a_commitment_to_bytes_that_are_not_canonical_is_never_met(raw: bytes) -> None:
    salt = b"s" * 32
    entry = hmac.digest(salt, b'["a",%s]' % raw, hashlib.sha256)
    line = b'{"fields":{"a":{"salt":"%s","value":%s}},"seq":0,"v":1}' % (base64.b64encode(salt), raw)
    with pytest.raises(BodyFault):
        bodies.check(bodies.parse(line).fields, (1, merkle.root_of([entry]).hex()))


def test_the_same_body_is_never_committed_to_alike() -> None:
    assert bodies.commit(BODY)[1] != bodies.commit(BODY)[1]


def entry_of(fields: dict[str, Any], path: str) -> str:
    field = fields[path]
    pair = encode([path, field["value"]])
    return hmac.digest(base64.b64decode(field["salt"]), pair, hashlib.sha256).hex()


def test_an_erased_and_an_encrypted_field_leave_the_others_verifiable() -> None:
    fields, committed = opened()
    fields["name"] = {"leaf": entry_of(fields, "name")}
    fields["rows"] = {"leaf": entry_of(fields, "rows"), "enc": "a256gcm", "data": "AAAA"}
    found = check(fields, committed)
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
            check(fields | change, committed)
    del fields["rows"]
    with pytest.raises(BodyFault):
        check(fields, committed)


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
