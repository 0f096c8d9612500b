"""The sentences of an explanation, against the events they speak of."""

from dataclasses import replace

import pytest

from surefoot.audit import report, rules
from surefoot.audit.facts import Explanation, Lineage, Statement, Weight
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Verdict
from tests.fakes.lineage import life

NAMES = {"per_" + "a" * 26: "Ada Lovelace"}


def statements(lineage: Lineage) -> dict[str, Statement]:
    return {s.key: s for chapter in rules.chapters(lineage, NAMES) for s in chapter.statements}


def without(lineage: Lineage, *types: str) -> Lineage:
    return replace(lineage, events={leaf: e for leaf, e in lineage.events.items() if e.type not in types})


def test_a_whole_life_is_told_without_a_gap() -> None:
    _, lineage = life()
    told = statements(lineage)
    assert told["activated"].values["person"] == "Ada Lovelace"
    assert told["data"].values["rows"] == "1000"
    assert told["check_passed"].values["figure"] == "0.787"
    assert told["criteria_met"].weight is Weight.GOOD
    assert rules.gaps(rules.chapters(lineage, NAMES)) == 0


def test_every_sentence_but_a_gap_and_a_limit_names_the_signed_lines_it_rests_on() -> None:
    _, lineage = life()
    bare = [key for key, statement in statements(lineage).items() if not statement.evidence]
    assert bare == ["unwitnessed", "limits"]


def test_a_waiver_is_told_with_who_why_and_until_when() -> None:
    _, lineage = life()
    some = next(iter(lineage.events.values()))
    body = {"check": "fairness", "until": "2026-06-05", "reason": "rows come in July"}
    given = replace(some, type="waiver.given", leaf="e" * 64, actor=next(iter(NAMES)), body=body)
    told = statements(replace(lineage, events={**lineage.events, given.leaf: given}))["waived"]
    assert (told.weight, told.evidence) == (Weight.WARNING, (given,))
    said = report.sentence(told, Words("en"))
    assert all(word in said for word in ("fairness", "2026-06-05", "rows come in July", "Ada Lovelace", "not count"))


def test_a_drill_is_told_with_its_seconds() -> None:
    _, lineage = life()
    body = {"stop_seconds": "0.21", "lift_seconds": None}
    held = replace(lineage.activation, type="drill.held", leaf="d" * 64, body=body)
    told = statements(replace(lineage, after=(*lineage.after, held)))["drill"]
    assert (told.values["stop_seconds"], told.values["lift_seconds"]) == ("0.21", "–")


def test_a_folder_that_was_handed_over_and_a_stop_that_nobody_saw_are_told_as_such() -> None:
    _, lineage = life()
    start = replace(lineage.activation, body={**(lineage.activation.body or {}), "target": "folder"})
    body = {"reason": "wrong", "seen": "unseen"}
    stopped = replace(lineage.activation, type="service.stopped", leaf="d" * 64, body=body)
    told = statements(replace(lineage, activation=start, after=(*lineage.after, stopped)))
    assert "activated" not in told
    assert "as a folder" in report.sentence(told["handed_over"], Words("en"))
    assert "nothing confirmed" in report.sentence(told["service_stopped_unseen"], Words("en"))


@pytest.mark.parametrize(
    ("missing", "gap"),
    [
        (("approval.given",), "approval_missing"),
        (("release.approved",), "signature_missing"),
        (("check.passed",), "checks_missing"),
        (("run.requested",), "run_missing"),
        (("asset.registered",), "data_missing"),
        (("release.proposed",), "release_unknown"),
    ],
)
def test_what_is_not_in_the_record_is_named_as_a_gap(missing: tuple[str, ...], gap: str) -> None:
    _, lineage = life()
    lineage = without(lineage, *missing)
    assert statements(lineage)[gap].weight is Weight.GAP
    assert rules.gaps(rules.chapters(lineage, NAMES)) == 1


