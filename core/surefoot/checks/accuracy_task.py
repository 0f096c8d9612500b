"""The worker's part of the accuracy check: rows in, figures out. No row and no answer leaves it, only counts."""

from typing import Any

import msgspec

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
    whole = rows.read(request.files["rows"], [str(request["target"]), *asker.columns])
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
