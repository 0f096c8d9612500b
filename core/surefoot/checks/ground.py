"""What only some checks ask for, looked up or laid out when it is first asked for.

A check that does not ask costs nothing: no object is copied, no profile is read, no release is looked up for it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

from surefoot.advisories.facts import Advice, Listing
from surefoot.datasets.facts import DatasetVersion, Placed
from surefoot.models.facts import Model
from surefoot.objects import Objects
from surefoot.runs.facts import Run
from surefoot.trail.canonical import Json

OWN = "own_answers.parquet"
"""The output in which a run may hand in what its own code answered about its training rows: the same columns."""
ANSWERS = "cross_fit.parquet"
"""The output in which a run may hand in its cross-fitted answers: `row`, `repeat`, `probability` (docs/checks.md)."""


class Shelf(Protocol):
    """Where dataset versions are laid out from; the datasets' service is one."""

    @property
    def scratch(self) -> Path:
        """Where they are laid out for a while: private, and cleared of what a killed process left."""
        ...

    def show(self, ref: str) -> DatasetVersion:
        """The version that a reference means."""
        ...

    def materialise(self, version: DatasetVersion, folder: Path, *, held_back: bool = True) -> Placed:
        """Lays a version out in a folder; without `held_back`, also the rows that training is not given."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """What other rooms know, asked when a check asks.

    Attributes:
        live: the SHA-256 of the model that was activated last and of the graph before it (None where it takes raw
            rows itself); None where none was.
        wrapper: the packages that a service of a release gets, a line each; "" where they cannot be told.
        advisories: the list of known vulnerabilities that was imported last, None where none was.
    """

    live: Callable[[], tuple[str, str | None] | None] = lambda: None
    wrapper: Callable[[], str] = str
    advisories: Callable[[], Listing | None] = lambda: None


NOBODY = Outside()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where things are looked up."""

    objects: Objects
    datasets: Shelf
    outside: Outside


class Surroundings:
    """The surroundings of one model (`facts.Ground`).

    Args:
        sources: where things are looked up.
        model: the one that is checked.
        run: that made it.
        version: of its dataset.
        folder: where files are laid out; it vanishes with the case.
    """

    def __init__(self, sources: Sources, *, model: Model, run: Run, version: DatasetVersion, folder: Path) -> None:
        self._sources = sources
        self._model = model
        self._run = run
        self._version = version
        self._folder = folder

    @cached_property
    def answers(self) -> Path | None:
        """The run's own cross-fitted answers."""
        return self._output(ANSWERS)

    @cached_property
    def own(self) -> Path | None:
        """What the trained model answered in the run itself."""
        return self._output(OWN)

    @cached_property
    def trained(self) -> Path | None:
        """The rows that training was given."""
        placed = self._sources.datasets.materialise(self._version, self._folder / "trained", held_back=False)
        side = placed.sides.get("train")
        return side if side is not None and side.is_file() else None

    @cached_property
    def live(self) -> Path | None:
        """What is live, where that is another model."""
        return None if self._other is None else self._laid_out(self._other[0], "live.onnx")

    @cached_property
    def live_preprocessing(self) -> Path | None:
        """The graph before it."""
        before = None if self._other is None else self._other[1]
        return None if before is None else self._laid_out(before, "live-preprocessing.onnx")

    @cached_property
    def _other(self) -> tuple[str, str | None] | None:
        """The digests of what is live, unless it is this very model behind this very preprocessing."""
        live = self._sources.outside.live()
        return None if live == (self._model.sha256, self._model.preprocessing) else live

    @cached_property
    def profile(self) -> Mapping[str, Json]:
        """The profile of the dataset version."""
        return self._profile(self._version)

    @cached_property
    def before(self) -> Mapping[str, Json] | None:
        """The profile of the version before."""
        this = self._version
        if this.replaces is None:
            return None
        return self._profile(self._sources.datasets.show(f"{this.id}@{this.replaces}"))

    @cached_property
    def packages(self) -> str | None:
        """The packages of the run's environment, as recorded."""
        digest = self._run.environment
        if digest is None or not self._sources.objects.has(digest):
            return None
        return self._sources.objects.read(digest).decode("utf-8", "replace")

    @cached_property
    def wrapper(self) -> str:
        """The packages of a service."""
        return self._sources.outside.wrapper()

    @cached_property
    def advice(self) -> Advice | None:
        """The list of known vulnerabilities."""
        listing = self._sources.outside.advisories()
        place = None if listing is None else self._laid_out(listing.sha256, "advisories.jsonl")
        return None if listing is None or place is None else Advice(listing, place)

    def _profile(self, version: DatasetVersion) -> Mapping[str, Json]:
        digest = version.profile
        if digest is None or not self._sources.objects.has(digest):
            return {}
        return cast("Mapping[str, Json]", json.loads(self._sources.objects.read(digest)))

    def _output(self, name: str) -> Path | None:
        output = self._run.outputs.get(name)
        return None if output is None else self._laid_out(str(output["sha256"]), name)

    def _laid_out(self, sha256: str, name: str) -> Path | None:
        if not self._sources.objects.has(sha256):
            return None
        place = self._folder / name
        self._sources.objects.copy_to(sha256, place)
        return place
