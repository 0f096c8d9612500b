"""A project with a real trail for the tests of runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.runs import ROOT, Yard, found, open_yard


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "core")]))
    found(tmp_path / "project", tmp_path / "home")
    with open_yard(tmp_path / "project", tmp_path / "home") as yard:
        yield yard
