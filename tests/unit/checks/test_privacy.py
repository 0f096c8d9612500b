"""Attacks with a known outcome: on models that know rows by heart or not, and beside ART's attacks."""

import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from surefoot.checks import privacy, privacy_task, rules, statistics
from surefoot.checks.answers import Answers
from surefoot.checks.facts import Limit
from surefoot.errors import Code, InputRefusedError
from surefoot.texts import LANGUAGES, Words
from tests.fakes import credit, findings
from tests.fakes.credit import made_case, made_rows
from tests.fakes.findings import told

with warnings.catch_warnings():  # it warns of every engine that is not installed
    warnings.simplefilter("ignore")
    from art.attacks.inference.attribute_inference import AttributeInferenceBaseline, AttributeInferenceBlackBox
    from art.attacks.inference.membership_inference import MembershipInferenceBlackBoxRuleBased
    from art.estimators.classification import SklearnClassifier


found = partial(findings.found, privacy.CHECK)


# ------------------------------------------------------------------ membership


def test_confidence_is_in_the_true_answer() -> None:
    truth = np.asarray([True, False, True])
    assert privacy_task.confidence(Answers(np.asarray([0.9, 0.9, 0.2]), None), truth) == pytest.approx([0.9, 0.1, 0.2])
    assert privacy_task.confidence(Answers(None, np.asarray([True, True, True])), truth) == pytest.approx([1, 0, 1])
    assert privacy_task.confidence(Answers(None, None), truth) is None


def test_with_labels_alone_it_is_arts_rule_based_attack() -> None:
    """ART calls a row trained on where the label is right; the area of that one threshold is (1 + TPR − FPR) / 2."""
    source = np.random.default_rng(1)
    inputs, labels = source.normal(size=(400, 5)), source.integers(0, 2, 400)
    model = DecisionTreeClassifier(min_samples_leaf=3, random_state=1).fit(inputs[:200], labels[:200])
    attack = MembershipInferenceBlackBoxRuleBased(SklearnClassifier(model))
    said = [np.asarray(attack.infer(inputs[part], labels[part])).ravel() for part in (slice(0, 200), slice(200, 400))]
    art = (1 + said[0].mean() - said[1].mean()) / 2
    guess, truth = model.predict(inputs) == 1, labels == 1
    ours = privacy_task.confidence(Answers(None, guess), truth)
    assert ours is not None
    assert statistics.auc(np.arange(400) < 200, ours).figure == pytest.approx(art)
    assert art > 0.6


def test_a_model_that_was_given_the_same_kind_of_rows_on_both_sides_tells_nothing(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows(600, seed=1))
    made_rows(600, seed=2).write_parquet(tmp_path / "train.parquet")
    finding = found(case)
    main = finding.measures[0]
    assert main.metric == privacy.MEMBERSHIP
    assert float(main.low or 1) <= 0.5 <= float(main.high or 0)
    assert finding.limits == {privacy.MEMBERSHIP: Limit("at_most", "0.55", "check")}
    assert finding.rows == 1200


def test_a_model_that_is_right_on_one_side_and_wrong_on_the_other_tells_everything(tmp_path: Path) -> None:
    table = made_rows(600)
    case = made_case(tmp_path, table)
    answers = pl.col("amount") > 2000
    table.with_columns(risk=pl.when(answers).then(pl.lit("bad")).otherwise(pl.lit("good"))).write_parquet(
        tmp_path / "train.parquet"
    )
    table.with_columns(risk=pl.when(answers).then(pl.lit("good")).otherwise(pl.lit("bad"))).write_parquet(
        tmp_path / "test.parquet"
    )
    finding = found(case)
    assert float(finding.measures[0].figure or 0) == 1.0
    assert rules.judge(finding, ())[0].state == "failed"
    assert float(told(finding)["membership"]["tpr_at_fpr_0.01"]) == 1.0


