"""Templates: each works unedited, and nothing of the user's is overwritten."""

import json
import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import templates
from surefoot.experiments.recipe import read
from surefoot.experiments.service import Experiments


@pytest.mark.parametrize("template", ["plain-command", "tabular-classification"])
def test_a_template_makes_a_recipe_that_reads_and_the_code_it_starts(tmp_path: Path, template: str) -> None:
    recipe_path, *code = templates.write(tmp_path, "my-test", template=template, dataset='odd "name"\\@1')
    recipe = read(recipe_path.read_bytes(), name="r")
    assert recipe.name == "my-test"
    assert [need.version for need in recipe.data] == (['odd "name"\\@1'] if templates.needs_data(template) else [])
    assert recipe.criteria
    assert recipe.command[1] in {path.name for path in code}
    assert all(path.parent == tmp_path / "train" / "my-test" for path in code)


def test_the_plain_command_runs_in_a_shell_and_nothing_else(tmp_path: Path) -> None:
    templates.write(tmp_path, "pi", template="plain-command")
    (tmp_path / "out").mkdir()
    (tmp_path / "parameters.json").write_text(json.dumps({"points": 20000}))
    variables = {"SUREFOOT_PARAMETERS": "parameters.json", "SUREFOOT_SEED": "1", "SUREFOOT_OUTPUT": "out"}
    command = ["sh", str(tmp_path / "train" / "pi" / "train.sh")]
    subprocess.run(command, cwd=tmp_path, env={"PATH": os.environ["PATH"], **variables}, check=True)
    lines = [json.loads(line) for line in (tmp_path / "out" / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == sorted({line["step"] for line in lines})
    assert lines[-1]["step"] == 20000
    assert lines[-1]["error"] < 0.05
    assert json.loads((tmp_path / "out" / "estimate.json").read_text())["points"] == 20000


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "train" / "x" / "train.sh"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(InputRefusedError) as caught:
        templates.write(tmp_path, "x", template="plain-command")
    assert caught.value.code is Code.EXPERIMENT_EXISTS
    assert mine.read_text() == "mine"
    assert not (tmp_path / "experiments").exists()


def test_a_link_that_leads_nowhere_is_in_the_way_too(tmp_path: Path) -> None:
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "x.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputRefusedError):
        templates.write(tmp_path, "x", template="plain-command")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["", "..", "a/b", ".x", "a\nb", "x" * 65, "-rf", "a."])
def test_a_name_that_would_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefusedError) as caught:
        templates.write(tmp_path, name, template="plain-command")
    assert caught.value.code is Code.EXPERIMENT_NAME
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_template_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError) as caught:
        templates.write(tmp_path, "x", template="../capsule")
    assert "plain-command" in str(caught.value.values["known"])


def test_the_only_data_set_is_taken_and_of_several_none_is_guessed(tmp_path: Path) -> None:
    recipe, *_ = Experiments(project=tmp_path, datasets=lambda: ["credit", "credit"]).new(
        "one", template="tabular-classification"
    )
    assert read(recipe.read_bytes(), name="r").data[0].version == "credit"
    for names in ("", "ab"):
        with pytest.raises(InputRefusedError) as caught:
            Experiments(project=tmp_path, datasets=partial(list, names)).new("two", template="tabular-classification")
        assert caught.value.code is Code.DATA_CHOICE
    assert Experiments(project=tmp_path, datasets=list).new("three", template="plain-command")
