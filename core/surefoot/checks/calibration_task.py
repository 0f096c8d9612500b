"""The worker's part of the calibration check: probabilities and truths in, a reliability table out.

Expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015) with bins of equally many rows, which is less
biased than bins of equal width (Roelofs et al., AISTATS 2022). It is never 0 on few rows, so beside it stands what a
model whose probabilities are exactly right would show by chance. Brier score: Monthly Weather Review 78, 1950.
"""

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from surefoot.checks import answers, statistics
from surefoot.checks.accuracy_task import measured
from surefoot.checks.answers import Bools, Floats
from surefoot.checks.calibration import BRIER, ERROR
from surefoot.checks.facts import Measure
from surefoot.checks.statistics import Interval
from surefoot.workers import Request

BINS = 10
DRAWS = 1000
Places = npt.NDArray[np.int64]


def measure(request: Request) -> dict[str, Any]:
    """Holds the probabilities against what turned out.

    Returns:
        `measures`, the number of `rows`, and `evidence` with the reliability table.

    Raises:
        InputRefusedError: the rows do not fit the model, or it fails on them.
    """
    asker = answers.open_asker(request)
    table = answers.known_rows(request, "rows", asker.columns)
    score = asker.ask(table, answers.told_by(request, "checks.calibration")).score
    why = "no_positive" if asker.positive is None else "no_probability" if score is None else "no_rows"
    if asker.positive is None or score is None or not len(table):
        lost = [Measure(metric, None, why=why) for metric in (ERROR, BRIER)]
        return {"measures": [msgspec.to_builtins(one) for one in lost], "rows": len(table), "evidence": {}}
    truth = answers.truth_of(table, str(request["target"]), asker.positive)
    bins = bins_of(score)
    interval, chance = error(score, truth, bins, seed=int(request["seed"]))
    brier = statistics.mean((score - truth) ** 2)
    one = measured(ERROR, interval, len(table))
    names = {"chance_percent": f"{100 * chance:.1f}"}
    measures = [replace(one, names=names), measured(BRIER, brier, len(table))]
    evidence = {
        "positive": asker.positive,
        "reliability": reliability(score, truth, bins),
        "error_by_chance_alone": chance,
        "brier_of_the_mean": float(truth.mean() * (1 - truth.mean())),
        "methods": {
            "calibration_error": f"{BINS} bins of equally many rows, percentile bootstrap, {DRAWS} draws, 95 %",
            "brier": "normal interval, 95 %",
        },
    }
    told = [msgspec.to_builtins(each) for each in measures]
    return {"measures": told, "rows": len(table), "evidence": answers.plain(evidence)}


def bins_of(score: Floats) -> Places:
    """The bin of each row: bins hold equally many rows, but equal probabilities are never parted."""
    edges = np.unique(np.quantile(score, np.arange(1, BINS) / BINS))
    return np.searchsorted(edges, score, side="left").astype(np.int64)


def error(score: Floats, truth: Bools, bins: Places, *, seed: int) -> tuple[Interval, float]:
    """The calibration error with its interval, and the mean error of probabilities that are exactly right."""
    apart = truth - score
    source = np.random.default_rng(seed)
    figure = _error(apart, bins)
    drawn = np.zeros(DRAWS)
    honest = np.zeros(DRAWS)
    for number in range(DRAWS):
        rows = source.integers(0, len(score), len(score))
        drawn[number] = _error(apart[rows], bins[rows])
        honest[number] = _error((source.random(len(score)) < score) - score, bins)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(figure, min(float(low), figure), max(float(high), figure)), float(honest.mean())


def _error(apart: Floats, bins: Places) -> float:
    return float(np.abs(np.bincount(bins, weights=apart)).sum() / len(apart))


def reliability(score: Floats, truth: Bools, bins: Places) -> list[dict[str, Any]]:
    """For each bin: how many rows, what the model says on average, what share turned out so, with Wilson's interval."""
    told = []
    for number in np.unique(bins):
        here = bins == number
        share = statistics.share(int(truth[here].sum()), int(here.sum()))
        said = {"rows": int(here.sum()), "said": float(score[here].mean()), "was": share.figure}
        told.append(said | {"was_low": share.low, "was_high": share.high})
    return told
