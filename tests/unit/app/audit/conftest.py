"""A real project with a service that runs, on a screen that nobody sees."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from surefoot.workbench import Workbench
from surefoot_app import theme
from surefoot_app.shell.desk import Desk
from tests.fakes.desk import fake_desk
from tests.fakes.served import ended, served


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A project in which the second release of a model answers in place of the first."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_STATE_HOME", str(home / "state"))
        made = served(home / "credit")
        yield made
        ended(made)


@pytest.fixture(autouse=True)
def styled(qapp: QApplication) -> None:
    """Everything looks as in the application."""
    qapp.setStyle("Fusion")
    theme.load()
    theme.theme().apply(mode="light", scale=100)


@pytest.fixture
def desk(bench: Workbench, tmp_path: Path) -> Desk:
    """A hub over it that answers at once."""
    return fake_desk(bench, tmp_path)
