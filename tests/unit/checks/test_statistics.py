"""Figures and intervals against slow references, published values and simulation."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm  # type: ignore[import-untyped]  # it has no stubs
from sklearn.metrics import roc_auc_score

from surefoot.checks.statistics import Z95, auc, share


def slow_auc(truth: npt.NDArray[np.bool_], score: npt.NDArray[np.float64]) -> tuple[float, float]:
    """DeLong 1988 as it is written: every pair compared, structural components, their sample variances."""
    positives, negatives = score[truth], score[~truth]
    wins = np.asarray([[1.0 if x > y else 0.5 if x == y else 0.0 for y in negatives] for x in positives])
    variance = np.var(wins.mean(axis=1), ddof=1) / len(positives) + np.var(wins.mean(axis=0), ddof=1) / len(negatives)
    return float(wins.mean()), float(np.sqrt(variance))


def sample(
    seed: int, positives: int, negatives: int, *, ties: bool = False
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    source = np.random.default_rng(seed)
    score = np.concatenate([source.normal(1.0, 1.0, positives), source.normal(0.0, 1.2, negatives)])
    truth = np.concatenate([np.ones(positives, dtype=bool), np.zeros(negatives, dtype=bool)])
    order = source.permutation(len(score))
    return truth[order], (np.round(score) if ties else score)[order]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(2, 40), st.booleans())
def test_auc_and_its_error_equal_the_definition_pair_by_pair(seed: int, m: int, n: int, ties: bool) -> None:
    truth, score = sample(seed, m, n, ties=ties)
    figure, error = slow_auc(truth, score)
    found = auc(truth, score)
    assert found.figure == pytest.approx(figure, abs=1e-12)
    assert found.figure == pytest.approx(roc_auc_score(truth, score), abs=1e-12)
    if 0 < figure < 1:
        assert found.low == pytest.approx(max(0.0, figure - Z95 * error), abs=1e-12)
        assert found.high == pytest.approx(min(1.0, figure + Z95 * error), abs=1e-12)


def test_the_interval_agrees_with_a_bootstrap() -> None:
    truth, score = sample(3, 90, 210)
    found = auc(truth, score)
    source = np.random.default_rng(4)
    again = []
    for _ in range(2000):
        rows = source.integers(0, len(truth), len(truth))
        again.append(auc(truth[rows], score[rows]).figure)
    low, high = np.percentile(again, [2.5, 97.5])
    assert found.low == pytest.approx(low, abs=0.012)
    assert found.high == pytest.approx(high, abs=0.012)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    right = float(norm.cdf(1.0 / np.sqrt(1.0 + 1.2**2)))
    held = 0
    for seed in range(1000):
        found = auc(*sample(seed, 60, 100))
        held += found.low <= right <= found.high
    assert 0.925 <= held / 1000 <= 0.975


def test_no_exception_seen_is_not_certainty() -> None:
    truth = np.asarray([True] * 40 + [False] * 60)
    perfect = auc(truth, truth.astype(float))
    assert (perfect.figure, perfect.high) == (1.0, 1.0)
    assert perfect.low == pytest.approx(40 / (40 + Z95**2))
    worst = auc(truth, -truth.astype(float))
    assert (worst.figure, worst.low) == (0.0, 0.0)
    assert worst.high == pytest.approx(1 - 40 / (40 + Z95**2))


def test_the_same_answer_for_everyone_is_one_half() -> None:
    found = auc(np.asarray([True, True, False, False]), np.zeros(4))
    assert (found.figure, found.low, found.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("value", [True, False])
def test_one_class_alone_has_no_area(value: bool) -> None:
    with pytest.raises(ValueError, match="both classes"):
        auc(np.full(10, value), np.arange(10.0))


def test_a_single_row_of_a_class_is_survived() -> None:
    found = auc(np.asarray([True, False, False]), np.asarray([0.5, 0.1, 0.9]))
    assert 0 <= found.low <= found.figure <= found.high <= 1


def test_a_million_rows_take_seconds_at_most() -> None:
    truth, score = sample(1, 400_000, 600_000)
    assert auc(truth, score).figure == pytest.approx(norm.cdf(1 / np.sqrt(1 + 1.2**2)), abs=0.005)


@pytest.mark.parametrize(("hits", "rows"), [(0, 1), (1, 1), (0, 300), (300, 300), (7, 30), (219, 300), (1, 10_000)])
def test_the_share_has_wilsons_interval(hits: int, rows: int) -> None:
    expected = binomtest(hits, rows).proportion_ci(confidence_level=0.95, method="wilson")
    found = share(hits, rows)
    assert found.figure == hits / rows
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)
