"""P8: any interleaving and any cut with a resume give the same tables; a batch is in wholly or not at all.

SUREFOOT_ROUNDS sets how many histories are tried.
"""

import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surefoot.catalog import Catalog, Reducer, projection, service
from surefoot.errors import CancelledError, Code, RecordBrokenError, SurefootError
from surefoot.trail.facts import Event, Page
from tests.fakes.catalog import FakeSource, assert_order_free, event, reduced
from tests.fakes.recorder import FakeRecorder
from tests.unit.catalog.conftest import EVENTS, KEPT, REDUCERS, STATES, Opened

KINDS = ("run.requested", "run.started", "run.finished", "dataset.seen")
ALL = ("SELECT * FROM events ORDER BY ALL", "SELECT * FROM states ORDER BY ALL")


def history(count: int, *, seed: int = 0, feeds: str = "abc") -> list[Event]:
    """Events of a few feeds about few subjects, in an order in which each feed's own stays."""
    chance = random.Random(seed)
    sizes = dict.fromkeys(feeds, 0)
    found = []
    for number in range(count):
        feed = chance.choice(feeds)
        body = None if chance.random() < 0.1 else {"name": f"n{number}", "deep": {"list": [1, "two", None, True]}}
        found.append(
            event(
                chance.choice(KINDS), f"run_{chance.randrange(7)}", feed=feed, seq=sizes[feed],
                hlc=1000 + chance.randrange(count), body=body,
            )
        )  # fmt: skip
        sizes[feed] += 1
    return found


def interleaved(events: Sequence[Event], chance: random.Random) -> list[Event]:
    queues: dict[str, list[Event]] = {}
    for one in events:
        queues.setdefault(one.feed, []).append(one)
    mixed = []
    while queues:
        feed = chance.choice(sorted(queues))
        mixed.append(queues[feed].pop(0))
        if not queues[feed]:
            del queues[feed]
    return mixed


def content(catalog: Catalog) -> list[object]:
    return [catalog.rows(query) for query in ALL]


@given(count=st.integers(1, 60), seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 60), max_size=4))
@settings(
    max_examples=int(os.environ.get("SUREFOOT_ROUNDS", "25")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_interleaving_and_any_cut_with_a_resume_give_the_same_tables(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, cuts: list[int]
) -> None:
    events = history(count, seed=seed)
    expected = reduced(REDUCERS, [events])
    mixed = interleaved(events, random.Random(seed))
    folder = tmp_path_factory.mktemp("catalog")
    for cut in sorted(cuts):
        with Catalog.open(folder, FakeSource(mixed[:cut]), REDUCERS):
            pass
    with Catalog.open(folder, FakeSource(mixed), REDUCERS) as catalog:
        found = {name: sorted(map(repr, map(tuple, map(dict.values, catalog.rows(query))))) for name, query in QUERIES}
    assert found == expected


QUERIES = (("events", "SELECT * FROM events"), ("states", "SELECT * FROM states"))


@pytest.mark.parametrize("reducer", [*REDUCERS, KEPT], ids=lambda one: one.name)
def test_the_toy_reducers_do_not_care_about_order(reducer: Reducer) -> None:
    assert_order_free(reducer, history(30, feeds="ab"), rounds=8)


def test_the_check_of_order_finds_a_reducer_that_lets_the_last_writer_win() -> None:
    careless = Reducer(
        "careless", 1, STATES.types, STATES.tables, (STATES.apply[0].rpartition("WHERE")[0],)
    )  # fmt: skip
    with pytest.raises(AssertionError, match="depends on the order"):
        assert_order_free(careless, history(30), rounds=8)


def test_an_event_arrives_with_all_its_fields(opened: Opened) -> None:
    body = {"text": 'quote " tab \t null \u0000 ệ 🐦', "large": 2**53, "deep": {"a": [1, {"b": None}]}}
    one = event("run.started", "run_1", body=body)
    found = opened(FakeSource([one])).one("SELECT e.*, e.body->>'$.text' AS text FROM events e")
    assert found is not None
    assert (found["leaf"], found["feed"], found["seq"], found["hlc"]) == (one.leaf, one.feed, one.seq, one.hlc)
    assert found["at"].isoformat() == "2026-01-01T00:00:00"
    assert found["subject"] == "run_1"
    assert found["sha256"] == one.subjects[0].sha256
    assert found["is_self"] is False


def test_a_missing_detail_is_null_and_not_the_word_null(opened: Opened) -> None:
    found = opened(FakeSource([event("run.started", "run_1", body=None)])).one(
        "SELECT body IS NULL AS gone FROM events"
    )
    assert found == {"gone": True}


def test_events_of_the_recorder_are_followed_as_they_come(opened: Opened) -> None:
    recorder = FakeRecorder()
    catalog = opened(recorder)
    assert catalog.catch_up() == 0


def test_what_comes_later_is_applied_once(opened: Opened) -> None:
    events = history(40)
    source = FakeSource(events[:10])
    catalog = opened(source)
    source.log = events[:25]
    assert catalog.catch_up() == 15
    assert catalog.catch_up() == 0
    source.log = events
    assert catalog.catch_up() == 15
    assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 40}


def test_following_yields_new_events_until_it_is_told_to_stop(opened: Opened) -> None:
    events = history(9)
    source = FakeSource(events[:3])
    catalog = opened(source)
    found: list[int] = []
    source.log = events[:7]
    for applied in catalog.follow(cancel=lambda: len(found) == 2, pause=0.01):
        found.append(applied)
        source.log = events
    assert found == [4, 2]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(history(12, seed=3)[:5], id="restored from yesterday"),
        pytest.param(history(15, seed=4), id="another record of the same feeds"),
        pytest.param(
            [one for one in history(12, seed=3) if one.feed != history(1, seed=3)[0].feed], id="a feed is gone"
        ),
        pytest.param([], id="empty"),
    ],
)
def test_a_record_that_is_not_the_one_applied_is_replayed(tmp_path: Path, changed: list[Event]) -> None:
    with Catalog.open(tmp_path, FakeSource(history(12, seed=3)), REDUCERS):
        pass
    with Catalog.open(tmp_path, FakeSource(changed), REDUCERS) as catalog:
        assert {row["leaf"] for row in catalog.rows("SELECT leaf FROM events")} == {one.leaf for one in changed}


