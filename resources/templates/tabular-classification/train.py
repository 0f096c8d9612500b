"""Trains a model that answers a yes-or-no question about the rows of a table. It is yours: change what you like.

What Surefoot hands in, and what it wants back, is all there is between the two:

    SUREFOOT_INPUT_<NAME>   a folder with train.parquet and schema.json. The test side is not in it: nobody who
                            has seen the questions of an exam can tell you what its result is worth.
    SUREFOOT_PARAMETERS     a JSON file with the recipe's [parameters] and [evaluate]
    SUREFOOT_SEED           every random choice follows it, so that the same run gives the same figures
    SUREFOOT_OUTPUT         a folder for   model.onnx      the model with its preprocessing inside
                                           vectors.json    example rows with the answers this script gets
                                           metrics.jsonl   figures, a line at a time, shown while they come
                                           own_answers.parquet   what this script's model says of its training rows,
                                                           to be held against what model.onnx says of them
                                           cross_fit.parquet   what models that never saw a row said of it: with it,
                                                           checks can look at everybody, not only at the test side
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import polars as pl
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

# The operators that older runtimes know too. A newer set would run here and fail on somebody's device.
OPSET = {"": 18, "ai.onnx.ml": 3}
TOLERANCE = 1e-4  # how far a replayed probability may lie from ours; this script's own models stay below 1e-5
MOST_CATEGORIES = 50  # of a text column; rarer values count as none of them, as values never seen before do
VECTORS = 64
ANSWERS = 2  # this script tells two apart
YES = 0.5  # a probability above it counts as the positive answer


@dataclass(frozen=True)
class Table:
    """The training side: one row for each thing to judge."""

    features: pl.DataFrame
    answers: np.ndarray  # text, "good", "bad" …
    positive: str  # the answer whose probability the model gives
    groups: np.ndarray | None  # rows that belong together and must not be parted
    numbers_of_rows: np.ndarray  # of each row, its place in train.parquet

    @property
    def numbers(self) -> list[str]:
        """The columns that hold numbers."""
        return [name for name, dtype in self.features.schema.items() if dtype.is_float()]

    @property
    def texts(self) -> list[str]:
        """The columns that hold text."""
        return [name for name, dtype in self.features.schema.items() if dtype == pl.String]


# ---------------------------------------------------------------- 1. what goes in


def read_table(folder: Path, drop: list[str]) -> Table:
    """Reads the rows and decides which columns a model may learn from."""
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    if not schema.get("target"):
        sys.exit("The dataset names no target: add it again with the column that holds the answers.")
    target = schema["target"]["column"]
    whole = pl.read_parquet(folder / "train.parquet")
    has_answer = whole[target].is_not_null()
    rows = whole.filter(has_answer)
    answers = rows[target].cast(pl.String).to_numpy()
    kinds = sorted(set(answers))
    if len(kinds) != ANSWERS:
        sys.exit(f"The target {target!r} has {len(kinds)} different values; this script tells exactly {ANSWERS} apart.")
    positive = str(schema["target"].get("positive") or kinds[1])
    if positive not in kinds:
        sys.exit(f"The target {target!r} has the values {' and '.join(kinds)}; none of them is {positive!r}.")
    unknown = sorted(set(drop) - set(rows.columns))
    if unknown:
        sys.exit(f"The recipe drops {', '.join(unknown)}, and the table has no such column.")
    group = schema.get("group")
    return Table(
        features=choose_features(rows, {*columns_that_name_somebody(schema), target, *drop}),
        answers=answers,
        positive=positive,
        groups=rows[group].cast(pl.String).fill_null("").to_numpy() if group else None,
        numbers_of_rows=np.flatnonzero(has_answer.to_numpy()),
    )


def columns_that_name_somebody(schema: dict) -> set[str]:
    """Keys, subjects and groups say who a row is about. A model would learn them by heart, which helps nobody new."""
    named = [schema.get(role) for role in ("key", "group", "time", "subject")]
    flat = [name for value in named if value for name in (value if isinstance(value, list) else [value])]
    roles = [c["name"] for c in schema["columns"] if c.get("role") in ("key", "group", "time", "subject", "ignore")]
    return {*flat, *roles}


def choose_features(rows: pl.DataFrame, leave_out: set[str]) -> pl.DataFrame:
    """Numbers as 32-bit numbers, text as text with "" where it is missing. What is neither is left out, and said."""
    chosen = []
    for column in rows.drop(leave_out & set(rows.columns)):
        if column.n_unique() == 1:
            print(f"left out: {column.name} (says the same in every row)")
        elif column.dtype.is_numeric() or column.dtype == pl.Boolean:
            # The exported model computes in 32 bits. Learning from the same rounded values keeps both in step.
            number = column.cast(pl.Float32).cast(pl.Float64)
            chosen.append(number.set(~number.is_finite(), None))  # what is no number is missing
        elif column.dtype in (pl.String, pl.Categorical, pl.Enum):
            text = column.cast(pl.String).fill_null("")
            if text.n_unique() > max(MOST_CATEGORIES, len(text) // 2):
                print(f"left out: {column.name} (nearly every row has its own value)")
            else:
                chosen.append(text)
        else:
            print(f"left out: {column.name} ({column.dtype}: turn it into a number first, for instance an age in days)")
    if not chosen:
        sys.exit("No column is left to learn from.")
    taken = {column.name for column in chosen} & {"label", "probability"}
    if taken:
        sys.exit(f"The column {taken.pop()!r} has the name of one of the model's answers: give it another, or drop it.")
    return pl.DataFrame(chosen)


# ---------------------------------------------------------------- 2. the model


def build(table: Table, parameters: dict, seed: int) -> Pipeline:
    """One object from raw row to answer. What is not inside it would have to be written again for the service."""
    name = parameters.get("model", "logistic")
    numbers: list = [SimpleImputer(strategy="median", keep_empty_features=True)]
    if name == "logistic":
        # Only here: a sum of columns needs them in the same range. Trees do not care, and scaling before
        # them moves values across their thresholds when the exported graph rounds.
        numbers.append(StandardScaler())
    texts = OneHotEncoder(categories=categories(table), handle_unknown="ignore", sparse_output=False)
    preparation = ColumnTransformer(
        [("numbers", make_pipeline(*numbers), table.numbers), ("texts", texts, table.texts)]
    )
    return Pipeline([("preparation", preparation), ("model", classifier(name, parameters, seed))])


def categories(table: Table) -> list[list[str]]:
    """The commonest values of each text column. They are counted without a look at the answers, so nothing leaks."""
    counted = [
        table.features[name].value_counts(sort=False).sort(["count", name], descending=[True, False])
        for name in table.texts
    ]
    return [sorted(common[:MOST_CATEGORIES, 0].to_list()) for common in counted]


def classifier(
    name: str, parameters: dict, seed: int
) -> LogisticRegression | HistGradientBoostingClassifier | RandomForestClassifier:
    """The three that are worth trying first on a table."""
    if name == "logistic":
        return LogisticRegression(C=float(parameters.get("C", 0.1)), max_iter=2000)
    if name == "gradient-boosting":
        return HistGradientBoostingClassifier(
            max_iter=int(parameters.get("trees", 60)),
            max_depth=int(parameters.get("depth", 3)),
            learning_rate=float(parameters.get("learning_rate", 0.1)),
            early_stopping=False,
            random_state=seed,
        )
    if name == "random-forest":
        depth = int(parameters.get("depth", 0))
        return RandomForestClassifier(
            n_estimators=int(parameters.get("trees", 100)), max_depth=depth or None, random_state=seed
        )
    sys.exit(f"The recipe's model is {name!r}; this script knows logistic, gradient-boosting and random-forest.")


# ---------------------------------------------------------------- 3. how good is it?


def refuse_few(table: Table, how: dict) -> None:
    """Each fold has to hold both answers, or what it says is nothing: better said now than as a trace later."""
    folds = int(how.get("folds", 5))
    if folds < ANSWERS:
        sys.exit(f"The recipe asks for {folds} folds; it takes at least 2, for instance folds = 5 under [evaluate].")
    things = "rows" if table.groups is None else "groups"
    for kind in sorted(set(table.answers)):
        of_kind = table.answers == kind
        count = int(of_kind.sum()) if table.groups is None else len(set(table.groups[of_kind]))
        if count < folds:
            sys.exit(
                f"The recipe asks for {folds} folds, and only {count} {things} have the answer {kind!r}: each fold "
                "needs one. Hand in more rows, or ask for fewer folds under [evaluate]."
            )


def splits(table: Table, how: dict, seed: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Parts the rows into folds, again and again: each time, a model judges only rows that it never saw."""
    kinds = StratifiedKFold if table.groups is None else StratifiedGroupKFold
    for repeat in range(int(how.get("repeats", 1))):
        folds = kinds(int(how.get("folds", 5)), shuffle=True, random_state=seed + repeat)
        parts = folds.split(table.features, table.answers, table.groups)
        for train, test in islice(parts, 1) if how.get("method") == "holdout" else parts:
            yield repeat, train, test


