"""A recipe tried on a small part of its data: now, on this machine, and never recorded.

It shows within seconds whether a script runs, what it says and which figures it reports. Nothing of it can be released:
what counts is trained on all of the data by a run, which the record holds. It is carried out as a run is, by the same
agent with the same guardrails.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from surefoot.datasets.facts import DatasetVersion, Placed
from surefoot.errors import CancelledError, Code, InputRefusedError
from surefoot.executors.facts import End, Handle
from surefoot.executors.port import Executor
from surefoot.experiments import code, environments
from surefoot.experiments.facts import Environment, Need, Recipe
from surefoot.experiments.recipe import read
from surefoot.experiments.rules import frame, plan, variants
from surefoot.files import explained, locked, private_folder, write_whole
from surefoot.runs import folders, points, requests
from surefoot.runs.facts import Trial
from surefoot.trail import ids
from surefoot.workers.facts import Cancel, Progress, quiet

SHARE = 0.01
_LOOK = 0.05
_TAIL = 16 * 2**10
_LOCK = "trial.lock"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a trial is carried out with.

    Attributes:
        project: the project's folder. state: its state folder, where a trial is laid out, and nothing of it stays.
        executor: this machine. dataset: finds a version by a reference, or says that there is none.
        lay_out: lays the training side of a version out in a folder.
    """

    project: Path
    state: Path
    executor: Executor
    dataset: Callable[[str], DatasetVersion]
    lay_out: Callable[[str, Path], Placed]


class Trials:
    """Trials of recipes."""

    def __init__(self, stage: Stage) -> None:
        self._is = stage
        self._folder = stage.state / "trials"

    def carry_out(
        self,
        recipe: Path | Recipe,
        files: Mapping[str, tuple[bytes, int]] | None = None,
        *,
        share: float = SHARE,
        progress: Progress = quiet,
        cancel: Cancel | None = None,
    ) -> Trial:
        """Tries a recipe with the first of its parameters.

        Args:
            recipe: a file, or one that is not written yet.
            files: the training code, each file's path, bytes and mode; None takes that in `train/`.
            share: of the rows, above 0 and up to 1; where that is few, 500 of them.
            progress: told `trial.prepare`, then `trial.run`.
            cancel: ends it.

        Raises:
            InputRefusedError: the share is none, another trial is going on, or the recipe, its code, its data or its
                environment cannot be used.
            IncompleteError: there is no such file, or a data set is not here.
            CancelledError: `cancel` said so; nothing is left of it.
        """
        if not 0 < share <= 1:
            raise InputRefusedError(Code.TRIAL_SHARE, share=share)
        wanted = recipe if isinstance(recipe, Recipe) else read(requests.bytes_of(recipe), name=str(recipe))
        requests.refuse_secrets(wanted, name=wanted.name)
        for need in wanted.data:
            requests.fitting(need, self._is.dataset)
        training = code.taken(self._is.project / "train" / wanted.name) if files is None else files
        private_folder(self._folder)
        with locked(self._folder / _LOCK, wait=False) as is_mine:
            if not is_mine:
                raise InputRefusedError(Code.TRIAL_GOING)
            self._sweep()
            run = ids.new("run")
            folder = self._folder / run
            try:
                progress("trial.prepare", 0, 0)
                _write(training, folder)
                environment, _ = environments.wanted(
                    wanted, folder / "code", state=self._is.state, progress=progress, cancel=cancel
                )
                rows, of = self._lay_out(wanted.data, folder / "inputs", share, cancel)
                _order(wanted, environment, folder, run)
                end = _run(self._is.executor, folder, run, progress=progress, cancel=cancel)
                return _told(wanted, folder, end, rows=rows, of=of)
            finally:
                folders.remove(folder)

    def _sweep(self) -> None:
        """Ends and removes what an earlier trial left when its process was killed."""
        executor = self._is.executor
        for left in self._folder.glob("run_*"):
            is_whole = (left / folders.PLAN).exists()
            handle = executor.attach(executor.put(left, left.name)) if is_whole else None
            if handle is not None:
                executor.cancel(handle)
                _wait(executor, handle)
            folders.remove(left)

    def _lay_out(self, needs: Sequence[Need], folder: Path, share: float, cancel: Cancel | None) -> tuple[int, int]:
        # Loaded here, since the engine that reads rows takes longer to load than any other verb of runs.
        thin = import_module("surefoot.runs.thinning").thin
        rows = of = 0
        for need in needs:
            placed = self._is.lay_out(need.version, folder / need.name)
            for side, path in placed.sides.items():
                _stop_if_asked(cancel)
                kept, count = thin(path, share)
                if side == "train":
                    rows, of = rows + kept, of + count
        return rows, of


def _write(training: Mapping[str, tuple[bytes, int]], folder: Path) -> None:
    with explained(folder):
        for name in ("code", "output", "inputs"):
            (folder / name).mkdir(parents=True)
        for inside, (data, mode) in training.items():
            target = folder / "code" / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            target.chmod(mode)


def _order(recipe: Recipe, environment: Environment, folder: Path, run: str) -> None:
    shared = frame(recipe, environment=environment, code="", data={need.name: None for need in recipe.data})
    order = folders.order(run, plan(shared, next(iter(variants(recipe)))), environment.python)
    write_whole(folder / folders.PLAN, json.dumps(order).encode(), mode=0o600)


def _run(executor: Executor, folder: Path, run: str, *, progress: Progress, cancel: Cancel | None) -> End | None:
    handle = executor.start(executor.put(folder, run))
    began = time.monotonic()
    try:
        while (status := executor.poll(handle)).state == "going":
            progress("trial.run", int(time.monotonic() - began), 0)
            _stop_if_asked(cancel)
            time.sleep(_LOOK)
    except BaseException:
        executor.cancel(handle)
        _wait(executor, handle)
        raise
    executor.fetch(handle, folder)
    return status.end


def _stop_if_asked(cancel: Cancel | None) -> None:
    if cancel is not None and cancel():
        raise CancelledError(Code.CANCELLED)


def _wait(executor: Executor, handle: Handle) -> None:
    while executor.poll(handle).state == "going":
        time.sleep(_LOOK)


def _told(recipe: Recipe, folder: Path, end: End | None, *, rows: int, of: int) -> Trial:
    if end is None:
        raise InputRefusedError(Code.TRIAL_LOST)
    figures = {name: value for name, (_, value) in points.newest(folder / folders.TELEMETRY).items()}
    log = folder / folders.LOG
    size = log.lstat().st_size if log.exists() else 0
    said = folders.tail(log, max(0, size - _TAIL)).decode("utf-8", "replace")
    return Trial(end, figures, said, rows, of, tuple(name for name in recipe.outputs if name not in end.missing))
