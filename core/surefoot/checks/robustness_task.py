"""The worker's part of the robustness check: rows, rows made from them, and whether the decision stays.

Noise moves every number by up to a share of its column's range (the 1st to 99th percentile of the rows), within the
column's least and most, and leaves texts alone: a clerk's slip, a rounding, a sensor. The attack looks for the nearest
row with the other decision, moving numbers only (HopSkipJump: Chen, Jordan and Wainwright, S&P 2020, by the Adversarial
Robustness Toolbox), goes towards it by the same share of the ranges, and counts where the decision turns on the way.
Odd rows are what a service may be sent: nothing, zeros, very large numbers, words never seen.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from surefoot.checks import answers, rows, statistics
from surefoot.checks.accuracy_task import measured
from surefoot.checks.answers import Asker, Bools, Floats
from surefoot.checks.facts import FEWEST_ROWS, Measure
from surefoot.checks.robustness import ATTACKED, BROKEN, FLIPPED
from surefoot.errors import InputRefusedError
from surefoot.workers import Request

with warnings.catch_warnings():  # it warns of every engine that is not installed
    warnings.simplefilter("ignore")
    from art.attacks.evasion import HopSkipJump
    from art.estimators.classification import BlackBoxClassifierNeuralNetwork

DRAWS = 10
MOST_ROWS = 5000
_STEPS, _QUERIES = 5, 100
_LARGE = 1e30
_FLOATS = {"float32", "float64"}


@dataclass(frozen=True, slots=True)
class Space:
    """The numbers of some rows, each as a share of its column's range.

    Attributes:
        numbers: the columns. low, reach: where a column's range begins, and how far it goes. least, most: of a column.
    """

    numbers: list[str]
    low: Floats
    reach: Floats
    least: Floats
    most: Floats

    def shares(self, table: pl.DataFrame) -> Floats:
        """The numbers of a table as shares; what is missing stays NaN."""
        return (_matrix(table, self.numbers) - self.low) / self.reach

    def moved(self, table: pl.DataFrame, shares: Floats) -> pl.DataFrame:
        """The table with these numbers instead of its own, kept within what the rows hold."""
        values = np.clip(shares * self.reach + self.low, self.least, self.most)
        made = []
        for place, name in enumerate(self.numbers):
            column = pl.Series(name, values[:, place]).fill_nan(None)
            dtype = table.schema[name]
            made.append(column.round().cast(dtype) if dtype.is_integer() else column.cast(dtype))
        return table.with_columns(made)


def measure(request: Request) -> dict[str, Any]:
    """Changes rows and looks at what becomes of the decision.

    Returns:
        `measures`, the number of `rows`, and `evidence`.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them as they are.
    """
    asker = answers.open_asker(request)
    source = np.random.default_rng(int(request["seed"]))
    table = answers.known_rows(request, "rows", asker.columns).select(asker.columns)
    table = table[rows.lot(len(table), source, MOST_ROWS)]
    before = decided(asker, table)
    if before is None or not len(table):
        lost = Measure(FLIPPED, None, why="no_rows" if before is not None else "no_positive")
        return {"measures": [msgspec.to_builtins(lost)], "rows": len(table), "evidence": {}}
    noise = float(request["settings"]["noise"])
    names = {"noise_percent": f"{100 * noise:g}"}
    broken, odd = _odd(asker, table)
    measures, evidence = [], {"odd_rows": odd, "noise": noise, "draws": DRAWS}
    space = _space(table)
    if space.numbers:
        measures.append(replace(_flipped(asker, table, before, space, noise, source), names=names))
        attacked = int(request["settings"]["attacked"])
        measures.append(replace(_attacked(request, asker, table[:attacked], space, noise), names=names))
    else:
        measures.append(Measure(FLIPPED, None, why="no_numbers"))
    told = [msgspec.to_builtins(one) for one in [*measures, broken]]
    return {"measures": told, "rows": len(table), "evidence": answers.plain(evidence)}


def decided(asker: Asker, table: pl.DataFrame) -> Bools | None:
    """The decision on each row: whether it gets the positive answer."""
    return asker.ask(table).guess


def _matrix(table: pl.DataFrame, names: list[str]) -> Floats:
    if not names:
        return np.zeros((len(table), 0))
    wide = np.stack([table[name].cast(pl.Float64).to_numpy() for name in names], axis=1)
    return np.where(np.isfinite(wide), wide, np.nan)


def _space(table: pl.DataFrame) -> Space:
    """The numeric columns that vary."""
    names = [
        name for name, dtype in table.schema.items() if dtype.is_numeric() and table[name].drop_nulls().n_unique() > 1
    ]
    values = _matrix(table, names)
    least, most = (np.nanmin(values, axis=0), np.nanmax(values, axis=0)) if names else (np.zeros(0), np.zeros(0))
    low, high = np.nanpercentile(values, [1, 99], axis=0) if names else (np.zeros(0), np.zeros(0))
    reach = np.where(high > low, high - low, most - least)
    return Space(names, low, reach, least, most)


def _flipped(
    asker: Asker, table: pl.DataFrame, before: Bools, space: Space, noise: float, source: np.random.Generator
) -> Measure:
    """The share of decisions that noise flips: a mean over draws, with Wilson's interval for as many rows."""
    shares = space.shares(table)
    flips = np.zeros(len(table))
    for _ in range(DRAWS):
        after = decided(asker, space.moved(table, shares + source.uniform(-noise, noise, shares.shape)))
        flips += np.zeros(len(table)) if after is None else after != before
    return measured(FLIPPED, statistics.share_of(float(flips.mean() / DRAWS), len(table)), len(table))


