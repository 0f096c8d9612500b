"""Journeys want a screen: its programs are installed by packaging/test.sh."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Home
from tests.journeys.screen import Desktop, Screen, desktop, is_possible, screen


@pytest.fixture(autouse=True, scope="session")
def _screen_is_possible() -> None:
    assert is_possible(), "Xvfb, openbox, xdotool and dbus-daemon are needed; packaging/test.sh installs them"


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with screen(tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def home(display: Screen) -> Path:
    return Path(display.environment["HOME"])


@pytest.fixture
def window(display: Screen, home: Path) -> Iterator[Desktop]:
    with desktop(display, cwd=home) as running:
        yield running


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Home]:
    """The sample, with its service answering."""
    project = home / "Surefoot" / "samples" / "german-credit"
    made = Home(home, project)
    made.call("sample", "run", "--keep-serving", cwd=home)
    yield made
    if made.is_serving():
        made.call("stop")


@pytest.fixture
def opened(display: Screen, home: Path, served: Home) -> Iterator[Desktop]:
    """The desktop on that project, with Home shown."""
    with desktop(display, str(served.project), cwd=home) as running:
        running.see("Getting started", role="label")
        yield running
