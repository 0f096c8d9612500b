"""The worker's part of the accuracy check: rows in, figures out. No row and no answer leaves it, only counts."""

from dataclasses import replace
from typing import Any

import msgspec
import polars as pl

from surefoot.checks import answers, rows, statistics
from surefoot.checks.facts import Measure
from surefoot.checks.statistics import Interval
from surefoot.trail.canonical import decimal
from surefoot.workers import Request


def measure(request: Request) -> dict[str, Any]:
    """Asks the model about each row whose true answer is known, and compares.

    Returns:
        `measures`, the number of `rows`, and `evidence` with the counts that the figures rest on.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    asker = answers.open_asker(request)
    live = answers.open_live(request)
    columns = [*asker.columns, *(live.columns if live else ())]
    whole = rows.read(request.files["rows"], [str(request["target"]), *columns])
    table = whole.drop_nulls(str(request["target"]))
    found = asker.ask(table, answers.told_by(request, "checks.accuracy"))
    truth = None if asker.positive is None else answers.truth_of(table, str(request["target"]), asker.positive)
    measures = [_auc(truth, found.score), _accuracy(truth, found.guess)]
    evidence = {
        "rows": len(table),
        "rows_without_answer": len(whole) - len(table),
        "positive": asker.positive,
        "confusion": _confusion(truth, found.guess),
        "methods": {"auc": "DeLong 1988, midranks of Sun and Xu 2014, 95 %", "accuracy": "Wilson 1927, 95 %"},
    }
    is_same = live is not None and live.positive == asker.positive
    gain, said = _gain(truth, found.score, live if is_same else None, table)
    measures, evidence["live"] = [*measures, *gain], said if "live" in request.files else None
    return {"measures": [msgspec.to_builtins(one) for one in measures], "rows": len(table), "evidence": evidence}


def _auc(truth: answers.Bools | None, score: answers.Floats | None) -> Measure:
    if truth is None:
        return Measure("auc", None, why="no_positive")
    if score is None:
        return Measure("auc", None, why="no_probability")
    smallest = int(min(truth.sum(), (~truth).sum()))
    if not smallest:
        return Measure("auc", None, why="one_class")
    return measured("auc", statistics.auc(truth, score), smallest)


def _accuracy(truth: answers.Bools | None, guess: answers.Bools | None) -> Measure:
    if guess is None or truth is None:
        return Measure("accuracy", None, why="no_positive")
    if not len(truth):
        return Measure("accuracy", None, why="no_rows")
    hits = int((guess == truth).sum())
    return measured("accuracy", statistics.share(hits, len(truth)), len(truth))


def _gain(
    truth: answers.Bools | None, score: answers.Floats | None, live: answers.Asker | None, table: pl.DataFrame
) -> tuple[list[Measure], str]:
    """How much better the model ranks the same rows than the live one, and whether that could be told."""
    if live is None:
        return [], "it asks for columns that this dataset does not have, or answers otherwise"
    other = live.ask(table).score
    if truth is None or score is None or other is None or truth.all() or not truth.any():
        return [], "one of the two gives no probability, or the rows have one answer only"
    smallest = int(min(truth.sum(), (~truth).sum()))
    one = measured("auc_gain", statistics.auc_difference(truth, score, other), smallest)
    figure = statistics.auc(truth, other).figure
    return [replace(one, names={"live_percent": f"{100 * figure:.1f}"})], "compared on the same rows"


def measured(metric: str, interval: Interval, smallest: int) -> Measure:
    """A figure with its interval as a measure."""
    figure, low, high = decimal(interval.figure), decimal(interval.low), decimal(interval.high)
    return Measure(metric, figure, low, high, smallest)


def _confusion(truth: answers.Bools | None, guess: answers.Bools | None) -> dict[str, int]:
    if guess is None or truth is None:
        return {}
    return {
        "true_positive": int((guess & truth).sum()),
        "false_positive": int((guess & ~truth).sum()),
        "true_negative": int((~guess & ~truth).sum()),
        "false_negative": int((~guess & truth).sum()),
    }
