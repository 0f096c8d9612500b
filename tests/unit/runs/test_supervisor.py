"""The supervisor, killed before and after each thing that it does: the next one ends every run truthfully.

The kill is an exception that nothing catches, so everything that a killed process had done stays and nothing more
comes; the real kills are in test_kills.py.
"""

import json
import logging
import tracemalloc
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import Code, IncompleteError, InputRefusedError, SurefootError
from surefoot.executors.facts import Handle, Place
from surefoot.objects import Objects
from surefoot.runs import collection, folders
from surefoot.trail import Event, Subject
from tests.fakes.site import RECIPE, FakeExecutor, Fuse, KilledError, Site, until_done


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_queued_run_is_started_watched_and_recorded(site: Site) -> None:
    (run,) = site.request()
    until_done(site.supervisor())
    (end,) = site.ends(run)
    assert end.type == "run.finished"
    assert end.body is not None
    assert end.body["verdict"] == {
        "meets": True,
        "criteria": [{"metric": "auc", "rule": "at_least", "limit": "0.5", "value": "0.7", "meets": True}],
    }
    assert not (site.runs / run / "inputs").exists()
    assert site.objects.read(str(end.body["log"])) == b"said"


def test_the_plan_that_an_agent_gets_holds_what_it_reads_and_no_secret(site: Site) -> None:
    (run,) = site.request()
    until_done(site.supervisor())
    order = json.loads((site.runs / run / folders.PLAN).read_text())
    assert set(order) == {
        "format", "run", "command", "seed", "parameters", "inputs", "outputs", "guardrails", "environment",
    }  # fmt: skip


def steps_of_one_run(folder: Path, fused: Callable[[Fuse], None]) -> int:
    fuse = Fuse()
    site = Site(folder)
    site.request()
    fused(fuse)
    until_done(site.supervisor(fuse))
    return fuse.count


