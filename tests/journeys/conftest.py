"""Journeys want a screen: its programs are installed by packaging/test.sh."""

import pytest

from tests.journeys.screen import is_possible


@pytest.fixture(autouse=True, scope="session")
def _screen_is_possible() -> None:
    assert is_possible(), "Xvfb, openbox, xdotool and dbus-daemon are needed; packaging/test.sh installs them"
