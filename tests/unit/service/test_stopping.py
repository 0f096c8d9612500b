"""Leases and stops over a running wrapper, seen from outside."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.service import LEASE, ROW, Site, canonical, content, envelope, model_bytes, moment, signature


def refusal_after(site: Site, seconds: float = 10) -> tuple[float, dict[str, object]]:
    """How long it took until the first 503, and what it said."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        answer = site.ask(body={"rows": [ROW]})
        if answer.status == 503:
            return time.monotonic() - began, answer.body
        assert answer.status == 200
        time.sleep(0.02)
    raise AssertionError("it still answers")


def test_a_stop_order_ends_all_answers_within_seconds_with_the_reason_and_the_time(site: Site) -> None:
    site.start()
    site.write_stop()
    seconds, said = refusal_after(site)
    assert seconds < 3
    assert said["error"] == "stopped"
    assert "a drill" in str(said["detail"])
    assert "since 20" in str(said["detail"])
    assert site.ask("/v2/health/ready", token=None).status == 503
    assert site.ask("/v2/health/live", token=None).status == 200
    assert site.wait_for("blocked")["stop"] == "stop-1"


def test_a_stopped_service_stays_stopped_whatever_is_done_to_the_files(site: Site) -> None:
    old = (site.state / "lease.dsse").read_bytes()
    site.start()
    site.write_lease(2)
    site.write_stop()
    refusal_after(site)
    (site.state / "stop.dsse").unlink()
    site.put("lease.dsse", old)
    time.sleep(1.5)
    assert site.ask(body={"rows": [ROW]}).status == 503
    site.end()
    site.write_lease(3)
    assert site.refusal()["reason"] == "stopped"


def test_after_a_stop_it_lingers_to_say_why_and_then_ends_by_itself(site: Site) -> None:
    site.start("--linger", "1")
    site.write_stop()
    refusal_after(site)
    assert site.wait_for("ended", reason="stopped")
    assert site.process is not None
    assert site.process.wait(5) == 0


def test_a_plain_file_named_stop_is_enough(site: Site) -> None:
    site.start()
    (site.state / "STOP").touch()
    seconds, said = refusal_after(site)
    assert seconds < 3
    assert said["error"] == "stopped"


def test_the_lease_ends_on_time_although_nobody_looks(site: Site) -> None:
    site.write_lease(1, seconds=3)
    site.start()
    seconds, said = refusal_after(site)
    assert seconds < 3.2
    assert said["error"] == "lease-ended"


def test_a_renewed_lease_brings_it_back(site: Site) -> None:
    site.write_lease(1, seconds=2)
    site.start()
    refusal_after(site)
    site.write_lease(2)
    site.wait_for("ready", seconds=5, lease_version=2)
    assert site.ask(body={"rows": [ROW]}).status == 200


def test_deleting_editing_or_replacing_the_lease_does_not_outlive_it(site: Site) -> None:
    site.write_lease(1, seconds=4)
    site.start()
    good = (site.state / "lease.dsse").read_bytes()
    (site.state / "lease.dsse").unlink()
    time.sleep(1.2)
    assert site.ask(body={"rows": [ROW]}).status == 200
    stretched = canonical({"format": 1, "version": 9, "expires": moment(3600)})
    site.put("lease.dsse", envelope(stretched.decode(), LEASE, site.person))
    time.sleep(1.2)
    assert site.status()["lease_refused"]
    _, said = refusal_after(site, 3)
    assert said["error"] == "lease-ended"
    site.put("lease.dsse", good)
    time.sleep(1.2)
    assert site.ask(body={"rows": [ROW]}).status == 503


def test_a_lease_of_another_environment_starts_nothing(site: Site) -> None:
    site.write_grant(environment="clinic")
    site.write_lease(1, environment="clinic")
    said = site.refusal()
    assert said["reason"] == "lease"
    assert "clinic" in said["detail"]


def test_an_ended_lease_starts_nothing(site: Site) -> None:
    site.write_lease(1, seconds=0.01)
    time.sleep(0.05)
    assert site.refusal()["reason"] == "lease-ended"