def test_an_erased_detail_is_a_gap_and_not_an_empty_sentence() -> None:
    _, lineage = life()
    erased = {leaf: replace(e, body=None) if e.type == "asset.registered" else e for leaf, e in lineage.events.items()}
    told = statements(replace(lineage, events=erased))
    assert told["detail_missing"].values == {"type": "asset.registered"}
    assert told["permission_missing"].weight is Weight.GAP


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("guardrail", "key"), [("stop", "service_stopped_unsigned"), ("process", "service_gone")])
def test_a_stop_that_nobody_signed_and_a_process_that_is_gone_are_told_apart(
    language: str, guardrail: str, key: str
) -> None:
    owner, lineage = life()
    started = owner.of_type("service.started")[0]
    tripped = replace(started, type="service.guardrail-tripped", body={"guardrail": guardrail})
    told = statements(replace(lineage, after=(started, tripped)))
    assert "service_guardrail_tripped" not in told
    assert rules.when(tripped.at) in report.sentence(told[key], Words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_special_categories_and_where_data_may_be_are_told(language: str) -> None:
    told = statements(life(data={"special": ["religion"], "jurisdiction": "EU"})[1])
    assert told["special"].weight is Weight.WARNING
    assert "religion" in report.sentence(told["special"], Words(language))
    assert "EU" in report.sentence(told["jurisdiction"], Words(language))
    assert {"special", "jurisdiction"}.isdisjoint(statements(life()[1]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["passed", "passed_unlimited", "close", "failed", "undetermined_unlimited"])
def test_every_outcome_of_a_check_beside_the_policy_has_a_sentence(language: str, key: str) -> None:
    state, _, unlimited = key.partition("_")
    owner, lineage = life(check={"limit": None} if unlimited else {})
    beside = replace(owner.of_type("check.passed")[0], type=f"check.{state}")
    told = statements(replace(lineage, beside=(beside,)))
    assert "AUC" in report.sentence(told[f"beside_{key}"], Words(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_required_check_to_which_nobody_set_a_limit_names_none(language: str) -> None:
    told = statements(life(check={"limit": None})[1])
    sentence = report.sentence(told["check_passed_unlimited"], Words(language))
    assert "AUC" in sentence
    assert "?" not in sentence


def test_a_check_is_told_by_the_figure_that_decided() -> None:
    measure = {"metric": "crossed_gap", "figure": "0.31", "low": "0.2", "high": "0.4"}
    limit = {"origin": "policy", "rule": "at_most", "value": "0.1"}
    judged = [
        {"state": "passed", "limit": None, "measure": {"metric": "auc", "figure": "0.8"}},
        {"state": "failed", "limit": limit, "measure": measure},
    ]
    owner, lineage = life(check={"limit": None, "judged": judged})
    failed = replace(owner.of_type("check.passed")[0], type="check.failed")
    values = statements(replace(lineage, beside=(failed,)))["beside_failed"].values
    assert (values["metric"], values["figure"], values["limit"]) == ("crossed_gap", "0.31", "0.1")


def test_a_premise_that_the_record_does_not_hold_is_a_gap() -> None:
    _, lineage = life()
    assert statements(replace(lineage, missing=("cd" * 32,)))["premise_missing"].values == {"leaf": "cdcdcdcd"}


def test_a_project_of_one_person_says_so() -> None:
    _, lineage = life()
    told = statements(lineage)
    assert "approved_by_self" in told
    assert told["solo"].weight is Weight.WARNING


def test_uncommitted_code_and_code_without_a_commit_are_told_apart() -> None:
    assert "code_dirty" in statements(life(run={"code": {"commit": "c0ffee", "dirty": True}})[1])
    assert "code_without_commit" in statements(life(run={"code": {}})[1])


def test_a_check_without_an_interval_has_a_sentence_without_one() -> None:
    assert "check_passed_plain" in statements(life(check={"low": "", "high": ""})[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_no_script_and_shows_hostile_names_as_text(language: str) -> None:
    _, lineage = life(data={"name": "<script>alert(1)</script>", "owner": '"><img src=http://x>'})
    told = rules.chapters(lineage, NAMES)
    explanation = Explanation("local", "2026-01-01", told, rules.gaps(told), NAMES)
    page = report.as_page(explanation, Words(language), title="<b>t</b>", lead="lead", verdict=Verdict.PASS)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page
    assert report.as_lines(explanation, Words(language))


def test_a_terminal_reader_sees_every_chapter_and_the_gaps() -> None:
    _, lineage = life(check=None)
    told = rules.chapters(lineage, NAMES)
    lines = report.as_lines(Explanation("local", "-", told, rules.gaps(told), NAMES), Words("en"))
    assert "What answers here?" in lines
    assert "  ✗ No check of this model is in the record." in lines
    assert lines[-1] == "1 thing is missing; it is marked below."
