"""Rows 6 and 13: filter and sort runs; rebuild the catalog.

Row 6 asks as `run list` does, through the filter language and the tables of the runs room. Its limits are the same
question put to DuckDB on flat tables in the same process, and MLflow's `search_runs` on its SQLite store. A run is
decoded part by part when it is asked for, so all runs are measured twice: as found, and with every parameter and metric
of each read.
Row 13 replays a record into an empty catalog. Its limit is DuckDB reading the same events as JSON lines into a table.
Each figure is a median; ours and the limit take turns, and the ratio is the median of the pairs.
"""

import argparse
import gc
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from surefoot.catalog import Catalog, Reducer
from surefoot.people import Identities
from surefoot.runs import tables as runs
from surefoot.trail import Draft, Trail
from surefoot.trail.facts import SEGMENT, Event, Page, Subject
from surefoot.trail.lines import Line, payload_of

WS = hashlib.sha256(b"bench").hexdigest()
FEEDS = tuple(hashlib.sha256(name).hexdigest() for name in (b"person", b"machine"))
LEAVES = tuple(hashlib.sha256(b"%d" % n).hexdigest() for n in range(1000))
PARAMETERS, METRICS = 10, 5
BODIES = 20_000  # different details; more runs have them again
WHERE = "metric.m0 > 0.5 and param.p0 <= 6"
EVENTS = Reducer(
    "events",
    1,
    (),
    (
        """
        CREATE TABLE events (leaf VARCHAR, feed VARCHAR, seq BIGINT, hlc BIGINT, "at" TIMESTAMP, actor VARCHAR,
                             type VARCHAR, subject VARCHAR)
        """,
    ),
    ("INSERT INTO events SELECT leaf, feed, seq, hlc, s.at, actor, type, subject FROM staged s",),
)
STATES = Reducer(
    "states",
    1,
    ("run.requested", "run.finished"),
    ("CREATE TABLE states (run VARCHAR PRIMARY KEY, state VARCHAR, hlc BIGINT, feed VARCHAR, seq BIGINT)",),
    (
        """
        INSERT INTO states SELECT subject, type, hlc, feed, seq FROM staged WHERE type LIKE 'run.%'
        QUALIFY row_number() OVER (PARTITION BY subject ORDER BY hlc DESC, feed DESC, seq DESC) = 1
        ON CONFLICT (run) DO UPDATE SET
            state = excluded.state, hlc = excluded.hlc, feed = excluded.feed, seq = excluded.seq
        WHERE (excluded.hlc, excluded.feed, excluded.seq) > (states.hlc, states.feed, states.seq)
        """,
    ),
)


class Prepared:
    """A record that lies ready in memory, so that only the catalog is measured."""

    ws = WS

    def __init__(self, log: Sequence[Event]) -> None:
        self.log = [page for feed in FEEDS for page in pages_of([one for one in log if one.feed == feed])]

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        """As a trail does, to whom nothing is known yet or everything."""
        return iter(()) if after else iter(self.log)

    def sizes(self) -> dict[str, int]:
        """As a trail does."""
        return {page.feed: page.first + len(page.lines) for page in self.log}


def pages_of(events: Sequence[Event]) -> Iterator[Page]:
    """Events of one feed as the trail hands them over."""
    for first in range(0, len(events), SEGMENT):
        some = events[first : first + SEGMENT]
        yield Page(
            some[0].feed, first, [one.leaf for one in some], [line_of(one) for one in some],
            [msgspec.json.encode(one.body) for one in some],
        )  # fmt: skip


def line_of(one: Event) -> bytes:
    """The line of an event, without a signature."""
    return payload_of(
        Line(
            actor=one.actor, app="bench/1", at=one.at, body=(6, one.leaf), boot=("0" * 16, one.seq), cause=one.cause,
            feed=one.feed, hlc=one.hlc, mean=one.mean, prev=one.leaf, role=one.role, seen={}, is_self=one.is_self,
            seq=one.seq, subjects=one.subjects, type=one.type, ws=one.ws,
        )
    )  # fmt: skip


def tell(row: str, what: str, size: int, ours: float, **rest: object) -> None:
    print(json.dumps({"row": row, "what": what, "size": size, "ours": ours, **rest}), flush=True)


def figure(run: int, metric: int) -> float:
    """A number between 0 and 1 that looks like no other."""
    return (run * 7919 + metric * 104729) % 100003 / 100003


def requested(run: int) -> dict[str, Any]:
    return {
        "experiment": "bench", "number": run, "seed": run, "repeat": 0, "executor": "local",
        "parameters": {f"p{n}": str((run + n) % 13) for n in range(PARAMETERS)},
    }  # fmt: skip


def finished(run: int) -> dict[str, Any]:
    metrics = {
        f"m{n}": {"last": repr(figure(run, n)), "best": repr(figure(run, n)), "count": 1} for n in range(METRICS)
    }
    return {"exit_code": 0, "seconds": "12.5", "metrics": metrics, "verdict": {"meets": True, "criteria": []}}


