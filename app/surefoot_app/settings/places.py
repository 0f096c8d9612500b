"""Who signs in a project, how the key is kept, and where what lies; asked of the project. No Qt here."""

import os
from dataclasses import dataclass
from pathlib import Path

from surefoot.errors import IncompleteError
from surefoot.files import KEPT
from surefoot.people import Identities, Person
from surefoot.workbench import Workbench

PARTS = ("trail", "bodies", "objects", "runs")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder: the key of its name in words, where it is, and how many bytes lie in it."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a project.

    Attributes:
        person: whose key signs here; None where there is none on this computer. keys: where it lies.
        places: folders with their sizes.
    """

    person: Person | None
    keys: Path
    places: tuple[Place, ...]


def around(bench: Workbench) -> Around:
    """Asks the project. Nothing is opened or unlocked for it."""
    kept = bench.project / KEPT
    places = tuple(Place(name, kept / name, size_of(kept / name)) for name in PARTS)
    state = Place("state", bench.own_state, size_of(bench.own_state))
    return Around(_person(bench), bench.own_state / "keys", (*places, state))


def _person(bench: Workbench) -> Person | None:
    try:
        return Identities(bench.state, ws=bench.ws).person()
    except IncompleteError:
        return None


def size_of(folder: Path) -> int:
    """How many bytes the files below a folder have; what may not be looked at, or goes meanwhile, counts nothing."""
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(here, name)).st_size  # noqa: PTH118 - a path an entry would cost seconds
            except OSError:
                continue
    return total
