"""The request log: chained, without anything personal in it, whole after a crash."""

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest

from surefoot.payloads.service import journal as module
from surefoot.payloads.service.journal import Journal, Line
from tests.fakes.service import ROW, Site

FIRST = "f" * 64


def line(number: int) -> Line:
    return Line(seq=0, at=number, id=f"req_{number}", route="/predict", status=200, us=10, rows=1)


def chained(folder: Path, first: str = FIRST) -> list[dict[str, object]]:
    """Every line, after checking that each hash follows from the one before."""
    found, before = [], first
    for path in sorted(folder.glob("*.jsonl")):
        for raw in path.read_bytes().splitlines():
            data, _, digest = raw.partition(b"\t")
            before = hashlib.sha256(before.encode() + data).hexdigest()
            assert digest.decode() == before
            found.append(json.loads(data))
    assert [each["seq"] for each in found] == list(range(len(found)))
    return found


def test_lines_are_chained_over_restarts(tmp_path: Path) -> None:
    head = ""
    for start in range(3):
        log = Journal(tmp_path, first=FIRST)
        for number in range(5):
            log.add(line(start * 5 + number))
        log.close()
        head = log.head
    assert [each["at"] for each in chained(tmp_path / "log")] == list(range(15))
    assert head == (tmp_path / "log" / "000000.jsonl").read_text().splitlines()[-1].partition("\t")[2]


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_an_unfinished_last_line_is_cut_off_and_the_chain_goes_on(tmp_path: Path, cut: int) -> None:
    log = Journal(tmp_path, first=FIRST)
    for number in range(5):
        log.add(line(number))
    log.close()
    path = tmp_path / "log" / "000000.jsonl"
    os.truncate(path, path.stat().st_size - cut)
    log = Journal(tmp_path, first=FIRST)
    log.add(line(9))
    log.close()
    assert [each["at"] for each in chained(tmp_path / "log")] == [0, 1, 2, 3, 9]


def test_long_logs_go_on_in_a_new_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SEGMENT_BYTES", 1000)
    for _ in range(3):
        log = Journal(tmp_path, first=FIRST)
        for number in range(10):
            log.add(line(number))
            log.flush()
        log.close()
    assert len(list((tmp_path / "log").glob("*.jsonl"))) > 2
    assert len(chained(tmp_path / "log")) == 30


def test_a_next_segment_that_cannot_be_made_is_noticed_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SEGMENT_BYTES", 100)
    log = Journal(tmp_path, first=FIRST)

    def full(_: int) -> int:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr(log, "_opened", full)
        log.add(line(1))
        log.flush()
        seen = [log.is_writable]
    log.add(line(2))
    log.flush()
    seen.append(log.is_writable)
    log.close()
    assert seen == [False, True]
    assert len(chained(tmp_path / "log")) == 2
    assert len(list((tmp_path / "log").glob("*.jsonl"))) == 2


def test_a_full_disk_is_noticed_and_nothing_is_lost_when_it_has_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Journal(tmp_path, first=FIRST)
    log.add(line(0))
    log.flush()
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[: len(data) // 2]))
    log.add(line(1))
    log.flush()
    assert log.is_writable is False
    monkeypatch.undo()
    log.add(line(2))
    log.close()
    assert [each["at"] for each in chained(tmp_path / "log")] == [0, 1, 2]


def test_the_log_of_a_service_holds_requests_and_nobody_in_them(site: Site) -> None:
    site.start()
    site.ask(body={"rows": [ROW] * 3})
    site.ask(body={"rows": [{"age": 1}]})
    site.ask(body={"rows": [ROW]}, token="a guess")
    site.end()
    lines = chained(site.state / "log", site.release)
    assert [(each["status"], each.get("rows", 0)) for each in lines] == [(200, 3), (400, 0), (401, 0)]
    text = (site.state / "log" / "000000.jsonl").read_text()
    for secret in (site.token, "skilled", "2500", "127.0.0.1", "first", "a guess"):
        assert secret not in text
    said = site.status()
    assert (said["log_lines"], said["log_head"]) == (3, text.splitlines()[-1].partition("\t")[2])
    for path in (site.state / "log" / "000000.jsonl", site.state / "log.key", site.state / "memory.json"):
        assert path.stat().st_mode & 0o077 == 0


def test_callers_without_a_token_are_counted_and_do_not_fill_the_disk(site: Site) -> None:
    site.start()
    for _ in range(200):
        assert site.ask(body={"rows": [ROW]}, token="a guess").status == 401
    assert 'status="401"} 200' in site.ask("/metrics").text
    site.end()
    assert 1 <= sum(each["status"] == 401 for each in chained(site.state / "log", site.release)) < 20
