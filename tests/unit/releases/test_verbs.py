"""The verbs: what each refuses, what each records, and that a refusal leaves nothing recorded."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from surefoot.errors import (
    ApprovalMissingError,
    Code,
    GateFailedError,
    IncompleteError,
    InputRefusedError,
    SurefootError,
)
from surefoot.releases import State, capsule, changes, rules, sbom, statements
from surefoot.releases.facts import RecordedEvent, Release
from surefoot.texts import LANGUAGES, Words
from surefoot.trail import Draft, Event, Subject
from tests.fakes.releases import POLICY, Story
from tests.unit.releases.conftest import Bench

STRICTER = POLICY + b'[approvals]\ncount = 2\nroles = ["owner", "approver"]\n'


def signed(bench: Bench, story: Story, **options: str) -> Release:
    release = bench.releases.draft(story.run, **options)  # type: ignore[arg-type] # texts only
    bench.releases.approve(release.id)
    return bench.releases.sign(release.id)


def other_weight(story: Story, weight: float) -> Story:
    story.weight = weight
    return story


# policies


def test_adopting_records_the_bytes_and_what_they_say(bench: Bench) -> None:
    bench.adopt()
    event = bench.recorder.of_type("policy.adopted")[0]
    assert bench.objects.read(event.subjects[0].sha256) == POLICY
    assert event.body is not None
    assert event.body["approvals"] == {"count": 1, "roles": ["owner"]}
    view = bench.releases.policy()
    assert view.adopted is not None
    assert (view.adopted.number, view.is_edited) == (1, False)


def test_an_edited_policy_file_is_only_a_proposal(bench: Bench) -> None:
    bench.adopt()
    (bench.folder / "policies" / "baseline.toml").write_bytes(STRICTER)
    view = bench.releases.policy()
    assert view.is_edited
    assert view.adopted is not None
    assert view.adopted.policy.count == 1


def test_asking_for_less_is_recorded_beside_the_adoption(bench: Bench) -> None:
    bench.adopt(STRICTER)
    bench.adopt()
    first, second = bench.recorder.of_type("policy.adopted")
    (loosened,) = bench.recorder.of_type("policy.loosened")
    assert loosened.cause == (first.leaf,)
    assert loosened.body is not None
    assert [one["key"] for one in loosened.body["points"]] == ["approvals.count"]  # type: ignore[union-attr, index, call-overload]
    assert second.subjects[0].id == first.subjects[0].id
    bench.adopt(STRICTER)
    assert len(bench.recorder.of_type("policy.loosened")) == 2  # more roles than before
    view = bench.releases.policy().adopted
    assert view is not None
    assert view.number == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (POLICY, Code.POLICY_ADOPTED_ALREADY),
        (b"nonsense", Code.POLICY_UNREADABLE),
        (POLICY + b"[hurry]\n", Code.POLICY_KEY),
        (b"", Code.POLICY_VALUE),
    ],
)
def test_a_policy_that_is_off_changes_nothing(bench: Bench, text: bytes, code: Code) -> None:
    bench.adopt()
    before = len(bench.recorder.log)
    with pytest.raises(InputRefusedError) as caught:
        bench.adopt(text)
    assert caught.value.code is code
    assert len(bench.recorder.log) == before


def test_a_policy_file_that_is_not_there_is_named(bench: Bench) -> None:
    with pytest.raises(IncompleteError) as caught:
        bench.releases.adopt(bench.folder / "policies" / "none.toml")
    assert caught.value.code is Code.FILE_MISSING


def test_a_named_policy_file_is_shown_with_what_it_asks_less(bench: Bench) -> None:
    bench.adopt(STRICTER)
    path = bench.folder / "proposal.toml"
    path.write_bytes(POLICY)
    view = bench.releases.policy(path)
    assert view.is_edited
    assert view.proposed is not None
    assert view.proposed.count == 1
    assert "approvals.count" in [one.key for one in view.loosened]
    with pytest.raises(IncompleteError):
        bench.releases.policy(bench.folder / "none.toml")
    path.write_bytes(b"nonsense")
    with pytest.raises(InputRefusedError):
        bench.releases.policy(path)


def test_of_two_proposals_of_one_version_only_one_can_be_signed(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    first, second = (bench.releases.draft(story.run, version="1.0.0") for _ in range(2))
    for release in (first, second):
        bench.releases.approve(release.id)
    bench.releases.sign(second.id)
    before = len(bench.recorder.log)
    for verb in (bench.releases.approve, bench.releases.sign):
        with pytest.raises(InputRefusedError) as caught:
            verb(first.id)
        assert caught.value.code is Code.VERSION_TAKEN
    assert len(bench.recorder.log) == before


# drafting


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": "Über"}, Code.RELEASE_NAME),
        ({"name": "../x"}, Code.RELEASE_NAME),
        ({"name": "a" * 64}, Code.RELEASE_NAME),
        ({"version": "1"}, Code.RELEASE_VERSION),
        ({"version": "1.0.0-rc1"}, Code.RELEASE_VERSION),
        ({"version": "01.0.0"}, Code.RELEASE_VERSION),
        ({"environments": ("../hospital",)}, Code.RELEASE_NAME),
    ],
)
def test_a_draft_with_a_name_that_cannot_be_records_nothing(bench: Bench, options: dict[str, str], code: Code) -> None:
    bench.adopt()
    story = bench.story().tell()
    with pytest.raises(InputRefusedError) as caught:
        bench.releases.draft(story.run, **options)  # type: ignore[arg-type] # what a user may type
    assert caught.value.code is code
    assert bench.recorder.of_type("release.proposed") == []


@pytest.mark.parametrize(
    ("change", "field"),
    [({"signature": None}, "inputs"), ({"signature": {"inputs": [1], "outputs": []}}, "outputs"),
     ({"vectors": None}, "vectors.json")],
)  # fmt: skip
def test_a_model_that_does_not_say_what_it_takes_is_no_release(
    bench: Bench, change: dict[str, object], field: str
) -> None:
    bench.adopt()
    with pytest.raises(IncompleteError) as caught:
        bench.releases.draft(bench.story(**{"model.accepted": change}).tell().run)
    assert (caught.value.code, caught.value.values["field"]) == (Code.SIGNATURE_INCOMPLETE, field)


def test_the_proposal_names_its_premises(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    story.check("fairness", "failed")
    release = bench.releases.draft(story.model, environments=("staging", "local", "local"))
    (event,) = bench.recorder.of_type("release.proposed")
    kinds = {one.leaf: one.type for one in bench.recorder.log}
    assert [kinds[leaf] for leaf in event.cause] == ["model.accepted", "policy.adopted", "check.passed", "check.passed"]
    assert event.body is not None
    assert event.body["environments"] == ["local", "staging"]
    assert event.subjects[0].sha256 == release.digest == event.body["manifest"]
    assert bench.releases.show("german-credit").id == bench.releases.show(release.digest).id == release.id
    assert [one.id for one in bench.releases.list()] == [release.id]


def test_a_bill_that_does_not_fit_the_schema_stops_the_draft(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.adopt()
    story = bench.story().tell()
    right = sbom.build

    def wrong(materials: sbom.Materials) -> bytes:
        bill = json.loads(right(materials))
        bill["components"][0]["modelCard"]["mood"] = "good"
        return json.dumps(bill).encode()

    monkeypatch.setattr(sbom, "build", wrong)
    with pytest.raises(Exception, match="SF-2614"):
        bench.releases.draft(story.run)
    assert bench.recorder.of_type("release.proposed") == []


# versions


def test_versions_follow_what_changed(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    assert signed(bench, story).version == "1.0.0"
    assert bench.releases.draft(story.run).version == "1.0.1"
    parameters = {"run.requested": {"parameters": {"model": "random-forest"}}}
    minor = bench.story(**parameters)
    minor.data = story.data
    minor.weight = 2.0
    minor.trained()
    minor.accept()
    minor.check("accuracy")
    minor.check("parity")
    release = signed(bench, minor)
    assert release.version == "1.1.0"
    assert release.proposed.body["change"]["replaces"] == "german-credit@1.0.0"
    with pytest.raises(InputRefusedError) as caught:
        bench.releases.draft(story.run, version="1.1.0")
    assert caught.value.code is Code.VERSION_TAKEN


@pytest.mark.parametrize(
    ("changed", "bump"),
    [
        ({"inputs": [["age", "int64", [-1, 1]]]}, "major"),
        ({"outputs": []}, "major"),
        ({"target": None}, "major"),
        ({"data": {"credit": "4" * 64}}, "minor"),
        ({"recipe": "r2"}, "minor"),
        ({"parameters": {"depth": 4}}, "minor"),
        ({"code": "c2"}, "minor"),
        ({"model": "m2"}, "patch"),
        ({}, "patch"),
    ],
)
def test_the_bump_is_the_largest_change_that_a_user_would_notice(changed: dict[str, object], bump: str) -> None:
    old = {"inputs": [["age", "float32", [-1, 1]]], "outputs": [1], "target": {"name": "risk"}, "data": {},
           "recipe": "r", "parameters": {}, "code": "c", "model": "m"}  # fmt: skip
    found = changes.change(old, {**old, **changed})
    assert found.bump == bump
    expected = {"major": "3.0.0", "minor": "2.5.0", "patch": "2.4.8"}
    assert changes.proposed(found, "2.4.7") == expected[bump]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kreditwürdigkeit 2", "kreditwurdigkeit-2"),
        ("Đánh giá tín dụng", "danh-gia-tin-dung"),
        ("--", ""),
        ("日本", ""),
    ],
)
def test_a_name_is_made_from_what_a_person_wrote(text: str, name: str) -> None:
    assert changes.slug(text) == name


# between draft and signature


@pytest.fixture
def drafted(bench: Bench) -> tuple[Story, Release]:
    bench.adopt()
    story = bench.story().tell()
    return story, bench.releases.draft(story.run)


def closed_gates(bench: Bench, release: Release) -> dict[str, State]:
    return {gate.name: gate.state for gate in bench.releases.check(release.id) if not gate.is_open}


def test_signing_needs_the_approval_and_nothing_is_signed_twice(
    bench: Bench, drafted: tuple[Story, Release], tmp_path: Path
) -> None:
    release = drafted[1]
    with pytest.raises(ApprovalMissingError) as caught:
        bench.releases.sign(release.id)
    assert caught.value.values == {"release": release.id, "given": "0", "needed": "1", "roles": "owner"}
    with pytest.raises(IncompleteError) as unsigned:
        bench.releases.materialise(release.id, tmp_path / "capsule")
    assert unsigned.value.code is Code.RELEASE_NOT_SIGNED
    bench.releases.approve(release.id, reason="read the card")
    bench.releases.approve(release.id)
    assert len(bench.recorder.of_type("approval.given")) == 1
    bench.releases.sign(release.id)
    for verb in (bench.releases.sign, bench.releases.approve):
        with pytest.raises(InputRefusedError) as again:
            verb(release.id)
        assert again.value.code is Code.RELEASE_SIGNED
    assert len(bench.recorder.of_type("release.approved")) == 1


def newer_check(bench: Bench, story: Story) -> None:
    story.check("accuracy", "passed")


def failed_check(bench: Bench, story: Story) -> None:
    story.check("parity", "failed")


def other_policy(bench: Bench, story: Story) -> None:
    bench.adopt(POLICY + b"[waivers]\nmax_days = 1\n")


def more_required(bench: Bench, story: Story) -> None:
    bench.adopt(POLICY + b"[require.fairness]\n")


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        (newer_check, {"content"}),
        (failed_check, {"check.parity", "content"}),
        (other_policy, {"policy"}),
        (more_required, {"policy", "check.fairness"}),
    ],
)
def test_whatever_changes_after_the_draft_closes_it(
    bench: Bench, drafted: tuple[Story, Release], change: Callable[[Bench, Story], None], closed: set[str]
) -> None:
    story, release = drafted
    bench.releases.approve(release.id)
    change(bench, story)
    assert set(closed_gates(bench, release)) == closed
    for verb in (bench.releases.sign, bench.releases.approve):
        with pytest.raises(GateFailedError) as caught:
            verb(release.id)
        assert set(str(caught.value.values["gates"]).split(", ")) == closed
    assert bench.recorder.of_type("release.approved") == []


def test_a_bill_of_materials_that_disagrees_with_the_files_closes_the_draft(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    release = bench.releases.draft(story.run)
    body = dict(release.proposed.body)
    manifest = capsule.decode(bench.objects.read(release.digest))
    bill = bench.objects.read(body["files"]["sbom.cdx.json"]).replace(story.model_sha.encode(), b"0" * 64)
    files = tuple(capsule.file_of(one.path, bill) if one.path == capsule.SBOM else one for one in manifest.files)
    bench.objects.put_bytes(bill)
    data = capsule.encode(replace(manifest, files=files))
    digest = bench.objects.put_bytes(data)
    body["files"] = {one.path: one.sha256 for one in files}
    forged = Draft("release.proposed", (Subject(release.id, digest),), body, release.proposed.cause)
    bench.recorder.record(forged)
    assert closed_gates(bench, bench.releases.show(digest))["content"] is State.FAILED


def test_a_lost_object_closes_the_draft(bench: Bench, drafted: tuple[Story, Release]) -> None:
    release = drafted[1]
    body = {**release.proposed.body, "files": {**release.proposed.body["files"], "lock.txt": "0" * 64}}
    subject = Subject(release.id, release.digest)
    bench.recorder.record(Draft("release.proposed", (subject,), body, release.proposed.cause))
    assert closed_gates(bench, release)["content"] is State.FAILED


def test_a_refusal_stands_until_a_new_draft(bench: Bench, drafted: tuple[Story, Release]) -> None:
    release = drafted[1]
    subject = Subject(release.id, release.digest)
    bench.releases.approve(release.id)
    bench.recorder.record(Draft("approval.refused", (subject,), {}, (release.proposed.leaf,), "refused"))
    with pytest.raises(GateFailedError) as caught:
        bench.releases.approve(release.id)
    assert caught.value.code is Code.RELEASE_REFUSED
    assert closed_gates(bench, release) == {"approvals": State.FAILED}


def test_a_withdrawn_approval_no_longer_counts(bench: Bench, drafted: tuple[Story, Release]) -> None:
    release = drafted[1]
    bench.releases.approve(release.id)
    (given,) = bench.recorder.of_type("approval.given")
    bench.recorder.record(Draft("approval.withdrawn", given.subjects, {}, (given.leaf,), "withdrawn"))
    assert closed_gates(bench, release) == {"approvals": State.MISSING}


def test_one_person_cannot_be_two(bench: Bench) -> None:
    bench.adopt(STRICTER)
    release = bench.releases.draft(bench.story().tell().run)
    bench.releases.approve(release.id)
    bench.releases.approve(release.id)
    with pytest.raises(ApprovalMissingError) as caught:
        bench.releases.sign(release.id)
    assert (caught.value.values["given"], caught.value.values["needed"]) == ("1", "2")


# whose approval counts


def recorded(event: Event, **changed: object) -> RecordedEvent:
    fields = {
        "leaf": event.leaf, "type": event.type, "at": event.at, "actor": event.actor, "role": event.role,
        "subject": event.subjects[0].id, "sha256": event.subjects[0].sha256, "cause": event.cause,
        "body": event.body or {}, "is_self": event.is_self,
    }  # fmt: skip
    return RecordedEvent(**{**fields, **changed})  # type: ignore[arg-type] # fields of the same event


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"actor": "per_b", "is_self": False}, True),
        ({"is_self": False}, False),
        ({"is_self": True}, True),
        ({"actor": "per_b", "role": "auditor"}, False),
        ({"actor": "per_b", "role": "machine"}, False),
        ({"actor": "per_b", "sha256": "0" * 64}, False),
    ],
)
def test_an_approval_counts_by_role_and_digest_and_never_by_the_author(
    bench: Bench, drafted: tuple[Story, Release], changed: dict[str, object], *, counts: bool
) -> None:
    release = bench.releases.approve(drafted[1].id)
    one = recorded(bench.recorder.of_type("approval.given")[0], **changed)
    candidate = bench.releases._evidence.candidate(drafted[0].run)
    counted = rules.counting(replace(release, approvals=(one, one)), candidate, roles=("owner",))
    assert len(counted) == int(counts)


# waivers


WAIVING = b'[policy]\nname = "w"\n[require.accuracy]\n[require.parity]\n[waivers]\nmax_days = 10\n'


def test_a_waiver_opens_the_gate_openly_and_stands_in_statement_and_card(bench: Bench, tmp_path: Path) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"accuracy": "undetermined", "parity": "passed"})
    bench.releases.waivers.give(story.run, "accuracy", reason="held-out rows come in July", days=10)
    release = bench.releases.draft(story.run)
    bench.releases.approve(release.id)
    bench.releases.sign(release.id)
    verified = bench.releases.materialise(release.id, tmp_path / "capsule")
    assert verified.statement["policy"]["required"] == ["parity"]
    assert [one["check"] for one in verified.statement["waivers"]] == ["accuracy"]
    assert "held-out rows come in July" in (tmp_path / "capsule" / capsule.CARD).read_text()
    (given,) = bench.recorder.of_type("waiver.given")
    assert given.leaf in release.proposed.cause


@pytest.mark.parametrize(
    ("check", "reason", "days", "code"),
    [
        ("accuracy", "because", 11, Code.WAIVER_TOO_LONG),
        ("accuracy", "because", 0, Code.WAIVER_TOO_LONG),
        ("accuracy", "because", -1, Code.WAIVER_TOO_LONG),
        ("accuracy", "  ", 5, Code.WAIVER_EMPTY),
        ("fairness", "because", 5, Code.WAIVER_EMPTY),
    ],
)
def test_a_waiver_beyond_the_policy_is_refused(bench: Bench, check: str, reason: str, days: int, code: Code) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({})
    with pytest.raises((GateFailedError, InputRefusedError)) as caught:
        bench.releases.waivers.give(story.run, check, reason=reason, days=days)
    assert caught.value.code is code
    assert bench.recorder.of_type("waiver.given") == []


def test_a_check_that_has_not_run_cannot_be_waived_and_the_command_that_runs_it_is_told(bench: Bench) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"parity": "passed"})
    with pytest.raises(IncompleteError) as caught:
        bench.releases.waivers.give(story.run, "accuracy", reason="no time", days=3)
    assert caught.value.code is Code.WAIVER_UNRUN
    for language in LANGUAGES:
        assert f"`surefoot check run {story.run} --kind accuracy`" in Words(language).error(caught.value).do
    assert bench.recorder.of_type("waiver.given") == []


def test_a_waived_check_is_shown_as_waived_by_whom_and_until_when_and_never_as_passed(bench: Bench) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"accuracy": "failed", "parity": "passed"})
    given = bench.releases.waivers.give(story.run, "accuracy", reason="the limit is disputed")
    gate = next(gate for gate in bench.releases.check(story.run) if gate.name == "check.accuracy")
    assert (gate.state, gate.is_open, gate.why) == (State.WAIVED, True, "gate.check_waived")
    assert (gate.values["actor"], gate.values["until"]) == (given.actor, "2026-06-11")
    told = Words("en").told(f"why.releases.{gate.why}", **gate.values)
    assert "did not pass" in told
    assert all(word in told for word in ("accuracy", given.actor, "2026-06-11", "the limit is disputed"))


def test_a_waiver_ends_by_a_word_and_the_release_closes_again(bench: Bench) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"accuracy": "undetermined", "parity": "passed"})
    bench.releases.waivers.give(story.run, "accuracy", reason="too few rows", days=3)
    release = bench.releases.draft(story.run)
    bench.releases.waivers.end(release.id, "accuracy", reason="rows are here")
    assert bench.recorder.of_type("waiver.ended")[0].cause == (bench.recorder.of_type("waiver.given")[0].leaf,)
    shut = {gate.name for gate in bench.releases.check(release.id) if not gate.is_open}
    assert {"check.accuracy", "content"} <= shut
    with pytest.raises(IncompleteError) as caught:
        bench.releases.waivers.end(release.id, "accuracy")
    assert caught.value.code is Code.WAIVER_NONE


def test_a_release_that_was_drafted_before_its_waiver_is_drafted_anew(bench: Bench) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"accuracy": "failed", "parity": "passed"})
    before = bench.releases.draft(story.run)
    bench.releases.waivers.give(before.id, "accuracy", reason="later", days=3)
    shut = [gate.name for gate in bench.releases.check(before.id) if not gate.is_open]
    assert shut == ["content", "approvals"]
    with pytest.raises(GateFailedError):
        bench.releases.approve(before.id)
    bench.releases.approve(bench.releases.draft(story.run).id)


def test_the_check_that_says_which_model_it_is_is_never_waived(bench: Bench) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({"accuracy": "passed", "parity": "failed"})
    with pytest.raises(GateFailedError) as caught:
        bench.releases.waivers.give(story.run, "parity", reason="because", days=1)
    assert caught.value.code is Code.WAIVER_INTEGRITY
    assert story.accepted is not None
    policy = bench.recorder.of_type("policy.adopted")[0]
    body = {"check": "parity", "reason": "r", "until": "2026-06-05", "days": 4}
    bench.recorder.record(
        Draft("waiver.given", story.accepted.subjects, body, (story.accepted.leaf, policy.leaf), "adopted")  # type: ignore[arg-type]
    )
    gates = {gate.name: gate for gate in bench.releases.check(story.run)}
    assert gates["check.parity"].state is State.FAILED


@pytest.mark.parametrize(
    ("change", "checks", "state"),
    [
        ({}, {"accuracy": "failed"}, State.WAIVED),
        ({}, {}, State.MISSING),
        ({"until": "2026-05-31"}, {"accuracy": "failed"}, State.FAILED),
        ({"until": None}, {"accuracy": "failed"}, State.FAILED),
        ({"days": 11}, {"accuracy": "failed"}, State.FAILED),
        ({"check": "fairness"}, {"accuracy": "failed"}, State.FAILED),
    ],
)
def test_a_waiver_that_ended_is_too_long_or_of_what_did_not_run_opens_nothing(
    bench: Bench, change: dict[str, object], checks: dict[str, str], state: State
) -> None:
    bench.adopt(WAIVING)
    story = bench.story().tell({**checks, "parity": "passed"})
    assert story.accepted is not None
    policy = bench.recorder.of_type("policy.adopted")[0]
    body = {"check": "accuracy", "reason": "r", "until": "2026-06-05", "days": 4, **change}
    bench.recorder.record(
        Draft("waiver.given", story.accepted.subjects, body, (story.accepted.leaf, policy.leaf), "adopted")  # type: ignore[arg-type]
    )
    gates = {gate.name: gate for gate in bench.releases.check(story.run)}
    assert gates["check.accuracy"].state is state


# the capsule


def test_a_folder_in_use_is_left_alone(bench: Bench, drafted: tuple[Story, Release], tmp_path: Path) -> None:
    release = drafted[1]
    bench.releases.approve(release.id)
    bench.releases.sign(release.id)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("full", "file", "link"):
        with pytest.raises(InputRefusedError) as caught:
            bench.releases.materialise(release.id, tmp_path / name)
        assert caught.value.code is Code.FOLDER_TAKEN
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    bench.releases.materialise(release.id, tmp_path / "empty")
    assert all(path.stat().st_mode & 0o222 == 0 for path in (tmp_path / "empty").rglob("*") if path.is_file())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".capsule-")]


def test_what_users_typed_is_inert_in_card_and_bill(bench: Bench) -> None:
    bench.adopt()
    evil = "<script>alert(1)</script> | [x](javascript:1) `$(rm)` ${name}\n# head"
    story = bench.story(**{"asset.registered": {"owner": evil, "name": evil, "purpose": evil}}).tell()
    release = bench.releases.draft(story.run)
    files = release.proposed.body["files"]
    card = bench.objects.read(files[capsule.CARD]).decode()
    assert "<script>" not in card
    assert "\n# head" not in card
    assert "[x](" not in card
    bill = json.loads(bench.objects.read(files[capsule.SBOM]))
    assert any(one.get("name") == evil for one in bill["components"])


def test_the_level_claimed_is_one_and_the_builder_the_workbench(bench: Bench) -> None:
    bench.adopt()
    story = bench.story().tell()
    release = bench.releases.draft(story.run)
    basis = statements.gather(bench.releases._case_of(release), capsule.decode(bench.objects.read(release.digest)))
    said = statements.provenance(basis)["predicate"]
    assert said["runDetails"]["builder"]["id"] == "urn:surefoot:workbench:local"
    assert said["buildDefinition"]["internalParameters"]["surefoot_level"] == "SLSA_BUILD_LEVEL_1"
    assert {one["name"] for one in said["buildDefinition"]["resolvedDependencies"]} == {"credit", "code"}
    assert story.accepted is not None
    assert statements.release(basis, {})["predicate"]["lineage"]["model"] == story.accepted.leaf


@pytest.mark.parametrize(
    "chosen", ['[require.parity]\nwith = { hurry = "yes" }\n', '[require.magic]\nwith = { hurry = "yes" }\n']
)
def test_a_policy_that_chooses_what_a_check_does_not_have_is_not_adopted(bench: Bench, chosen: str) -> None:
    with pytest.raises(SurefootError) as caught:
        bench.adopt(POLICY.replace(b"[require.parity]\n", b"") + chosen.encode())
    assert caught.value.code in {Code.CHECK_SETTING, Code.CHECK_UNKNOWN}
    assert not bench.recorder.of_type("policy.adopted")
