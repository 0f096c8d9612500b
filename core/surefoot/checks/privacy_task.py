"""The worker's part of the privacy check: three attacks on a model's answers. No row leaves it, only figures.

Membership: the model's confidence in the true answer, rows it was trained on against rows it never saw. The area under
the ROC curve is how often a trained-on row is told from another (Yeom, Giacomelli, Fredrikson and Jha, CSF 2018;
Carlini et al., S&P 2022, on looking at few false alarms too). Attribute: a forest guesses a protected column from all
others, with and without the model's answer (Fredrikson et al., USENIX 2014; Jayaraman and Evans, CCS 2022, on the
honest comparison). Extraction: a copy learns from the answers to made-up rows (Tramèr et al., USENIX 2016).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no stubs

from surefoot.checks import answers, grouping, matrix, rows, statistics
from surefoot.checks.accuracy_task import measured
from surefoot.checks.answers import Answers, Asker, Floats
from surefoot.checks.facts import FEWEST_ROWS, Measure
from surefoot.checks.privacy import ATTRIBUTE, EXTRACTION, MEMBERSHIP
from surefoot.trail.canonical import decimal
from surefoot.workers import Request

Codes: TypeAlias = npt.NDArray[np.int64]

FEW = 12
"""Different values up to which a column is an attribute that can be guessed."""
MOST_ROWS = 4000
"""Rows that the guesser of attributes learns from and is tried on; more would tell the same more slowly."""
_TREES = 50
_FOLDS = 2


def measure(request: Request) -> dict[str, Any]:
    """Attacks the model.

    Returns:
        `measures`, the number of `rows`, and `evidence`.

    Raises:
        InputRefusedError: the rows do not fit the model, or a column is not there.
    """
    asker = answers.open_asker(request)
    columns = list(request["columns"])
    inside, outside = (answers.known_rows(request, name, [*asker.columns, *columns]) for name in ("train", "rows"))
    said = [asker.ask(table, answers.told_by(request, "checks.privacy")) for table in (inside, outside)]
    evidence: dict[str, Any] = {"rows_trained_on": len(inside), "rows_never_seen": len(outside)}
    member, found = _membership(request, asker, (inside, outside), said)
    measures, evidence["membership"] = [member], found
    with threadpool_limits(limits=1):
        measures += _attributes(request, asker, inside, said[0], evidence)
        measures += _extraction(request, asker, (inside, outside), said[1], evidence)
    return {
        "measures": [msgspec.to_builtins(one) for one in measures],
        "rows": len(inside) + len(outside),
        "evidence": answers.plain(evidence),
    }


def _membership(
    request: Request, asker: Asker, tables: Sequence[pl.DataFrame], said: Sequence[Answers]
) -> tuple[Measure, dict[str, Any]]:
    if asker.positive is None:
        return Measure(MEMBERSHIP, None, why="no_positive"), {}
    truths = [answers.truth_of(table, str(request["target"]), asker.positive) for table in tables]
    inside, outside = (confidence(one, truth) for one, truth in zip(said, truths, strict=True))
    if inside is None or outside is None or not len(inside) or not len(outside):
        return Measure(MEMBERSHIP, None, why="no_probability" if inside is None else "no_rows"), {}
    is_inside = np.concatenate([np.ones(len(inside), dtype=bool), np.zeros(len(outside), dtype=bool)])
    interval = statistics.auc(is_inside, np.concatenate([inside, outside]))
    found = {
        "mean_confidence_trained_on": float(inside.mean()),
        "mean_confidence_never_seen": float(outside.mean()),
        "tpr_at_fpr_0.01": _tpr_at(inside, outside, 0.01),
        "method": "confidence in the true answer; DeLong 1988, 95 %",
    }
    return measured(MEMBERSHIP, interval, min(len(inside), len(outside))), found


def confidence(said: Answers, truth: answers.Bools) -> Floats | None:
    """The probability that the model gives the true answer; 1 or 0 where it gives labels only."""
    if said.score is not None:
        return np.where(truth, said.score, 1.0 - said.score)
    return None if said.guess is None else (said.guess == truth).astype(np.float64)


def _tpr_at(inside: Floats, outside: Floats, rate: float) -> float:
    """The share of trained-on rows that are found when one in a hundred others is accused."""
    threshold = np.quantile(outside, 1 - rate, method="higher")
    return float((inside > threshold).mean())


def _attributes(
    request: Request, asker: Asker, table: pl.DataFrame, said: Answers, evidence: dict[str, Any]
) -> list[Measure]:
    """How much better a protected column is guessed with the model's answer than without it; the worst column."""
    score = said.score if said.score is not None else None if said.guess is None else said.guess.astype(np.float64)
    if score is None:
        return []
    source = np.random.default_rng(int(request["seed"]))
    chosen = rows.lot(len(table), source, MOST_ROWS)
    table, score = table[chosen], score[chosen]
    worst: Measure | None = None
    told = []
    for name in request["columns"]:
        codes = grouping.group(table[name]).codes
        known = (codes >= 0) & _is_common(codes)
        if not 1 < len(np.unique(codes[known])) <= FEW:
            continue
        others = matrix.of(table, [one for one in asker.columns if one != name])
        without, with_answer = guesses(codes[known], others[known], score[known], seed=int(request["seed"]))
        one = _gain(name, without, with_answer)
        told.append({"column": name, "rows": int(known.sum()), "gain": one.figure, "low": one.low, "high": one.high})
        told[-1] |= {"right_without": float(without.mean()), "right_with": float(with_answer.mean())}
        worst = one if worst is None or float(one.figure or 0) > float(worst.figure or 0) else worst
    evidence["attributes"] = told
    return [] if worst is None else [worst]