def test_an_open_catalog_notices_that_the_record_was_exchanged(opened: Opened) -> None:
    source = FakeSource(history(10, seed=1, feeds="a"))
    catalog = opened(source)
    source.log = history(12, seed=2, feeds="a")
    catalog.catch_up()
    leaves = {row["leaf"] for row in catalog.rows("SELECT leaf FROM events")}
    assert leaves == {one.leaf for one in source.log}


def test_an_erasure_makes_every_free_slot_forget(opened: Opened, tmp_path: Path) -> None:
    log = [event("run.started", "run_1", feed="a", seq=0, body={"name": "Nguyễn Thị Hoa"})]
    source = FakeSource(log)
    catalog = opened(source)
    second = opened(source)
    second.close()
    folder = tmp_path / "catalog"
    assert b"Hoa" in (folder / "1.duckdb").read_bytes()
    source.log = [
        event("run.started", "run_1", feed="a", seq=0, body={}),
        event("erasure.done", "per_1", feed="a", seq=1, body={}),
    ]
    assert catalog.catch_up() == 2
    catalog.close()
    assert not any(b"Hoa" in path.read_bytes() for path in folder.iterdir() if path.is_file())


class BrokenSource(FakeSource):
    """Fails after some events, as a trail does that does not verify."""

    def __init__(self, log: Sequence[Event], *, sound: int) -> None:
        super().__init__(log)
        self.sound = sound

    def pages(self, *, after: Mapping[str, int] | None = None) -> Iterator[Page]:
        for number, one in enumerate(super().pages(after=after)):
            if number == self.sound:
                raise RecordBrokenError(Code.INTERNAL, detail="a line does not verify")
            yield one


def test_a_record_that_breaks_is_told_and_what_was_sound_stays(
    monkeypatch: pytest.MonkeyPatch, opened: Opened, tmp_path: Path
) -> None:
    monkeypatch.setattr(service, "BATCH", 4)
    log = history(10, feeds="a")
    with pytest.raises(RecordBrokenError):
        opened(BrokenSource(log, sound=9))
    assert opened(FakeSource(log)).one("SELECT count(*) AS n FROM events") == {"n": 10}


def test_a_cancelled_replay_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(service, "BATCH", 10)
    log = history(95)
    seen: list[tuple[str, int, int]] = []
    with pytest.raises(CancelledError):
        Catalog.open(
            tmp_path, FakeSource(log), REDUCERS, progress=lambda *step: seen.append(step), cancel=lambda: len(seen) == 4
        )
    assert seen == [("catalog.replay", done, 95) for done in (0, 10, 20, 30)]
    later: list[tuple[str, int, int]] = []
    with Catalog.open(tmp_path, FakeSource(log), REDUCERS, progress=lambda *step: later.append(step)) as catalog:
        assert catalog.one("SELECT count(*) AS n FROM events") == {"n": 95}
    assert later[0] == ("catalog.replay", 0, 55)
    assert later[-1] == ("catalog.replay", 55, 55)


def test_a_batch_that_fails_leaves_nothing_of_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(service, "BATCH", 10)
    log = [event("run.started", "run_1", seq=n, body={"name": f"n{n}"}) for n in range(30)]
    spoiled = Reducer(
        "spoiled", 1, (), ("CREATE TABLE spoiled (n BIGINT)",),
        ("INSERT INTO spoiled SELECT CASE WHEN body->>'$.name' = 'n25' THEN 'x' ELSE '1' END::BIGINT FROM staged",),
    )  # fmt: skip
    catalog = Catalog(tmp_path, FakeSource(log), (EVENTS, spoiled))
    with catalog:
        with pytest.raises(SurefootError) as caught:
            catalog.catch_up()
        assert caught.value.code is Code.CATALOG_UNUSABLE
        counts = "SELECT (SELECT count(*) FROM events) AS a, (SELECT count(*) FROM spoiled) AS b"
        assert catalog.one(counts) == {"a": 20, "b": 20}


def test_a_rebuild_gives_the_same_tables(opened: Opened) -> None:
    source = FakeSource(history(50))
    catalog = opened(source)
    before = content(catalog)
    assert catalog.rebuild() == 50
    assert content(catalog) == before


def test_a_changed_reducer_counts_as_another_version(tmp_path: Path) -> None:
    source = FakeSource(history(5))
    with Catalog.open(tmp_path, source, [EVENTS]):
        pass
    with Catalog.open(tmp_path, source, REDUCERS) as catalog:
        assert catalog.one("SELECT count(*) > 0 AS some FROM states") == {"some": True}


def test_the_fingerprint_changes_with_every_part_of_a_reducer() -> None:
    variants = [
        Reducer("n", 1, ("a.b",), ("t",), ("s",)), Reducer("m", 1, ("a.b",), ("t",), ("s",)),
        Reducer("n", 2, ("a.b",), ("t",), ("s",)), Reducer("n", 1, ("a.c",), ("t",), ("s",)),
        Reducer("n", 1, ("a.b",), ("u",), ("s",)), Reducer("n", 1, ("a.b",), ("t",), ("r",)),
    ]  # fmt: skip
    assert len({projection._print([one]) for one in variants}) == len(variants)