def evaluate(table: Table, parameters: dict, seed: int, out: Path) -> None:
    """Cross-validates, and writes what it finds as it finds it.

    One split alone misleads: on a thousand rows its AUC is off by 0.02 by mere chance. So `fold_auc` shows every
    fold, `auc` the mean so far (the last one counts), and `auc_spread` how far folds lie apart: a difference between
    two models that is smaller than that says nothing.
    """
    seen: list[dict[str, float]] = []
    told: list[pl.DataFrame] = []
    with (out / "metrics.jsonl").open("a", encoding="utf-8") as file:
        for step, (repeat, train, test) in enumerate(splits(table, parameters.get("evaluate", {}), seed), start=1):
            model = build(table, parameters, seed).fit(table.features[train], table.answers[train])
            chance = probability(model, table.features[test], table.positive)
            seen.append(judge(table.answers[test] == table.positive, chance))
            rows = pl.DataFrame({"row": table.numbers_of_rows[test], "probability": chance})
            told.append(rows.with_columns(repeat=pl.lit(repeat)))
            line: dict[str, float] = {"step": step}
            for name, value in seen[-1].items():
                line[f"fold_{name}"] = value
                line[name] = float(np.mean([fold[name] for fold in seen]))
            line["auc_spread"] = float(np.std([fold["auc"] for fold in seen]))
            file.write(json.dumps(line) + "\n")
            file.flush()
    pl.concat(told).write_parquet(out / "cross_fit.parquet")
    print(f"cross-validation: AUC {line['auc']:.3f} ± {line['auc_spread']:.3f} over {step} folds")


