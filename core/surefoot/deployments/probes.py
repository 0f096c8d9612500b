"""Asking a wrapper, over its real port: does it answer as the release says, does it refuse.

A proxy is never used: the wrapper is on this machine. Over TLS it has to show the very certificate that the environment
names. That is compared byte for byte before anything is sent: a token must not reach whoever else holds the port, and
a service whose certificate has run out must still be seen to refuse.
"""

import hashlib
import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surefoot.deployments import certificates
from surefoot.deployments.facts import EVERYWHERE, Address, Answer
from surefoot.errors import InputRefusedError
from surefoot.releases import capsule

_ROWS = 10
_MOST_BYTES = 2**20
_HERE = Address()


@dataclass(frozen=True, slots=True)
class Example:
    """A row that the model was released with, what it has to answer, and how far off it may be."""

    row: Mapping[str, Any]
    outputs: Mapping[str, Any]
    tolerance: float

    def fits(self, prediction: Mapping[str, Any]) -> bool:
        """Whether a prediction is what the release promised."""
        return all(self._is_close(value, prediction.get(name)) for name, value in self.outputs.items())

    def _is_close(self, wanted: object, got: object) -> bool:
        if isinstance(wanted, list):
            many = got if isinstance(got, list) else [got]
            return len(wanted) == len(many) and all(map(self._is_close, wanted, many))
        if isinstance(wanted, float) and isinstance(got, int | float):
            return abs(wanted - got) <= self.tolerance
        return wanted == got


def ask(
    port: int, path: str, *, body: object = None, token: str = "", seconds: float = 5.0, at: Address = _HERE
) -> Answer:
    """One request on a connection of its own, and its answer in JSON."""
    data = None if body is None else json.dumps(body).encode()
    status, told = fetch(port, path, data=data, token=token, seconds=seconds, at=at)
    try:
        said = json.loads(told) if status > 0 else {}
    except ValueError:
        return Answer(-1, {})
    return Answer(status, said if isinstance(said, dict) else {})


def fetch(
    port: int, path: str, *, data: bytes | None = None, token: str = "", seconds: float = 5.0, at: Address = _HERE
) -> tuple[int, bytes]:
    """One request on a connection of its own: its status (as in `Answer`), and the bytes that came back."""
    connection = _connection(port, seconds, at)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.connect()
        _verify(connection, at)
        connection.request("GET" if data is None else "POST", path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_BYTES)
    except ConnectionRefusedError:
        return 0, b""
    except (OSError, http.client.HTTPException, InputRefusedError):
        return -1, b""
    finally:
        connection.close()


def _connection(port: int, seconds: float, at: Address) -> http.client.HTTPConnection:
    host = EVERYWHERE.get(at.host, at.host)
    if not at.certificate:
        return http.client.HTTPConnection(host, port, timeout=seconds)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # `_verify` asks for more: this one certificate, not any of its issuer's
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)


def _verify(connection: http.client.HTTPConnection, at: Address) -> None:
    if at.certificate:
        shown = connection.sock.getpeercert(binary_form=True) if isinstance(connection.sock, ssl.SSLSocket) else None
        if hashlib.sha256(shown or b"").hexdigest() != certificates.fingerprint(Path(at.certificate)):
            raise ssl.SSLError("another certificate is shown")


def examples(folder: Path) -> Iterator[Example]:
    """The first rows of a capsule's parity vectors."""
    vectors = json.loads((folder / capsule.VECTORS).read_bytes())
    tolerance = float(vectors["tolerance"])
    count = min(len(values) for values in vectors["inputs"].values())
    for at in range(min(count, _ROWS)):
        row = {name: values[at] for name, values in vectors["inputs"].items()}
        yield Example(row, {name: values[at] for name, values in vectors["outputs"].items()}, tolerance)
