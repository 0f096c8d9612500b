"""What is answered over HTTP: a bare ASGI application, since everything around the model is what callers wait for.

Open Inference Protocol v2 under ``/v2``, plain rows under ``/predict``, Prometheus under ``/metrics``. Health needs no
token and says nothing but yes or no; everything else does. An error is ``{"error": word, "detail": sentence}``: never a
stack trace, never a value that somebody else sent. Each request is checked in this order: may the service answer at
all, who asks, how much is left to them, how long is the body, does it fit the signature; only then the model sees it.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import msgspec
import numpy as np

from surefoot.payloads.service.access import Caller, Callers
from surefoot.payloads.service.clock import Clock
from surefoot.payloads.service.documents import DATATYPES, Manifest, Settings
from surefoot.payloads.service.journal import Journal, Line
from surefoot.payloads.service.lease import Permission
from surefoot.payloads.service.metrics import Metrics
from surefoot.payloads.service.model import Columns, Model
from surefoot.payloads.service.refusals import Reason
from surefoot.payloads.service.requests import BadRequestError, Requests

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Outputs = list["np.ndarray[Any, Any]"]

_JSON = b"application/json"
_COMPUTE_SECONDS = 5.0
_QUEUE = 16
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class AnswerError(Exception):
    """A request that is not scored.

    Attributes:
        status: of the answer.
        word: from a closed list. detail: a sentence.
        wait: seconds after which it may be tried again, where that helps.
    """

    def __init__(self, status: int, word: str, detail: str, *, wait: float = 0.0) -> None:
        self.status = status
        self.word = word
        self.detail = detail
        self.wait = wait
        super().__init__(detail)


@dataclass(slots=True)
class Asked:
    """One request on its way: what the log will say of it."""

    id: str
    began: float
    route: str = "-"
    caller: Caller | None = None
    body: bytes = b""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class House:
    """Everything the application stands on."""

    manifest: Manifest
    release: str
    settings: Settings
    model: Model
    permission: Permission
    callers: Callers
    journal: Journal
    clock: Clock


class Application:
    """The ASGI application.

    Attributes:
        metrics: its counters.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        manifest = house.manifest
        self._requests = Requests(house.model.signature, house.settings)
        self._outputs = [port.name for port in house.model.signature.outputs]
        fields = [(f"f{at}", Any) for at in range(len(self._outputs))]
        names = {f"f{at}": name for at, name in enumerate(self._outputs)}
        # Made and encoded in C; a dict for each row would take as long as reading the rows.
        self._prediction = msgspec.defstruct("Prediction", fields, rename=names, gc=False)
        self._pool = ThreadPoolExecutor(house.settings.limits.concurrency, thread_name_prefix="model")
        self._queued = 0
        self._prefix = f"req_{secrets.token_hex(8)}_"
        self._count = 0
        self._next_stranger = 0.0
        self._aliases: dict[str, str] = {}
        self.metrics = Metrics(model=manifest.name, version=manifest.version, release=house.release)
        self._model = {"name": manifest.name, "version": manifest.version, "release": house.release}
        base = f"/v2/models/{manifest.name}"
        self._posts = {"/predict": self._predict}
        self._gets = {"/metrics": self._metrics, "/v2": self._server}
        for path in (base, f"{base}/versions/{manifest.version}"):
            self._posts[f"{path}/infer"] = self._infer
            self._gets[path] = self._metadata
        self._open = {"/v2/health/live", "/v2/health/ready", f"{base}/ready"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            return
        self._count += 1
        asked = Asked(f"{self._prefix}{self._count:x}", time.perf_counter())
        self.metrics.in_flight += 1
        kind, wait = _JSON, 0.0
        try:
            status, body, kind = await self._answer(scope, receive, asked)
        except AnswerError as error:
            status, body, wait = error.status, _encode({"error": error.word, "detail": error.detail}), error.wait
        except Exception:  # noqa: BLE001 - the one boundary: whatever goes wrong is logged here and not told
            _log.exception("request %s", asked.id)
            status, body = (
                500,
                _encode({"error": "internal", "detail": f"Something went wrong; it is logged as {asked.id}."}),
            )
        finally:
            self.metrics.in_flight -= 1
        self._note(asked, status)
        await _send(send, status, body, kind, asked.id, wait)

    async def _answer(self, scope: Scope, receive: Receive, asked: Asked) -> tuple[int, bytes, bytes]:
        path, method = scope["path"], scope["method"]
        post = self._posts.get(path)
        if post is None:
            return self._get(path, method, scope, asked)
        asked.route = path
        if method != "POST":
            raise AnswerError(405, "method", "This address takes POST.")
        self._check_open()
        self._check_caller(scope, asked)
        asked.body = await self._body(scope, receive)
        try:
            answer = await post(asked)
        except BadRequestError as error:
            raise AnswerError(400, "request", str(error)) from None
        self._check_open()
        return 200, answer, _JSON

    def _get(self, path: str, method: str, scope: Scope, asked: Asked) -> tuple[int, bytes, bytes]:
        if path in self._open:
            asked.route = path
            is_well = path.endswith("/live") or self._blocked() is None
            return (200, b'{"ok":true}', _JSON) if is_well else (503, b'{"ok":false}', _JSON)
        get = self._gets.get(path)
        if get is None:
            raise AnswerError(404, "path", "There is nothing at this address.")
        asked.route = path
        if method != "GET":
            raise AnswerError(405, "method", "This address takes GET.")
        self._check_caller(scope, asked)
        return get()

    def _blocked(self) -> tuple[Reason, str, int] | None:
        block = self._house.permission.block()
        if block is not None:
            return block.reason, block.detail, block.since
        if not self._house.journal.is_writable:
            return Reason.LOG, "the request log cannot be written", self._house.clock.now()
        return None

    def _check_open(self) -> None:
        blocked = self._blocked()
        if blocked is not None:
            reason, detail, since = blocked
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(since / 1000))
            raise AnswerError(503, reason.value, f"This service does not answer since {moment}: {detail}.")

    def _check_caller(self, scope: Scope, asked: Asked) -> None:
        header = b""
        for name, value in scope["headers"]:
            if name == b"authorization":
                header = value
            elif name == b"content-encoding":
                raise AnswerError(415, "encoding", "A compressed body is not read.")
        caller = self._house.callers.known(header)
        if caller is None:
            raise AnswerError(401, "token", "A valid bearer token is needed.")
        asked.caller = caller
        wait = self._house.callers.wait(caller)
        if wait:
            raise AnswerError(429, "rate", "This token has asked more often than the release allows.", wait=wait)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The body, as long as the release allows, whatever its headers claim."""
        most = self._house.settings.limits.body_bytes
        for name, value in scope["headers"]:
            if name == b"content-length" and (len(value) > len(str(most)) or int(value) > most):
                raise AnswerError(413, "size", f"A body may have {most} bytes.")
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise AnswerError(400, "request", "The caller went away.")
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > most:
                raise AnswerError(413, "size", f"A body may have {most} bytes.")
            parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _predict(self, asked: Asked) -> bytes:
        asked.rows, columns = self._requests.plain(asked.body)
        outputs = await self._run(columns, asked.rows)
        lists = [values.reshape(asked.rows, -1) for values in outputs]
        plain = [values[:, 0].tolist() if values.shape[1] == 1 else values.tolist() for values in lists]
        rows = list(starmap(self._prediction, zip(*plain, strict=True)))
        return _encode({"id": asked.id, "model": self._model, "predictions": rows})

    async def _infer(self, asked: Asked) -> bytes:
        asked.rows, columns, own, names = self._requests.inference(asked.body)
        unknown = set(names or ()) - set(self._outputs)
        if unknown:
            raise BadRequestError("an output is asked for that the model does not have")
        outputs = await self._run(columns, asked.rows)
        tensors = [
            {
                "name": port.name,
                "datatype": DATATYPES[port.type],
                "shape": list(values.shape),
                "data": values.ravel().tolist(),
            }
            for port, values in zip(self._house.model.signature.outputs, outputs, strict=True)
            if names is None or port.name in names
        ]
        model = self._model
        answer = {"id": own or asked.id, "model_name": model["name"], "model_version": model["version"]}
        return _encode({**answer, "outputs": tensors})

    async def _run(self, columns: Columns, rows: int) -> Outputs:
        """Computes here what is quick, and in a thread what is not, so that nobody waits for somebody else's rows."""
        model = self._house.model
        try:
            if rows <= model.inline_rows:
                return model.run(columns)
            if self._queued >= _QUEUE * self._house.settings.limits.concurrency:
                raise AnswerError(503, "busy", "Too many requests are being computed.", wait=1.0)
            self._queued += 1
            future = asyncio.get_running_loop().run_in_executor(self._pool, model.run, columns)
            future.add_done_callback(self._computed)
            async with asyncio.timeout(_COMPUTE_SECONDS):
                return await asyncio.shield(future)
        except TimeoutError:
            raise AnswerError(503, "busy", "Computing these rows took too long.", wait=1.0) from None
        except ArithmeticError:
            raise AnswerError(500, "output", "The model gave no number for these rows.") from None

    def _computed(self, future: "asyncio.Future[Outputs]") -> None:
        self._queued -= 1
        if not future.cancelled():
            # Looked at here, since nobody waits any more for a request that timed out.
            future.exception()

    def _server(self) -> tuple[int, bytes, bytes]:
        return 200, _encode({"name": "surefoot", "version": "1", "extensions": []}), _JSON

    def _metadata(self) -> tuple[int, bytes, bytes]:
        signature = self._house.model.signature
        inputs, outputs = (
            [{"name": port.name, "datatype": DATATYPES[port.type], "shape": list(port.shape)} for port in ports]
            for ports in (signature.inputs, signature.outputs)
        )
        about = {"name": self._model["name"], "versions": [self._model["version"]], "platform": "onnx"}
        return 200, _encode({**about, "inputs": inputs, "outputs": outputs}), _JSON

    def _metrics(self) -> tuple[int, bytes, bytes]:
        house = self._house
        left = (house.permission.expires - house.clock.now()) / 1000
        text = self.metrics.text(lease_seconds=left, is_serving=self._blocked() is None)
        return 200, text, b"text/plain; version=0.0.4; charset=utf-8"

    def _is_stranger_noted(self) -> bool:
        """Whether a caller without a token gets a line: one a second, or they could fill the disk."""
        now = time.monotonic()
        if now < self._next_stranger:
            return False
        self._next_stranger = now + 1.0
        return True

    def _alias(self, name: str) -> str:
        if name not in self._aliases:
            self._aliases[name] = self._house.journal.alias(name.encode())
        return self._aliases[name]

    def _note(self, asked: Asked, status: int) -> None:
        seconds = time.perf_counter() - asked.began
        self.metrics.answered(status, seconds, asked.rows if status == 200 else 0)  # noqa: PLR2004 - HTTP's own number
        if asked.caller is None and not (status == 401 and self._is_stranger_noted()):  # noqa: PLR2004 - HTTP's own number
            return
        journal = self._house.journal
        journal.add(
            Line(
                seq=0,
                at=self._house.clock.now(),
                id=asked.id,
                route=asked.route,
                status=status,
                us=int(seconds * 1e6),
                caller=self._alias(asked.caller.name) if asked.caller else "",
                rows=asked.rows,
                body=journal.alias(asked.body) if asked.body else "",
                lease=self._house.permission.version,
            )
        )


async def _send(send: Send, status: int, body: bytes, kind: bytes, name: str, wait: float) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", name.encode()),
    ]
    if status == 401:  # noqa: PLR2004 - HTTP's own number
        headers.append((b"www-authenticate", b"Bearer"))
    if wait:
        headers.append((b"retry-after", str(max(1, round(wait))).encode()))
    if status == 413:  # noqa: PLR2004 - HTTP's own number
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
