"""The endpoint's sockets and the artefacts' paths, without a command around them."""

import http.client
import json
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surefoot.payloads.agent.artifacts import Artifacts
from surefoot.payloads.agent.endpoint import Connection, Endpoint
from surefoot.payloads.agent.telemetry import Telemetry
from surefoot.payloads.agent.tracking import Tracking
from tests.fakes.run_folder import IN_THE_WAY

API = "/api/2.0/mlflow/"
FILES = "/api/2.0/mlflow-artifacts/artifacts/output/"
LIMIT = 1 << 20


class Served:
    """An endpoint with a loop of its own."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "output"
        self.output.mkdir()
        self.path = folder / "telemetry.jsonl"
        self.telemetry = Telemetry(self.path)
        self._selector = selectors.DefaultSelector()
        artifacts = Artifacts(self.output, limit=LIMIT)
        site = Tracking("run_x", telemetry=self.telemetry, path=self.path, artifacts=artifacts)
        self.endpoint = Endpoint(site, self._selector)
        self.port = int(self.endpoint.uri.rsplit(":", 1)[1])
        self._is_over = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._is_over:
            for key, events in self._selector.select(0.02):
                if isinstance(key.data, Connection):
                    self.endpoint.serve(key.data, events)
                else:
                    self.endpoint.accept()

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self.endpoint.close()
        self.telemetry.close()
        self._selector.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request(method, path, data, {"Authorization": f"Bearer {self.endpoint.token}", **headers})
            answer = client.getresponse()
            content = answer.read()
        finally:
            client.close()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(content) if is_json else content

    def raw(self, data: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path)
    yield one
    one.close()


@pytest.fixture
def run(served: Served) -> str:
    _status, body = served.ask("POST", API + "runs/create", {"experiment_id": "0"})
    run: str = body["run"]["info"]["run_id"]
    return run


def test_several_requests_on_one_connection_are_answered_in_turn(served: Served, run: str) -> None:
    one = f"GET {API}runs/get?run_id={run} HTTP/1.1\r\nAuthorization: Bearer {served.endpoint.token}\r\n"
    answers = served.raw((one + "\r\n" + one + "Connection: close\r\n\r\n").encode())
    assert answers.count(b"HTTP/1.1 200 OK") == 2


def test_a_request_that_comes_byte_by_byte_is_answered(served: Served, run: str) -> None:
    body = json.dumps({"run_id": run, "key": "a", "value": "1"}).encode()
    head = f"POST {API}runs/set-tag HTTP/1.1\r\nAuthorization: bearer {served.endpoint.token}\r\n"
    data = f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as client:
        for number in range(len(data)):
            client.sendall(data[number : number + 1])
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_a_client_that_says_nothing_holds_up_nobody(served: Served, run: str) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as silent:
        silent.sendall(b"POST ")
        assert served.ask("GET", API + f"runs/get?run_id={run}")[0] == 200


def test_a_client_that_does_not_read_holds_up_nobody(served: Served, run: str) -> None:
    (served.output / "big").write_bytes(bytes(30 << 20))
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.sendall(f"GET {FILES}big HTTP/1.1\r\nAuthorization: Bearer {served.endpoint.token}\r\n\r\n".encode())
        assert served.ask("GET", API + f"runs/get?run_id={run}")[0] == 200


def test_too_many_connections_are_closed_and_the_rest_goes_on(served: Served) -> None:
    crowd = [socket.create_connection(("127.0.0.1", served.port), timeout=5) for _ in range(140)]
    try:
        closed = 0
        for client in crowd[128:]:
            closed += client.recv(1) == b""
        assert closed == 12
    finally:
        for client in crowd:
            client.close()


@pytest.mark.parametrize(
    "data", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x00\xff" * 30 + b"\r\n\r\n", b"A" * 70_000]
)
def test_bytes_that_are_no_request_are_refused(served: Served, data: bytes) -> None:
    assert served.raw(data).startswith(b"HTTP/1.1 400")


def test_a_body_without_the_token_is_thrown_away_and_refused(served: Served) -> None:
    status, body = served.ask("PUT", FILES + "x", bytes(3 << 20), Authorization="Bearer wrong")
    assert (status, body["error_code"]) == (401, "UNAUTHENTICATED")
    assert list(served.output.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "a/%2e%2e/x", "..", "a/..", "%2e%2e%2fx", "metrics.jsonl", "", "a%00b", "/".join("a" * 80)],
)
def test_an_artefact_never_leaves_the_output_folder(served: Served, path: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert served.ask("PUT", FILES + path, b"x")[0] in {400, 404, 405}
    assert sorted(tmp_path.rglob("*")) == before


def test_an_artefact_outside_the_root_is_refused(served: Served) -> None:
    assert served.ask("PUT", FILES.replace("output", "etc") + "x", b"x")[0] == 404


def test_an_artefact_is_never_written_or_read_through_a_link(served: Served, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    (served.output / "link").symlink_to(tmp_path / "outside")
    (served.output / "file").symlink_to(tmp_path / "outside/secret")
    assert served.ask("PUT", FILES + "link/x", b"x")[0] == 400
    assert served.ask("GET", FILES + "link/secret")[0] == 404
    assert served.ask("GET", FILES + "file")[0] == 404
    assert served.ask("PUT", FILES + "file", b"mine")[0] == 200
    assert (tmp_path / "outside/secret").read_text() == "secret"
    assert not (served.output / "file").is_symlink()


def test_an_artefact_is_written_whole_and_read_back(served: Served) -> None:
    data = bytes(range(256)) * 4000
    assert served.ask("PUT", FILES + "a/b%20c.bin", data)[0] == 200
    assert served.ask("GET", FILES + "a/b%20c.bin") == (200, data)
    assert [path.name for path in served.output.rglob("*")] == ["a", "b c.bin"]
    listed = served.ask("GET", FILES.removesuffix("output/") + "?path=output/a")[1]
    assert listed == {"files": [{"path": "b c.bin", "is_dir": False, "file_size": len(data)}]}


@pytest.mark.parametrize("is_chunked", [False, True])
def test_an_artefact_over_the_disk_guardrail_is_refused_and_leaves_nothing(served: Served, is_chunked: bool) -> None:
    client = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    headers = {"Authorization": f"Bearer {served.endpoint.token}"}
    pieces: Any = (bytes(1 << 16) for _ in range(20)) if is_chunked else bytes(20 << 16)
    client.request("PUT", FILES + "big", pieces, headers, encode_chunked=is_chunked)
    assert client.getresponse().status == 507
    client.close()
    assert list(served.output.iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(served: Served, run: str) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        head = (
            f"PUT {FILES}half HTTP/1.1\r\nAuthorization: Bearer {served.endpoint.token}\r\nContent-Length: 100\r\n\r\n"
        )
        client.sendall(head.encode() + b"half")
        while not list(served.output.iterdir()):
            served.ask("GET", API + f"runs/get?run_id={run}")
    while list(served.output.iterdir()):
        served.ask("GET", API + f"runs/get?run_id={run}")


def test_curl_may_wait_for_a_word_before_a_large_body(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as client:
        head = f"PUT {FILES}waits HTTP/1.1\r\nAuthorization: Bearer {served.endpoint.token}\r\n"
        client.sendall((head + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n").encode())
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"data")
        assert client.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("method", "verb", "body", "status"),
    [
        ("POST", "runs/log-metric", {"run_id": "run_none", "key": "a", "value": 1}, 404),
        ("POST", "runs/log-metric", {"run_id": "run_x", "key": "a"}, 400),
        ("POST", "runs/log-metric", {"run_id": "run_x", "key": "a", "value": "high"}, 400),
        ("POST", "runs/log-metric", {"run_id": "run_x", "key": "a", "value": 1, "step": 2**60}, 400),
        ("POST", "runs/log-metric", {"run_id": "run_x", "key": "a", "value": 1, "step": 1e400}, 400),
        ("POST", "runs/log-batch", {"run_id": "run_x", "metrics": 3}, 400),
        ("POST", "runs/log-batch", [1], 400),
        ("POST", "runs/log-batch", b"{", 400),
        ("POST", "runs/log-batch", b"[" * 100_000, 400),
        ("POST", "runs/log-batch", b"\xff", 400),
        ("POST", "registered-models/create", {"name": "x"}, 404),
        ("DELETE", "runs/get", None, 404),
        ("GET", "logged-models/none", None, 404),
        ("GET", "metrics/get-history?run_id=run_x", None, 400),
        ("GET", "metrics/get-history?run_id=run_x&metric_key=a&page_token=x", None, 400),
    ],
)
def test_a_request_that_is_off_is_an_answer_and_logs_nothing(
    served: Served, run: str, method: str, verb: str, body: Any, status: int
) -> None:
    answer, told = served.ask(method, API + verb, body)
    assert (answer, bool(told["message"])) == (status, True)
    assert served.telemetry.points == 0


def test_a_long_history_is_read_back_in_pages(served: Served, run: str) -> None:
    points = [{"key": "a", "value": step, "timestamp": step, "step": step} for step in range(10)]
    served.ask("POST", API + "runs/log-batch", {"run_id": run, "metrics": points})
    steps, token = [], ""
    while True:
        asked = f"{API}metrics/get-history?run_id={run}&metric_key=a&max_results=4&page_token={token}"
        body = served.ask("GET", asked)[1]
        steps += [point["step"] for point in body["metrics"]]
        token = body.get("next_page_token", "")
        if not token:
            break
    assert steps == list(range(10))


@pytest.mark.parametrize("put", IN_THE_WAY)
def test_a_history_is_not_read_from_what_took_its_place(served: Served, run: str, put: Callable[[Path], None]) -> None:
    served.path.unlink()
    put(served.path)
    assert served.ask("GET", f"{API}metrics/get-history?run_id={run}&metric_key=a")[0] == 507


def test_what_is_no_number_is_read_back_as_a_word(served: Served, run: str) -> None:
    for name, value in (("a", "NaN"), ("b", "Infinity"), ("c", "-Infinity")):
        served.ask("POST", API + "runs/log-metric", {"run_id": run, "key": name, "value": value, "timestamp": 1})
    known = served.ask("GET", API + f"runs/get?run_id={run}")[1]["run"]["data"]["metrics"]
    assert {metric["key"]: metric["value"] for metric in known} == {"a": "NaN", "b": "Infinity", "c": "-Infinity"}


def test_runs_of_the_same_name_are_kept_apart(served: Served, run: str) -> None:
    ids = [
        served.ask("POST", API + "runs/create", {"experiment_id": "0", "run_name": "fold/1"})[1]["run"]["info"]
        for _ in range(2)
    ]
    for number, info in enumerate(ids):
        body = {"run_id": info["run_id"], "key": "auc", "value": number, "timestamp": 1}
        served.ask("POST", API + "runs/log-metric", body)
    served.telemetry.flush()
    names = [json.loads(line)["name"] for line in served.path.read_text().splitlines()]
    assert names == ["fold_1/auc", "fold_1-2/auc"]


def test_system_tags_are_read_back_and_not_recorded(served: Served, run: str) -> None:
    for key in ("mlflow.user", "mlflow.note.content", "team"):
        served.ask("POST", API + "runs/set-tag", {"run_id": run, "key": key, "value": "v"})
    tags = served.ask("GET", API + f"runs/get?run_id={run}")[1]["run"]["data"]["tags"]
    assert len(tags) == 3
    assert served.telemetry.tags == {"mlflow.note.content": "v", "team": "v"}
