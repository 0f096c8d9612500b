"""A small released capsule, its keys, and everything the wrapper needs beside it; each part can be spoilt."""

import base64
import hashlib
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import TensorProto, helper

GRANT = "application/vnd.surefoot.grant.v1+json"
LEASE = "application/vnd.surefoot.lease.v1+json"
STOP = "application/vnd.surefoot.stop.v1+json"
IN_TOTO = "application/vnd.in-toto+json"
COMMAND = (sys.executable, "-I", "-m", "surefoot.payloads.service")
ROW = {"age": 41.0, "amount": 2500.0, "job": "skilled"}


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def envelope(value: object, kind: str, key: Ed25519PrivateKey) -> bytes:
    payload = canonical(value)
    signature = key.sign(b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload))
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    return canonical({"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": signatures})


def model_bytes(weight: float = 0.03) -> bytes:
    """probability = sigmoid(weight·age − 0.0001·amount + job), label = probability > 0.5."""
    nodes = [
        helper.make_node(
            "LabelEncoder",
            ["job"],
            ["job_number"],
            domain="ai.onnx.ml",
            keys_strings=["skilled", "unskilled"],
            values_floats=[-1.0, 0.5],
        ),
        helper.make_node("Concat", ["age", "amount", "job_number"], ["row"], axis=1),
        helper.make_node("MatMul", ["row", "weights"], ["score"]),
        helper.make_node("Sigmoid", ["score"], ["probability"]),
        helper.make_node("Greater", ["probability", "half"], ["is_over"]),
        helper.make_node("Cast", ["is_over"], ["label"], to=TensorProto.INT64),
    ]
    column: list[str | int | None] = ["rows", 1]
    graph = helper.make_graph(
        nodes,
        "small",
        [
            helper.make_tensor_value_info("age", TensorProto.FLOAT, column),
            helper.make_tensor_value_info("amount", TensorProto.FLOAT, column),
            helper.make_tensor_value_info("job", TensorProto.STRING, column),
        ],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, column),
            helper.make_tensor_value_info("probability", TensorProto.FLOAT, column),
        ],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, [3, 1], [weight, -0.0001, 1.0]),
            helper.make_tensor("half", TensorProto.FLOAT, [1], [0.5]),
        ],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def expected(age: float, amount: float, job: str) -> float:
    score = 0.03 * age - 0.0001 * amount + {"skilled": -1.0, "unskilled": 0.5}[job]
    return float(1 / (1 + np.exp(-score)))


def vectors() -> dict[str, Any]:
    rows = [(20.0 + n, 500.0 + 100 * n, ("skilled", "unskilled")[n % 2]) for n in range(50)]
    answers = [expected(*row) for row in rows]
    inputs = {name: [row[at] for row in rows] for at, name in enumerate(("age", "amount", "job"))}
    outputs = {"label": [int(p > 0.5) for p in answers], "probability": answers}
    return {"format": 1, "tolerance": "0.0001", "inputs": inputs, "outputs": outputs}


def signature(name: str, version: str) -> dict[str, Any]:
    return {
        "format": 1,
        "name": name,
        "version": version,
        "inputs": [
            {"name": "age", "type": "float32", "shape": [-1, 1], "minimum": "18", "maximum": "120", "unit": "years"},
            {"name": "amount", "type": "float32", "shape": [-1, 1]},
            {"name": "job", "type": "string", "shape": [-1, 1], "categories": ["skilled", "unskilled"]},
        ],
        "outputs": [
            {"name": "label", "type": "int64", "shape": [-1, 1]},
            {"name": "probability", "type": "float32", "shape": [-1, 1]},
        ],
        "target": {"name": "risk", "positive": 1},
    }


LIMITS = {
    "requests_per_minute": 600,
    "requests_per_day": 100_000,
    "body_bytes": 65_536,
    "rows": 100,
    "depth": 8,
    "concurrency": 4,
}


