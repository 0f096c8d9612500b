"""A real project of one person, with a run whose model was checked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.checked import Project, laid


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with laid(tmp_path) as made:
        yield made
