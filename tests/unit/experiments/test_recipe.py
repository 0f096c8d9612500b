"""Recipes: what is read, and what is refused with its line and an example."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments.facts import Criterion, Evaluation, Guardrails, Money, Need, Placement
from surefoot.experiments.recipe import is_inside, is_name, read
from surefoot.experiments.rules import MOST_RUNS, variants

FULL = """\
[experiment]
name = "german-credit"
goal = "Whom to lend to"
product = "loans"

[data.credit]
version = "german-credit@1"
target = "risk"

[run]
command = ["python", "train.py"]
outputs = ["model.onnx", "vectors.json"]
seed = [1, 2]
repeats = 2

[evaluate]
method = "cross-fit"
folds = 5
repeats = 3

[environment]
kind = "lock"

[parameters]
model = "logistic"
depth = [2, 4]
rate = { from = 0.1, to = 0.5, step = 0.1 }
strict = true

[criteria.auc]
at_least = 0.70

[criteria.log_loss]
at_most = 1

[guardrails]
time = "1h30min"
memory = "4GiB"
disk = "500MB"
cost = "5 EUR"

[executor]
name = "local"
cpu = 2
memory = "2GiB"
priority = "urgent"
"""
SMALL = '[experiment]\nname = "x"\n[run]\ncommand = ["true"]\n'


def refused(text: str) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as caught:
        read(text.encode(), name="experiments/x.toml")
    return caught.value


def test_every_key_is_read_and_fractions_stay_exact() -> None:
    recipe = read(FULL.encode(), name="r")
    assert recipe.name == "german-credit"
    assert recipe.data == (Need("credit", "german-credit@1", "risk"),)
    assert recipe.seeds == (1, 2)
    assert recipe.evaluate == Evaluation("cross-fit", 5, 3)
    assert recipe.parameters["rate"] == tuple(Decimal(x) for x in ("0.1", "0.2", "0.3", "0.4", "0.5"))
    assert recipe.criteria == (
        Criterion("auc", "at_least", Decimal("0.70")),
        Criterion("log_loss", "at_most", Decimal(1)),
    )
    assert recipe.guardrails == Guardrails(5_400_000, 4 * 2**30, 500_000_000, Money(Decimal(5), "EUR"))
    assert recipe.placement == Placement("local", 2, 0, 2 * 2**30, "urgent")


def test_a_recipe_of_four_lines_has_limits_all_the_same() -> None:
    recipe = read(SMALL.encode(), name="r")
    assert recipe.guardrails == Guardrails()
    assert recipe.environment == "workbench"
    assert [(v.seed, v.repeat) for v in variants(recipe)] == [(1, 1)]


def test_lists_ranges_seeds_and_repeats_multiply() -> None:
    made = list(variants(read(FULL.encode(), name="r")))
    assert len(made) == 2 * 5 * 2 * 2
    assert len({(tuple(v.parameters.items()), v.seed, v.repeat) for v in made}) == len(made)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{ from = 1, to = 9, step = 2 }", (1, 3, 5, 7, 9)),
        ("{ from = 1, to = 9, step = 5 }", (1, 6)),
        ("{ from = 0, to = 1, count = 3 }", (0, Decimal("0.5"), 1)),
        ('{ from = 0.001, to = 0.1, count = 3, scale = "log" }', (Decimal("0.001"), Decimal("0.01"), Decimal("0.1"))),
    ],
)
def test_a_range_holds_its_ends(text: str, values: tuple[object, ...]) -> None:
    assert read(f"{SMALL}[parameters]\np = {text}\n".encode(), name="r").parameters["p"] == values


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "near"),
    [
        ("outputs =", "output =", 12, "run.output", "outputs"),
        ("at_least", "at_leat", 31, "criteria.auc.at_leat", "at_least"),
        ("[guardrails]", "[guardrail]", 36, "guardrail", "guardrails"),
        ("goal =", "aim =", 3, "experiment.aim", "name"),
        ("step = 0.1 }", "step = 0.1, stop = 3 }", 27, "parameters.rate.stop", "step"),
    ],
)
def test_a_misspelt_key_is_refused_with_its_line_and_the_near_one(
    old: str, new: str, line: int, key: str, near: str
) -> None:
    error = refused(FULL.replace(old, new, 1))
    assert error.code in {Code.RECIPE_KEY_UNKNOWN, Code.RECIPE_KEY_MISSING}
    if error.code is Code.RECIPE_KEY_UNKNOWN:
        assert (error.values["line"], error.values["key"]) == (line, key)
        assert set(str(error.values["near"]).split(", ")) >= set(near.split(", "))


BAD_VALUES = {
    'name = "german-credit"': ['name = "../x"', 'name = "a/b"', "name = 3", 'name = ".hidden"', 'name = "a\\nb"'],
    'command = ["python", "train.py"]': [
        'command = "python train.py"', "command = []", 'command = ["a", 1]', 'command = ["a\\u0000"]', 'command = [""]',
    ],
    'outputs = ["model.onnx", "vectors.json"]': [
        'outputs = ["/etc/passwd"]', 'outputs = ["../x"]', 'outputs = ["a", "a"]', 'outputs = ["a/./b"]',
        'outputs = ["a\\nb"]', 'outputs = ["a//b"]', 'outputs = "a"', 'outputs = ["a\\\\b"]',
    ],
    "seed = [1, 2]": ["seed = -1", "seed = 1.5", "seed = [1, 1]", "seed = []", "seed = true", "seed = 4294967296"],
    "repeats = 2": ["repeats = 0", 'repeats = "2"', "repeats = 1001", "repeats = true", "repeats = 2.0"],
    "folds = 5": ["folds = 1", "folds = 5.0"],
    'method = "cross-fit"': ['method = "guess"', "method = 1"],
    'kind = "lock"': ['kind = "conda"', "kind = []"],
    "depth = [2, 4]": [
        "depth = []", "depth = [[1]]", "depth = 2026-01-01", "depth = nan", "depth = inf", "depth = [1, 1]",
        "depth = 99999999999999999999", "depth = { from = 1 }", "depth = { from = 2, to = 1, step = 1 }",
        "depth = { from = 1, to = 2, step = 0 }", "depth = { from = 1, to = 2, step = 0.00001 }",
        "depth = { from = 1, to = 2 }", "depth = { from = 1, to = 2, step = 1, count = 2 }",
        'depth = { from = 0, to = 2, count = 3, scale = "log" }', "depth = 1e999", "evaluate = 3", '"a b" = 3',
    ],
    "at_least = 0.70": ['at_least = "0.7"', "at_least = nan", "at_least = true", ""],
    'time = "1h30min"': [
        'time = "2"', "time = 2",
        'time = "30min1h"', 'time = "0s"', 'time = "2 hours"', 'time = "1.0001ms"', 'time = ""',
    ],
    'memory = "4GiB"': ['memory = "4 gigs"', 'memory = "-1GiB"', 'memory = "0B"', 'memory = "0.3B"', 'memory = "9e9B"'],
    'cost = "5 EUR"': ['cost = "5"', 'cost = "5EUR"', 'cost = "-5 EUR"', 'cost = "5 eur"', "cost = 5"],
    "cpu = 2": ["cpu = 0", "cpu = 0.5"],
    'priority = "urgent"': ['priority = "highest"'],
    'version = "german-credit@1"': ["version = 1", ""],
    "[data.credit]": ['[data."a b"]', "[data.9x]", '[data."../x"]'],
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, many in BAD_VALUES.items() for new in many])
def test_a_value_that_cannot_be_is_refused_with_its_line_and_an_example(old: str, new: str) -> None:
    error = refused(FULL.replace(old, new, 1))
    assert error.code in {Code.RECIPE_VALUE, Code.RECIPE_KEY_MISSING}
    line = FULL[: FULL.index(old)].count("\n") + 1
    assert abs(int(str(error.values["line"])) - line) <= 1
    assert error.values["example"]


@pytest.mark.parametrize("text", ["", "[run]\ncommand=['a']", '[experiment]\nname="a"', "[experiment]\nname=''\n[run]"])
def test_what_is_missing_is_named(text: str) -> None:
    assert refused(text).code is Code.RECIPE_KEY_MISSING


def test_two_inputs_that_would_share_a_variable_are_refused() -> None:
    text = FULL + '\n[data.a-b]\nversion = "x"\n[data.a_b]\nversion = "y"\n'
    assert refused(text).code is Code.RECIPE_VALUE


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[experiment]\nname = \n", 2),
        (b"[experiment]\nname = 'a'\nname = 'b'\n", 3),
        (b"[experiment]\nname = '\xff'\n", 2),
        (b"a = " + b"[" * 100_000, 1),
        (b"#" * 300_000, 1),
        (b"a = " + b"9" * 5000, 1),
        (b"\x00", 1),
    ],
)
def test_bytes_that_are_no_toml_are_refused_with_their_line(data: bytes, line: int) -> None:
    with pytest.raises(InputRefusedError) as caught:
        read(data, name="r")
    assert caught.value.code is Code.RECIPE_UNREADABLE
    assert caught.value.values["line"] == line


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    assert read(b"\xef\xbb\xbf" + SMALL.encode(), name="r").name == "x"


def test_more_runs_than_anybody_means_are_refused_before_they_are_made() -> None:
    lists = "".join(f"p{i} = {{ from = 1, to = 1000, step = 1 }}\n" for i in range(8))
    recipe = read(f"{SMALL}[parameters]\n{lists}".encode(), name="r")
    with pytest.raises(InputRefusedError) as caught:
        variants(recipe)
    assert caught.value.code is Code.TOO_MANY_RUNS
    assert caught.value.values["limit"] == MOST_RUNS


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: (SMALL + text).encode()))
def test_any_bytes_are_read_or_refused_never_more(data: bytes) -> None:
    with contextlib.suppress(InputRefusedError):
        read(data, name="r")


@given(st.text(max_size=12))
def test_a_name_that_is_taken_stays_one_part_of_a_path(text: str) -> None:
    if is_name(text):
        assert "/" not in text
        assert text not in {"", ".", ".."}
        assert is_inside(text)