def content(changes: Mapping[str, bytes] | None = None, **limits: int) -> dict[str, bytes]:
    """The seven content files, some of them changed, and a bill of materials that knows it."""
    model = model_bytes()
    packages = sorted(("numpy", "onnxruntime", "msgspec", "uvicorn"))
    lock = f"# python=={sys.version_info.major}.{sys.version_info.minor}\n"
    lock += "".join(f"{name}=={metadata.version(name)}\n" for name in packages)
    files = {
        "lock.txt": lock.encode(),
        "model-card.md": b"# credit\n",
        "model.onnx": model,
        "settings.json": canonical({"format": 1, "limits": {**LIMITS, **limits}, "lease_ms": 604_800_000}),
        "signature.json": canonical(signature("credit", "1.0.0")),
        "vectors.json": json.dumps(vectors()).encode(),
        **(changes or {}),
    }
    return {**files, "sbom.cdx.json": bill(files)}


def bill(files: Mapping[str, bytes]) -> bytes:
    """A bill of materials that names files by their digests."""
    components = [
        {
            "type": "file",
            "name": path,
            "hashes": [{"alg": "SHA-256", "content": sha256(data)}],
            "properties": [{"name": "surefoot:path", "value": path}],
        }
        for path, data in files.items()
    ]
    return canonical({"bomFormat": "CycloneDX", "specVersion": "1.7", "components": components})


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]
    text: str