def _attacked(request: Request, asker: Asker, table: pl.DataFrame, space: Space, noise: float) -> Measure:
    """The share of rows whose decision an attacker turns by moving no number further than the noise does."""
    seed = int(request["seed"])
    flipped = 0
    for row in range(len(table)):
        request.progress("checks.robustness", row, len(table))
        flipped += turned(asker, table[row], space, noise, seed=seed + row)
    return measured(ATTACKED, statistics.share(flipped, len(table)), len(table))


def turned(asker: Asker, row: pl.DataFrame, space: Space, noise: float, *, seed: int) -> bool:
    """Whether the attack finds a row with the other decision no further off than `noise` in any number.

    It goes towards the nearest such row that it found, as far as it may; one that it does not find may still be there.
    """
    start = np.nan_to_num(space.shares(row), nan=0.5).astype(np.float32)

    def answer(shares: npt.NDArray[np.floating[Any]]) -> Floats:
        many = row[np.zeros(len(shares), dtype=np.int64)]
        guess = decided(asker, space.moved(many, shares.astype(np.float64)))
        yes = np.zeros(len(shares)) if guess is None else guess.astype(np.float64)
        return np.stack([1 - yes, yes], axis=1)

    edges = ((space.least - space.low) / space.reach, (space.most - space.low) / space.reach)
    clip = tuple(edge.astype(np.float32) for edge in edges)
    model = BlackBoxClassifierNeuralNetwork(answer, (start.shape[1],), 2, clip_values=clip, channels_first=False)
    attack = HopSkipJump(model, norm=np.inf, max_iter=_STEPS, max_eval=_QUERIES, init_eval=20, verbose=False)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the toolbox draws from the global source
    found = np.asarray(attack.generate(start))
    nearby = start + np.clip(found - start, -noise, noise)
    return bool(answer(nearby)[0].argmax() != answer(start)[0].argmax())


def _odd(asker: Asker, table: pl.DataFrame) -> tuple[Measure, list[dict[str, Any]]]:
    """How many odd rows the model fails on, or answers with something that is no number."""
    told = []
    for name, made in odd_rows(asker, table):
        try:
            asker.ask(made)
            told.append({"row": name, "answer": "answered"})
        except InputRefusedError as error:
            told.append({"row": name, "answer": str(error.values.get("detail", ""))[:200]})
    lost = [str(one["row"]) for one in told if one["answer"] != "answered"]
    names = {"lost": str(len(lost)), "of": str(len(told)), "first": lost[0] if lost else "-"}
    # Nobody is sampled here: one odd row without an answer is proof enough, however few there are.
    return Measure(BROKEN, str(len(lost)), smallest=FEWEST_ROWS, names=names), told


def odd_rows(asker: Asker, table: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows as a service may be sent them, by name: an ordinary one with one column, or all of them, made odd.

    Only what the input's type can hold: a service refuses the rest before the model sees it.
    """
    usual = table[:1]
    for one in asker.signature.inputs:
        name = one.name
        if one.type == "string":
            for word, text in (("never seen", "\U0001f9ea never seen"), ("empty", ""), ("very long", "x" * 10_000)):
                yield f"{name}: {word}", usual.with_columns(pl.lit(text).alias(name))
        elif one.type in _FLOATS:
            for word, value in (("zero", 0.0), ("very large", _LARGE), ("very small", -_LARGE), ("missing", None)):
                yield f"{name}: {word}", usual.with_columns(pl.lit(value, dtype=pl.Float64).alias(name))
        else:
            yield f"{name}: zero", usual.with_columns(pl.lit(0).cast(table.schema[name]).alias(name))
    if all(one.type in {"string", *_FLOATS} for one in asker.signature.inputs):
        yield (
            "everything missing",
            usual.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in usual.schema.items()),
        )