def test_few_rows_on_one_side_are_not_judged(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    made_rows(20).write_parquet(tmp_path / "train.parquet")
    finding = found(case, groups=[])
    judged = rules.judge(finding, ())
    assert judged[0].state == "undetermined"
    sentence = rules.sentence_of("privacy", judged, finding.rows)
    assert "20" in Words("vi")(sentence.key, **sentence.values)


def test_without_the_training_side_it_says_so(tmp_path: Path) -> None:
    case = made_case(tmp_path, made_rows())
    finding = found(replace(case, data=replace(case.data, train=None)))
    assert [one.why for one in finding.measures] == ["no_rows"]


# ------------------------------------------------------------------ attribute and extraction


def secret(seed: int, rows: int = 600) -> tuple[Any, Any, Any]:
    """An attribute that other columns say little of, and an answer that gives it away."""
    source = np.random.default_rng(seed)
    attribute = source.integers(0, 2, rows)
    others = source.normal(size=(rows, 3))
    return attribute, others, np.clip(0.3 + 0.4 * attribute + 0.05 * source.normal(size=rows), 0, 1)


def test_an_answer_that_gives_an_attribute_away_is_found_and_one_that_does_not_is_not() -> None:
    attribute, others, score = secret(1)
    without, with_answer = privacy_task.guesses(attribute, others, score, seed=1)
    assert with_answer.mean() > 0.95
    assert 0.4 < without.mean() < 0.6
    silent = np.random.default_rng(2).random(len(attribute))
    without, with_answer = privacy_task.guesses(attribute, others, silent, seed=1)
    assert abs(with_answer.mean() - without.mean()) < 0.06


def test_arts_attribute_attack_finds_as_much() -> None:
    """ART's attack is given the label alone, so the secret is put there; both compare with a baseline without it."""
    source = np.random.default_rng(5)
    attribute = source.integers(0, 2, 800)
    inputs = np.column_stack([attribute, source.normal(size=(800, 3))]).astype(np.float32)
    labels = (attribute ^ (source.random(800) < 0.1)).astype(int)
    model = RandomForestClassifier(50, min_samples_leaf=20, random_state=1).fit(inputs, labels)
    classifier = SklearnClassifier(model)
    learn, look = inputs[:400], inputs[400:]
    attack = AttributeInferenceBlackBox(classifier, attack_model_type="rf", attack_feature=0)
    attack.fit(learn)
    answers = np.asarray([[np.argmax(one)] for one in classifier.predict(look)])
    art = (np.ravel(attack.infer(np.delete(look, 0, 1), pred=answers, values=[0, 1])) == look[:, 0]).mean()
    baseline = AttributeInferenceBaseline(attack_model_type="rf", attack_feature=0)
    baseline.fit(learn)
    blind = (np.ravel(baseline.infer(np.delete(look, 0, 1), values=[0, 1])) == look[:, 0]).mean()
    without, with_answer = privacy_task.guesses(
        attribute, inputs[:, 1:].astype(np.float64), model.predict(inputs).astype(np.float64), seed=1
    )
    assert with_answer.mean() - without.mean() == pytest.approx(art - blind, abs=0.08)
    assert art - blind > 0.3


def test_a_copy_of_the_tiny_model_agrees_with_it_and_the_commonest_answer_stands_beside(tmp_path: Path) -> None:
    finding = found(made_case(tmp_path, made_rows(800)), queries=800)
    copy = next(one for one in finding.measures if one.metric == privacy.EXTRACTION)
    assert float(copy.figure or 0) > 0.95
    assert copy.names["queries"] == "800"
    assert float(copy.names["commonest_percent"]) < 100 * float(copy.figure or 0)


def test_a_chosen_column_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError) as caught:
        found(made_case(tmp_path, made_rows()), groups=["age"])
    assert caught.value.code == Code.CHECK_COLUMNS


def test_the_evidence_holds_figures_and_no_row(tmp_path: Path) -> None:
    table = made_rows()
    assert findings.holds_no_row(found(made_case(tmp_path, table)), table)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", privacy.CHECK.metrics)
def test_every_outcome_has_a_sentence_of_its_own(metric: str, language: str) -> None:
    names = dict.fromkeys(("column", "without_percent", "with_percent", "queries", "commonest_percent"), "x")
    keys = findings.sentences("privacy", metric, names, language)
    assert all(key.startswith(f"say.checks.privacy.{metric}.") for key in keys)


# ------------------------------------------------------------------ the sample


def test_the_sample_tells_its_lesson(sample: Path) -> None:
    figures = {}
    for name in ("fair", "forest"):
        finding = found(credit.credit_case(sample, sample / name))
        assert finding.rows == 1000
        figures[name] = float(finding.measures[0].figure or 0)
        assert {one["column"] for one in told(finding)["attributes"]} >= {"sex", "age_years", "personal_status"}
    assert figures["fair"] < 0.55
    assert figures["forest"] > 0.75
