"""Every page of the desktop in every state worth looking at: one list, for the gallery and for the audit of widgets.

A room brings its states in a module beside this one; they are listed here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from surefoot_app.shell.desk import Desk
from tests.gallery import (
    audit,
    checks,
    datasets,
    deployments,
    experiments,
    home,
    learn,
    parts,
    releases,
    runs,
    settings,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One state of one page.

    Attributes:
        name: `room-state`, the name of its picture. build: makes the page over a desk without a project behind it.
        room: the room of the desktop that it is of, or the name of the module beside this one.
    """

    name: str
    build: Callable[[Desk], QWidget]
    room: str


STATES: Sequence[Shown] = tuple(
    Shown(name, build, room.__name__.rpartition(".")[-1])
    for room in (home, datasets, experiments, runs, checks, releases, deployments, audit, learn, settings, parts)
    for name, build in room.STATES
)
