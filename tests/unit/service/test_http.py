"""The wrapper over HTTP: one running service for all tests here that do not end it."""

import concurrent.futures
import contextlib
import json
import socket
import time
from collections.abc import Iterator

import pytest

from tests.fakes.service import ROW, Site, content, expected, sha256


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = Site(tmp_path_factory.mktemp("site")).build(content(requests_per_minute=1_000_000))
    place.start()
    yield place
    assert place.end() == 0
    assert "Traceback" not in (place.root / "wrapper.log").read_text()


def tensors() -> dict[str, object]:
    return {
        "id": "mine",
        "inputs": [
            {"name": "age", "datatype": "FP32", "shape": [2, 1], "data": [41, 50]},
            {"name": "amount", "datatype": "FP32", "shape": [2, 1], "data": [2500, 100]},
            {"name": "job", "datatype": "BYTES", "shape": [2, 1], "data": ["skilled", "unskilled"]},
        ],
    }


def test_plain_rows_are_scored(running: Site) -> None:
    answer = running.ask(body={"rows": [ROW, {**ROW, "job": "unskilled"}]})
    assert answer.status == 200
    first, second = answer.body["predictions"]
    assert abs(first["probability"] - expected(41, 2500, "skilled")) < 1e-6
    assert second["label"] == 1
    assert answer.body["model"] == {"name": "credit", "version": "1.0.0", "release": running.release}
    assert answer.headers["x-request-id"] == answer.body["id"]
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ["/v2/models/credit/infer", "/v2/models/credit/versions/1.0.0/infer"])
def test_the_open_inference_protocol_is_spoken(running: Site, path: str) -> None:
    answer = running.ask(path, tensors())
    assert answer.status == 200
    assert (answer.body["id"], answer.body["model_name"], answer.body["model_version"]) == ("mine", "credit", "1.0.0")
    label, probability = answer.body["outputs"]
    assert (label["name"], label["datatype"], label["shape"]) == ("label", "INT64", [2, 1])
    assert probability["datatype"] == "FP32"
    assert abs(probability["data"][1] - expected(50, 100, "unskilled")) < 1e-6


def test_only_the_outputs_asked_for_are_sent(running: Site) -> None:
    answer = running.ask("/v2/models/credit/infer", {**tensors(), "outputs": [{"name": "label"}]})
    assert [each["name"] for each in answer.body["outputs"]] == ["label"]
    assert running.ask("/v2/models/credit/infer", {**tensors(), "outputs": [{"name": "weights"}]}).status == 400


def test_the_model_describes_itself(running: Site) -> None:
    about = running.ask("/v2/models/credit").body
    assert about["platform"] == "onnx"
    assert about["inputs"][2] == {"name": "job", "datatype": "BYTES", "shape": [-1, 1]}
    assert running.ask("/v2").body["name"] == "surefoot"


@pytest.mark.parametrize("path", ["/v2/health/live", "/v2/health/ready", "/v2/models/credit/ready"])
def test_health_needs_no_token_and_says_only_yes(running: Site, path: str) -> None:
    answer = running.ask(path, token=None)
    assert (answer.status, answer.body) == (200, {"ok": True})


@pytest.mark.parametrize("path", ["/v2", "/v2/models/credit", "/metrics"])
@pytest.mark.parametrize("token", [None, "wrong"])
def test_everything_else_needs_a_token(running: Site, path: str, token: str | None) -> None:
    assert running.ask(path, token=token).status == 401


@pytest.mark.parametrize("token", [None, "x", "sf_" + "x" * 43, "x" * 5000])
def test_without_a_good_token_nothing_is_scored(running: Site, token: str | None) -> None:
    answer = running.ask(body={"rows": [ROW]}, token=token)
    assert answer.status == 401
    assert answer.body["error"] == "token"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic {}", "{}", "bearer-{}", "Bearer {}x"])
def test_a_header_that_is_nearly_right_is_wrong(running: Site, header: str) -> None:
    headers = {"Authorization": header.format(running.token)}
    assert running.ask(body={"rows": [ROW]}, token=None, headers=headers).status == 401


def test_comparing_tokens_takes_the_same_time_wherever_they_differ(running: Site) -> None:
    """The digests are compared in constant time; a guess cannot feel its way from the front (trail.md row 65)."""
    early = "A" + running.token[1:] if running.token[0] != "A" else "B" + running.token[1:]
    late = running.token[:-1] + ("A" if running.token[-1] != "A" else "B")
    times: dict[str, list[float]] = {early: [], late: []}
    for _ in range(150):
        for token in (early, late):
            start = time.perf_counter()
            running.ask("/v2", token=token)
            times[token].append(time.perf_counter() - start)
    first, second = (sorted(each)[len(each) // 4] for each in times.values())
    assert abs(first - second) < 0.5 * max(first, second)


def test_a_body_too_long_is_refused_by_its_header_and_by_its_bytes(running: Site) -> None:
    assert running.ask(body=b" " * 65_537).status == 413
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as caller:
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.token}\r\n"
        caller.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(100):
                caller.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert b"413" in caller.recv(100)


def test_a_header_that_claims_100_megabytes_is_refused_at_once(running: Site) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as caller:
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.token}\r\n"
        caller.sendall(head.encode() + b"Content-Length: 104857600\r\n\r\n{")
        assert b"413" in caller.recv(100)


