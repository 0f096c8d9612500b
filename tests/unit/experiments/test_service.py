"""Recipes are listed as they lie there, made with their code, and changed only by who has seen what stands in them."""

from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import templates
from surefoot.experiments.service import Experiments, listed

TEXT = templates.text(templates.OWN, name="mine")


@pytest.fixture
def experiments(tmp_path: Path) -> Experiments:
    return Experiments(project=tmp_path, datasets=tuple)


def test_without_a_folder_there_is_nothing_to_list(experiments: Experiments) -> None:
    assert experiments.list() == ()


def test_a_recipe_that_cannot_be_read_stands_in_the_list_with_its_line(
    experiments: Experiments, tmp_path: Path
) -> None:
    experiments.new("pi", template="plain-command")
    (tmp_path / "experiments" / "broken.toml").write_text("[experiment]\nname = \n", encoding="utf-8")
    (tmp_path / "experiments" / "link.toml").symlink_to("pi.toml")
    (tmp_path / "experiments" / "notes.txt").write_text("no recipe", encoding="utf-8")
    broken, link, good = experiments.list()
    assert (broken.recipe, broken.error and broken.error.code) == (None, Code.RECIPE_UNREADABLE)
    assert broken.error is not None
    assert broken.error.values["line"] == 2
    assert link.error is not None
    assert link.error.code is Code.CODE_LINK
    assert good.recipe is not None
    assert good.recipe.name == "pi"


def test_a_folder_of_ones_own_is_copied_and_stays(experiments: Experiments, tmp_path: Path) -> None:
    own = tmp_path / "elsewhere"
    (own / "lib").mkdir(parents=True)
    (own / "__pycache__").mkdir()
    (own / "train.py").write_text("print(1)\n", encoding="utf-8")
    (own / "lib" / "help.py").write_text("x = 1\n", encoding="utf-8")
    (own / "__pycache__" / "train.pyc").write_bytes(b"\0")
    written = experiments.make("mine", TEXT, template=templates.OWN, folder=own)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "experiments/mine.toml", "train/mine/lib/help.py", "train/mine/train.py"
    ]  # fmt: skip
    assert (own / "train.py").read_text(encoding="utf-8") == "print(1)\n"


def test_code_that_lies_in_its_place_already_stays_there(experiments: Experiments, tmp_path: Path) -> None:
    own = tmp_path / "train" / "mine"
    own.mkdir(parents=True)
    (own / "train.py").write_text("print(1)\n", encoding="utf-8")
    written = experiments.make("mine", TEXT, template=templates.OWN, folder=own)
    assert [path.name for path in written] == ["mine.toml"]
    assert [path.name for path in own.iterdir()] == ["train.py"]


def test_what_is_in_the_way_or_cannot_be_read_leaves_nothing_behind(experiments: Experiments, tmp_path: Path) -> None:
    experiments.make("mine", TEXT, template="plain-command")
    with pytest.raises(InputRefusedError) as taken:
        experiments.make("mine", TEXT, template="plain-command")
    assert taken.value.code is Code.EXPERIMENT_EXISTS
    with pytest.raises(InputRefusedError):
        experiments.make("other", "[run]\n", template="plain-command")
    with pytest.raises(InputRefusedError) as empty:
        experiments.make("other", TEXT, template=templates.OWN, folder=tmp_path / "nowhere")
    assert empty.value.code is Code.CODE_MISSING
    assert not (tmp_path / "experiments" / "other.toml").exists()


def test_a_recipe_that_somebody_else_changed_is_not_written_over(experiments: Experiments) -> None:
    path = experiments.make("mine", TEXT, template="plain-command")[0]
    new = TEXT.replace("seed = 1", "seed = 2")
    experiments.rewrite(path, new, before=TEXT)
    assert listed(path).text == new
    with pytest.raises(InputRefusedError) as changed:
        experiments.rewrite(path, TEXT, before=TEXT)
    assert changed.value.code is Code.RECIPE_CHANGED
    assert listed(path).text == new
