"""MLflow's filters, as far as they compare."""

from typing import Any

import pytest

from surefoot.payloads.agent.filters import matches
from surefoot.payloads.agent.wire import RefusalError

RUN: dict[str, dict[str, Any]] = {
    "params": {"depth": "3", "a b": "x"},
    "tags": {"mlflow.parentRunId": "run_1", "team": "it's"},
    "metrics": {"auc": 0.9, "val-loss": -1e-3},
    "attributes": {"status": "RUNNING", "start_time": 5},
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "params.depth = '3'",
        'params.depth = "3"',
        "parameter.`a b` = 'x'",
        "metrics.auc >= 0.9 and metrics.auc < 1",
        "metrics.val-loss=-1e-3 AND params.depth!='4'",
        "tags.mlflow.parentRunId = 'run_1'",
        "attributes.status = 'RUNNING'",
        "status = 'RUNNING'",
        "start_time > 4",
    ],
)
def test_a_filter_that_holds(text: str) -> None:
    assert matches(text, RUN)


@pytest.mark.parametrize(
    "text", ["params.depth = '4'", "params.none != '4'", "metrics.auc > 0.9", "metrics.auc > 0.5 and status = 'FAILED'"]
)
def test_a_filter_that_does_not_hold(text: str) -> None:
    assert not matches(text, RUN)


@pytest.mark.parametrize(
    "text",
    [
        "params.depth LIKE '3%'",
        "params.depth",
        "params.depth = ",
        "a = 'b' or c = 'd'",
        "params.depth = '3' metrics.auc = 1",
        "params.depth = '3' and",
        "dataset.name = 'x'",
        "metrics.auc > 'high'",
        "params.depth > 3",
        "metrics.auc > 1..2",
    ],
)
def test_a_filter_that_is_not_understood_is_refused_and_never_ignored(text: str) -> None:
    with pytest.raises(RefusalError):
        matches(text, RUN)