@pytest.mark.parametrize("dies", [False, True])
def test_killed_at_any_moment_the_next_one_ends_the_run_truthfully(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    whole = {name: getattr(folders, name) for name in ("prepare", "note_launch", "tidy")}
    collect = collection.collect

    def fused(fuse: Fuse) -> None:
        for name, act in whole.items():
            monkeypatch.setattr(folders, name, fuse.around(act))
        monkeypatch.setattr(collection, "collect", fuse.around(collect))

    total = steps_of_one_run(tmp_path / "count", fused)
    assert total > 20
    for at in range(1, total + 1):
        site = Site(tmp_path / str(at), executor=FakeExecutor(dies=dies))
        (run,) = site.request()
        fuse = Fuse(at)
        fused(fuse)
        with pytest.raises(KilledError):
            until_done(site.supervisor(fuse))
        fused(Fuse())
        folders.sweep(site.runs)
        site.executor = FakeExecutor(dies=dies)
        until_done(site.supervisor())
        kinds = [one.type for one in site.log.log]
        assert kinds == ["run.requested", "run.started", "run.lost" if dies else "run.finished"], f"killed at {at}"
        assert (site.runs / run / "ran.txt").read_text() == "once\n", f"killed at {at}"
        assert not list(site.runs.glob(".draft-*"))


def test_a_run_in_the_queue_is_cancelled_without_being_started(site: Site) -> None:
    (run,) = site.request()
    folders.ask_to_cancel(site.runs, run, by="per_x")
    until_done(site.supervisor())
    (end,) = site.ends(run)
    assert (end.type, end.body and end.body["by"]) == ("run.cancelled", "per_x")
    assert end.cause == (site.log.log[0].leaf,)
    assert not (site.runs / run).exists()
    assert folders.asked_to_cancel(site.runs) == set()


def test_a_run_that_goes_on_is_told_to_stop(site: Site) -> None:
    (run,) = site.request()
    supervisor = site.supervisor()
    supervisor.tick()
    assert [one.type for one in site.log.log] == ["run.requested", "run.started"]
    folders.ask_to_cancel(site.runs, run, by="per_x")
    until_done(supervisor)
    (end,) = site.ends(run)
    assert (end.type, end.body and end.body["by"]) == ("run.cancelled", "per_x")


def test_a_run_whose_folder_was_taken_away_is_lost_not_started_again(site: Site) -> None:
    (run,) = site.request()
    site.supervisor().tick()
    folders.remove(site.runs / run)
    until_done(site.supervisor())
    assert [one.type for one in site.ends(run)] == ["run.lost"]


def missing_data(_name: str, _version: Mapping[str, Any], _folder: Path) -> None:
    raise IncompleteError(Code.FILE_MISSING, path="rows")


def test_a_run_whose_data_are_gone_fails_and_says_so_and_leaves_nothing(site: Site) -> None:
    (run,) = site.request()
    until_done(site.supervisor(inputs=missing_data))
    (end,) = site.ends(run)
    assert end.type == "run.failed"
    assert end.body is not None
    assert (end.body["why"], end.body["detail"]) == (Code.FILE_MISSING.value, "path=rows")
    assert list(site.runs.iterdir()) == []


def test_a_run_whose_plan_is_gone_fails_and_says_so(site: Site, tmp_path: Path) -> None:
    (run,) = site.request()
    until_done(site.supervisor(objects=Objects(tmp_path / "empty")))
    assert [one.type for one in site.ends(run)] == ["run.failed"]


def test_an_executor_that_is_not_here_fails_the_run_and_no_other(site: Site) -> None:
    (other,) = site.request(RECIPE + '[executor]\nname = "elsewhere"\n')
    (run,) = site.request()
    until_done(site.supervisor())
    assert [one.type for one in site.ends(other)] == ["run.failed"]
    assert [one.type for one in site.ends(run)] == ["run.finished"]


def test_a_disk_that_is_full_costs_time_and_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (run,) = site.request()
    times = iter(range(0, 100_000, 10))
    monkeypatch.setattr("surefoot.runs.supervisor.time.monotonic", lambda: float(next(times)))
    collect, failures = collection.collect, iter([True, True])

    def full(*args: Any, **kwargs: Any) -> collection.Collected:
        if next(failures, False):
            raise SurefootError(Code.DISK_FULL, path="objects")
        return collect(*args, **kwargs)

    monkeypatch.setattr(collection, "collect", full)
    with caplog.at_level(logging.CRITICAL):
        until_done(site.supervisor())
    assert [one.type for one in site.ends(run)] == ["run.finished"]


class LateExecutor(FakeExecutor):
    """A killed supervisor had started the run, but its agent shows itself only now."""

    has_come = False

    def _attach(self, place: Place) -> Handle | None:
        return super()._attach(place) if self.has_come else None

    def _start(self, place: Place) -> Handle:
        if not Path(place.where, "fake").exists():
            super()._start(place)
        self.has_come = True
        raise InputRefusedError(Code.RUN_STARTED_BEFORE, run=place.run)


class DeadExecutor(FakeExecutor):
    """Its agent never comes up."""

    def _start(self, place: Place) -> Handle:
        raise SurefootError(Code.AGENT_SILENT, run=place.run, detail="no")


@pytest.mark.parametrize(
    ("executor", "ending", "why"),
    [(LateExecutor(), "run.finished", None), (DeadExecutor(), "run.failed", Code.AGENT_SILENT.value)],
)
def test_what_cannot_be_started_is_looked_for_again_and_given_up_at_last(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    executor: FakeExecutor,
    ending: str,
    why: str | None,
) -> None:
    times = iter(range(0, 100_000, 10))
    monkeypatch.setattr("surefoot.runs.supervisor.time.monotonic", lambda: float(next(times)))
    site.executor = executor
    (run,) = site.request()
    with caplog.at_level(logging.CRITICAL):
        until_done(site.supervisor())
    (end,) = site.ends(run)
    assert end.body is not None
    assert (end.type, end.body.get("why")) == (ending, why)


def test_as_many_run_at_once_as_the_machine_has_room_for(site: Site) -> None:
    runs = site.request(RECIPE.replace("[run]", "[run]\nseed = [1, 2, 3, 4, 5]"))
    supervisor = site.supervisor()
    most = 0
    for _ in range(30):
        supervisor.tick()
        started = {one.subjects[0].id for one in site.log.of_type("run.started")}
        most = max(most, len([run for run in started if not site.ends(run)]))
    assert most == 2
    assert all(site.ends(run)[0].type == "run.finished" for run in runs)
    order = [one.subjects[0].id for one in site.log.of_type("run.started")]
    assert order == runs


def test_an_output_that_was_changed_after_the_end_is_not_taken(site: Site) -> None:
    (run,) = site.request()
    supervisor = site.supervisor()
    supervisor.tick()
    (site.runs / run / "output" / "result.txt").write_text("another")
    until_done(supervisor)
    (end,) = site.ends(run)
    assert end.body is not None
    assert (end.type, end.body["refused"]) == ("run.failed", [{"name": "result.txt", "reason": "changed"}])
    assert end.body["outputs"] == {}


def test_an_output_that_became_a_link_is_not_followed(site: Site) -> None:
    (run,) = site.request()
    supervisor = site.supervisor()
    supervisor.tick()
    output = site.runs / run / "output" / "result.txt"
    output.rename(site.folder / "elsewhere")
    output.symlink_to(site.folder / "elsewhere")
    until_done(supervisor)
    (end,) = site.ends(run)
    assert end.body is not None
    assert (end.type, end.body["refused"]) == ("run.failed", [{"name": "result.txt", "reason": "link"}])


def test_a_long_record_does_not_stay_in_memory(site: Site) -> None:
    site.request(RECIPE.replace("[run]", "[run]\nseed = [1, 2, 3, 4]"))
    supervisor = site.supervisor()
    until_done(supervisor)
    known = supervisor._know
    assert [len(table) for table in (known.lives, known.watched, known.plans, known.later)] == [0, 0, 0, 0]
    assert len(known.ended) == 4


class LongTrail:
    """A record of many runs that have ended, made as it is read."""

    COUNT = 2000

    def __init__(self, like: Event) -> None:
        self._like = like

    def sizes(self) -> dict[str, int]:
        return {self._like.feed: 2 * self.COUNT}

    def events(self, *, after: Mapping[str, int] | None = None, types: Container[str] | None = None) -> Iterator[Event]:
        for kind in ("run.requested", "run.finished"):
            for number in range(self.COUNT if types is None or kind in types else 0):
                subjects = (Subject(f"run_{number}", "0" * 64),)
                yield replace(self._like, type=kind, subjects=subjects, body={"text": "x" * 10_000 + str(number)})


def test_a_long_record_is_not_in_memory_at_the_start_either(site: Site) -> None:
    site.request()
    supervisor = site.supervisor(trail=LongTrail(site.log.log[0]))
    tracemalloc.start()
    try:
        assert supervisor.tick() == (True, False)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(supervisor._know.ended) == LongTrail.COUNT
    assert most < 2_000_000
    assert supervisor.tick() == (False, False)


def test_an_error_of_the_system_ends_neither_the_supervisor_nor_another_run(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other, run = site.request(RECIPE.replace("[run]", "[run]\nseed = [1, 2]"))
    collect = collection.collect

    def fails(folder: Path, *args: Any, **kwargs: Any) -> collection.Collected:
        if folder.name == other:
            raise FileExistsError(folder)
        return collect(folder, *args, **kwargs)

    def keeper() -> bool:
        raise PermissionError("lease")

    monkeypatch.setattr(collection, "collect", fails)
    supervisor = site.supervisor(keepers=[keeper])
    with caplog.at_level(logging.CRITICAL):
        needed = [supervisor.tick()[1] for _ in range(4)]
    assert needed == [True] * 4
    assert [one.type for one in site.ends(run)] == ["run.finished"]
    assert site.ends(other) == []


def test_services_are_looked_after_before_any_run_can_fail(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.request()
    looked: list[str] = []

    def keeper() -> bool:
        looked.append("service")
        return True

    def broken(_runs: Path) -> set[str]:
        raise RuntimeError

    monkeypatch.setattr(folders, "asked_to_cancel", broken)
    with pytest.raises(RuntimeError):
        site.supervisor(keepers=[keeper]).tick()
    assert looked == ["service"]


def test_a_keeper_is_looked_after_and_keeps_the_supervisor_alive(site: Site) -> None:
    answers = iter([True, True, False])
    supervisor = site.supervisor(keepers=[lambda: next(answers)])
    needed: Sequence[bool] = [supervisor.tick()[1] for _ in range(3)]
    assert needed == [True, True, False]