@dataclass
class Site:
    """A place where the wrapper can be started."""

    root: Path
    grant_sha256: str = ""
    person: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    keeper: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    environment: str = "local"
    activation: str = "act_one"
    ws: str = ""
    release: str = ""
    port: int = 0
    checked: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def capsule(self) -> Path:
        return self.root / "capsule"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def anchor(self) -> Path:
        return self.root / "anchor.json"

    def person_key(self) -> str:
        return public(self.person)

    def build(self, files: Mapping[str, bytes] | None = None, **predicate: object) -> "Site":
        """Writes capsule, anchor, grant, lease and access."""
        self.state.mkdir(parents=True, exist_ok=True)
        root = envelope(
            {"version": 1, "persons": [{"keys": [{"public": public(self.person)}]}]},
            "application/vnd.surefoot.roles.v1+json",
            self.person,
        )
        self.ws = sha256(base64.b64decode(json.loads(root)["payload"]))
        self.write_capsule(dict(files or content()), root, predicate)
        self.write_anchor()
        self.write_grant()
        self.write_lease(1)
        self.write_access()
        return self

    def write_capsule(self, files: dict[str, bytes], root: bytes, predicate: Mapping[str, object]) -> None:
        listed = [{"path": path, "sha256": sha256(files[path]), "size": len(files[path])} for path in sorted(files)]
        manifest = canonical(
            {
                "format": 1,
                "kind": "surefoot.capsule",
                "ws": self.ws,
                "release": "rel_one",
                "name": "credit",
                "version": "1.0.0",
                "environments": ["local", "clinic"],
                "files": listed,
            }
        )
        self.release = sha256(manifest)
        check = self.statement(
            {
                path: sha256(files[path])
                for path in self.checked or ("model.onnx", "preprocessing.onnx")
                if path in files
            },
            "https://in-toto.io/attestation/test-result/v0.1",
            {"result": predicate.get("result", "PASSED")},
        )
        says = {
            "release": "rel_one",
            "ws": self.ws,
            "digest": self.release,
            "environments": ["local"],
            "policy": {"required": ["accuracy"]},
            "statements": {"statements/check-accuracy.dsse": sha256(check)},
            **predicate,
        }
        subjects = {path: sha256(data) for path, data in {**files, "manifest.json": manifest}.items()}
        release = self.statement(subjects, "urn:surefoot:release:v1", says)
        whole = {
            **files,
            "manifest.json": manifest,
            "statements/check-accuracy.dsse": check,
            "statements/release.dsse": release,
            "roots/1.dsse": root,
        }
        for path, data in whole.items():
            target = self.capsule / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def statement(self, subjects: Mapping[str, str], kind: str, predicate: Mapping[str, object]) -> bytes:
        value = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()],
            "predicateType": kind,
            "predicate": predicate,
        }
        return envelope(value, IN_TOTO, self.person)

    def write_anchor(self, **changes: object) -> None:
        value = {
            "format": 1,
            "ws": self.ws,
            "environment": self.environment,
            "activation": self.activation,
            "release": self.release,
            "persons": [public(self.person)],
            **changes,
        }
        self.anchor.write_bytes(canonical(value))

    def write_grant(self, key: Ed25519PrivateKey | None = None, **changes: object) -> None:
        value = {
            "format": 1,
            "ws": self.ws,
            "environment": self.environment,
            "activation": self.activation,
            "releases": [self.release],
            "keeper": public(self.keeper),
            "lease_ms": 604_800_000,
            "issued": moment(-60),
            "until": None,
            "lifts": [],
            **changes,
        }
        self.grant_sha256 = sha256(canonical(value))
        self.put("grant.dsse", envelope(value, GRANT, key or self.person))

    def write_lease(
        self, version: int, *, seconds: float = 3600, key: Ed25519PrivateKey | None = None, **changes: object
    ) -> bytes:
        value = {
            "format": 1,
            "ws": self.ws,
            "environment": self.environment,
            "activation": self.activation,
            "grant": self.grant_sha256,
            "version": version,
            "issued": moment(0),
            "expires": moment(seconds),
            "releases": [self.release],
            "stopped": [],
            **changes,
        }
        data = envelope(value, LEASE, key or self.keeper)
        self.put("lease.dsse", data)
        return data

    def write_access(self, *tokens: Mapping[str, object]) -> None:
        known = tokens or ({"name": "first", "sha256": sha256(self.token.encode())},)
        self.put("access.json", canonical({"format": 1, "tokens": list(known)}))

    def write_stop(self, key: Ed25519PrivateKey | None = None, stop: str = "stop-1", **changes: object) -> None:
        value = {
            "format": 1,
            "ws": self.ws,
            "environment": self.environment,
            "release": self.release,
            "stop": stop,
            "issued": moment(0),
            "reason": "a drill",
            **changes,
        }
        self.put("stop.dsse", envelope(value, STOP, key or self.person))

    def put(self, name: str, data: bytes) -> None:
        draft = self.state / f".{name}.new"
        draft.write_bytes(data)
        draft.replace(self.state / name)

    def command(self, *more: str) -> list[str]:
        places = ["--capsule", str(self.capsule), "--anchor", str(self.anchor), "--state", str(self.state)]
        return [*COMMAND, *places, "--port", str(self.port), *more]

    def start(self, *more: str) -> "Site":
        """Starts the wrapper and waits until it serves."""
        log = (self.root / "wrapper.log").open("ab")
        self.process = subprocess.Popen(self.command(*more), stdout=log, stderr=log, start_new_session=True)
        log.close()
        self.wait_for("ready")
        self.port = int(self.status()["port"])
        return self

    def refusal(self, *more: str) -> dict[str, Any]:
        """Starts the wrapper, which must refuse; returns what it said."""
        done = subprocess.run(self.command(*more), capture_output=True, timeout=30, check=False)
        assert done.returncode == 8, done.stderr.decode()
        assert b"Traceback" not in done.stderr
        said = self.status()
        assert said["state"] == "refused"
        return said

    def status(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.state / "status.json").read_bytes())
        return said

    def wait_for(self, state: str, seconds: float = 15, **facts: object) -> dict[str, Any]:
        until = time.monotonic() + seconds
        said: dict[str, Any] = {}
        while time.monotonic() < until:
            if (self.state / "status.json").exists():
                said = self.status()
                if said["state"] == state and all(said.get(name) == value for name, value in facts.items()):
                    return said
            if self.process and self.process.poll() is not None and state != "ended":
                break
            time.sleep(0.02)
        raise AssertionError((said, (self.root / "wrapper.log").read_text()))

    def ask(
        self,
        path: str = "/predict",
        body: object = None,
        *,
        method: str | None = None,
        token: str | None = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own; `token=None` sends none."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method or ("GET" if data is None else "POST"), path, data, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            names = {name.lower(): value for name, value in answer.getheaders()}
            value = json.loads(text) if names.get("content-type") == "application/json" else {}
            return Answer(answer.status, value, names, text)
        finally:
            connection.close()

    def end(self) -> int:
        """Asks the wrapper to end and waits for it."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.kill(self.process.pid, signal.SIGKILL)
            return self.process.wait(15)
        finally:
            self.process = None


def moment(seconds: float) -> str:
    """RFC 3339, so many seconds from now."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
