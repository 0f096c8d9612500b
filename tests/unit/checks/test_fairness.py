"""Gaps between groups: against fairlearn, against published bounds, on real models, and on data made to be awkward."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from fairlearn.metrics import (  # type: ignore[import-untyped]  # it has no stubs
    MetricFrame,
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
    selection_rate,
)

from surefoot.checks import fairness, grouping, rules
from surefoot.checks.gaps import DEFINITIONS, Definition, Grouping, People, crossed
from surefoot.errors import Code, InputRefusedError
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit, findings
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import by_metric, told
from tests.fakes.models import tiny_answers

found = partial(findings.found, fairness.CHECK)


ORACLES = dict(
    zip(
        DEFINITIONS,
        (demographic_parity_difference, equal_opportunity_difference, equalized_odds_difference),
        strict=True,
    )
)


def people(seed: int, rows: int = 900) -> tuple[Any, Any, Any]:
    source = np.random.default_rng(seed)
    group = source.choice(["a", "b", "c"], rows, p=[0.5, 0.3, 0.2])
    truth = source.random(rows) < 0.6
    guess = source.random(rows) < np.where(truth, 0.8, 0.3) - 0.1 * (group == "c")
    return group, truth, guess


# ------------------------------------------------------------------ the figures


def test_every_definition_can_be_chosen_and_no_other() -> None:
    assert fairness.CHECK.parameters["definition"].choices == DEFINITIONS


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_gap_is_fairlearns(definition: Definition, seed: int) -> None:
    group, truth, guess = people(seed)
    compared = People(guess.astype(float), truth, seed=1).compare(grouping.group(pl.Series("g", group)), definition)
    expected = ORACLES[definition](truth, guess, sensitive_features=group)
    assert compared.gaps[0].figure == pytest.approx(expected, abs=1e-12)
    rates = MetricFrame(metrics=selection_rate, y_true=truth, y_pred=guess, sensitive_features=group).by_group
    assert [one.rates["all"] for one in compared.groups] == pytest.approx(rates.tolist())


def test_the_gap_of_shares_is_the_mean_of_the_gaps_of_each_repeat() -> None:
    group, truth, _ = people(3)
    source = np.random.default_rng(4)
    guesses = [source.random(len(truth)) < np.where(group == "a", 0.7, 0.4) for _ in range(5)]
    parts = grouping.group(pl.Series("g", np.where(group == "a", "a", "b")))
    together = People(np.mean(guesses, axis=0), truth, seed=1).compare(parts, "selection-rate").gaps[0]
    each = [demographic_parity_difference(truth, guess, sensitive_features=group == "a") for guess in guesses]
    assert together.figure == pytest.approx(np.mean(each))


def test_the_interval_is_that_of_drawing_rows_one_by_one() -> None:
    group, truth, guess = people(6)
    two = np.where(group == "a", "a", "b")
    gap = (
        People(guess.astype(float), truth, seed=1)
        .compare(grouping.group(pl.Series("g", two)), "selection-rate")
        .gaps[0]
    )
    source = np.random.default_rng(2)
    sign = 1 if gap.more.label == "g = a" else -1
    drawn = []
    for _ in range(4000):
        rows = source.integers(0, len(two), len(two))
        is_a, yes = two[rows] == "a", guess[rows]
        drawn.append(sign * (yes[is_a].mean() - yes[~is_a].mean()))
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert [gap.low, gap.high] == pytest.approx([low, high], abs=0.008)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(300):
        source = np.random.default_rng(seed)
        codes = np.repeat([0, 1], [120, 80]).astype(np.int64)
        share = (source.random(200) < np.where(codes == 0, 0.6, 0.5)).astype(float)
        parts = Grouping(("g",), ("a", "b"), codes)
        (gap,) = People(share, share > 0, seed=seed).compare(parts, "selection-rate").gaps
        sign = 1 if gap.more.label == "a" else -1
        held += gap.low <= sign * 0.1 <= gap.high
    assert 0.91 <= held / 300 <= 0.98


def test_small_groups_are_left_out_of_gaps_and_named() -> None:
    codes = np.repeat([0, 1, 2], [100, 100, 29]).astype(np.int64)
    share = np.concatenate([np.ones(100), np.zeros(100), np.zeros(29)])
    compared = People(share, share > 0, seed=1).compare(Grouping(("g",), ("a", "b", "c"), codes), "selection-rate")
    assert [one.label for one in compared.small] == ["c"]
    assert [(one.more.label, one.less.label, one.figure) for one in compared.gaps] == [("a", "b", 1.0)]


def test_under_equal_opportunity_only_those_whose_answer_is_yes_make_a_group_large() -> None:
    codes = np.repeat([0, 1], [100, 100]).astype(np.int64)
    truth = np.concatenate([np.arange(100) < 50, np.arange(100) < 29])
    people_ = People(truth.astype(float), truth, seed=1)
    parts = Grouping(("g",), ("a", "b"), codes)
    assert people_.compare(parts, "selection-rate").small == ()
    assert [one.label for one in people_.compare(parts, "equal-opportunity").small] == ["b"]


def test_crossed_groups_are_the_pairs_that_occur_and_missing_values_are_in_none() -> None:
    first = grouping.group(pl.Series("sex", ["f", "m", "f", None, "m"]))
    second = grouping.group(pl.Series("old", [True, True, False, True, None]))
    both = crossed(first, second)
    assert both.labels == ("sex = f, old = false", "sex = f, old = true", "sex = m, old = true")
    assert both.codes.tolist() == [1, 2, 0, -1, -1]


@pytest.mark.parametrize(
    ("values", "bands", "labels"),
    [
        (list(range(18, 80)), (), ["x < 25", "25 ≤ x < 40", "40 ≤ x < 60", "x ≥ 60"]),
        (list(range(18, 80)), ("30", "50"), ["x < 30", "30 ≤ x < 50", "x ≥ 50"]),
        (list(range(0, 4000, 10)), (), ["x < 997.5", "997.5 ≤ x < 1995", "1995 ≤ x < 2992.5", "x ≥ 2992.5"]),
        ([1, 2, 2, 3] * 10, (), ["x = 1", "x = 2", "x = 3"]),
        ([*range(30, 60), None], (), ["25 ≤ x < 40", "40 ≤ x < 60"]),
        ([5.0] * 3 + [None], (), ["x = 5.0"]),
    ],
)
def test_numbers_come_in_bands_and_few_of_them_as_they_are(
    values: list[Any], bands: tuple[str, ...], labels: list[str]
) -> None:
    made = grouping.group(pl.Series("x", values), bands)
    assert list(made.labels) == labels
    assert all((code == -1) == (value is None) for code, value in zip(made.codes, values, strict=True))


# ------------------------------------------------------------------ the check on made data


def test_a_gap_that_was_built_in_is_found_named_and_fails(tmp_path: Path) -> None:
    table = made_rows()
    finding = found(made_case(tmp_path, table))
    main = finding.measures[0]
    said_bad = tiny_answers(table["amount"].to_list(), table["job"].to_list()) > 0.5
    female = (table["sex"] == "f").to_numpy()
    assert float(main.figure or 0) == pytest.approx(said_bad[female].mean() - said_bad[~female].mean())
    assert (main.names["more"], main.names["less"]) == ("sex = f", "sex = m")
    judged = rules.judge(finding, ())
    assert judged[0].state == "failed"
    assert judged[0].limit == fairness.LIMIT
    for language in LANGUAGES:
        sentence = rules.sentence_of("fairness", judged, finding.rows)
        words = Words(language)(sentence.key, **sentence.values)
        assert "sex = f" in words
        assert "bad" in words


def test_the_policy_chooses_the_definition_and_it_comes_first(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    for definition, metric in fairness.METRICS.items():
        finding = found(case, definition=definition)
        assert finding.measures[0].metric == metric
        assert finding.limits == {metric: fairness.LIMIT}


def test_a_share_to_approve_is_approved(tmp_path: Path) -> None:
    finding = found(made_case(tmp_path, made_rows()), approve="0.3")
    groups = told(finding)["columns"][0]["groups"]
    yes = sum(one["rows"]["all"] * float(one["yes"]) for one in groups)
    assert yes == pytest.approx(0.3 * 400, abs=1)


def test_the_runs_own_answers_bring_in_its_training_rows_and_are_called_a_claim(tmp_path: Path) -> None:
    rows, repeats = 400, 3
    claims = {
        "row": np.tile(np.arange(rows), repeats),
        "repeat": np.repeat(np.arange(repeats), rows),
        "probability": np.tile(np.where(made_rows()["sex"] == "f", 0.2, 0.9), repeats),
    }
    finding = found(made_case(tmp_path, made_rows(), claims=claims))
    assert finding.rows == 2 * rows
    assert (told(finding)["rows_claimed_by_the_run"], told(finding)["repeats"]) == (rows, repeats)
    alone = found(made_case(tmp_path, made_rows()))
    groups = {
        name: {one["group"]: float(one["yes"]) for one in told(each)["columns"][0]["groups"]}
        for name, each in (("both", finding), ("alone", alone))
    }
    assert groups["both"]["sex = f"] == pytest.approx(groups["alone"]["sex = f"] / 2)
    assert groups["both"]["sex = m"] == pytest.approx((groups["alone"]["sex = m"] + 1) / 2)
    sentence = rules.sentence_of("fairness", rules.judge(finding, ()), finding.rows)
    assert "400 of them answered as the run itself says" in Words("en")(sentence.key, **sentence.values)


def test_a_row_that_a_repeat_left_out_counts_by_the_others(tmp_path: Path) -> None:
    claims = {"row": [0, 0, 1], "repeat": [0, 1, 1], "probability": [0.9, 0.1, 0.9]}
    finding = found(made_case(tmp_path, made_rows(), claims=claims))
    assert told(finding)["rows_claimed_by_the_run"] == 2


@pytest.mark.parametrize(
    "claims",
    [
        {"row": [400], "repeat": [0], "probability": [0.5]},
        {"row": [-1], "repeat": [0], "probability": [0.5]},
        {"row": [1, 1], "repeat": [0, 0], "probability": [0.5, 0.6]},
        {"row": [1], "repeat": [0], "probability": [1.5]},
        {"row": [1], "repeat": [0], "probability": [float("nan")]},
        {"row": [1], "repeat": [0], "probability": [None]},
        {"row": ["a"], "repeat": [0], "probability": [0.5]},
        {"row": [1], "probability": [0.5]},
        {"row": list(range(101)), "repeat": list(range(101)), "probability": [0.5] * 101},
    ],
)
def test_claims_that_cannot_be_are_refused(tmp_path: Path, claims: dict[str, list[Any]]) -> None:
    with pytest.raises(InputRefusedError) as caught:
        found(made_case(tmp_path, made_rows(), claims=claims))
    assert caught.value.code == Code.CHECK_CLAIMS


def test_claims_that_are_no_table_are_refused_and_empty_ones_claim_nothing(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows(), claims={"row": [1], "repeat": [0], "probability": [0.5]})
    (tmp_path / "cross_fit.parquet").write_bytes(b"PAR1 nonsense PAR1")
    with pytest.raises(InputRefusedError) as caught:
        found(case)
    assert caught.value.code == Code.CHECK_CLAIMS
    empty = pl.DataFrame(schema={"row": pl.Int64, "repeat": pl.Int64, "probability": pl.Float64})
    empty.write_parquet(tmp_path / "cross_fit.parquet")
    assert told(found(case))["rows_claimed_by_the_run"] == 0


def test_a_group_of_three_makes_the_check_undetermined_and_is_named_with_its_size(tmp_path: Path) -> None:
    table = made_rows().with_columns(sex=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("x")).otherwise("sex"))
    # No gap between the large groups, so that nothing but the small one decides.
    table = table.with_columns(amount=pl.lit(0.0))
    finding = found(made_case(tmp_path, table))
    judged = rules.judge(finding, ())
    assert [one.state for one in judged][:2] == ["passed", "undetermined"]
    sentence = rules.sentence_of("fairness", judged, finding.rows)
    for language in LANGUAGES:
        assert "sex = x (3)" in Words(language)(sentence.key, **sentence.values)


@pytest.mark.parametrize(
    ("protected", "change", "why"),
    [
        ((), {}, "no_groups"),
        (("sex",), {"sex": pl.lit("f")}, "one_group"),
        (("sex",), {"sex": pl.lit(None, dtype=pl.String)}, "one_group"),
    ],
)
def test_nothing_to_compare_is_undetermined_and_says_why(
    tmp_path: Path, protected: tuple[str, ...], change: dict[str, pl.Expr], why: str
) -> None:
    finding = found(made_case(tmp_path, made_rows().with_columns(**change), protected=protected))
    assert finding.measures[0].why == why
    sentence = rules.sentence_of("fairness", rules.judge(finding, ()), finding.rows)
    assert sentence.key == f"say.checks.fairness.selection_gap.{why}"
    assert Words("vi")(sentence.key, **sentence.values)


def test_a_chosen_column_that_is_not_there_and_a_band_that_is_no_number_are_refused(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    with pytest.raises(InputRefusedError) as caught:
        found(case, groups=["age"])
    assert caught.value.code == Code.CHECK_COLUMNS
    with pytest.raises(InputRefusedError) as caught:
        found(case, bands=["young"])
    assert caught.value.code == Code.CHECK_SETTING


def test_the_evidence_holds_rates_and_no_row(tmp_path: Path) -> None:
    assert findings.holds_no_row(found(made_case(tmp_path, made_rows())), made_rows())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", fairness.CHECK.metrics)
def test_every_outcome_has_a_sentence(metric: str, language: str) -> None:
    names = dict.fromkeys(
        ("positive", "claimed", "more", "less", "more_percent", "less_percent", "left_out", "groups", "group", "count"),
        "x",
    )
    assert findings.sentences("fairness", metric, names, language)


# ------------------------------------------------------------------ the sample


def test_the_sample_tells_its_lesson(sample: Path) -> None:
    gaps = {}
    for name in ("fair", "all", "forest"):
        finding = found(credit.credit_case(sample, sample / name), groups=["sex"])
        assert (finding.rows, told(finding)["rows_claimed_by_the_run"]) == (1000, 705)
        gaps[name] = float(finding.measures[0].figure or 0)
        assert (finding.measures[0].names["more"], finding.measures[0].smallest) == ("sex = male", 310)
    assert gaps["fair"] < 0.06
    assert min(gaps["all"], gaps["forest"]) > 0.08
    alone = found(credit.credit_case(sample, sample / "fair", claims=False), groups=["sex"])
    assert (alone.rows, alone.evidence["rows_claimed_by_the_run"]) == (295, 0)


def test_all_protected_columns_of_the_sample_are_compared_and_crossed(sample: Path) -> None:
    finding = found(credit.credit_case(sample, sample / "all"))
    assert [one["columns"] for one in told(finding)["columns"]] == [[name] for name in credit.PROTECTED]
    assert by_metric(finding)["crossed_gap"].figure is not None
    assert any(one["group"] == "25 ≤ age_years < 40" for column in told(finding)["columns"] for one in column["groups"])
