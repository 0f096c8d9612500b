"""The peers' side of rows 14 to 16: the same ONNX model behind other doors, each on one port of loopback.

    python serving_peers.py nothing|bare|starlette|fastapi MODEL PORT

runs in an environment of its own. None of them asks for a token, keeps a limit, checks a schema or writes a log.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime
import uvicorn

JSON = "application/json"


def scorer(model: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(Path(model).read_bytes(), options, providers=["CPUExecutionProvider"])

    def score(body: bytes) -> bytes:
        rows = np.asarray(msgspec.json.decode(body)["inputs"], dtype=np.float32)
        (answers,) = session.run(None, {"X": rows})
        return msgspec.json.encode({"predictions": answers.tolist()})

    return score


def bare(score: Any) -> Any:
    """An ASGI application and nothing else; with `score` None it answers without a model."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        body, is_more = b"", scope["type"] == "http"
        while is_more:
            message = await receive()
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
        out = score(body) if score else b"{}"
        headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(out)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": out})

    return application


def starlette(score: Any) -> Any:
    from starlette.applications import Starlette  # noqa: PLC0415 - each kind loads its own framework alone
    from starlette.responses import Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    async def answer(request: Any) -> Any:
        return Response(score(await request.body()), media_type=JSON)

    return Starlette(routes=[Route("/invocations", answer, methods=["POST"])])


def fastapi(score: Any) -> Any:
    """As its own tutorial does it: a pydantic model in, a pydantic model out."""
    from fastapi import FastAPI  # noqa: PLC0415
    from pydantic import BaseModel  # noqa: PLC0415

    class Rows(BaseModel):
        inputs: list[list[float]]

    class Answers(BaseModel):
        predictions: list[list[float]]

    application = FastAPI()

    @application.post("/invocations", response_model=Answers)
    async def answer(rows: Rows) -> Any:
        return msgspec.json.decode(score(msgspec.json.encode(rows.model_dump())))

    return application


def main(kind: str, model: str, port: int) -> None:
    score = None if kind == "nothing" else scorer(model)
    application = {"nothing": bare, "bare": bare, "starlette": starlette, "fastapi": fastapi}[kind](score)
    uvicorn.run(
        application, host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off",
        loop="uvloop", http="httptools",
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
