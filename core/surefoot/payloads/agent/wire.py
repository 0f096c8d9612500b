"""As much of HTTP/1.1 (RFC 9112) as MLflow's client and curl speak: heads, bodies by length or in chunks, answers.

Pure: bytes in, values out; the sockets are endpoint.py's. The standard library's server is not used because it starts
a thread a connection and takes longer to load than the whole agent.
"""

from __future__ import annotations

import json
from typing import IO, Any, Mapping, NamedTuple
from urllib.parse import parse_qsl, unquote

MOST_HEAD_BYTES = 1 << 16
MOST_JSON_BYTES = 1 << 24
_MOST_CHUNK_LINE = 1024
_LONGEST_LENGTH = 15  # digits; thousands of them would be more than int() takes
_HEAD_WORDS = 3
_WORDS = {
    100: "Continue",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    507: "Insufficient Storage",
}
_CODES = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    404: "RESOURCE_DOES_NOT_EXIST",
    405: "ENDPOINT_NOT_FOUND",
    413: "INVALID_PARAMETER_VALUE",
    507: "RESOURCE_EXHAUSTED",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class RefusalError(Exception):
    """A request that is answered with an error.

    Attributes:
        status: the HTTP status; none that MLflow's client tries again for minutes (408, 429, 500, 502–504).
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Head(NamedTuple):
    """The head of a request.

    Attributes:
        length: bytes of the body, None where it comes in chunks.
        bearer: the token it carries, empty where none.
        is_kept: whether the connection stays open.
        waits: whether the client waits for a word before it sends the body.
    """

    method: str
    path: str
    query: Mapping[str, str]
    length: int | None
    bearer: str
    is_kept: bool
    waits: bool


class Answer(NamedTuple):
    """What a request is answered with: a status and bytes, or a file to be sent."""

    status: int
    data: bytes = b"{}"
    file: IO[bytes] | None = None
    size: int = 0

    def head(self, *, is_kept: bool) -> bytes:
        """The answer's head."""
        kind = "application/octet-stream" if self.file else "application/json"
        size = self.size if self.file else len(self.data)
        end = "" if is_kept else "Connection: close\r\n"
        if self.status == 401:  # noqa: PLR2004 - RFC 9110 §15.5.2
            end += "WWW-Authenticate: Bearer\r\n"
        word = _WORDS[self.status]
        return f"HTTP/1.1 {self.status} {word}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n{end}\r\n".encode()


def answer_json(value: Any) -> Answer:
    """An answer that holds a JSON value."""
    return Answer(200, json.dumps(value).encode())


def refused(error: RefusalError) -> Answer:
    """An error in the form that MLflow's client reads."""
    return Answer(error.status, json.dumps({"error_code": _CODES[error.status], "message": str(error)}).encode())


def parse_head(data: bytes) -> Head:
    """Reads a request's head, without the empty line that ends it.

    Raises:
        RefusalError: it is not one.
    """
    lines = data.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != _HEAD_WORDS or not words[2].startswith("HTTP/1."):
        raise RefusalError(400, "not an HTTP/1.1 request")
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or name.strip() != name:
            raise RefusalError(400, "a header is off")
        fields[name.lower()] = value.strip()
    path, _, query = words[1].partition("?")
    scheme, _, token = fields.get("authorization", "").partition(" ")
    return Head(
        method=words[0],
        path=unquote(path),
        query=dict(parse_qsl(query)) if query else {},
        length=_length(fields),
        bearer=token if scheme.lower() == "bearer" else "",
        is_kept=words[2] != "HTTP/1.0" and fields.get("connection", "").lower() != "close",
        waits=fields.get("expect", "").lower() == "100-continue",
    )


def _length(fields: Mapping[str, str]) -> int | None:
    if "transfer-encoding" in fields:
        if fields["transfer-encoding"].lower() != "chunked" or "content-length" in fields:
            raise RefusalError(400, "the length of the body is not clear")
        return None
    text = fields.get("content-length", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST_LENGTH:
        raise RefusalError(400, "the length of the body is no number, or beyond all bounds")
    return int(text)


class Sink:
    """Where a body goes: memory, up to a limit. One that writes a file derives from this."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, piece: bytes) -> None:
        """Takes a piece of the body.

        Raises:
            RefusalError: it is too much.
        """
        if len(self.data) + len(piece) > MOST_JSON_BYTES:
            raise RefusalError(413, "the body is too large")
        self.data += piece

    def drop(self) -> None:
        """The body will not come to its end."""


class Discard(Sink):
    """Where a refused body goes: nowhere."""

    def write(self, piece: bytes) -> None:
        """Takes any piece."""


class Framing:
    """Finds the end of a body.

    Args:
        length: its bytes, None where it comes in chunks.
    """

    def __init__(self, length: int | None) -> None:
        self._left = length or 0
        self._is_chunked = length is None
        self._is_between = False
        self.is_done = length == 0

    def take(self, buffer: bytearray, sink: Sink) -> bool:
        """Moves what there is of the body from a buffer to its sink; says whether that was the end of it.

        Raises:
            RefusalError: the chunks are off, or the sink refuses.
        """
        while True:
            piece = bytes(buffer[: self._left])
            if piece:
                del buffer[: len(piece)]
                self._left -= len(piece)
                sink.write(piece)
            if self._left:
                return False
            size = self._next_chunk(buffer) if self._is_chunked else 0
            if size is None:
                return False
            if size == 0:
                self.is_done = True
                return True
            self._left, self._is_between = size, True

    def _next_chunk(self, buffer: bytearray) -> int | None:
        """The size of the next chunk, 0 for the last, None where it is not there yet."""
        start = 2 if self._is_between else 0
        end = buffer.find(b"\r\n", start)
        if end < 0:
            if len(buffer) > _MOST_CHUNK_LINE:
                raise RefusalError(400, "a chunk is off")
            return None
        try:
            size = int(bytes(buffer[start:end]).partition(b";")[0], 16)
        except ValueError as error:
            raise RefusalError(400, "a chunk is off") from error
        if size < 0 or (start and buffer[:2] != b"\r\n"):
            raise RefusalError(400, "a chunk is off")
        end += 2
        if size == 0:
            if len(buffer) < end + 2:
                return None
            end += 2
        del buffer[:end]
        return size
