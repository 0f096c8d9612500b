"""The supervisor: starts queued runs, watches them, brings home what they leave, and records all of it.

One process a project (a lock says so), detached from whoever woke it. It opens no catalog: it follows the trail, and
what the trail says is where it goes on after a crash or a reboot. Each step is done before it is recorded and can be
done again, so that a kill at any moment costs nothing but time:

    folder made, not started           → started
    started, not recorded              → recorded as started, watched
    ended, not collected or recorded   → collected, recorded
    gone without an end                → `lost`, never a silent success

The name of a run that ended is kept and nothing else of it, so a long record does not fill the memory.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surefoot.errors import IncompleteError, InputRefusedError, RecordBrokenError, SurefootError
from surefoot.executors.facts import Handle, Status
from surefoot.files import locked
from surefoot.runs import collection, folders, rules
from surefoot.runs.facts import ENDINGS, STARTED, TYPES, Ending, Life, Load, Waiting
from surefoot.runs.launching import Keeper, Launcher, Surroundings
from surefoot.trail import Draft, Event, Json, Subject
from surefoot.workers.facts import Cancel

__all__ = ["Keeper", "Supervisor", "Surroundings", "serve"]

_log = logging.getLogger(__name__)
_QUICK, _SLOW, _BUSY = 0.03, 0.2, 5.0
_BACK_OFF = 5.0
_LINGER = 2.0
_TRIES = 4
_MOST_FAILURES = 3
_ENDING_TYPES = frozenset(f"run.{ending}" for ending in ENDINGS)


@dataclass(slots=True)
class _Watched:
    """A run that was started: its handle, its plan, what it takes of the machine, whether it was told to stop."""

    handle: Handle
    plan: Mapping[str, Any]
    load: Load
    is_told: bool = False


@dataclass(slots=True)
class _Memory:
    """What is known: runs that have not ended, names of those that have, how much of each feed was seen.

    Attributes:
        looked: runs of which it is known whether an earlier supervisor had started them.
        unwanted: runs that somebody wants to stop.
        failures: how often a run could not be started.
        later: run to the moment before which it is left alone, after something failed.
    """

    lives: dict[str, Life] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)
    watched: dict[str, _Watched] = field(default_factory=dict)
    plans: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    later: dict[str, float] = field(default_factory=dict)
    trouble: str = ""
    failures: dict[str, int] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)
    unwanted: set[str] = field(default_factory=set)


class Supervisor:
    """Looks after the runs of one project, a tick at a time. Belongs to one thread."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._is = surroundings
        self._know = _Memory()
        self._launcher = Launcher(surroundings)

    def watch(self, *, linger: float = _LINGER, stop: Cancel | None = None) -> None:
        """Ticks until there has been nothing to do for a while, or until `stop` says so.

        Raises:
            RecordBrokenError: the trail does not verify; runs that go on are picked up by the next supervisor.
        """
        folders.sweep(self._is.runs)
        quiet_since = busy_since = time.monotonic()
        while not (stop is not None and stop()):
            moved, is_needed = self.tick()
            now = time.monotonic()
            busy_since = now if moved else busy_since
            quiet_since = now if is_needed else quiet_since
            if now - quiet_since > linger:
                return
            time.sleep(_QUICK if now - busy_since < _BUSY else _SLOW)

    def tick(self) -> tuple[bool, bool]:
        """One look at everything. Returns whether something moved, and whether the supervisor is still needed."""
        # First those whose lease runs out, whatever befalls a run.
        kept = [self._keep(keeper) for keeper in self._is.keepers]
        moved = self._follow()
        self._know.unwanted = folders.asked_to_cancel(self._is.runs)
        for life in list(self._know.lives.values()):
            moved |= self._safely(life, self._look_after)
        moved |= self._start_next()
        return moved, bool(self._know.lives) or any(kept)

    def is_behind(self) -> bool:
        """Whether the trail holds lines that were not looked at."""
        return self._sizes() != self._know.seen

    def _sizes(self) -> dict[str, int]:
        """How many lines each feed has; one that is enrolled and empty has nothing to look at."""
        return {feed: size for feed, size in self._is.trail.sizes().items() if size}

    def _keep(self, keeper: Keeper) -> bool:
        try:
            return keeper()
        except (SurefootError, OSError) as error:
            if str(error) != self._know.trouble:
                # Once for each trouble, and not at each look: what lasts for days must not fill the disk.
                _log.exception("a keeper failed; it is tried again at every look")
                self._know.trouble = str(error)
            return True

    def _follow(self) -> bool:
        """Takes in what was recorded since the last look, and at the first look nothing of the runs that have ended."""
        know, sizes = self._know, self._sizes()
        if sizes == know.seen:
            return False
        if not know.seen:
            endings = self._is.trail.events(types=_ENDING_TYPES)
            know.ended.update(event.subjects[0].id for event in endings if event.subjects)
        rules.fold(know.lives, filter(self._is_new, self._is.trail.events(after=know.seen, types=TYPES)))
        know.seen = sizes
        for run in [run for run, life in know.lives.items() if life.has_ended]:
            self._forget(run)
        return True

    def _is_new(self, event: Event) -> bool:
        return bool(event.subjects) and event.subjects[0].id not in self._know.ended

    def _forget(self, run: str) -> None:
        know = self._know
        know.ended.add(run)
        know.looked.discard(run)
        for table in (know.lives, know.watched, know.plans, know.later, know.failures):
            table.pop(run, None)

    def _safely(self, life: Life, act: Callable[[Life], bool]) -> bool:
        """Does something for one run. What fails is tried again later; one run's trouble is no other's."""
        if self._know.later.get(life.run, 0.0) > time.monotonic():
            return False
        try:
            return act(life)
        except RecordBrokenError:
            raise
        except (SurefootError, OSError):
            _log.exception("run %s: will be tried again", life.run)
            self._know.later[life.run] = time.monotonic() + _BACK_OFF
            return False

    def _look_after(self, life: Life) -> bool:
        know = self._know
        if life.requested is None:
            return False
        watched = know.watched.get(life.run)
        if watched is None and life.run not in know.looked:
            watched = self._found_again(life)
            know.looked.add(life.run)
        if watched is not None:
            return self._poll(life, watched)
        if life.started is not None:
            return self._end(life, "lost", self._collected(life, None))
        if life.run in know.unwanted:
            by = folders.cancelled_by(self._is.runs, life.run)
            return self._end(life, "cancelled", {**collection.never_started("cancelled"), "by": by})
        return False

    def _found_again(self, life: Life) -> _Watched | None:
        """A run that an earlier supervisor had started, recorded or not."""
        if folders.launched_at(self._is.runs / life.run) is None:
            return None
        plan = self._plan(life)
        handle = self._launcher.found(life.run, plan)
        return None if handle is None else self._watch(life, plan, handle)

    def _watch(self, life: Life, plan: Mapping[str, Any], handle: Handle) -> _Watched:
        watched = _Watched(handle, plan, rules.load_of(plan))
        if life.started is None:
            self._record(
                Draft(STARTED, (self._subject(life),), self._launcher.facts(plan, handle), (str(life.requested),))
            )
        self._know.watched[life.run] = watched
        return watched

    def _poll(self, life: Life, watched: _Watched) -> bool:
        executor = self._is.executors[watched.plan["executor"]["name"]]
        if not watched.is_told and life.run in self._know.unwanted:
            executor.cancel(watched.handle)
            watched.is_told = True
        try:
            status = executor.poll(watched.handle)
        except InputRefusedError as error:
            # What should say how it ended is not what an agent writes: nobody can say.
            return self._end(life, "lost", {**self._collected(life, None), "why": error.code.value})
        if status.state == "going":
            return False
        executor.fetch(watched.handle, self._is.runs / life.run)
        body = self._collected(life, status)
        ending = body.pop("ending")
        for known in ENDINGS:
            if known == ending:
                return self._end(self._know.lives[life.run], known, body)
        return False

    def _collected(self, life: Life, status: Status | None) -> dict[str, Json]:
        """What a run left, stored; how it ended is under `ending`."""
        end = status.end if status else None
        folder = self._is.runs / life.run
        collected = collection.collect(folder, self._plan(life), objects=self._is.objects, end=end)
        body = {**collected.body, "ending": collected.ending}
        if end is None:
            body["why"] = "lost"
        if collected.ending == "cancelled":
            body["by"] = folders.cancelled_by(self._is.runs, life.run)
        return body

    def _end(self, life: Life, ending: Ending, body: dict[str, Json]) -> bool:
        body.pop("ending", None)
        cause = str(life.started or life.requested)
        self._record(Draft(f"run.{ending}", (self._subject(life),), body, (cause,)))
        folders.tidy(self._is.runs, life.run)
        return True

    def _start_next(self) -> bool:
        """Starts whoever may start now, executor by executor."""
        moved = False
        waiting: dict[str, list[Waiting]] = {}
        for life in list(self._know.lives.values()):
            self._safely(life, lambda life: self._line_up(life, waiting))
        for name, queue in waiting.items():
            running = [one.load for one in self._know.watched.values() if one.plan["executor"]["name"] == name]
            room = self._launcher.room(name)
            for run in rules.next_to_start(queue, running, room, most=room.cpu):
                moved |= self._safely(self._know.lives[run], self._start)
        return moved

    def _line_up(self, life: Life, waiting: dict[str, list[Waiting]]) -> bool:
        if life.state != "queued" or life.requested is None or life.run in self._know.watched:
            return False
        try:
            plan = self._plan(life)
        except (IncompleteError, InputRefusedError, RecordBrokenError) as error:
            return self._refuse(life, error)
        wish = plan["executor"]
        if wish["name"] not in self._is.executors:
            return self._end(life, "failed", collection.never_started("executor-unknown", name=wish["name"]))
        waiting.setdefault(wish["name"], []).append(
            Waiting(life.run, wish["priority"], life.place, rules.load_of(plan))
        )
        return False

    def _start(self, life: Life) -> bool:
        plan = self._plan(life)
        try:
            self._launcher.lay_out(life.run, plan)
        except (IncompleteError, InputRefusedError, RecordBrokenError) as error:
            return self._refuse(life, error)
        try:
            handle = self._launcher.start(life.run, plan)
        except SurefootError as error:
            return self._start_failed(life, error)
        self._watch(life, plan, handle)
        return True

    def _start_failed(self, life: Life, error: SurefootError) -> bool:
        """It may have been started after all, by a supervisor that was killed; else it is tried again, not for ever."""
        know = self._know
        know.looked.discard(life.run)
        know.failures[life.run] = know.failures.get(life.run, 0) + 1
        if know.failures[life.run] >= _MOST_FAILURES:
            return self._refuse(life, error)
        raise error

    def _refuse(self, life: Life, error: SurefootError) -> bool:
        """Ends a run whose code or data is not what the record says: it cannot be started, now or later."""
        values = {name: value for name, value in error.values.items() if name != "reason"}
        return self._end(life, "failed", collection.never_started(error.code.value, **values))

    def _plan(self, life: Life) -> Mapping[str, Any]:
        if life.run not in self._know.plans:
            self._know.plans[life.run] = folders.plan_of(self._is.objects, life.run, life.plan)
        return self._know.plans[life.run]

    def _subject(self, life: Life) -> Subject:
        return Subject(life.run, life.plan)

    def _record(self, draft: Draft) -> None:
        """Records, and takes the event in at once, so that nothing is done twice before the next look."""
        rules.fold(self._know.lives, self._is.recorder.record(draft))
        run = draft.subjects[0].id
        if self._know.lives[run].has_ended:
            self._forget(run)


def serve(lock: Path, make: Callable[[], Supervisor], *, linger: float = _LINGER, stop: Cancel | None = None) -> bool:
    """Runs the supervisor of a project, unless there is one already.

    Whoever queues a run records it first and wakes a supervisor then. Should that one find the lock still held by
    one that is about to leave, the leaving one sees the new line when it looks once more after letting go.

    Args:
        lock: the project's lock, in the state folder.
        make: makes the supervisor, once the lock is held.
        linger: seconds without anything to do after which it ends.
        stop: ends it sooner; runs go on and are picked up by the next one.

    Returns:
        Whether this process was the supervisor.
    """
    tries = _TRIES
    while tries:
        with locked(lock, wait=False) as is_mine:
            supervisor = make() if is_mine else None
            if supervisor is not None:
                supervisor.watch(linger=linger, stop=stop)
        if supervisor is not None:
            if (stop is not None and stop()) or not supervisor.is_behind():
                return True
            continue
        # Whoever only asks whether there is a supervisor holds the lock for a moment.
        tries -= 1
        time.sleep(_QUICK)
    return False