def _is_common(codes: Codes) -> answers.Bools:
    """Whether the value of each row is borne by enough rows to be learnt and judged."""
    values, counts = np.unique(codes, return_counts=True)
    return np.isin(codes, values[counts >= FEWEST_ROWS])


def guesses(codes: Codes, others: Floats, score: Floats, *, seed: int) -> tuple[answers.Bools, answers.Bools]:
    """Whether each row's attribute is guessed without and with the model's answer, by forests that never saw it."""
    right = []
    for features in (others, np.column_stack([others, score])):
        hits = np.zeros(len(codes), dtype=bool)
        parts = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
        for learn, look in parts.split(features, codes):
            forest = RandomForestClassifier(_TREES, min_samples_leaf=3, random_state=seed)
            hits[look] = forest.fit(features[learn], codes[learn]).predict(features[look]) == codes[look]
        right.append(hits)
    return right[0], right[1]


def _gain(name: str, without: answers.Bools, with_answer: answers.Bools) -> Measure:
    """The difference of two shares on the same rows, with its normal interval."""
    apart = with_answer.astype(np.float64) - without
    figure, reach = float(apart.mean()), statistics.Z95 * float(apart.std(ddof=1)) / len(apart) ** 0.5
    names = {
        "column": name,
        "without_percent": f"{100 * without.mean():.1f}",
        "with_percent": f"{100 * with_answer.mean():.1f}",
    }
    return Measure(
        ATTRIBUTE, decimal(figure), decimal(figure - reach), decimal(figure + reach), len(apart), names=names
    )


def _extraction(
    request: Request, asker: Asker, tables: Sequence[pl.DataFrame], said: Answers, evidence: dict[str, Any]
) -> list[Measure]:
    """How often a copy that learnt from answers to made-up rows agrees with the model on held-out rows."""
    inside, outside = tables
    if said.guess is None or not len(outside):
        return []
    queries = int(request["settings"]["queries"])
    made = matrix.shuffled(inside.select(asker.columns), queries, np.random.default_rng(int(request["seed"])))
    taught = asker.ask(made).guess
    both = pl.concat([made, outside.select(asker.columns)])
    coded = matrix.of(both, asker.columns)
    if taught is None or taught.all() or not taught.any():
        return []
    thief = HistGradientBoostingClassifier(random_state=int(request["seed"])).fit(coded[:queries], taught)
    hits = int((thief.predict(coded[queries:]) == said.guess).sum())
    commonest = max(float(said.guess.mean()), 1 - float(said.guess.mean()))
    evidence["extraction"] = {"queries": queries, "agreement_of_the_commonest_answer": commonest}
    one = measured(EXTRACTION, statistics.share(hits, len(outside)), len(outside))
    names = {"queries": str(queries), "commonest_percent": f"{100 * commonest:.1f}"}
    return [replace(one, names=names)]
