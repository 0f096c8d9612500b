"""Risks of notebooks, found in their text; and the way out of one into an experiment that runs."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import recipe
from surefoot.guide import notebooks
from surefoot.guide.notebooks import rules
from surefoot.guide.notebooks.cells import code_cells, read
from surefoot.guide.notebooks.facts import RISKS
from surefoot.texts import LANGUAGES, Words

CLEAN = ["import random\nrandom.seed(3)", "def double(x):\n    return 2 * x", "assert double(2) == 4"]


def notebook(*sources: str, counts: tuple[int | None, ...] | None = None, **facts: Any) -> bytes:
    given = counts or tuple(range(1, len(sources) + 1))
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "source": "# A title", "metadata": {}}]
    for source, count in zip(sources, given, strict=True):
        lines = source.splitlines(keepends=True)
        cells.append({"cell_type": "code", "source": lines, "execution_count": count, "metadata": {}, "outputs": []})
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": cells, **facts}).encode()


def found(*sources: str, counts: tuple[int | None, ...] | None = None) -> list[tuple[str, int, int, str]]:
    cells = code_cells(notebook(*sources, counts=counts), "a.ipynb")
    return [(one.risk, one.cell, one.line, one.detail) for one in rules.findings([read(cell) for cell in cells])]


def risks(*sources: str, counts: tuple[int | None, ...] | None = None) -> set[str]:
    return {risk for risk, *_ in found(*sources, counts=counts)}


def test_a_notebook_without_a_risk_has_no_findings() -> None:
    assert found(*CLEAN) == []


def test_cells_that_ran_in_another_order_are_named() -> None:
    assert found("assert 1", "assert 2", "assert 3", counts=(5, 2, 3)) == [("order", 3, 0, "[5] → [2]")]
    assert found("assert 1", "assert 2", counts=(1, None)) == [("order", 3, 0, "[ ]")]
    assert risks("assert 1", "assert 2", counts=(None, None)) == set(), "cleared before it was saved"


def test_a_name_that_no_cell_above_defines_is_named_with_its_line() -> None:
    assert ("hidden-name", 2, 2, "table") in found("x = 1\nprint(table)", "table = 3\nassert table")
    assert "hidden-name" not in risks(
        "for i in [1]:\n    pass", "assert [j for j in [i]]", "with open('x') as f:\n    f"
    )
    assert "hidden-name" not in risks("try:\n    1\nexcept ValueError as e:\n    print(e)\nassert (lambda q: q)(1)")
    assert "hidden-name" not in risks("from math import *\nassert sin(1)"), "nobody can know what a star brings"


@pytest.mark.parametrize(
    ("source", "risk", "detail"),
    [
        ("open('/home/me/a.csv')", "path", "/home/me/a.csv"),
        ("open('C:\\\\data\\\\a.csv')", "path", "C:\\data\\a.csv"),
        ("open('~/a.csv')", "path", "~/a.csv"),
        ("password = 'hunter2'", "secret", "password"),
        ("connect(api_key='abc')", "secret", "api_key"),
        ("config['token'] = 'abc'", "secret", "token"),
        ("url = 'postgres://ada:pass@host/db'", "secret", "…"),
        ("key = 'AKIAIOSFODNN7EXAMPLE'", "secret", "…"),
        ("model.fit(X_test, y_test)", "leak", "X_test"),
        ("scaler.fit_transform(np.vstack([train, holdout_rows]))", "leak", "holdout_rows"),
        ("import pickle\npickle.load(f)", "pickle", "pickle.load"),
        ("joblib.load('m')", "pickle", "joblib.load"),
        ("!pip install pandas", "unpinned", "!pip install pandas"),
        ("!rm -rf data", "shell", "!rm -rf data"),
        ("%%bash\nls", "shell", "%%bash"),
        ("train_test_split(a)", "no-seed", "train_test_split"),
        ("import pandas as pd", "unpinned", "pandas"),
        ("def broken(:", "syntax", "invalid syntax"),
    ],
)
def test_each_risk_is_found_where_it_stands(source: str, risk: str, detail: str) -> None:
    assert [one[3] for one in found(source) if one[0] == risk and one[1] in {0, 2}][:1] == [detail]


@pytest.mark.parametrize(
    "source",
    [
        "open('data/a.csv')", "password = ''", "password = os.environ['P']", "model.fit(X_train, y_train)",
        "contest = 1\nmodel.fit(contest)", "!pip install pandas==3.0.1", "train_test_split(a, random_state=1)",
        "url = 'https://example.org/a'", "%matplotlib inline",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_alone(source: str) -> None:
    assert not risks(source) & {"path", "secret", "leak", "unpinned", "no-seed"}


def test_chance_with_a_seed_somewhere_is_no_risk() -> None:
    assert "no-seed" not in risks("import numpy as np\nrng = np.random.default_rng(3)", "rng.normal()")


def test_lines_of_magics_keep_the_numbers_of_the_others() -> None:
    assert ("path", 2, 3, "/data/x/a.csv") in found("%load_ext x\nfiles = !ls\nopen('/data/x/a.csv')")


def test_every_risk_has_words_in_both_languages() -> None:
    for language in LANGUAGES:
        for risk in RISKS:
            assert all(Words(language).has(f"say.notebook.risk.{risk}.{part}") for part in ("what", "why", "fix"))


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"\x00\xff", "no-json"), (b"[" * 100_000, "no-json"), (b"[]", "no-cells"), (b'{"cells": 3}', "no-cells"),
        (notebook(nbformat=3), "format"), (notebook(metadata={"kernelspec": {"language": "R"}}), "language"),
        (notebook(cells=[1] * 10_001), "large"),
    ],
    ids=["bytes", "depth", "list", "number", "format", "language", "cells"],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_with_its_reason(tmp_path: Path, data: bytes, detail: str) -> None:
    (tmp_path / "a.ipynb").write_bytes(data)
    with pytest.raises(InputRefusedError) as caught:
        notebooks.check(tmp_path / "a.ipynb")
    assert (caught.value.code, caught.value.values["detail"]) == (Code.NOTEBOOK_UNREADABLE, detail)


def test_cells_that_are_none_and_trees_without_end_harm_nothing(tmp_path: Path) -> None:
    odd: list[Any] = [None, 3, {"cell_type": "code"}, {"cell_type": "code", "source": [1, "x = 1\n"], "metadata": 3}]
    deep = {"cell_type": "code", "source": "x = " + "(" * 5_000 + ")" * 5_000}
    (tmp_path / "a.ipynb").write_bytes(notebook(cells=[*odd, deep], metadata=3))
    report = notebooks.check(tmp_path / "a.ipynb")
    assert (report.cells, [one.risk for one in report.findings]) == (2, ["no-test", "syntax"])


def test_a_notebook_becomes_a_recipe_and_a_script_that_runs_top_to_bottom(tmp_path: Path) -> None:
    source = tmp_path / "Churn study.ipynb"
    source.write_bytes(
        notebook(
            "depth = 3\nrate = -0.5\nname = 'é \"q\"'",
            "!pip install x\nimport pandas as pd\nLIMIT = 10\ntable = pd.read_csv('in.csv')\nopen('o.txt', 'w')",
            "total = LIMIT * depth\nassert total == 30\n(OUTPUT / 'total.txt').write_text(str(total))",
        )
    )
    made = notebooks.import_into(tmp_path / "p", source, name="churn")
    assert made.parameters == {"depth": 3, "rate": -0.5, "name": 'é "q"', "LIMIT": 10}
    assert made.data == ("in.csv",)
    assert made.notebook.read_bytes() == source.read_bytes()
    script = made.script.read_text(encoding="utf-8")
    compile(script, "train.py", "exec")
    assert 'depth = PARAMETERS["depth"]' in script
    assert "# !pip install x" in script
    written = tomllib.loads(made.recipe.read_text(encoding="utf-8"))
    assert written["parameters"] == made.parameters
    assert written["experiment"]["name"] == "churn"


def test_an_import_that_is_in_the_way_of_something_writes_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.ipynb"
    source.write_bytes(notebook("x = 1"))
    (tmp_path / "p" / "train" / "mine").mkdir(parents=True)
    with pytest.raises(InputRefusedError) as caught:
        notebooks.import_into(tmp_path / "p", source, name="mine")
    assert caught.value.code is Code.EXPERIMENT_EXISTS
    with pytest.raises(InputRefusedError):
        notebooks.import_into(tmp_path / "p", source, name="../mine")
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["train"]


def test_a_draft_is_a_recipe_that_can_be_started(tmp_path: Path) -> None:
    source = tmp_path / "a.ipynb"
    source.write_bytes(notebook("x = 1"))
    made = notebooks.import_into(tmp_path, source, name="draft")
    drafted = recipe.read(made.recipe.read_bytes(), name="draft")
    assert (drafted.name, drafted.command) == ("draft", ("python", "train.py"))
