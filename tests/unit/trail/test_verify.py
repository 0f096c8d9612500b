"""P1 and P2 in short, and what else a hostile hand may do: the verifier finds it and says where."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surefoot.trail import Draft, Report, Verdict, lines, merkle, notes, verify
from surefoot.trail.lines import Line
from surefoot.trail.notes import Checkpoint
from surefoot.trail.verifying import _Verification
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import Project, found, label
from tests.torture import damage


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return found(tmp_path, labels=6)


def judged(project: Project) -> Report:
    return verify(project.folder, pins=project.state, anchor=project.ws)


def test_p1_every_flipped_byte_is_found(tmp_path: Path) -> None:
    project = found(tmp_path, labels=300)
    tried, missed = damage.flips(project, step=101, seed=1)
    assert tried > 2000
    assert missed == 0


def test_p1_every_flipped_bit_of_a_line_is_found(tmp_path: Path) -> None:
    tried, missed = damage.flips(found(tmp_path), step=5, seed=1, bits=True)
    assert tried > 5000
    assert missed == 0


def test_p2_lines_deleted_doubled_swapped_cut_or_foreign_are_found(project: Project) -> None:
    count, missed = damage.tried(project, damage.rearranged(project), damage.is_found_by_verify)
    assert count >= 59
    assert missed == []


def test_p2_files_deleted_emptied_cut_doubled_or_swapped_are_found(tmp_path: Path) -> None:
    project = found(tmp_path, labels=300)
    count, missed = damage.tried(project, damage.misplaced(project), damage.is_found_by_verify)
    assert count > 50
    assert missed == []


@pytest.mark.parametrize(
    ("pins", "anchor", "verdict"),
    [
        (True, "right", Verdict.PASS),
        (True, None, Verdict.PASS),
        (False, "right", Verdict.PASS),
        (False, None, Verdict.INCOMPLETE),
        (True, "wrong", Verdict.FAIL),
    ],
)
def test_without_pin_or_anchor_the_best_is_incomplete(
    project: Project, *, pins: bool, anchor: str | None, verdict: Verdict
) -> None:
    told = {"right": project.ws, "wrong": "00" * 32, None: None}[anchor]
    assert verify(project.folder, pins=project.state if pins else None, anchor=told).verdict == verdict


def test_nothing_looked_at_is_a_failure(tmp_path: Path) -> None:
    assert verify(tmp_path / "nothing").verdict == Verdict.FAIL
    (tmp_path / "trail" / "roots").mkdir(parents=True)
    (tmp_path / "trail" / "roots" / "1.dsse").write_bytes(b"{}")
    assert verify(tmp_path).verdict == Verdict.FAIL


def test_the_chain_alone_is_checked_fast_and_never_passes(project: Project) -> None:
    assert verify(project.folder, pins=project.state, signatures=False).verdict == Verdict.INCOMPLETE
    path = project.feed() / "000000.evt"
    path.write_bytes(path.read_bytes().replace(b'"app":"library', b'"app":"librarx', 1))
    assert verify(project.folder, pins=project.state, signatures=False).verdict == Verdict.FAIL


def forge(project: Project, change: Callable[[Line], Line], *, signer: FakeSigner | None = None) -> None:
    """Appends one more line, rightly chained and signed by the feed's own key, but otherwise changed."""
    signer = signer or project.owner
    path = project.feed(signer) / "000000.evt"
    raw = path.read_bytes().split(b"\n")[-2]
    last = lines.parse(lines.split(raw)[0])
    leaf = merkle.leaf_hash(raw).hex()
    line = last._replace(seq=last.seq + 1, prev=leaf, hlc=last.hlc + 1, cause=(), subjects=(), body=EMPTY, seen={})
    payload = lines.payload_of(change(line._replace(type="label.set", is_self=False)))
    path.write_bytes(path.read_bytes() + lines.joined(payload, signer.sign(lines.to_sign(payload))) + b"\n")
    shutil.rmtree(project.state)


EMPTY = (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("roles", lambda line: line._replace(actor="per_other")),
        ("roles", lambda line: line._replace(role="approver")),
        ("roles", lambda line: line._replace(type="policy.adopted")),
        ("roles", lambda line: line._replace(is_self=True)),
        ("roles", lambda line: line._replace(type="workspace.created")),
        ("causes", lambda line: line._replace(type="run.started")),
        ("causes", lambda line: line._replace(type="run.started", cause=("00" * 32,))),
        ("causes", lambda line: line._replace(cause=("00" * 32,))),
        ("lines", lambda line: line._replace(ws="00" * 32)),
        ("lines", lambda line: line._replace(feed="00" * 32)),
        ("lines", lambda line: line._replace(seq=line.seq + 1)),
        ("lines", lambda line: line._replace(prev="00" * 32)),
        ("lines", lambda line: line._replace(hlc=line.hlc - 1)),
        ("bodies", lambda line: line._replace(body=(1, "00" * 32))),
        ("seen", lambda line: line._replace(seen={line.feed: (3, "00" * 32)})),
        ("seen", lambda line: line._replace(seen={line.feed: (300, "00" * 32)})),
        ("seen", lambda line: line._replace(seen={"00" * 32: (3, "00" * 32)})),
    ],
)
def test_a_well_signed_line_that_says_what_it_may_not_is_found(
    project: Project, check: str, change: Callable[[Line], Line]
) -> None:
    forge(project, change)
    report = verify(project.folder, anchor=project.ws)
    assert report.verdict in (Verdict.FAIL, Verdict.INCOMPLETE)
    assert check in {finding.check for finding in report.findings}


