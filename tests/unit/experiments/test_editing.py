"""Keys of a recipe's text are changed in their place; comments, order and everything else stay as they stand."""

import tomllib
from typing import Any

import pytest

from surefoot.experiments import templates
from surefoot.experiments.editing import Where, edited, quoted, typed, values
from surefoot.experiments.recipe import read

TEXT = templates.text("tabular-classification", name="credit", dataset="german")


def comments(text: str) -> list[str]:
    return [line.partition("#")[2].strip() for line in text.splitlines() if "#" in line]


def test_without_a_change_not_a_letter_changes() -> None:
    assert edited(TEXT, {}) == TEXT
    same: dict[Where, str | None] = {("experiment", "name"): '"credit"', ("run", "seed"): "1", ("executor", "cpu"): "1"}
    assert edited(TEXT, same) == TEXT


def test_a_value_keeps_its_place_and_the_comment_behind_it() -> None:
    new = edited(TEXT, {("run", "seed"): "[1, 2]", ("experiment", "goal"): quoted('with "quotes"')})
    assert comments(new)[0:3] == comments(TEXT)[0:3]
    assert "seed = [1, 2]           # [1, 2, 3] makes a run for each" in new
    assert read(new.encode(), name="x").goal == 'with "quotes"'
    changed = [(a, b) for a, b in zip(TEXT.splitlines(), new.splitlines(), strict=True) if a != b]
    assert len(changed) == 2


def test_a_hash_in_a_text_begins_no_comment() -> None:
    text = 'goal = "a # b" # c\n'
    assert edited(text, {("goal",): '"d # e"'}) == 'goal = "d # e" # c\n'


def test_a_new_key_comes_into_its_table_and_a_new_table_after_its_like() -> None:
    new = edited(
        TEXT,
        {("parameters", "depth"): "3", ("criteria", "log loss", "at_most"): "0.6", ("guardrails", "cost"): '"5 EUR"'},
    )
    recipe = read(new.encode(), name="x")
    assert recipe.parameters["depth"] == (3,)
    assert [one.metric for one in recipe.criteria] == ["auc", "log loss"]
    assert new.index("[criteria.auc]") < new.index('[criteria."log loss"]') < new.index("[guardrails]")
    assert recipe.guardrails.cost is not None


def test_a_key_or_a_table_is_taken_away_with_nothing_else() -> None:
    new = edited(TEXT, {("criteria", "auc"): None, ("parameters", "drop"): None})
    recipe = read(new.encode(), name="x")
    assert (recipe.criteria, set(recipe.parameters)) == ((), {"model"})
    assert "# Written before anything was trained" in new


def test_a_value_over_several_lines_is_one_value() -> None:
    text = '[run]\ncommand = [\n  "python", # the one of here\n  "train.py",\n]\noutputs = []\n'
    new = edited(text, {("run", "command"): '["sh", "x.sh"]', ("run", "seed"): "4"})
    assert tomllib.loads(new) == {"run": {"command": ["sh", "x.sh"], "outputs": [], "seed": 4}}


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_the_ends_of_lines_stay_as_they_are(ending: str) -> None:
    text = ending.join(['a = "1" # one', "", "[b]", "c = 2", ""])
    assert edited(text, {("b", "c"): "3"}) == text.replace("c = 2", "c = 3")


def test_what_is_written_in_another_way_and_is_the_same_stays() -> None:
    text = 'guardrails = { time = "1h", disk = "2GiB" }\nrun.seed = 1\n'
    assert edited(text, {("guardrails", "time"): '"1h"', ("run", "seed"): "1"}) == text
    assert tomllib.loads(edited(text, {("run", "seed"): "2"}))["run"] == {"seed": 2}


@pytest.mark.parametrize(("old", "new"), [("true", "1"), ("1", "1.0"), ("1", '"1"')])
def test_values_that_are_alike_are_not_the_same(old: str, new: str) -> None:
    assert edited(f"[a]\nx = {old}\n", {("a", "x"): new}) == f"[a]\nx = {new}\n"


def test_a_heading_inside_a_text_is_no_heading() -> None:
    text = 'note = """\n[run]\nseed = 1\n"""\n\n[run]\nseed = 2\n'
    assert tomllib.loads(edited(text, {("run", "seed"): "3"}))["run"] == {"seed": 3}


def test_every_template_can_be_changed() -> None:
    for template in (*templates.names(), templates.OWN):
        text = templates.text(template, name="x", dataset="d")
        changes: dict[Where, str | None] = {
            ("run", "seed"): "9",
            ("executor", "priority"): '"low"',
            ("criteria", "f1", "at_least"): "1",
        }
        recipe = read(edited(text, changes).encode(), name="x")
        assert (recipe.seeds, recipe.placement.priority) == ((9,), "low")
        assert "f1" in {one.metric for one in recipe.criteria}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3", 3), ("0.1, 0.5", [0.1, 0.5]), ("forest", "forest"), ("forest, tree", ["forest", "tree"]), ("", ""),
        ('"a, b"', "a, b"), ('"a", "b"', ["a", "b"]), ("true", True), ("-1e-3", -0.001), ("[1]", [1]),
        ("{ from = 1, to = 3, step = 1 }", {"from": 1, "to": 3, "step": 1}),
    ],
)  # fmt: skip
def test_what_somebody_types_is_what_is_meant(said: str, meant: object) -> None:
    assert tomllib.loads(f"x = {values(said)}")["x"] == meant


@pytest.mark.parametrize(
    "value",
    [
        "logistic",
        "",
        "sex, age",
        " x",
        "3",
        "true",
        3,
        True,
        0.5,
        [1, 2],
        [1],
        ["a, b"],
        ["a", "b"],
        {"from": 1, "scale": "log"},
    ],
)
def test_a_value_shown_and_typed_again_is_the_same(value: Any) -> None:
    assert tomllib.loads(f"x = {values(typed(value))}")["x"] == value
