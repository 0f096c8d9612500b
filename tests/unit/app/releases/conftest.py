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


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with a signed release, which the tests of a file share: none of them records anything."""
    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with laid(folder) as made:
            made.signed()
            yield made
