"""The training script works unedited on tables it has never seen, and what it writes passes the gate."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no stubs

from surefoot import resources
from surefoot.models.gate import judge

SCRIPT = resources.path("templates", "tabular-classification", "train.py")
# The converter hands truth values to protobuf as integers, which protobuf 7 will refuse: the reason for `protobuf<7`.
pytestmark = pytest.mark.filterwarnings("ignore:Field onnx.AttributeProto.ints:DeprecationWarning")

MODELS = ("logistic", "gradient-boosting", "random-forest")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = spec_from_file_location("train", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["train"] = module
    spec.loader.exec_module(module)
    return module


def odd_table(rows: int = 400) -> pl.DataFrame:
    """Everything a real table has: gaps, Vietnamese names, many categories, years, free text, dates, constants."""
    source = np.random.default_rng(3)
    size, year = source.lognormal(10, 3, rows), source.integers(1990, 2024, rows)
    city = [f"Đà Nẵng {number}" for number in source.zipf(1.6, rows) % 90]
    chance = 1 / (1 + np.exp(-((year - 2000) / 10 - 0.3 * np.log(size) + 3)))
    table = pl.DataFrame(
        {
            "id": [f"K{row}" for row in range(rows)],
            "person": [f"P{row % 50}" for row in range(rows)],
            "tiền, VND": size,
            "year": year,
            "stamp": 1.6e9 + source.integers(0, 100_000, rows),
            "city's": city,
            "free text": [f"note {row}" for row in range(rows)],
            "is new": source.random(rows) < 0.5,
            "constant": ["a"] * rows,
            "empty": [None] * rows,
            "day": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, 1) + pl.duration(days=rows - 1), eager=True),
            "infinite": np.where(source.random(rows) < 0.1, np.inf, source.normal(size=rows)),
            "sex": source.choice(["f", "m"], rows),
            "outcome": np.where(source.random(rows) < chance, "yes", "no"),
        }
    )
    gaps = ("tiền, VND", "city's", "is new", "year")
    return table.with_columns(
        pl.when(pl.Series(source.random(rows) < 0.2)).then(None).otherwise(pl.col(name)).alias(name) for name in gaps
    )


def lay_out(folder: Path, table: pl.DataFrame, **changes: Any) -> Path:
    """The folder that a training run is given."""
    folder.mkdir(parents=True)
    table.write_parquet(folder / "train.parquet")
    schema = {
        "format": 1,
        "columns": [{"name": name, "type": str(dtype)} for name, dtype in table.schema.items()],
        "target": {"column": "outcome", "positive": "yes"},
        "key": ["id"],
        "group": None,
        "time": None,
        "subject": "person",
        "protected": ["sex"],
    }
    (folder / "schema.json").write_text(json.dumps({**schema, **changes}), encoding="utf-8")
    return folder


class Trained:
    """What a run of the script left."""

    def __init__(self, out: Path) -> None:
        self.model = (out / "model.onnx").read_bytes()
        self.vectors = (out / "vectors.json").read_bytes()
        self.answers = pl.read_parquet(out / "cross_fit.parquet")
        self.metrics = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]

    @property
    def inputs(self) -> list[str]:
        return [one.name for one in onnx.load_from_string(self.model).graph.input]


def environment(folder: Path, out: Path, parameters: dict[str, Any], seed: int) -> dict[str, str]:
    out.mkdir(parents=True)
    (out / "../parameters.json").resolve().write_text(json.dumps(parameters))
    return {
        "SUREFOOT_INPUT_TABLE": str(folder),
        "SUREFOOT_PARAMETERS": str((out / "../parameters.json").resolve()),
        "SUREFOOT_SEED": str(seed),
        "SUREFOOT_OUTPUT": str(out),
    }


class Trainer:
    """Runs the script in this process, where its warnings are errors."""

    def __init__(self, script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.script, self.folder, self.monkeypatch = script, tmp_path, monkeypatch
        self.count = 0

    def __call__(
        self, table: pl.DataFrame, *, seed: int = 1, schema: dict[str, Any] | None = None, **parameters: Any
    ) -> Trained:
        self.count += 1
        place = self.folder / str(self.count)
        data = lay_out(place / "data", table, **(schema or {}))
        how = {"evaluate": {"method": "cross-fit", "folds": 3, "repeats": 1}, **parameters}
        for name, value in environment(data, place / "run/output", how, seed).items():
            self.monkeypatch.setenv(name, value)
        with threadpool_limits(limits=1):
            self.script.main()
        return Trained(place / "run/output")


@pytest.fixture
def train(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    return Trainer(script, tmp_path, monkeypatch)


@pytest.mark.parametrize("model", MODELS)
def test_an_odd_table_becomes_a_model_that_passes_the_gate(train: Trainer, model: str) -> None:
    trained = train(odd_table(), model=model)
    verdict = judge(trained.model, trained.vectors)
    assert verdict.reasons == ()
    assert verdict.parity is not None
    assert float(verdict.parity.max_difference) <= 1e-5
    assert verdict.parity.rows >= 64
    assert verdict.signature is not None
    assert [(one.name, one.shape) for one in verdict.signature.outputs] == [
        ("label", (None,)),
        ("probability", (None, 1)),
    ]
    assert trained.inputs == ["tiền, VND", "year", "stamp", "city's", "is new", "infinite", "sex"]


def test_it_is_better_than_chance_and_says_so_fold_by_fold(train: Trainer) -> None:
    trained = train(odd_table(), evaluate={"method": "cross-fit", "folds": 4, "repeats": 2})
    assert [line["step"] for line in trained.metrics] == list(range(1, 9))
    last = trained.metrics[-1]
    assert last["auc"] == pytest.approx(np.mean([line["fold_auc"] for line in trained.metrics]))
    assert last["auc_spread"] == pytest.approx(np.std([line["fold_auc"] for line in trained.metrics]))
    assert last["auc"] > 0.6
    assert {"accuracy", "log_loss"} <= set(last)


def test_holding_out_judges_one_part_a_repeat(train: Trainer) -> None:
    assert len(train(odd_table(), evaluate={"method": "holdout", "folds": 4, "repeats": 3}).metrics) == 3


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same_bytes(train: Trainer, model: str) -> None:
    first, again = (train(odd_table(), model=model, trees=20) for _ in range(2))
    assert first.metrics == again.metrics
    assert first.vectors == again.vectors
    assert first.model == again.model


def test_another_seed_parts_the_rows_otherwise(train: Trainer) -> None:
    assert train(odd_table(), seed=1).metrics != train(odd_table(), seed=2).metrics


def test_nothing_is_learned_from_columns_that_name_somebody_or_were_dropped(train: Trainer) -> None:
    columns = [{"name": "year", "type": "integer", "role": "ignore"}, {"name": "sex", "type": "text"}]
    trained = train(odd_table(), schema={"time": "stamp", "columns": columns}, drop="sex, is new")
    assert trained.inputs == ["tiền, VND", "city's", "infinite"]


def test_rows_of_one_group_are_never_parted(train: Trainer, script: ModuleType, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "data", odd_table(), group="person")
    table = script.read_table(folder, [])
    for _, *parts in script.splits(table, {"folds": 4, "repeats": 2}, 1):
        first, second = (set(table.groups[part]) for part in parts)
        assert not first & second


def test_every_answered_row_is_told_once_a_repeat_by_its_place_in_the_table(train: Trainer) -> None:
    table = odd_table().with_columns(outcome=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("outcome"))
    trained = train(table, evaluate={"method": "cross-fit", "folds": 3, "repeats": 2})
    rows = [row for row in range(len(table)) if row % 7]
    repeats = {repeat: part["row"].sort().to_list() for (repeat,), part in trained.answers.group_by("repeat")}
    assert len(repeats) > 1
    assert all(told == rows for told in repeats.values())
    # The folds' figures are about these very answers.
    truth = table["outcome"].gather(trained.answers["row"]) == "yes"
    right = ((trained.answers["probability"] > 0.5) == truth).mean()
    assert right == pytest.approx(trained.metrics[-1]["accuracy"], abs=0.01)


def test_the_vectors_hold_ordinary_rows_and_edges(train: Trainer) -> None:
    inputs = json.loads(train(odd_table()).vectors)["inputs"]
    assert None in inputs["year"]
    assert "" in inputs["city's"]
    assert "never seen before" in inputs["city's"]
    assert {1900.0, 2100.0} <= set(inputs["year"])


def row_of(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple("" if one is None else one for one in values)


@pytest.mark.parametrize("rows", [40, 400])
def test_no_row_of_the_vectors_is_a_row_of_the_table_and_no_edge_is_anybody_s_extreme(
    train: Trainer, script: ModuleType, tmp_path: Path, rows: int
) -> None:
    table = odd_table(rows)
    inputs = json.loads(train(table).vectors)["inputs"]
    features = script.read_table(lay_out(tmp_path / "again", table), []).features.select(list(inputs))
    real = {row_of(row) for row in features.iter_rows()}
    made = [row_of(row) for row in zip(*inputs.values(), strict=True)]
    assert len(real) > rows * 0.9
    assert not real & set(made)
    pairs = [("tiền, VND", "stamp"), ("stamp", "infinite")]
    for one, other in pairs:
        together = {row_of(row) for row in features.select(one, other).drop_nulls().iter_rows()}
        ordinary = (inputs[one][: script.VECTORS], inputs[other][: script.VECTORS])
        met = [pair for pair in zip(*ordinary, strict=True) if pair in together]
        assert len(met) < script.VECTORS / 8, "by chance alone"
    whole = script.example_rows(script.read_table(lay_out(tmp_path / "third", table), []), 1)
    for name in ("tiền, VND", "stamp", "infinite"):
        edges = whole[name][script.VECTORS :].drop_nulls()
        assert edges.min() < features[name].min()
        assert edges.max() > features[name].max()


@pytest.mark.parametrize("columns", [["year", "stamp"], ["city's", "sex"]])
def test_a_table_of_numbers_alone_or_of_text_alone_is_enough(train: Trainer, columns: list[str]) -> None:
    for model in MODELS:
        trained = train(odd_table().select("id", "person", *columns, "outcome"), model=model, trees=20)
        assert judge(trained.model, trained.vectors).reasons == ()


def test_a_small_table_still_gets_enough_vectors(train: Trainer) -> None:
    trained = train(odd_table(40))
    assert judge(trained.model, trained.vectors).reasons == ()


@pytest.mark.parametrize(("values", "positive"), [([0, 1], "1"), ([False, True], "true"), ([1.0, 2.0], "2.0")])
def test_answers_may_be_numbers_or_truth_values(train: Trainer, values: list[Any], positive: str) -> None:
    outcome = pl.Series("outcome", [values[one == "yes"] for one in odd_table()["outcome"]])
    trained = train(odd_table().with_columns(outcome), schema={"target": {"column": "outcome", "positive": positive}})
    assert judge(trained.model, trained.vectors).reasons == ()
    assert trained.metrics[-1]["auc"] > 0.6


def test_rows_without_an_answer_are_left_out(train: Trainer) -> None:
    table = odd_table().with_columns(pl.when(pl.col("year") > 2015).then(None).otherwise("outcome").alias("outcome"))
    assert train(table).metrics


@pytest.mark.parametrize(
    ("change", "schema", "parameters", "words"),
    [
        (pl.lit("yes").alias("outcome"), {}, {}, "1 different values"),
        (pl.col("city's").alias("outcome"), {}, {}, "different values"),
        (pl.col("outcome"), {"target": None}, {}, "names no target"),
        (pl.col("outcome"), {}, {"drop": "nonsense"}, "no such column"),
        (pl.col("outcome"), {}, {"model": "magic"}, "magic"),
        (pl.col("year").alias("label"), {}, {}, "'label'"),
        (
            pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("rare")).otherwise(pl.lit("yes")).alias("outcome"),
            {},
            {},
            "asks for 3 folds, and only 2 rows have the answer 'rare'",
        ),
        (
            pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("A")).otherwise(pl.lit("B")).alias("person"),
            {"group": "person"},
            {},
            "asks for 3 folds, and only . groups",
        ),
        (pl.col("outcome"), {}, {"evaluate": {"folds": 1}}, "at least 2"),
        (pl.col("outcome"), {"target": {"column": "outcome", "positive": "maybe"}}, {}, "maybe"),
    ],
)
def test_what_it_cannot_do_it_says_in_a_sentence(
    train: Trainer, change: pl.Expr, schema: dict[str, Any], parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(SystemExit, match=words):
        train(odd_table().with_columns(change), schema=schema, **parameters)


def test_no_column_left_is_said(train: Trainer) -> None:
    with pytest.raises(SystemExit, match="No column is left"):
        train(odd_table().select("id", "person", "constant", "outcome"))


def test_it_runs_as_a_command_of_its_own(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "data", odd_table())
    settings = environment(folder, tmp_path / "run/output", {"evaluate": {"folds": 3, "repeats": 1}}, 5)
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT)],
        env={**settings, "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "left out: day" in done.stdout
    assert "differs by at most" in done.stdout
    assert Trained(tmp_path / "run/output").metrics
