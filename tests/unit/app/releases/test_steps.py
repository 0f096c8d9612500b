"""How far each step of a release is, asked of a real project without a window; drafts are kept as files."""

from dataclasses import replace
from pathlib import Path

import pytest

from surefoot.releases.reasons import MAX_REASON
from surefoot.texts import Words
from surefoot_app.bridge.drafts import write
from surefoot_app.releases import acting, drafts, steps
from surefoot_app.releases.dossier import dossier
from surefoot_app.releases.drafts import Draft
from tests.fakes.checked import WEIGHED, Project

WORDS = Words("en")
DRAFTED = "surefoot release draft run_1"


def test_a_candidate_without_a_policy_is_sent_to_the_policy(project: Project) -> None:
    found = dossier(project.bench, Draft("d", project.story.run), WORDS)
    gate = found.gate("policy")
    assert gate is not None
    assert steps.mend(gate) == "policy"
    assert gate in steps.gates_of(found, steps.CHECKS)
    assert steps.standings(found, WORDS)[steps.CHECKS].reason


def test_a_check_that_has_not_run_is_named_with_the_act_that_runs_it(project: Project) -> None:
    project.bench.releases.adopt(project.policy)
    found = dossier(project.bench, Draft("d", project.story.run), WORDS)
    assert [(gate.name, steps.mend(gate)) for gate in found.checks] == [
        ("check.accuracy", "run"),
        ("check.parity", "run"),
    ]


def test_a_step_is_done_when_its_gates_are_open(project: Project) -> None:
    draft = Draft("d", project.checked().story.run, trade_off=WEIGHED)
    found = dossier(project.bench, draft, WORDS)
    states = [one.state for one in steps.standings(found, WORDS)]
    assert states == ["done", "done", "done", "done", "todo", "todo", "todo"]
    released = project.bench.releases.draft(project.story.run, trade_off=WEIGHED)
    found = dossier(project.bench, replace(draft, release=released.id), WORDS)
    assert [one.state for one in steps.standings(found, WORDS)][:5] == ["done"] * 5
    assert found.package is not None
    assert {path for path, _ in found.package.files} >= {"model.onnx", "sbom.cdx.json", "model-card.md"}
    assert found.package.parts
    anew = replace(found, draft=replace(draft, release=released.id, trade_off=f"{WEIGHED} Or not."))
    assert steps.standings(anew, WORDS)[steps.WEIGHED].state == "again"
    assert steps.standings(anew, WORDS)[steps.SIGN].reason == WORDS("app.releases.shut", count=1)


def test_a_sentence_that_is_longer_than_what_is_recorded_is_not_proposed_with(project: Project) -> None:
    long = "x" * (MAX_REASON + 1)
    found = dossier(project.bench, Draft("d", project.checked().story.run, trade_off=long), WORDS)
    said = "2,001 letters of 2,000 at most: say it in fewer words"
    assert steps.standings(found, WORDS)[steps.WEIGHED].reason == said
    assert steps.standings(replace(found, gates=()), WORDS)[steps.SIGN].reason == said
    assert steps.unsaid(long[1:], WORDS) == ""


def test_a_sentence_of_a_person_is_asked_for_and_an_empty_one_is_none(project: Project) -> None:
    found = dossier(project.bench, Draft("d", project.checked().story.run, trade_off="   because    "), WORDS)
    assert steps.standings(found, WORDS)[steps.WEIGHED].reason == WORDS("app.releases.weigh_first")


def test_a_name_that_cannot_be_is_told_at_the_first_step(project: Project) -> None:
    found = dossier(project.bench, Draft("d", project.checked().story.run, name="No Name!"), WORDS)
    assert found.problem is not None
    assert steps.standings(found, WORDS)[steps.CANDIDATE].state == "failed"


def test_a_waiver_is_given_by_name_and_shown_as_one(project: Project) -> None:
    project.policy.write_text(
        '[policy]\nname = "baseline"\n[require.accuracy]\n[require.parity]\n[waivers]\nmax_days = 10\n',
        encoding="utf-8",
    )
    project.check("accuracy", "failed")
    project.check("parity")
    project.bench.releases.adopt(project.policy)
    project.bench.releases.waivers.give(project.story.run, "accuracy", reason="It is known.", days=5)
    found = dossier(project.bench, Draft("d", project.story.run), WORDS)
    one = next(each for each in found.judgements if each.kind == "accuracy")
    assert (one.state, one.tone) == ("waived", "warn")
    assert "Ada Lovelace" in one.waived
    assert steps.standings(found, WORDS)[steps.CHECKS].state == "close"


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (steps.CANDIDATE, f"{DRAFTED} --release-version 2.0.0 --trade-off 'less of it' --environment local"),
        (steps.CHECKS, "surefoot release check run_1"),
        (steps.APPROVALS, "surefoot release approve RELEASE --reason REASON"),
        (steps.SIGN, "surefoot release sign RELEASE"),
    ],
)  # fmt: skip
def test_each_step_can_be_copied_as_a_command(step: int, wanted: str) -> None:
    assert acting.command(Draft("d", "run_1", version="2.0.0", trade_off="less of it"), step) == wanted


def test_drafts_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / drafts.file_of("one"), Draft("one", "run_1", environments=("local", "production")))
    (tmp_path / "release-two.json").write_text("[1, 2]", encoding="utf-8")
    (tmp_path / "release-three.json").write_text("{", encoding="utf-8")
    assert drafts.kept(tmp_path) == (Draft("one", "run_1", environments=("local", "production")),)


def test_what_is_signed_runs_where_it_was_proposed_to_and_a_change_is_proposed_again(project: Project) -> None:
    draft = Draft("d", project.checked().story.run, trade_off=WEIGHED)
    bench = project.bench
    released = bench.releases.draft(draft.run, trade_off=WEIGHED)
    bench.releases.approve(released.id, reason="I have read the card.")
    proposed = replace(draft, release=released.id)
    found = dossier(bench, proposed, WORDS)
    assert steps.standings(found, WORDS)[steps.SIGN].reason == ""
    for change in ({"environments": ("local", "production")}, {"name": "another"}, {"version": "7.0.0"}):
        other = replace(found, draft=replace(proposed, **change))
        assert other.places == ("local",)
        assert steps.standings(other, WORDS)[steps.SIGN].reason == WORDS("app.releases.proposed_otherwise")
