"""Rows 11 and 12: append signed events durably; verify a trail. Each beside the machine's limit in the same run.

The limit of an append is the same bytes through write and fdatasync with nothing done to them; that of a batch is
signing alone; the limit of checking every signature is PyNaCl alone on two threads over as many signatures; that of the
chain is SHA-256 of every line. Lines without details show what signatures cost, lines with them what details add.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import nacl.signing

from surefoot.people import Identities
from surefoot.trail import Draft, Json, Subject, Trail, verify

LINE = 560  # bytes of a line with its body's root
BODY: dict[str, Json] = {"name": "a run", "seconds": "12.5", "metrics": {"auc": "0.787"}}
SUBJECT = (Subject("run_bench", "ab" * 32),)


def tell(row: str, what: str, size: int, ours: float, **rest: object) -> None:
    print(json.dumps({"row": row, "what": what, "size": size, "ours": ours, **rest}), flush=True)


def draft() -> Draft:
    return Draft("label.set", SUBJECT, BODY)


def found(folder: Path) -> Trail:
    people = Identities(folder / "state")
    people.create_sample("bench")
    signer = people.person_signer(str)
    trail = Trail.create(folder / "p", state=folder / "state", owner=signer, sample=True)
    people.bind(trail.ws)
    return trail


def opened(folder: Path) -> tuple[Trail, Callable[..., object]]:
    trail = Trail.open(folder / "p", state=folder / "state")
    people = Identities(folder / "state", ws=trail.ws)
    return trail, trail.recorder(people.person_signer(str)).record


def bare_appends(folder: Path, count: int) -> float:
    """Appends a second of a body and a line, each written and fdatasynced, with nothing computed."""
    first, second = (os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in ("a", "b"))
    start = time.perf_counter()
    for _ in range(count):
        for handle in (first, second):
            os.write(handle, b"x" * LINE)
            os.fdatasync(handle)
    rate = count / (time.perf_counter() - start)
    os.close(first)
    os.close(second)
    return rate


def write(folder: Path, count: int, times: "multiprocessing.Queue[list[float]]") -> None:
    trail, record = opened(folder)
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        record(draft())
        taken.append(time.perf_counter() - start)
    trail.close()
    times.put(taken)


def p99(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.99)] * 1000


def append_row(folder: Path) -> None:
    trail = found(folder)
    _, record = trail, opened(folder)[1]
    for count in (500, 2_000, 8_000):
        limit = bare_appends(folder, count)
        taken = []
        start = time.perf_counter()
        for _ in range(count):
            one = time.perf_counter()
            record(draft())
            taken.append(time.perf_counter() - one)
        rate = count / (time.perf_counter() - start)
        tell("11", "one by one, with body, durable", count, rate, peer="bare write + fdatasync", peer_or_limit=limit,
             ratio=rate / limit, unit="events/s", goal="≥ 1,500")  # fmt: skip
        tell("11", "p99 of one append", count, p99(taken), unit="ms", goal="≤ 5")
    for count in (1_000, 10_000, 100_000):
        drafts = [draft() for _ in range(count)]
        limit = signing_limit()
        start = time.perf_counter()
        record(*drafts)
        rate = count / (time.perf_counter() - start)
        tell("11", "in one batch, signed, durable", count, rate, peer="signing alone", peer_or_limit=limit,
             ratio=rate / limit, unit="events/s", goal="≥ 100,000 unsigned; signing is the limit")  # fmt: skip
    for writers in (2, 4, 8):
        times: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
        workers = [multiprocessing.Process(target=write, args=(folder, 400, times)) for _ in range(writers)]
        for worker in workers:
            worker.start()
        taken = [each for _ in workers for each in times.get()]
        for worker in workers:
            worker.join()
        tell("11", "p99 of one append with so many writers", writers, p99(taken), unit="ms", goal="≤ 50 with 8")


def signing_limit(count: int = 2_000) -> float:
    """Signatures a second with the library that signs lines."""
    key, data = nacl.signing.SigningKey.generate(), b"x" * LINE
    start = time.perf_counter()
    for _ in range(count):
        key.sign(data)
    return count / (time.perf_counter() - start)


def signatures_limit(count: int) -> float:
    """Seconds for so many signatures with PyNaCl on two threads, scaled from 40,000."""
    key = nacl.signing.SigningKey.generate()
    data = b"x" * LINE
    signature = key.sign(data).signature
    some = min(count, 40_000)

    def half(_: int) -> None:
        for _ in range(some // 2):
            key.verify_key.verify(data, signature)

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(half, range(2)))
    return (time.perf_counter() - start) * count / some


def hash_limit(folder: Path) -> float:
    """Seconds to read every line and hash it."""
    start = time.perf_counter()
    for path in sorted((folder / "p" / "trail" / "feeds").glob("*/*.evt")):
        for line in path.read_bytes().splitlines():
            hashlib.sha256(line)
    return time.perf_counter() - start


def timed(folder: Path, *, signatures: bool) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        verify(folder / "p", pins=folder / "state", signatures=signatures)
        taken.append(time.perf_counter() - start)
        if taken[0] > 20:
            break
    return statistics.median(taken)


def verify_row(folder: Path, body: Mapping[str, Json], what: str) -> None:
    trail = found(folder)
    record = opened(folder)[1]
    done = sum(trail.sizes().values())
    for size in (10_000, 100_000, 1_000_000):
        while done < size:
            record(*(Draft("label.set", SUBJECT, body) for _ in range(min(50_000, size - done))))
            done += min(50_000, size - done)
        limit = hash_limit(folder)
        chain = timed(folder, signatures=False)
        tell("12", "chain and checkpoints", size, chain, peer="read + SHA-256", peer_or_limit=limit,
             ratio=chain / limit, unit="s", goal="≤ 3 at 1,000,000")  # fmt: skip
        limit = signatures_limit(size)
        whole = timed(folder, signatures=True)
        tell("12", what, size, whole, peer="PyNaCl alone, 2 threads", peer_or_limit=limit,
             ratio=whole / limit, unit="s", goal="≤ 30 at 1,000,000")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="not used: the limits are this machine's")
    parser.parse_args()
    for row in (
        append_row,
        partial(verify_row, body={}, what="every signature"),
        partial(verify_row, body=BODY, what="every signature and every body"),
    ):
        folder = Path(tempfile.mkdtemp(prefix="surefoot-bench-"))
        try:
            row(folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
