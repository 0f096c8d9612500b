"""A real small project, the window over it with a real session, and a walk through it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from surefoot_app import theme
from surefoot_app.__main__ import FEATURES
from surefoot_app.bridge.events import Events
from surefoot_app.bridge.session import Session
from surefoot_app.bridge.settings import Settings
from surefoot_app.bridge.tasks import Tasks
from surefoot_app.home.welcome import WelcomePage
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.window import Window
from tests.fakes.served import Unwatched, ended, served
from tests.unit.app.monkey import HELD, Monkey

_PATIENCE = 60  # seconds
_TABLE = "age,job,default\n" + "".join(f"{20 + n % 50},{'clerk' if n % 3 else 'cook'},{n % 2}\n" for n in range(200))


@dataclass(frozen=True, slots=True)
class Made:
    """A folder with a project, and files that a person may choose."""

    home: Path
    folder: Path
    files: tuple[Path, ...]


@contextmanager
def project(home: Path) -> Iterator[Made]:
    """One with two releases of which one answers, and files good and bad beside it."""
    bench = served(home / "credit")
    bench.close()  # its catalog is the window's from here on
    try:
        good, bad, notes = home / "people.csv", home / "bad.bin", home / "notes.ipynb"
        good.write_text(_TABLE)
        bad.write_bytes(bytes(range(256)))
        notes.write_text('{"cells": [{"cell_type": "code", "source": ["x = 1"]}], "nbformat": 4}')
        yield Made(home, bench.project, (good, bad, notes, home / "missing.csv", bench.project / "policies" / "x.toml"))
    finally:
        ended(Unwatched.open(bench.project, unlock=str))


def walk(made: Made, seed: int, *, steps: int, seconds: float, held: float = HELD) -> Monkey:
    """Walks through a window of its own over the project, and ends it as the program ends."""
    session = Session(Tasks())
    desk = Desk(session, Events(session), Settings(made.home / f"desktop-{seed}.ini"))
    theme.theme().apply(mode=desk.settings.mode, scale=desk.settings.scale)
    window = Window(desk, FEATURES, welcome=WelcomePage)
    window.show()
    desk.open_project(made.folder, owner=window)
    ends = time.monotonic() + _PATIENCE
    while session.project is None and time.monotonic() < ends:
        QTest.qWait(10)
    monkey = Monkey(window, seed, files=made.files, held=held)
    try:
        monkey.walk(steps=steps, seconds=seconds)
    finally:
        window.close()
        session.shut()
        window.deleteLater()
        session.tasks.deleteLater()
        for _ in range(3):
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QApplication.processEvents()
    return monkey