def test_a_compressed_body_is_refused(running: Site) -> None:
    answer = running.ask(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert answer.status == 415


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"rows":[{"age":NaN}]}',
        b"[" * 1000 + b"]" * 1000,
        b'{"rows":' + b"[" * 1000 + b"]" * 1000 + b"}",
        json.dumps({"rows": [ROW] * 101}).encode(),
        json.dumps({"rows": [{**ROW, "age": 1e39}]}).encode(),
        json.dumps({"rows": [{**ROW, "age": float("inf")}]}).encode(),
        json.dumps({"rows": [{**ROW, "age": 17}]}).encode(),
        json.dumps({"rows": [{**ROW, "age": "41"}]}).encode(),
        json.dumps({"rows": [{**ROW, "job": "<script>"}]}).encode(),
    ],
    ids=lambda body: str(body[:30]),
)
def test_what_does_not_fit_never_reaches_the_model(running: Site, body: bytes) -> None:
    answer = running.ask(body=body, method="POST")
    assert answer.status == 400
    assert set(answer.body) == {"error", "detail"}
    assert "Traceback" not in answer.text
    assert "script" not in answer.text
    assert running.ask(body={"rows": [ROW]}).status == 200


@pytest.mark.parametrize(
    "path", ["/", "/v2/models/other/infer", "/predict/", "/../../etc/passwd", "/docs", "/%2e%2e/x"]
)
def test_other_addresses_hold_nothing(running: Site, path: str) -> None:
    assert running.ask(path, token=None).status == 404


@pytest.mark.parametrize(("path", "method"), [("/predict", "GET"), ("/v2", "DELETE"), ("/metrics", "PUT")])
def test_other_methods_are_refused(running: Site, path: str, method: str) -> None:
    assert running.ask(path, method=method).status == 405


def test_it_listens_on_this_machine_only(running: Site) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.settimeout(2)
        # Any other loopback address stands for the machine's other interfaces.
        assert other.connect_ex(("127.0.0.2", running.port)) != 0


def test_many_callers_at_once_are_all_answered(running: Site) -> None:
    def ask(age: float) -> float:
        answer = running.ask(body={"rows": [{**ROW, "age": age}]})
        assert answer.status == 200
        return float(answer.body["predictions"][0]["probability"])

    ages = [20 + n % 90 for n in range(200)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        found = list(pool.map(ask, ages))
    assert all(abs(p - expected(age, 2500, "skilled")) < 1e-5 for p, age in zip(found, ages, strict=True))


def test_metrics_count_what_happened(running: Site) -> None:
    running.ask(body={"rows": [ROW] * 7})
    answer = running.ask("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = dict(line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    assert int(lines['surefoot_requests_total{status="200"}']) >= 1
    assert int(lines["surefoot_rows_total"]) >= 7
    assert lines["surefoot_serving"] == "1"
    assert 0 < float(lines["surefoot_lease_seconds"]) <= 3600
    assert int(lines["surefoot_request_seconds_count"]) == int(lines['surefoot_request_seconds_bucket{le="+Inf"}'])


def test_slow_callers_are_let_go_and_delay_nobody(running: Site) -> None:
    """Bytes dripping in, in the headers or in the body (trail.md row 66, slow-loris)."""
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {running.token}\r\nContent-Length: 100\r\n\r\n"
    callers = [socket.create_connection(("127.0.0.1", running.port), timeout=10) for _ in range(20)]
    try:
        for number, caller in enumerate(callers):
            caller.sendall(head.encode() if number % 2 else b"POST /pre")
        began = time.monotonic()
        open_ones = set(range(20))
        while open_ones and time.monotonic() - began < 9:
            for number in list(open_ones):
                try:
                    callers[number].sendall(b"a")
                except (BrokenPipeError, ConnectionResetError):
                    open_ones.discard(number)
            assert running.ask(body={"rows": [ROW]}).status == 200
            time.sleep(0.2)
        assert not open_ones
    finally:
        for caller in callers:
            caller.close()


def test_endless_headers_are_cut_off(running: Site) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as caller:
        caller.sendall(b"GET /v2 HTTP/1.1\r\n")
        sent = 0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for number in range(4000):
                caller.sendall(f"X-{number}: {'x' * 1000}\r\n".encode())
                sent += 1
        assert sent < 4000


def test_a_rate_ten_times_over_the_limit_is_held_back_and_nobody_else(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(tmp_path_factory.mktemp("rate")).build(content(requests_per_minute=30))
    tokens = [{"name": name, "sha256": sha256(name.encode())} for name in ("one", "two")]
    site.write_access(*tokens)
    try:
        site.start()
        answers = [site.ask("/v2", token="one") for _ in range(300)]
        statuses = [answer.status for answer in answers]
        assert statuses[:30] == [200] * 30
        assert 30 <= statuses.count(200) <= 34
        held = next(answer for answer in answers if answer.status == 429)
        assert int(held.headers["retry-after"]) >= 1
        assert site.ask("/v2", token="two").status == 200
    finally:
        site.end()


def test_a_days_budget_counts_over_restarts(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = Site(tmp_path_factory.mktemp("day")).build(content(requests_per_day=5))
    try:
        site.start()
        assert [site.ask("/v2").status for _ in range(4)] == [200] * 4
        site.end()
        site.start()
        assert [site.ask("/v2").status for _ in range(3)] == [200, 429, 429]
    finally:
        site.end()


def test_a_revoked_token_is_refused_within_two_seconds_and_a_new_one_taken(site: Site) -> None:
    site.start()
    assert site.ask("/v2").status == 200
    revoked = {"name": "first", "sha256": sha256(site.token.encode()), "revoked": True}
    site.write_access(revoked, {"name": "next", "sha256": sha256(b"new")})
    time.sleep(2)
    assert site.ask("/v2").status == 401
    assert site.ask("/v2", token="new").status == 200
    (site.state / "access.json").unlink()
    time.sleep(2)
    assert site.ask("/v2", token="new").status == 401
