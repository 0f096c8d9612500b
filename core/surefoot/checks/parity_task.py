"""The worker's part of the parity check: the same figure from the run's own answers and from the graph's."""

from typing import Any

import msgspec
import numpy as np
import polars as pl

from surefoot.checks import answers, claims, rows, statistics
from surefoot.checks.answers import Bools, Floats
from surefoot.checks.facts import Measure
from surefoot.trail.canonical import decimal
from surefoot.workers import Request


def measure(request: Request) -> dict[str, Any]:
    """Asks the graph about the rows that training was given, and holds both sides' figures against each other.

    Args:
        request: as `asking.run` makes it, and `own`, the name of the run's output. Files: `model`, `rows`, `own`.

    Returns:
        `measures`, the number of `rows` that both sides answered, and `evidence`.

    Raises:
        InputRefusedError: the run's answers are no such table, or the rows do not fit the model.
    """
    asker = answers.open_asker(request)
    target = str(request["target"])
    whole = rows.read(request.files["rows"], [target, *asker.columns])
    claimed = claims.read(request.files["own"], len(whole), str(request["own"]))
    own = claimed[:, 0] if claimed.shape[1] else np.full(len(whole), np.nan)
    looked_at = ~np.isnan(own) & whole[target].is_not_null().to_numpy()
    table = whole.filter(pl.Series(looked_at))
    graph = asker.ask(table, answers.told_by(request, "checks.parity")).score
    if asker.positive is None or graph is None or not len(table):
        return {"measures": [], "rows": 0, "evidence": "the model gives no probability that could be compared"}
    truth = answers.truth_of(table, target, asker.positive)
    return _compared(truth, own[looked_at], graph)


def _compared(truth: Bools, own: Floats, graph: Floats) -> dict[str, Any]:
    smallest = int(min(truth.sum(), (~truth).sum()))
    sides = {"run": own, "graph": graph}
    evidence: dict[str, Any] = {"rows": len(truth), "max_difference": decimal(float(np.abs(own - graph).max()))}
    measures = []
    if smallest:
        areas = {name: statistics.auc(truth, score).figure for name, score in sides.items()}
        measures.append(_measure("auc_difference", areas, smallest))
        evidence["auc"] = {name: decimal(area) for name, area in areas.items()}
    right = {name: float(((score > answers.HALF) == truth).mean()) for name, score in sides.items()}
    measures.append(_measure("accuracy_difference", right, len(truth)))
    evidence["accuracy"] = {name: decimal(share) for name, share in right.items()}
    return {"measures": [msgspec.to_builtins(one) for one in measures], "rows": len(truth), "evidence": evidence}


def _measure(metric: str, sides: dict[str, float], smallest: int) -> Measure:
    shown = {f"{name}_percent": f"{100 * value:.2f}" for name, value in sides.items()}
    return Measure(metric, decimal(abs(sides["run"] - sides["graph"])), smallest=smallest, names=shown)
