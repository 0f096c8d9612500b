"""The verbs of runs: start, wait, cancel, run again; list, show, read the log, compare.

Starting captures everything first (recipe, code, environment, data), stores it, and records the request last: whatever
fails before that leaves no run behind. The supervisor does the rest and goes on when this process has ended.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from surefoot.catalog import Catalog
from surefoot.datasets.facts import DatasetVersion
from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError, NotConfirmedError
from surefoot.executors.port import Executor
from surefoot.experiments import code, environments
from surefoot.experiments.facts import Recipe
from surefoot.experiments.recipe import read
from surefoot.experiments.rules import variants
from surefoot.files import KEPT, locked
from surefoot.objects import Objects
from surefoot.runs import curves, folders, points, requests, tables
from surefoot.runs.facts import Difference, Load, Reproduction, Run, Started
from surefoot.runs.listing import Listing
from surefoot.runs.requests import Ground
from surefoot.runs.rules import differences, reproduction
from surefoot.runs.waking import Waker
from surefoot.trail import Draft, Recorder
from surefoot.workers.facts import Cancel, Progress, quiet

_TICK = 0.05
_SILENT = 60.0
_CANCEL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Ways:
    """What the verbs work with.

    Attributes:
        project: the project's folder. state: its state folder.
        catalog, objects: the project's. recorder: signs with the person's key. actor: says the person's id.
        executors: by name; asked for when a run needs one, since the agent comes with them.
        dataset: finds a version by a reference, or says that there is none.
        enrol: makes sure that the machine's key may record; called before anything is started.
        spawn: the command that becomes the supervisor.
    """

    project: Path
    state: Path
    catalog: Catalog
    objects: Objects
    recorder: Recorder
    actor: Callable[[], str]
    executors: Callable[[], Mapping[str, Executor]]
    dataset: Callable[[str], DatasetVersion]
    enrol: Callable[[], object]
    spawn: Sequence[str]


class Runs:
    """The runs of a project."""

    def __init__(self, ways: Ways) -> None:
        self._is = ways
        self._waker = Waker(ways.state, ways.spawn)

    @property
    def folder(self) -> Path:
        """Where the folders of runs lie."""
        return self._is.project / KEPT / "runs"

    def start(self, recipe: Path, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Started:
        """Queues every run that a recipe makes and wakes the supervisor.

        Raises:
            InputRefusedError: the recipe, the code, the data or the environment cannot be used; nothing is recorded.
            IncompleteError: there is no such file.
        """
        data = requests.bytes_of(recipe)
        wanted = read(data, name=str(recipe))
        requests.refuse_secrets(wanted, name=str(recipe))
        requests.refuse_misfit(wanted, self._capacity(wanted))
        variants(wanted)  # counted before anything is captured
        versions = {need.name: requests.fitting(need, self._is.dataset) for need in wanted.data}
        self._is.recorder.ready()
        progress("runs.capture", 0, 0)
        state = code.capture(self._is.project, wanted.name, recipe=recipe.absolute(), objects=self._is.objects)
        environment, listed = environments.wanted(
            wanted, self._is.project / "train" / wanted.name, state=self._is.state, progress=progress, cancel=cancel
        )
        if listed:
            self._is.objects.put_bytes(listed)
        ground = Ground(
            recipe=self._is.objects.put_bytes(data),
            code=state,
            environment=environment,
            data={n: {"id": v.id, "version": v.version, "number": v.number} for n, v in versions.items()},
            premises=tuple(sorted({version.leaf for version in versions.values()})),
        )
        _stop_if_asked(cancel)
        return self._request(
            wanted.name, lambda number: requests.drafts(wanted, ground, number=number, objects=self._is.objects)
        )

    def reproduce(self, ref: str, *, progress: Progress = quiet, cancel: Cancel | None = None) -> Started:
        """Queues a run again, from the record alone: the working folder is not looked at.

        Raises:
            InputRefusedError: it has not ended yet.
            IncompleteError: the record lacks something that it needs.
        """
        run = self.show(ref)
        if not run.has_ended:
            raise InputRefusedError(Code.RUN_GOING, run=run.run, state=run.state)
        folders.refuse_gaps(run, objects=self._is.objects)
        progress("runs.capture", 0, 0)
        kind, digest = str(run.environment_kind), run.environment
        if kind == "lock" and digest is not None:
            lock = self._is.objects.read(digest)
            environments.from_lock(lock, state=self._is.state, progress=progress, cancel=cancel)
        _stop_if_asked(cancel)
        return self._request(
            run.experiment,
            lambda number: [
                requests.again(run.body, plan_sha=run.plan, run=run.run, number=number, premises=run.cause)
            ],
        )

    def wait(
        self, runs: Iterable[str], *, progress: Progress = quiet, cancel: Cancel | None = None, seconds: float = 0
    ) -> Sequence[Run]:
        """Waits until runs have ended; returns them.

        Args:
            runs: their ids.
            progress: told `runs.wait` with how many have ended.
            cancel: stops the waiting, not the runs.
            seconds: gives up after so long; 0 never.

        Raises:
            IncompleteError: no supervisor takes them up.
            CancelledError: `cancel` said so.
            NotConfirmedError: they have not ended in time.
        """
        wanted = list(runs)
        began = silent_since = time.monotonic()
        left: Sequence[str] | None = None
        while True:
            if self._is.catalog.catch_up() or left is None:
                left = tables.not_ended(self._is.catalog, wanted)
            progress("runs.wait", len(wanted) - len(left), len(wanted))
            if not left:
                return [tables.run(self._is.catalog, run) for run in wanted]
            _stop_if_asked(cancel)
            now = time.monotonic()
            if self._waker.is_awake():
                silent_since = now
            elif now - silent_since > _SILENT:
                raise IncompleteError(
                    Code.SUPERVISOR_SILENT, run=left[0], seconds=f"{_SILENT:.0f}", log=self._waker.log
                )
            else:
                self._waker.wake()
            if seconds and now - began > seconds:
                raise NotConfirmedError(Code.RUN_UNFINISHED, run=left[0], seconds=f"{seconds:.0f}")
            time.sleep(_TICK)

    def cancel(self, ref: str, *, seconds: float = _CANCEL_SECONDS, leave: Cancel | None = None) -> Run:
        """Stops a run, or takes it out of the queue, and waits until that is recorded.

        Args:
            ref: which one.
            seconds: how long it has for that.
            leave: stops the waiting; the run stays told to stop.

        Raises:
            InputRefusedError: it has ended already.
            NotConfirmedError: it did not stop in time, or nobody waited for it.
        """
        run = self.show(ref)
        if run.has_ended:
            raise InputRefusedError(Code.RUN_ENDED, run=run.run, state=run.state)
        folders.ask_to_cancel(self.folder, run.run, by=self._is.actor())
        self._waker.wake()
        began = time.monotonic()
        try:
            return self.wait([run.run], seconds=seconds, cancel=leave)[0]
        except (NotConfirmedError, CancelledError) as error:
            waited = f"{time.monotonic() - began:.0f}"
            raise NotConfirmedError(Code.CANCEL_UNCONFIRMED, run=run.run, seconds=waited) from error

    def list(self, *, where: str = "", sort: str = "", limit: int = 50, offset: int = 0) -> Sequence[Run]:
        """Runs that a filter lets through, newest first unless `sort` says otherwise (`-metric.auc`: greatest first).

        Raises:
            InputRefusedError: the filter cannot be read, or one of the two names something that no run has.
        """
        self._attend()
        return tables.search(self._is.catalog, where=where, sort=sort, limit=limit, offset=offset)

    def show(self, ref: str) -> Run:
        """One run, by its id, the beginning of its id, or `experiment/number`.

        Raises:
            IncompleteError: there is none. InputRefusedError: there are several.
        """
        self._attend()
        return tables.run(self._is.catalog, tables.find(self._is.catalog, ref))

    def log(self, ref: str, *, offset: int = 0) -> tuple[bytes, int]:
        """What the command has said from a byte on, at most 1 MiB, and where to go on from."""
        run = self.show(ref)
        if run.log is not None and self._is.objects.has(run.log):
            with self._is.objects.open(run.log) as file:
                file.seek(offset)
                said = file.read(folders.MOST_LOG)
        else:
            said = folders.tail(self.folder / run.run / folders.LOG, offset)
        return said, offset + len(said)

    def live(self, ref: str) -> Mapping[str, tuple[int, float]]:
        """The newest step and value of each metric of a run that is going on."""
        run = self.show(ref)
        return points.newest(self.folder / run.run / folders.TELEMETRY)

    @property
    def listing(self) -> Listing:
        """The long list, by pages."""
        return Listing(self._is.catalog, self._attend)

    def newest(self, runs: Iterable[str]) -> Mapping[str, Mapping[str, float]]:
        """The newest value of each metric of runs that are going on, by their ids; nothing of one without a folder."""
        found = {run: points.newest(self.folder / run / folders.TELEMETRY) for run in runs}
        return {run: {name: value for name, (_, value) in each.items()} for run, each in found.items()}

    def curves(self, ref: str) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Step and value of each metric of a run, thinned to what a screen can show."""
        run = self.show(ref)
        return curves.curves(run, self.folder / run.run, objects=self._is.objects)

    def compare(self, refs: Sequence[str], *, everything: bool = False) -> Sequence[Difference]:
        """In what runs differ: parameters, figures, data, code, packages, outputs; `everything` shows all of it."""
        runs = [self.show(ref) for ref in refs]
        contents = [folders.contents(run, objects=self._is.objects) for run in runs]
        return differences(runs, contents, everything=everything)

    def agreement(self, ref: str) -> Reproduction:
        """How a run that was run again agrees with the one it repeats.

        Raises:
            InputRefusedError: it repeats none, or one of the two has not ended.
        """
        second = self.show(ref)
        if second.reproduces is None:
            raise InputRefusedError(Code.NOT_A_REPRODUCTION, run=second.run)
        first = self.show(second.reproduces)
        for run in (first, second):
            if not run.has_ended:
                raise InputRefusedError(Code.RUN_GOING, run=run.run, state=run.state)
        return reproduction(first, second)

    @property
    def supervisor_log(self) -> Path:
        """Where the supervisor writes what it does."""
        return self._waker.log

    def attend(self) -> bool | None:
        """Catches up, and wakes the supervisor where the record says that a run has not ended.

        Returns:
            Whether one was awake; None where no run is going.
        """
        self._is.catalog.catch_up()
        if not tables.is_any_going(self._is.catalog):
            return None
        is_awake = self._waker.is_awake()
        if not is_awake:
            self._waker.wake()
        return is_awake

    def _attend(self) -> None:
        self.attend()

    def _request(self, experiment: str, make: Callable[[int], Sequence[Draft]]) -> Started:
        """Numbers, records and hands over; two starts at once get different numbers."""
        with locked(self._is.state / "runs.lock"):
            self._is.catalog.catch_up()
            number = tables.last_number(self._is.catalog, experiment) + 1
            wanted = make(number)
            self._is.enrol()
            events = self._is.recorder.record(*wanted)
        self._waker.wake()
        return Started(
            runs=tuple(event.subjects[0].id for event in events),
            number=number,
            leaves=tuple(event.leaf for event in events),
        )

    def _capacity(self, recipe: Recipe) -> dict[str, Load]:
        executors = self._is.executors()
        found = dict.fromkeys(executors, Load())
        if recipe.placement.name in found:
            there = executors[recipe.placement.name].describe()
            found[recipe.placement.name] = Load(there.cores, len(there.accelerators), there.memory_bytes)
        return found


def _stop_if_asked(cancel: Cancel | None) -> None:
    if cancel is not None and cancel():
        raise CancelledError(Code.CANCELLED)
