"""The first minutes of somebody who has never seen it, in the real program on a real screen."""

from pathlib import Path

import pytest

from surefoot.trail import Verdict, verify
from tests.e2e.conftest import Home
from tests.journeys.screen import Desktop, Screen, desktop


@pytest.fixture(scope="module")
def example(display: Screen, home: Path) -> Home:
    """The project that a newcomer has after one click."""
    with desktop(display, cwd=home) as window:
        window.click("Make the example")
        window.see("Cancel", role="push button")
        window.see("Getting started", role="label", within=170)
        window.see("Audit trail verified", role="push button", within=30)
        (project,) = (home / "Surefoot" / "samples").iterdir()
        made = Home(home, project)
        made.call("stop", "--reason", "the test is over")
        window.see("Service stopped", role="label", within=5)
    return made


def test_what_one_click_made_is_a_sound_record_with_a_signed_release(example: Home) -> None:
    state = example.folder / ".local" / "state" / "surefoot"
    assert verify(example.project / ".surefoot", pins=state).verdict is Verdict.PASS
    names = [(one["name"], one["version"], one["state"]) for one in example.json("release", "list")["releases"]]
    assert ("german-credit", "1.0.0", "signed") in names


def test_the_next_start_shows_the_last_project_and_switches_language_at_once(example: Home, window: Desktop) -> None:
    window.see("Getting started", role="label")
    window.press("ctrl+k")
    window.write("Vi")
    window.press("Escape")


def test_a_second_start_brings_the_first_window_to_the_front(
    example: Home, window: Desktop, home: Path, display: Screen
) -> None:
    window.see("Getting started", role="label")
    with desktop(display, cwd=home) as second:
        second.process.wait(timeout=20)
        assert second.process.returncode == 0
    assert window.process.poll() is None
