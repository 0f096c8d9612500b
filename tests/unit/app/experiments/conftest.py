"""One small project with an experiment whose runs have ended, for all tests of the room."""

from collections.abc import Iterator

import pytest

from surefoot.workbench import Workbench

BROKEN = '[experiment]\nname = "broken"\ngoal = 3\n\n[run]\ncommand = ["sh"]\n'


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A project of the real library: `pi` has three runs, `broken` cannot be read."""
    folder = tmp_path_factory.mktemp("experiments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with Workbench.create(folder / "project", name="p", person="Ada", sample=True) as bench:
            recipe = bench.experiments.new("pi", template="plain-command")[0]
            (folder / "project" / "experiments" / "broken.toml").write_text(BROKEN, encoding="utf-8")
            bench.runs.wait(bench.runs.start(recipe).runs, seconds=60)
            yield bench


@pytest.fixture(autouse=True)
def _state(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(bench.state.parent))
    drafts = bench.own_state / "drafts"
    for path in drafts.glob("*") if drafts.is_dir() else ():
        path.unlink()
