from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.datasets import Desk, desk


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made
