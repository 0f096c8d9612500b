"""A recipe is tried on few rows, by the real agent, and nothing of it stays or is recorded."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from surefoot.datasets.facts import Placed
from surefoot.errors import CancelledError, Code, IncompleteError, InputRefusedError
from surefoot.executors.local import LocalExecutor
from surefoot.experiments.recipe import read
from surefoot.files import locked
from surefoot.runs import telling, thinning
from surefoot.runs.trial import Stage, Trials
from surefoot.texts import LANGUAGES, Words
from tests.fakes.runs import ROOT, Yard, experiment, no_dataset

GOOD = """
echo "depth $(cat "$SUREFOOT_PARAMETERS")"
echo '{"step": 1, "auc": 0.5}' >> "$SUREFOOT_OUTPUT/metrics.jsonl"
echo '{"step": 2, "auc": 0.75}' >> "$SUREFOOT_OUTPUT/metrics.jsonl"
echo done > "$SUREFOOT_OUTPUT/result.txt"
"""
ROWS = """
import os, polars as pl
from pathlib import Path
given = pl.read_parquet(Path(os.environ["SUREFOOT_INPUT_TABLE"]) / "train.parquet")
Path(os.environ["SUREFOOT_OUTPUT"], "result.txt").write_text(f"{given.height} {given['row'].max()}")
print(given.height, given["row"].max())
"""
DATA = '[data.table]\nversion = "people@1"\n'


def trials(yard: Yard, rows: int = 0) -> Trials:
    """The trials of a project with a table of so many rows; without one where they are 0."""
    ways = (
        {"dataset": _dataset, "lay_out": partial(_lay_out, rows)}
        if rows
        else {"dataset": no_dataset, "lay_out": no_dataset}
    )
    return Trials(Stage(project=yard.project, state=yard.state, executor=LocalExecutor(yard.home / "tools"), **ways))


def _lay_out(rows: int, _ref: str, folder: Path) -> Placed:
    folder.mkdir(parents=True)
    side = folder / "train.parquet"
    pl.DataFrame({"row": range(rows)}).write_parquet(side)
    side.chmod(0o444)
    (folder / "schema.json").write_text("{}")
    return Placed(folder, {"train": side}, folder / "schema.json")


def _dataset(_ref: str) -> Any:
    return SimpleNamespace(target=None, ref="people@1")


def left(yard: Yard) -> list[str]:
    """What trials left behind."""
    return [path.name for path in (yard.state / "trials").glob("run_*")]


def test_a_trial_shows_how_a_script_fares_and_is_not_recorded(yard: Yard) -> None:
    recipe = experiment(yard, GOOD, more="[parameters]\ndepth = [3, 4]\n")
    before = len(list(yard.trail.events()))
    stages: list[str] = []
    found = trials(yard).carry_out(recipe, progress=lambda stage, _done, _of: stages.append(stage))
    assert found.is_well
    assert dict(found.figures) == {"auc": 0.75}
    assert found.outputs == ("result.txt",)
    assert '"depth": 3' in found.log
    assert {"trial.prepare"} <= set(stages) <= {"trial.prepare", "trial.run"}
    assert len(list(yard.trail.events())) == before
    assert list(yard.runs.list()) == []
    assert not (yard.project / ".surefoot" / "runs").exists()
    assert left(yard) == []


@pytest.mark.parametrize(
    ("rows", "share", "kept"), [(100_000, 0.01, 1000), (1000, 0.01, 500), (300, 0.5, 300), (2000, 1.0, 2000)]
)
def test_the_script_sees_few_rows_from_all_over_the_table(yard: Yard, rows: int, share: float, kept: int) -> None:
    recipe = experiment(yard, f"{sys.executable} train.py", more=DATA)
    (yard.project / "train" / "x" / "train.py").write_text(ROWS)
    found = trials(yard, rows).carry_out(recipe, share=share)
    assert (found.rows, found.of) == (kept, rows)
    height, last = map(int, found.log.split()[-2:])
    assert height == kept
    assert last >= rows * 0.99


def test_files_are_thinned_too(tmp_path: Path) -> None:
    side = tmp_path / "train"
    (side / "cats").mkdir(parents=True)
    for number in range(1200):
        (side / "cats" / f"{number:04}.txt").write_text("x")
    assert thinning.thin(side, 0.01) == (600, 1200)
    assert len(list(side.rglob("*.txt"))) == 600


def test_a_recipe_that_is_not_written_yet_can_be_tried(yard: Yard) -> None:
    text = '[experiment]\nname = "new"\n[run]\ncommand = ["sh", "go.sh"]\n[environment]\nkind = "own"\n'
    code = {"go.sh": (b"cat part/note.txt", 0o644), "part/note.txt": (b"it is here", 0o644)}
    found = trials(yard).carry_out(read(text.encode(), name="new"), code)
    assert found.is_well
    assert "it is here" in found.log
    assert not (yard.project / "train").exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("script", "why", "said"),
    [
        ("echo broken >&2; exit 7", "exit-code", "(7)"),
        ("echo broken; kill -9 $$", "signal", "(9)"),
        ("echo broken", "outputs-missing", "result.txt"),
    ],
)
def test_a_script_that_fails_says_why(yard: Yard, script: str, why: str, said: str, language: str) -> None:
    found = trials(yard).carry_out(experiment(yard, script))
    assert not found.is_well
    assert found.end.reason == why
    assert "broken" in found.log
    told = telling.trial(found, Words(language))
    assert any(said in line for line in told)
    assert told[-1] == Words(language)("say.trial.nothing")
    assert left(yard) == []


def test_a_trial_can_be_stopped_and_leaves_nothing(yard: Yard) -> None:
    began = time.monotonic()
    with pytest.raises(CancelledError):
        trials(yard).carry_out(experiment(yard, "sleep 1000"), cancel=lambda: time.monotonic() - began > 1)
    assert time.monotonic() - began < 15
    assert left(yard) == []


def test_guardrails_hold_for_a_trial(yard: Yard) -> None:
    found = trials(yard).carry_out(experiment(yard, "sleep 1000", more='[guardrails]\ntime = "1s"\n'))
    assert found.end.state == "interrupted"


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(yard: Yard, share: float) -> None:
    with pytest.raises(InputRefusedError) as caught:
        trials(yard).carry_out(experiment(yard, GOOD), share=share)
    assert caught.value.code is Code.TRIAL_SHARE


def test_what_a_run_would_refuse_a_trial_refuses(yard: Yard) -> None:
    with pytest.raises(IncompleteError):
        trials(yard).carry_out(yard.project / "experiments" / "none.toml")
    recipe = experiment(yard, GOOD, more='[parameters]\npassword = "hunter2hunter2"\n')
    with pytest.raises(InputRefusedError) as caught:
        trials(yard).carry_out(recipe)
    assert caught.value.code is Code.SECRET_FOUND
    with pytest.raises(IncompleteError):
        trials(yard).carry_out(experiment(yard, GOOD, more=DATA))
    assert left(yard) == []


def test_one_trial_at_a_time(yard: Yard) -> None:
    (yard.state / "trials").mkdir()
    with locked(yard.state / "trials" / "trial.lock"), pytest.raises(InputRefusedError) as caught:
        trials(yard).carry_out(experiment(yard, GOOD))
    assert caught.value.code is Code.TRIAL_GOING


def test_what_a_killed_trial_left_is_ended_and_removed_by_the_next(yard: Yard) -> None:
    recipe = experiment(yard, 'echo $$ > "$SUREFOOT_OUTPUT/pid"; exec sleep 1000')
    program = (
        "from pathlib import Path; from tests.fakes.runs import open_yard; "
        "from tests.unit.runs.test_trial import trials; "
        f"trials(open_yard(Path({str(yard.project)!r}), Path({str(yard.home)!r}))).carry_out(Path({str(recipe)!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as trying:
        deadline = time.monotonic() + 30
        while not (pids := list((yard.state / "trials").glob("run_*/output/pid"))) or not pids[0].read_text():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        pid = int(pids[0].read_text())
        trying.send_signal(signal.SIGKILL)
    os.kill(pid, 0)
    assert trials(yard).carry_out(experiment(yard, GOOD)).is_well
    assert left(yard) == []
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()
