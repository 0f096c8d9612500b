"""A real window over a real project, as the desktop puts both together."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from surefoot.files import private_folder
from surefoot.workbench import Workbench, state_folder
from surefoot_app.__main__ import Desktop
from surefoot_app.bridge.settings import Settings

PASSPHRASE = "a long passphrase of ours"
Starting = Callable[..., Desktop]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def project(home: Path) -> Path:
    folder = home / "credit"
    with Workbench.create(folder, name="credit", person="Ada", passphrase=PASSPHRASE) as bench:
        bench.releases.adopt(folder / "policies" / "baseline.toml")
    return folder


@pytest.fixture
def start(home: Path, qtbot: QtBot) -> Iterator[Starting]:
    """Starts desktops; with a folder, opens the project in it."""
    made: list[Desktop] = []

    def begin(folder: Path | None = None) -> Desktop:
        desktop = Desktop(Settings(home / f"desktop-{len(made)}.ini"), private_folder(state_folder()))
        made.append(desktop)
        qtbot.addWidget(desktop.window)
        desktop.window.show()
        if folder is not None:
            with qtbot.waitSignal(desktop.session.opened, timeout=20_000):
                desktop.open(folder)
            qtbot.waitUntil(lambda: desktop.desk.events._seen is not None, timeout=20_000)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # the greeting is gone
        return desktop

    yield begin
    for desktop in made:
        desktop.shut()
        desktop.session.tasks.deleteLater()
