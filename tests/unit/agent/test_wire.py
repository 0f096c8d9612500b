"""HTTP as far as it is spoken: heads, bodies, and nothing that is neither."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.payloads.agent import wire
from surefoot.payloads.agent.wire import Framing, RefusalError, Sink


def test_a_head_is_read() -> None:
    head = wire.parse_head(
        b"GET /api/a%20b?x=1&y=%C3%A4 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\nContent-Length: 5"
    )
    assert (head.method, head.path, dict(head.query)) == ("GET", "/api/a b", {"x": "1", "y": "ä"})
    assert (head.length, head.bearer, head.is_kept, head.waits) == (5, "t", True, False)


def test_a_body_in_chunks_has_no_length() -> None:
    head = wire.parse_head(b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close")
    assert (head.length, head.is_kept, head.waits) == (None, False, True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET /",
        b"GET / HTTP/2",
        b"GET  / HTTP/1.1",
        b"GET / HTTP/1.1\r\nno colon",
        b"GET / HTTP/1.1\r\nContent-Length : 1",
        b"GET / HTTP/1.1\r\n folded: 1",
        b"GET / HTTP/1.1\r\nContent-Length: -1",
        b"GET / HTTP/1.1\r\nContent-Length: +1",
        b"GET / HTTP/1.1\r\nContent-Length: 1_0",
        b"GET / HTTP/1.1\r\nContent-Length: 1000000000000000",
        b"GET / HTTP/1.1\r\nContent-Length: " + b"1" * 5000,
        b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
        bytes(range(256)),
    ],
)
def test_what_is_no_head_is_refused(data: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        wire.parse_head(data)
    assert caught.value.status == 400


def test_a_word_that_is_no_token_counts_as_none() -> None:
    assert wire.parse_head(b"GET / HTTP/1.1\r\nAuthorization: Basic abc").bearer == ""


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(places)]


@given(chunks=st.lists(st.binary(min_size=1, max_size=50), max_size=8), cuts=st.lists(st.integers(0, 500), max_size=12))
def test_a_body_in_chunks_is_put_together_however_it_comes(chunks: list[bytes], cuts: list[int]) -> None:
    wired = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    framing, sink, buffer = Framing(None), Sink(), bytearray()
    ends = []
    for piece in pieces(wired + b"NEXT", cuts):
        buffer += piece
        if not framing.is_done:
            ends.append(framing.take(buffer, sink))
    assert ends[-1]
    assert bytes(sink.data) == b"".join(chunks)
    assert bytes(buffer) == b"NEXT"


@given(body=st.binary(max_size=200), cuts=st.lists(st.integers(0, 300), max_size=6))
def test_a_body_by_length_is_put_together_however_it_comes(body: bytes, cuts: list[int]) -> None:
    framing, sink, buffer = Framing(len(body)), Sink(), bytearray()
    for piece in pieces(body + b"NEXT", cuts):
        buffer += piece
        if not framing.is_done:
            framing.take(buffer, sink)
    assert framing.is_done
    assert bytes(sink.data) == body
    assert bytes(buffer) == b"NEXT"


@pytest.mark.parametrize("data", [b"zz\r\nab", b"-1\r\nab", b"1\r\nabXX\r\n", b"x" * 2000, b"\r\n"])
def test_chunks_that_are_off_are_refused(data: bytes) -> None:
    with pytest.raises(RefusalError):
        Framing(None).take(bytearray(data), Sink())


def test_a_body_that_is_too_large_is_refused() -> None:
    sink = Sink()
    sink.write(bytes(wire.MOST_JSON_BYTES))
    with pytest.raises(RefusalError) as caught:
        sink.write(b"x")
    assert caught.value.status == 413


def test_a_refusal_has_the_form_that_mlflow_reads() -> None:
    answer = wire.refused(RefusalError(404, "no such run"))
    assert answer.data == b'{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such run"}'
    assert answer.head(is_kept=False).startswith(b"HTTP/1.1 404 Not Found\r\n")
