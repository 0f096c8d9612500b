"""One line: what is written reads back, and what differs in any way from the canonical bytes is refused."""

import base64
import json
from typing import Any

import pytest

from surefoot.trail import lines
from surefoot.trail.canonical import encode
from surefoot.trail.facts import Subject
from surefoot.trail.lines import Chained, Line, LineFault, NewerLine

HEX = "0123456789abcdef" * 4
LINE = Line(
    actor="per_a",
    app="cli/0.1.0",
    at="2026-01-01T00:00:00.000Z",
    body=(2, HEX),
    boot=("0" * 16, 5),
    cause=(HEX, HEX[::-1]),
    feed=HEX,
    hlc=1_750_000_000_000_000,
    mean="created",
    prev=HEX,
    role="owner",
    seen={HEX: (3, HEX), HEX[::-1]: (4, HEX)},
    is_self=True,
    seq=7,
    subjects=(Subject("run_x", HEX), Subject("ds-y", HEX)),
    type="service.guardrail-tripped",
    ws=HEX,
)
PLAIN = LINE._replace(cause=(), seen={}, is_self=False, subjects=())
PAYLOAD = lines.payload_of(LINE)


@pytest.mark.parametrize("line", [LINE, PLAIN])
def test_a_line_reads_back_and_is_canonical_json(line: Line) -> None:
    payload = lines.payload_of(line)
    assert lines.parse(payload) == line
    assert encode(json.loads(payload)) == payload
    assert lines.split(lines.joined(payload, bytes(64))) == (payload, bytes(64))


def changed(**fields: Any) -> bytes:
    return encode(json.loads(PAYLOAD) | fields)


@pytest.mark.parametrize(
    "payload",
    [
        PAYLOAD.replace(b'"seq":7', b'"seq": 7'),
        PAYLOAD.replace(b'"seq":7', b'"seq":7,"seq":7'),
        PAYLOAD.replace(b'"seq":7', b'"seq":07'),
        PAYLOAD.replace(b'"seq":7', b'"seq":7.0'),
        PAYLOAD.replace(b'"seq":7', b'"seq":1e400'),
        PAYLOAD.replace(b'"seq":7', b'"seq":NaN'),
        PAYLOAD.replace(b'"per_a"', b'"per_\\u0061"'),
        PAYLOAD.replace(b'"per_a"', '"per_\u0430"'.encode()),
        PAYLOAD.replace(b'"per_a"', '"per_\u202ea"'.encode()),
        PAYLOAD.replace(b'"per_a"', b'"per_\xed\xa0\x80"'),
        PAYLOAD.replace(b"000Z", "00\u0660Z".encode()),
        b"\xef\xbb\xbf" + PAYLOAD,
        PAYLOAD + b"\r",
        PAYLOAD + b" ",
        changed(seq=2**53),
        changed(hlc=2**53),
        PAYLOAD.replace(b'"seq":7', b'"seq":9007199254740993'),
        changed(seq=-1),
        changed(seq=True),
        changed(extra=1),
        changed(self=False),
        changed(subj=[["run_x", HEX, "more"]]),
        changed(seen={}),
        PAYLOAD.replace(b'"seen":{"0123', b'"seen":{"ff23'),
        b'{"a":' * 10_000,
        b"[]",
        b"",
        b'{"v":true}',
        b'{"v":0}',
    ],
)
def test_other_bytes_for_the_same_or_worse_are_refused(payload: bytes) -> None:
    with pytest.raises(LineFault):
        lines.parse(payload)


def test_a_line_of_a_later_format_is_told_apart() -> None:
    with pytest.raises(NewerLine):
        lines.parse(json.dumps({"v": 2, "sparkle": [1.5]}).encode())


SIGNATURE = base64.b64encode(bytes(range(64)))


@pytest.mark.parametrize(
    "raw",
    [
        PAYLOAD,
        PAYLOAD + b"\t",
        PAYLOAD + b" " + SIGNATURE,
        PAYLOAD + b"\t" + SIGNATURE + b"\r",
        PAYLOAD + b"\t" + SIGNATURE.replace(b"=", b""),
        PAYLOAD + b"\t" + SIGNATURE[:-3] + b"x==",
        PAYLOAD + b"\t" + SIGNATURE[:-4] + b" w==",
        PAYLOAD + b"\t" + b"=" * 88,
        b"x" * (lines.LONGEST + 1) + b"\t" + SIGNATURE,
        b"",
    ],
)
def test_a_signature_has_one_encoding(raw: bytes) -> None:
    with pytest.raises(LineFault):
        lines.split(raw)


PLACE = Chained(HEX, HEX, 7, HEX, LINE.hlc - 1)


@pytest.mark.parametrize(
    "place",
    [
        PLACE._replace(ws=HEX[::-1]),
        PLACE._replace(feed=HEX[::-1]),
        PLACE._replace(seq=6),
        PLACE._replace(prev=HEX[::-1]),
        PLACE._replace(hlc=LINE.hlc),
    ],
)
def test_a_line_in_another_place_is_refused(place: Chained) -> None:
    lines.check_place(LINE, PLACE)
    with pytest.raises(LineFault):
        lines.check_place(LINE, place)
