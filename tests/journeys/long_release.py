"""From an own table to a signed release that answers, by clicks; then what the record says of it."""

from pathlib import Path

from tests.journeys import newcomer
from tests.journeys.hands import Mouse
from tests.journeys.screen import Desktop


def test_a_newcomer_comes_from_a_table_to_a_model_that_answers_by_clicks(window: Desktop, home: Path) -> None:
    newcomer.walk(Mouse(window), home)