def test_a_killed_wrapper_comes_back_with_its_memory_and_its_log(site: Site) -> None:
    site.start()
    site.write_lease(2)
    site.wait_for("ready", lease_version=2)
    assert site.ask(body={"rows": [ROW]}).status == 200
    time.sleep(1.2)
    assert site.process is not None
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait()
    site.process = None
    site.write_lease(1)
    assert site.refusal()["reason"] == "lease"
    site.write_lease(3)
    site.start()
    assert site.ask(body={"rows": [ROW]}).status == 200


def test_a_changed_model_file_starts_nothing(site: Site) -> None:
    (site.capsule / "model.onnx").write_bytes(model_bytes(0.5))
    said = site.refusal()
    assert said["reason"] == "capsule"
    assert "model.onnx" in said["detail"]


def test_a_model_file_changed_while_it_runs_changes_no_answer(site: Site) -> None:
    site.start()
    before = site.ask(body={"rows": [ROW]}).body["predictions"]
    (site.capsule / "model.onnx").write_bytes(model_bytes(0.5))
    assert site.ask(body={"rows": [ROW]}).body["predictions"] == before


def test_a_model_that_disagrees_with_its_vectors_starts_nothing(site: Site) -> None:
    shutil.rmtree(site.capsule)
    site.build(content({"model.onnx": model_bytes(0.031)}))
    assert site.refusal()["reason"] == "parity"


def renamed(whole: dict[str, Any]) -> None:
    whole["inputs"][0]["name"] = "years"


def retyped(whole: dict[str, Any]) -> None:
    whole["inputs"][0]["type"] = "float64"


def widened(whole: dict[str, Any]) -> None:
    whole["inputs"][0]["shape"] = [-1, 2]


def left_out(whole: dict[str, Any]) -> None:
    del whole["inputs"][2]


def added(whole: dict[str, Any]) -> None:
    whole["inputs"].append({"name": "sex", "type": "string", "shape": [-1, 1]})


@pytest.mark.parametrize("change", [renamed, retyped, widened, left_out, added])
def test_a_signature_of_another_preprocessing_than_the_graphs_starts_nothing(
    site: Site, change: Callable[[dict[str, Any]], None]
) -> None:
    """Trail.md row 56: preprocessing lies in the graph, so its version is what the graph takes; all is signed."""
    whole = signature("credit", "1.0.0")
    change(whole)
    shutil.rmtree(site.capsule)
    site.build(content({"signature.json": canonical(whole)}))
    assert site.refusal()["reason"] == "model"


def test_a_file_that_is_no_model_starts_nothing_and_shows_no_trace(site: Site) -> None:
    shutil.rmtree(site.capsule)
    site.build(content({"model.onnx": b"\x80\x04cos\nsystem\n"}))
    assert site.refusal()["reason"] == "model"


def test_an_environment_with_another_version_starts_nothing(site: Site) -> None:
    lock = content()["lock.txt"].replace(b"numpy==", b"numpy==0.")
    shutil.rmtree(site.capsule)
    site.build(content({"lock.txt": lock}))
    said = site.refusal()
    assert said["reason"] == "environment"
    assert "numpy" in said["detail"]


def test_a_port_that_is_taken_is_waited_for_and_then_refused(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        site.port = other.getsockname()[1]
        assert site.refusal("--wait", "0.3")["reason"] == "port"
    site.start()
    assert site.ask(body={"rows": [ROW]}).status == 200


def test_a_wrapper_that_is_held_opens_no_port_until_told_to_go(site: Site) -> None:
    assert site.refusal("--hold", "0.3")["reason"] == "abandoned"
    (site.state / "go").touch()
    site.start("--hold", "5")
    assert site.ask(body={"rows": [ROW]}).status == 200


def test_a_stop_while_it_is_held_starts_nothing(site: Site) -> None:
    site.process = subprocess.Popen(site.command("--hold", "10"), stderr=subprocess.DEVNULL)
    site.wait_for("verified")
    site.write_stop()
    (site.state / "go").touch()
    assert site.process.wait(10) == 8
    assert site.status()["reason"] == "stopped"


def test_answers_under_way_are_finished_when_it_is_asked_to_end(site: Site) -> None:
    site.start()
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as caller:
        body = canonical({"rows": [ROW]})
        head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.token}\r\n"
        caller.sendall(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode())
        time.sleep(0.2)
        assert site.process is not None
        site.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        caller.sendall(body)
        assert b"200 OK" in caller.recv(100)
    assert site.process.wait(10) == 0
    assert site.status()["state"] == "ended"