def judge(truth: np.ndarray, chance: np.ndarray) -> dict[str, float]:
    """Three figures: does it rank well, does it answer well, are its probabilities honest?"""
    return {
        "auc": float(roc_auc_score(truth, chance)),
        "accuracy": float(accuracy_score(truth, chance > YES)),
        "log_loss": float(log_loss(truth, chance, labels=[False, True])),
    }


def probability(model: Pipeline, rows: pl.DataFrame, positive: str) -> np.ndarray:
    """The probability of the positive answer, a number a row."""
    return model.predict_proba(rows)[:, list(model.classes_).index(positive)]


# ---------------------------------------------------------------- 4. what comes out


def round_to_32_bits(model: Pipeline) -> None:
    """Rounds what was learnt to the precision of the exported graph, so that both compute from the same numbers."""
    numbers = model["preparation"].named_transformers_["numbers"]
    for part in [*(numbers if isinstance(numbers, Pipeline) else []), model["model"]]:
        for name in ("statistics_", "mean_", "scale_", "coef_", "intercept_"):
            if getattr(part, name, None) is not None:
                setattr(part, name, getattr(part, name).astype(np.float32).astype(np.float64))
    # A tree asks "is x at most t?". For 32-bit x that is the same question with t rounded down; rounded to the
    # nearest, t could reach the next x. Scikit-learn's converter knows this of forests, not of boosted trees.
    for trees in getattr(model["model"], "_predictors", []):
        for tree in trees:
            exact = tree.nodes["num_threshold"]
            near = exact.astype(np.float32)
            tree.nodes["num_threshold"] = np.where(near > exact, np.nextafter(near, np.float32(-np.inf)), near)


def to_onnx(table: Table, model: Pipeline) -> onnx.ModelProto:
    """The whole pipeline as an ONNX graph: one input a column, `label` and `probability` out."""
    inputs = [
        (name, (StringTensorType if dtype == pl.String else FloatTensorType)([None, 1]))
        for name, dtype in table.features.schema.items()
    ]
    made = convert_sklearn(model, "surefoot", inputs, target_opset=OPSET, options={"zipmap": False})
    graph = made.graph
    # The converter has put `_` where a column's name holds a space or a comma. Give the inputs their own names back.
    label, both = (output.name for output in graph.output)
    names = {given.name: name for given, (name, _) in zip(graph.input, inputs, strict=True)} | {label: "label"}
    for given in graph.input:
        given.name = names[given.name]
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    # The graph gives a probability for each answer. Keep that of the positive one.
    position = list(model.classes_).index(table.positive)
    graph.initializer.append(onnx.numpy_helper.from_array(np.asarray([position]), "positive_answer"))
    graph.node.append(onnx.helper.make_node("Gather", [both, "positive_answer"], ["probability"], axis=1))
    del graph.output[:]
    graph.output.append(onnx.helper.make_tensor_value_info("label", onnx.TensorProto.STRING, [None]))
    graph.output.append(onnx.helper.make_tensor_value_info("probability", onnx.TensorProto.FLOAT, [None, 1]))
    onnx.helper.set_model_props(made, {"positive": table.positive})
    onnx.checker.check_model(made)
    return made


