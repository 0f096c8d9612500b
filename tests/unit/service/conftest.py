"""One capsule for every test here; each test may spoil its own copy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.service import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    place = Site(tmp_path).build()
    yield place
    place.end()
