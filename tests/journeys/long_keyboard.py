"""The same way from an own table to a model that answers, without a mouse; the keyboard is always somewhere known."""

from pathlib import Path

from tests.journeys import newcomer
from tests.journeys.hands import Keyboard
from tests.journeys.screen import Desktop


def test_a_newcomer_comes_from_a_table_to_a_model_that_answers_by_keyboard_alone(window: Desktop, home: Path) -> None:
    newcomer.walk(Keyboard(window), home)
