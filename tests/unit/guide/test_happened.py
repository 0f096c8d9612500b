"""What a project's record says to the lessons: what happened, and the newest of what an act may name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surefoot import resources
from surefoot.datasets import plans
from surefoot.guide.happened import happened, own
from surefoot.workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Workbench.create(tmp_path / "project", name="p", person="Ada", sample=True) as bench:
        yield bench


def test_a_new_project_says_that_it_was_made_and_owns_nothing(bench: Workbench) -> None:
    assert "workspace.created" in happened(bench)
    assert own(bench) == {}


def test_data_and_runs_are_named_as_an_act_takes_them(bench: Workbench) -> None:
    source = resources.path("samples", "german-credit")
    bench.datasets.add(source / "german_credit.csv", plans.load(source / "plan.toml"))
    started = bench.runs.start(bench.experiments.new("pi", template="plain-command")[0])
    bench.runs.wait(started.runs, seconds=60)
    assert {"asset.registered", "run.requested", "run.finished"} <= happened(bench)
    found = own(bench)
    assert found["dataset"] == "german-credit"
    assert bench.runs.show(found["run"]).experiment == "pi"