def event_of(number: int) -> Event:
    """Two events a run, the request by a person and the end by the machine: the even and the odd numbers."""
    run, side = divmod(number, 2)
    return Event(
        leaf=f"{number:064x}", ws=WS, feed=FEEDS[side], seq=run,
        at=f"2026-01-{1 + run // 86400 % 28:02}T{run // 3600 % 24:02}:{run // 60 % 60:02}:{run % 60:02}.000Z",
        hlc=1_767_225_600_000_000 + number, actor="per_" + "a" * 26, role="owner", mean="created",
        type=("run.requested", "run.finished")[side], subjects=(Subject(f"run_{run:026}", LEAVES[run % 1000]),),
        cause=(LEAVES[run % 1000],), body=_bodies(run % BODIES)[side], is_self=False,
    )  # fmt: skip


@cache
def _bodies(run: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return requested(run), finished(run)


def record_of(count: int) -> list[Event]:
    """The first events of them all."""
    return [event_of(number) for number in range(count)]


def turns(ours: Callable[[], object], limit: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Medians of both in seconds, and the median of ours ÷ limit, each pair measured one after the other."""
    pairs = []
    for _ in range(repeats):
        taken = []
        for work in (ours, limit):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
        pairs.append(taken)
    mine, theirs = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(theirs), statistics.median(a / b for a, b in pairs)


def flat(count: int) -> duckdb.DuckDBPyConnection:
    """The same runs in plain tables."""
    bare = duckdb.connect()
    bare.execute("CREATE TABLE r (run VARCHAR, state VARCHAR, moment BIGINT)")
    bare.execute("CREATE TABLE m (run VARCHAR, name VARCHAR, value DOUBLE)")
    bare.execute("CREATE TABLE p (run VARCHAR, name VARCHAR, value DOUBLE)")
    for table, rows in (
        ("r", [(f"run_{n:026}", "finished", n) for n in range(count)]),
        ("m", [(f"run_{n:026}", f"m{k}", figure(n, k)) for n in range(count) for k in range(METRICS)]),
        ("p", [(f"run_{n:026}", f"p{k}", (n + k) % 13) for n in range(count) for k in range(PARAMETERS)]),
    ):
        appender = bare.appender(table)
        appender.append_rows(rows)
        appender.flush()
    return bare


TOP = """
    SELECT r.*, s.value FROM r JOIN m s ON s.run = r.run AND s.name = 'm0'
    WHERE s.value > 0.5 AND r.run IN (SELECT run FROM p WHERE name = 'p0' AND value <= 6)
    ORDER BY s.value DESC LIMIT 100
"""
WIDE = """
    SELECT r.*, a.*, b.* FROM r
    JOIN (PIVOT m ON name USING first(value) GROUP BY run) a USING (run)
    JOIN (PIVOT p ON name USING first(value) GROUP BY run) b USING (run)
"""


def search_row(folder: Path, count: int, peer: str) -> None:
    theirs = mlflow_times(peer, count) if count <= 5_000 else {}
    bare = flat(count)
    log = record_of(2 * count)
    # As in rebuild_row: what lies ready is not the garbage collector's business.
    gc.collect()
    gc.freeze()
    with Catalog.open(folder / f"runs-{count}", Prepared(log), runs.REDUCERS) as catalog:
        for what, key, goal, ours, sql in (
            ("filter and sort, top 100", "top", "≤ 8 at 5,000",
             lambda: runs.search(catalog, where=WHERE, sort="-metric.m0", limit=100), TOP),
            ("all, as found", "all", "≤ 30 at 5,000", lambda: runs.search(catalog, limit=count), WIDE),
            ("all, every parameter and metric read", "all", "≤ 30 at 5,000", lambda: read_all(catalog, count), WIDE),
        ):  # fmt: skip
            mine, limit, ratio = turns(ours, lambda sql=sql: bare.execute(sql).fetchall(), 15)  # type: ignore[misc]  # default binds the loop's query
            rest = {"unit": "ms", "goal": goal}
            tell(
                "6",
                what,
                count,
                mine * 1000,
                peer="DuckDB, flat tables",
                peer_or_limit=limit * 1000,
                ratio=ratio,
                **rest,
            )
            if theirs:
                tell("6", what, count, mine * 1000, peer="MLflow, SQLite store", peer_or_limit=theirs[key] * 1000,
                     ratio=mine / theirs[key], **rest)  # fmt: skip
    gc.unfreeze()
    bare.close()


def read_all(catalog: Catalog, count: int) -> int:
    """Fetches all runs and reads every parameter and metric of each; returns how many values that were."""
    return sum(len(one.parameters) + len(one.metrics) for one in runs.search(catalog, limit=count))


def mlflow_times(peer: str, count: int) -> dict[str, float]:
    """What MLflow takes for the same questions; nothing where there is no environment with it."""
    if not peer:
        return {}
    script = Path(__file__).with_name("search_mlflow.py")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            (peer, str(script), folder, str(count)), check=True, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"},
        )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def rebuild_row(folder: Path, count: int) -> None:
    log = record_of(count)
    # What lies ready is not the garbage collector's business, as it would not be if it streamed in.
    gc.collect()
    gc.freeze()
    lines = folder / "events.jsonl"
    encode = msgspec.json.Encoder().encode
    with lines.open("wb") as file:
        for one in log:
            file.write(encode(one) + b"\n")
    repeats = 3 if count >= 1_000_000 else 5
    with Catalog.open(folder / f"rebuild-{count}", Prepared(log), (EVENTS, STATES)) as catalog:
        mine, limit, ratio = turns(catalog.rebuild, lambda: engine_alone(lines), repeats)
    tell("13", "two toy reducers, events ready in memory", count, count / mine, peer="DuckDB read_json",
         peer_or_limit=count / limit, ratio=1 / ratio, unit="events/s", goal="≥ 100,000")  # fmt: skip
    gc.unfreeze()
    lines.unlink()


def engine_alone(lines: Path) -> None:
    with duckdb.connect() as bare:
        bare.execute(
            """
            CREATE TABLE events AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = {
                'leaf': 'VARCHAR', 'feed': 'VARCHAR', 'seq': 'BIGINT', 'hlc': 'BIGINT', 'at': 'TIMESTAMP',
                'actor': 'VARCHAR', 'role': 'VARCHAR', 'mean': 'VARCHAR', 'type': 'VARCHAR', 'subjects': 'JSON',
                'cause': 'VARCHAR[]', 'body': 'JSON'})
            """,
            [str(lines)],
        )


def trail_row(folder: Path) -> None:
    people = Identities(folder / "state")
    people.create_sample("bench")
    signer = people.person_signer(str)
    trail = Trail.create(folder / "p", state=folder / "state", owner=signer, sample=True)
    people.bind(trail.ws)
    recorder = trail.recorder(Identities(folder / "state", ws=trail.ws).person_signer(str))
    done = 2
    for count in (10_000, 100_000, 1_000_000):
        while done < count:
            some = range(done, min(count, done + 20_000))
            recorder.record(
                *(Draft("label.set", (Subject(f"run_{n:026}", LEAVES[n % 1000]),), requested(n)) for n in some)
            )
            done += len(some)
        limit = {"peer": "DuckDB over the same files, unchecked", "unit": "events/s", "goal": "≥ 100,000"}
        shutil.rmtree(folder / "state" / trail.ws / "trail" / "details", ignore_errors=True)
        with (
            Trail.open(folder / "p", state=folder / "state") as reader,
            Catalog(folder / "catalog", reader, (EVENTS, STATES)) as catalog,
        ):
            first, engine, ratio = turns(catalog.rebuild, lambda: files_alone(folder / "p"), 1)
            tell("13", "from the trail, every detail checked for the first time", count, count / first,
                 peer_or_limit=count / engine, ratio=1 / ratio, **limit)  # fmt: skip
            mine, engine, ratio = turns(catalog.rebuild, lambda: files_alone(folder / "p"), 3)
            tell("13", "from the trail, verified here before", count, count / mine,
                 peer_or_limit=count / engine, ratio=1 / ratio, **limit)  # fmt: skip


def files_alone(project: Path) -> None:
    """The engine reads what the catalog is made from: lines as TAB-separated text, bodies as JSON lines."""
    with duckdb.connect() as bare:
        bare.execute(
            """
            CREATE TABLE events AS SELECT from_json(line, '{
                "feed": "VARCHAR", "seq": "BIGINT", "hlc": "BIGINT", "at": "TIMESTAMP", "actor": "VARCHAR",
                "role": "VARCHAR", "mean": "VARCHAR", "type": "VARCHAR", "subj": [["VARCHAR"]],
                "cause": ["VARCHAR"]}') AS line
            FROM read_csv(?, delim = '\t', quote = '', escape = '', header = false, columns = {
                'line': 'VARCHAR', 'signature': 'VARCHAR'})
            """,
            [str(project / "trail" / "feeds" / "*" / "*.evt")],
        )
        bare.execute(
            "CREATE TABLE bodies AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = {"
            "'seq': 'BIGINT', 'fields': 'JSON'})",
            [str(project / "bodies" / "*" / "*.jsonl")],
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", default="", help="python of an environment with MLflow")
    peer = parser.parse_args().peer
    folder = Path(tempfile.mkdtemp(prefix="surefoot-bench-"))
    try:
        for count in (500, 5_000, 50_000):
            search_row(folder, count, peer)
        for count in (10_000, 100_000, 1_000_000):
            rebuild_row(folder, count)
        trail_row(folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
