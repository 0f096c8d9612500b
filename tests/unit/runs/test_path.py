"""The whole way of a run, with real processes and a real trail: start, supervisor, agent, record."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.runs import Yard, found, open_yard


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    root = Path(__file__).resolve().parents[3]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "core")]))
    found(tmp_path / "project", tmp_path / "home")
    with open_yard(tmp_path / "project", tmp_path / "home") as yard:
        yield yard


def experiment(yard: Yard, script: str, *, more: str = "", outputs: str = '["result.txt"]') -> Path:
    code = yard.project / "train" / "x"
    code.mkdir(parents=True, exist_ok=True)
    (code / "train.sh").write_text(script)
    recipe = yard.project / "experiments" / "x.toml"
    recipe.parent.mkdir(exist_ok=True)
    recipe.write_text(
        f'[experiment]\nname = "x"\n[run]\ncommand = ["sh", "train.sh"]\noutputs = {outputs}\n'
        f'[environment]\nkind = "own"\n{more}'
    )
    return recipe


GOOD = """
set -e
cat "$SUREFOOT_PARAMETERS"
for step in 1 2 3; do echo "{\\"step\\": $step, \\"auc\\": 0.7$step}" >> "$SUREFOOT_OUTPUT/metrics.jsonl"; done
echo "seed $SUREFOOT_SEED" > "$SUREFOOT_OUTPUT/result.txt"
"""


def test_a_run_goes_from_the_recipe_to_a_signed_end(yard: Yard) -> None:
    recipe = experiment(yard, GOOD, more="[parameters]\ndepth = [1, 2]\nrate = 0.5\n[criteria.auc]\nat_least = 0.73\n")
    started = yard.runs.start(recipe)
    assert len(started.runs) == 2
    first, second = yard.runs.wait(started.runs, seconds=60)
    assert (first.state, second.state) == ("finished", "finished")
    assert first.meets is True
    assert first.name == "x/1"
    assert second.parameters == {"depth": 2, "rate": "0.5"}
    assert first.metrics["auc"]["last"] == "0.73"
    assert yard.objects.read(first.outputs["result.txt"]["sha256"]) == b"seed 1\n"
    said, _ = yard.runs.log("x/1")
    assert b'"depth": 1' in said
    types = [event.type for event in yard.trail.events() if event.subjects[0].id == first.run]
    assert types == ["run.requested", "run.started", "run.finished"]
