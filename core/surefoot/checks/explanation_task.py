"""The worker's part of the explanation check: rows in, the weight of each input out. No row leaves it.

Permutation importance (Breiman 2001; Fisher, Rudin and Dominici, JMLR 2019): an input's values are dealt anew among the
rows, and how far the answers move says how much they rest on it. It is done several times; an order of inputs that
changes from time to time is no explanation (Spearman's rank correlation, 1904). Inputs that say the same share their
weight, so each looks lighter than both are together.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import msgspec
import numpy as np
import polars as pl

from surefoot.checks import answers, rows
from surefoot.checks.answers import Asker, Floats
from surefoot.checks.explanation import NEEDED, STABILITY
from surefoot.checks.facts import Measure
from surefoot.trail.canonical import decimal
from surefoot.workers import Request

MOST_ROWS = 2000
MOST = 0.8
"""The share of all weight that "most" means."""
_NAMED = 5
_DEALS = 50


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each input in each repeat, shape [repeats, inputs]."""

    columns: list[str]
    each: Floats

    @property
    def mean(self) -> Floats:
        """Over the repeats, as shares of all weight."""
        total: Floats = self.each.mean(axis=0)
        return total / total.sum() if total.sum() else total


def measure(request: Request) -> dict[str, Any]:
    """Weighs the inputs.

    Returns:
        `measures`, the number of `rows`, and `evidence` with the weight of each input and one example.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    asker = answers.open_asker(request)
    source = np.random.default_rng(int(request["seed"]))
    table = answers.known_rows(request, "rows", asker.columns).select(asker.columns)
    table = table[rows.lot(len(table), source, MOST_ROWS)]
    before = _said(asker, table)
    if before is None or not len(table):
        lost = Measure(STABILITY, None, why="no_rows" if before is not None else "no_probability")
        return {"measures": [msgspec.to_builtins(lost)], "rows": len(table), "evidence": {}}
    repeats = int(request["settings"]["repeats"])
    each = np.zeros((repeats, len(asker.columns)))
    for repeat in range(repeats):
        for place, name in enumerate(asker.columns):
            request.progress("checks.explanation", repeat * len(asker.columns) + place, each.size)
            dealt = table.with_columns(table[name].gather(source.permutation(len(table))).alias(name))
            each[repeat, place] = _moved(asker, dealt, before)
    weights = Weights(asker.columns, each)
    measures = _measures(weights, len(table), list(request["protected"]))
    evidence = {
        "inputs": _told(weights),
        "example": _example(asker, table, before, source),
        "repeats": repeats,
        "method": "permutation importance, mean change of the probability",
    }
    told = [msgspec.to_builtins(one) for one in measures]
    return {"measures": told, "rows": len(table), "evidence": answers.plain(evidence)}


def _said(asker: Asker, table: pl.DataFrame) -> Floats | None:
    said = asker.ask(table)
    return said.score if said.score is not None else None if said.guess is None else said.guess.astype(np.float64)


def _moved(asker: Asker, table: pl.DataFrame, before: Floats) -> float:
    after = _said(asker, table)
    return 0.0 if after is None else float(np.abs(after - before).mean())


def _measures(weights: Weights, rows: int, protected: list[str]) -> list[Measure]:
    order = np.argsort(-weights.mean, kind="stable")
    needed = int(np.searchsorted(np.cumsum(weights.mean[order]), MOST) + 1)
    top = [f"{weights.columns[place]} ({100 * weights.mean[place]:.0f} %)" for place in order[: min(needed, _NAMED)]]
    surprising = [weights.columns[place] for place in order[:needed] if weights.columns[place] in protected]
    names = {
        "inputs": ", ".join(top) + (", …" if needed > _NAMED else ""),
        "count": str(needed),
        "of": str(len(order)),
        "protected": ", ".join(surprising) or "–",
    }
    alike = stability(weights.each)
    return [
        Measure(STABILITY, decimal(alike), smallest=rows, names=names),
        Measure(NEEDED, str(needed), smallest=rows, names=names),
    ]


def stability(each: Floats) -> float:
    """The mean rank correlation between every two repeats: 1 where the order is always the same."""
    ranks = [_ranks(one) for one in each]
    if each.shape[1] < 2:  # noqa: PLR2004 - one input has one order
        return 1.0
    pairs = [float(np.corrcoef(one, other)[0, 1]) for one, other in combinations(ranks, 2) if one.std() and other.std()]
    return float(np.mean(pairs)) if pairs else 1.0


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2.0)[place]
    return ranks


def _told(weights: Weights) -> list[dict[str, Any]]:
    order = np.argsort(-weights.mean, kind="stable")
    spread = weights.each.std(axis=0)
    return [
        {
            "input": weights.columns[place],
            "share": float(weights.mean[place]),
            "moves": float(weights.each[:, place].mean()),
            "spread": float(spread[place]),
        }
        for place in order
    ]


def _example(asker: Asker, table: pl.DataFrame, before: Floats, source: np.random.Generator) -> dict[str, Any]:
    """What decided about one row, the one with the middle answer: its values are not told, only their weight.

    An input's part is how far the answer falls on average when that input alone is another row's.
    """
    middle = int(np.argsort(before, kind="stable")[len(before) // 2])
    others = source.integers(0, len(table), _DEALS)
    copies = table[np.full(_DEALS, middle)]
    parts = []
    for name in asker.columns:
        said = _said(asker, copies.with_columns(table[name].gather(others).alias(name)))
        parts.append({"input": name, "part": 0.0 if said is None else float(before[middle] - said.mean())})
    return {"answer": float(before[middle]), "parts": sorted(parts, key=lambda one: -abs(float(str(one["part"]))))}
