"""A thousand clients at once, clients that take nothing, a disk that is really full: the real wrapper, real sockets."""

import asyncio
import contextlib
import json
import re
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes import disks
from tests.fakes.service import ROW, Site, content

CLIENTS = 1000
EACH = 3
ALLOWED = 1500
MOST_GROWTH_MIB = 100


def peak_mib(pid: int) -> float:
    """The most memory that a process has held so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def sockets(site: Site) -> int:
    """How many the wrapper holds open."""
    assert site.process is not None
    found = 0
    for path in Path(f"/proc/{site.process.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(path.readlink()).startswith("socket:")
    return found


def wait_for(holds: Callable[[], bool], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def request(site: Site, rows: int) -> bytes:
    body = json.dumps({"rows": [ROW] * rows}).encode()
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.token}\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


async def client(site: Site, start: asyncio.Event, sent: bytes) -> list[int]:
    """Asks some times on one connection; returns the status of each answer, which has to be whole."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    await start.wait()
    found = []
    try:
        for _ in range(EACH):
            writer.write(sent)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head)
            assert length
            json.loads(await reader.readexactly(int(length[1])))
            found.append(int(head.split()[1]))
    finally:
        writer.close()
    return found


async def crowd(site: Site) -> list[list[int]]:
    """All clients connect first, and ask only when all of them are there."""
    start = asyncio.Event()
    sent = [request(site, 1), request(site, 100)]
    tasks = [asyncio.create_task(client(site, start, sent[number % 2])) for number in range(CLIENTS)]
    await asyncio.sleep(0)
    start.set()
    async with asyncio.timeout(50):
        return await asyncio.gather(*tasks)


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096) if hard > 0 else 4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_thousand_clients_at_once_are_answered_or_told_to_wait_and_memory_stays_bounded(site: Site) -> None:
    site.build(content(requests_per_minute=ALLOWED)).start()
    assert site.process is not None
    assert site.ask(body={"rows": [ROW] * 100}).status == 200
    before, began = peak_mib(site.process.pid), time.monotonic()
    found = asyncio.run(crowd(site))
    seconds = time.monotonic() - began
    counts = Counter(status for each in found for status in each)
    assert [len(each) for each in found] == [EACH] * CLIENTS
    assert set(counts) <= {200, 429, 503}
    # The bucket refills while they ask, and nobody gets more than it holds.
    assert counts[200] + counts[503] <= ALLOWED + seconds * ALLOWED / 60 + 1
    assert counts[200] >= ALLOWED / 2
    assert counts[429] > 0
    assert peak_mib(site.process.pid) - before < MOST_GROWTH_MIB
    assert site.ask("/v2/health/ready", token=None).status == 200
    assert "Traceback" not in (site.root / "wrapper.log").read_text()


def test_a_client_that_sends_one_byte_a_second_is_let_go_and_delays_nobody(site: Site) -> None:
    site.start()
    whole = request(site, 1)
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as slow:
        began, sent = time.monotonic(), 0
        while time.monotonic() - began < 12:
            try:
                slow.sendall(whole[sent : sent + 1])
            except OSError:
                break
            sent += 1
            asked = time.monotonic()
            assert site.ask(body={"rows": [ROW]}).status == 200
            assert time.monotonic() - asked < 5
            time.sleep(1)
        assert sent < 10
    assert time.monotonic() - began < 12


def test_a_client_that_takes_no_answers_is_let_go(site: Site) -> None:
    """It asks completely, so nothing of it is late, and reads nothing, so its answers have nowhere to go."""
    site.build(content(requests_per_minute=1_000_000)).start()
    before = sockets(site)
    sent = f"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {site.token}\r\n\r\n".encode()
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", site.port))
        deaf.sendall(sent * 5000)
        wait_for(lambda: sockets(site) > before)
        wait_for(lambda: sockets(site) == before)
    assert site.ask(body={"rows": [ROW]}).status == 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    with disks.small_disk(tmp_path / "disk", size="256k") as disk:
        yield disk


def fill(disk: Path) -> Path:
    """Takes all of a disk's room."""
    path = disk / "filled"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(512))
        except OSError:
            return path


def wait_for_status(site: Site, wanted: int) -> dict[str, object]:
    until = time.monotonic() + 20
    while True:
        answer = site.ask(body={"rows": [ROW]})
        if answer.status == wanted:
            return answer.body
        assert time.monotonic() < until, answer
        time.sleep(0.05)


def test_on_a_full_disk_nothing_is_answered_that_cannot_be_logged_and_a_stop_still_works(small_disk: Path) -> None:
    site = Site(small_disk).build(content(requests_per_minute=1_000_000))
    try:
        site.start()
        wait_for_status(site, 200)
        filled = fill(small_disk)
        assert wait_for_status(site, 503)["error"] == "log"
        assert site.ask("/v2/health/ready", token=None).status == 503
        assert site.ask("/v2/health/live", token=None).status == 200
        filled.unlink()
        wait_for_status(site, 200)
        fill(small_disk)
        (site.state / "STOP").symlink_to("nowhere")
        until = time.monotonic() + 20
        while site.ask(body={"rows": [ROW]}).body.get("error") != "stopped":
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        site.end()


def test_a_file_that_may_grow_no_more_is_a_full_disk_too_and_every_answer_is_in_the_log(site: Site) -> None:
    """The same where nobody is root: the system refuses the wrapper every longer file (RLIMIT_FSIZE)."""
    site.build(content(requests_per_minute=1_000_000)).start()
    assert site.process is not None
    pid = site.process.pid
    wait_for_status(site, 200)
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    assert wait_for_status(site, 503)["error"] == "log"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    wait_for_status(site, 200)
    said = site.ask("/metrics").text
    site.end()
    lines = (site.state / "log" / "000000.jsonl").read_text().splitlines()
    answered = sum(json.loads(line.partition("\t")[0])["status"] == 200 for line in lines)
    counted = re.search(r'surefoot_requests_total\{status="200"\} (\d+)', said)
    assert counted
    assert answered >= int(counted[1])