def example_rows(table: Table, seed: int) -> pl.DataFrame:
    """Rows that every later stage replays: ordinary ones, and the edges where two implementations part first.

    They travel with every copy of the model, so no row may be somebody's: each column is shuffled by itself, and the
    edges are not the smallest and largest values there are. Single values are still real; a row of them is not.
    """
    ordinary = pl.DataFrame(
        [
            column.sample(VECTORS, seed=seed + at, with_replacement=len(column) < VECTORS, shuffle=True)
            for at, column in enumerate(table.features, start=1)
        ]
    )
    usual = ordinary[0]
    edges = [usual.with_columns(pl.lit(None if name in table.numbers else "").alias(name)) for name in usual.columns]
    for name in table.numbers:
        edges += [usual.with_columns(pl.lit(value).alias(name)) for value in beyond(table.features[name])]
    edges += [usual.with_columns(pl.lit("never seen before").alias(name)) for name in table.texts]
    missing = [pl.lit(None if name in table.numbers else "").alias(name) for name in usual.columns]
    edges.append(usual.with_columns(missing))
    same = [edge.select(pl.col(name).cast(dtype) for name, dtype in table.features.schema.items()) for edge in edges]
    return pl.concat([ordinary, *same])


def beyond(column: pl.Series) -> list[float]:
    """A value below all that a column holds and one above, rounded outward to two digits; none where it is empty."""
    least, most = column.min(), column.max()
    if least is None:
        return []
    half = (most - least) / 2
    # What is never negative stays so: a logarithm that you may add to the pipeline has to go on working.
    low = max(least - half, 0.0) if least >= 0 else least - half
    return [two_digits(low, np.floor), two_digits(most + half, np.ceil)]


def two_digits(value: float, rounded: Callable[[float], float]) -> float:
    """A number with two digits that count, in the precision of the exported graph."""
    step = 10.0 ** (np.floor(np.log10(abs(value))) - 1) if value else 1.0
    return float(np.float32(rounded(value / step) * step))


def write_vectors(table: Table, model: Pipeline, rows: pl.DataFrame, out: Path) -> None:
    """Writes rows and the answers of this script's own model: what the exported graph has to reproduce."""
    # A row that lies on the fence gets its label from the last digit's rounding: it would prove nothing.
    rows = rows.filter(np.abs(probability(model, rows, table.positive) - YES) > TOLERANCE)
    chance = probability(model, rows, table.positive)
    vectors = {
        "format": 1,
        "tolerance": str(TOLERANCE),
        "inputs": {name: rows[name].to_list() for name in rows.columns},
        "outputs": {"label": model.predict(rows).tolist(), "probability": [[float(value)] for value in chance]},
    }
    (out / "vectors.json").write_text(json.dumps(vectors, allow_nan=False), encoding="utf-8")


def write_own_answers(table: Table, model: Pipeline, out: Path) -> None:
    """Writes what this script's own model says of the rows it learnt from, by their place in train.parquet."""
    chance = probability(model, table.features, table.positive)
    rows = pl.DataFrame({"row": table.numbers_of_rows, "probability": chance}).with_columns(repeat=pl.lit(0))
    rows.write_parquet(out / "own_answers.parquet")


def largest_difference(table: Table, model: Pipeline, made: onnx.ModelProto) -> float:
    """Replays every training row in the exported graph: the largest difference to this script's own answers."""
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {
        name: np.asarray(table.features[name].to_list(), dtype=object if name in table.texts else np.float32)[:, None]
        for name in table.features.columns
    }
    (graph,) = session.run(["probability"], feed)
    return float(np.abs(graph[:, 0] - probability(model, table.features, table.positive)).max())


def main() -> None:
    """Table in, evaluated model out."""
    folder = next(Path(value) for name, value in os.environ.items() if name.startswith("SUREFOOT_INPUT_"))
    parameters = json.loads(Path(os.environ["SUREFOOT_PARAMETERS"]).read_text(encoding="utf-8"))
    seed = int(os.environ["SUREFOOT_SEED"])
    out = Path(os.environ["SUREFOOT_OUTPUT"])

    drop = [name.strip() for name in str(parameters.get("drop", "")).split(",") if name.strip()]
    table = read_table(folder, drop)
    print(
        f"{len(table.answers)} rows, {len(table.features.columns)} columns to learn from; asks for {table.positive!r}"
    )
    refuse_few(table, parameters.get("evaluate", {}))
    evaluate(table, parameters, seed, out)

    # The folds said what such a model is worth. The one that is kept learns from every row of the training side.
    model = build(table, parameters, seed).fit(table.features, table.answers)
    round_to_32_bits(model)
    made = to_onnx(table, model)
    onnx.save(made, str(out / "model.onnx"))
    write_vectors(table, model, example_rows(table, seed), out)
    write_own_answers(table, model, out)
    difference = largest_difference(table, model, made)
    print(f"exported: differs by at most {difference:.1e} from this script's model")
    if difference > TOLERANCE:
        sys.exit("That is too much: the gate would refuse this model, because it is not the one that was evaluated.")


if __name__ == "__main__":
    # One thread: sums are added in the same order on every machine, so the same seed gives the same model; and on a
    # busy machine threads do not wait for one another. Tables of millions of rows are worth more: raise `cpu` too.
    with threadpool_limits(limits=1):
        main()