def test_a_machine_that_approves_is_found(project: Project) -> None:
    forge(project, lambda line: line._replace(type="approval.given", is_self=True), signer=project.machine)
    report = verify(project.folder, anchor=project.ws)
    assert report.verdict == Verdict.FAIL
    assert {finding.check for finding in report.findings} >= {"roles", "causes"}


def test_an_unknown_type_is_kept_verified_and_shown(project: Project) -> None:
    forge(project, lambda line: line._replace(type="moon.landed"))
    report = verify(project.folder, anchor=project.ws)
    assert report.verdict == Verdict.REMARKS
    with project.open() as trail:
        assert "moon.landed" in {event.type for event in trail.events()}


def test_two_histories_under_one_checkpoint_size_are_found(project: Project) -> None:
    note = notes.write(Checkpoint(5, "ab" * 32), project.ws, project.owner)
    (project.feed() / "ckpt" / "000000000005").write_bytes(note)
    report = judged(project)
    assert report.verdict == Verdict.FAIL
    assert [(finding.check, finding.seq) for finding in report.findings] == [("checkpoints", 5)]


def test_a_checkpoint_beyond_the_end_means_that_lines_are_missing(project: Project) -> None:
    note = notes.write(Checkpoint(99, "ab" * 32), project.ws, project.owner)
    (project.feed() / "ckpt" / "000000000099").write_bytes(note)
    assert judged(project).verdict == Verdict.INCOMPLETE


def test_a_decision_that_no_checkpoint_covers_is_remarked(project: Project) -> None:
    shutil.rmtree(project.feed() / "ckpt")
    assert judged(project).verdict == Verdict.REMARKS


def test_the_missing_details_of_a_decision_are_a_failure(project: Project) -> None:
    path = project.folder / "bodies" / project.owner.feed / "000000.jsonl"
    kept = [raw for raw in path.read_bytes().split(b"\n") if b"standard" not in raw]
    path.write_bytes(b"\n".join(kept))
    report = judged(project)
    assert report.verdict == Verdict.FAIL
    assert [finding.check for finding in report.findings] == ["bodies"]


def test_a_field_erased_without_an_event_is_a_failure(project: Project) -> None:
    path = project.folder / "bodies" / project.owner.feed / "000000.jsonl"
    raws = path.read_bytes().split(b"\n")
    line = json.loads(raws[0])
    line["fields"]["name"] = {"leaf": "00" * 32}
    path.write_bytes(b"\n".join([json.dumps(line).encode(), *raws[1:]]))
    assert judged(project).verdict == Verdict.FAIL


def test_another_key_beside_the_feed_is_found(project: Project) -> None:
    (project.feed(project.machine) / "key").write_bytes(FakeSigner("other").public)
    assert judged(project).verdict == Verdict.FAIL


def test_a_report_counts_what_it_looked_at(project: Project) -> None:
    report = judged(project)
    counts = {check.name: check.count for check in report.checks}
    assert counts["lines"] == counts["signatures"] == counts["bodies"] == sum(report.sizes.values()) == 14
    assert counts["causes"] == 3
    assert report.found == len(report.findings) == 0


def test_at_most_a_thousand_findings_are_kept(tmp_path: Path) -> None:
    project = found(tmp_path, labels=600)
    for path in project.feed().glob("*.evt"):
        path.write_bytes(path.read_bytes().replace(b'"app":"library', b'"app":"librarx'))
    report = judged(project)
    assert len(report.findings) == 1000
    assert report.found > 1000


def test_what_is_recorded_after_the_moment_that_is_verified_is_not_looked_at(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that starts and ends meanwhile: its lines, that rest on each other, and the checkpoint over them."""
    walk = _Verification._walk

    def late(self: _Verification, *given: Any) -> None:
        monkeypatch.undo()
        with project.open() as trail:
            device = trail.recorder(project.machine)
            (asked,) = trail.events(types={"run.requested"})
            (started,) = device.record(Draft("run.started", asked.subjects, cause=(asked.leaf,)))
            device.record(Draft("run.finished", asked.subjects, cause=(started.leaf,)))
        walk(self, *given)

    monkeypatch.setattr(_Verification, "_walk", late)
    before = judged(project)
    assert before.findings == ()
    assert before.verdict == Verdict.PASS
    assert sum(judged(project).sizes.values()) == sum(before.sizes.values()) + 2


def test_while_others_write_a_verification_still_passes(project: Project) -> None:
    with project.open() as trail:
        for number in range(30):
            trail.recorder(project.owner).record(label(number), Draft("label.set"))
            assert judged(project).verdict == Verdict.PASS
