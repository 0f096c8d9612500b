"""A real project with two versions of a small table, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot.datasets.facts import Plan
from surefoot.workbench import Workbench

PASSPHRASE = "a long passphrase of ours"
TABLE = "applicant_id,sex,amount,note,risk\n" + "".join(
    f"a{n},{'male' if n % 3 else 'female'},{100 + 7 * (n % 40)},{'' if n % 5 else 'seen'},"
    f"{'bad' if n % 4 else 'good'}\n"
    for n in range(120)
)
SAID = Plan(owner="Risk", purpose="Judge credit", legal_basis="contract", expiry="2099-12-31")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `project`, `state` and `table.csv`."""
    base = tmp_path_factory.mktemp("datasets")
    (base / "table.csv").write_text(TABLE, encoding="utf-8")
    (base / "credit.csv").write_text(TABLE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(base / "state"))
        Workbench.create(base / "project", name="credit", person="Ada", passphrase=PASSPHRASE).close()
        with Workbench.open(base / "project", unlock=lambda: PASSPHRASE) as bench:
            bench.datasets.add(base / "credit.csv", SAID)
            (base / "credit.csv").write_text(TABLE.replace("a7,male", "a7,female"), encoding="utf-8")
            bench.datasets.add(base / "credit.csv", SAID)
    return base


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, for one test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "own" / "state"))
    shutil.copytree(made, tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def bench(place: Path) -> Iterator[Workbench]:
    """The project of the copy, open."""
    with Workbench.open(place / "project", unlock=lambda: PASSPHRASE) as opened:
        opened.catalog.catch_up()
        yield opened
