"""The trail format of version 1, kept for ever: what was written then is read now, and its damaged copies still fail.

Made once by `make` below, from a clean tree, when the format was settled. It is never made anew: a later format gets a
sample of its own beside it.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from surefoot.trail import Trail, Verdict, verify
from tests.fakes.signers import FakeSigner
from tests.fakes.trails import Project, found, label
from tests.independent.checker import Checker
from tests.torture import damage

GOLDEN = Path(__file__).parents[2] / "golden" / "trail"
WS = (GOLDEN / "anchor").read_text().strip()


def make() -> None:
    """Writes the sample: seven first lines, labels, a torn tail that was recovered, an erased field."""
    base = GOLDEN / "making"
    project = found(base, labels=3)
    path = project.feed() / "000000.evt"
    path.write_bytes(path.read_bytes() + b"torn")
    with project.open() as trail:
        (event,) = trail.recorder(project.owner).record(label(3))
        trail.erase(project.owner, event, ["label"])
    project.folder.rename(GOLDEN / "1")
    (GOLDEN / "anchor").write_text(f"{project.ws}\n")
    shutil.rmtree(base)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project" / ".surefoot"
    shutil.copytree(GOLDEN / "1", folder)
    return Project(folder, tmp_path / "state", FakeSigner("owner"), FakeSigner("machine", "machine"), WS)


def test_it_verifies(project: Project) -> None:
    report = verify(project.folder, anchor=WS)
    assert (report.verdict, report.findings) == (Verdict.PASS, ())
    assert sorted(report.sizes.values()) == [2, 12]
    assert Checker(project.folder, WS).faults == []


def test_it_reads_as_it_was_written(project: Project) -> None:
    with project.open() as trail:
        events = list(trail.events())
    assert {event.type for event in events} == {
        "workspace.created",
        "feed.opened",
        "device.enrolled",
        "asset.registered",
        "run.requested",
        "run.started",
        "run.finished",
        "policy.adopted",
        "label.set",
        "trail.recovered",
        "erasure.done",
    }
    labels = [event.body for event in events if event.type == "label.set"]
    assert labels == [*({"label": f"nhãn {number}", "number": number} for number in range(3)), {"number": 3}]


def test_it_can_be_continued(project: Project) -> None:
    with project.open() as trail:
        trail.recorder(project.owner).record(label(4))
    assert verify(project.folder, pins=project.state, anchor=WS).verdict == Verdict.PASS


def test_its_damaged_copies_stay_damaged(project: Project) -> None:
    Trail.open(project.folder, state=project.state).close()
    count, missed = damage.tried(project, damage.rearranged(project), damage.is_found_by_verify)
    assert count > 50
    assert missed == []


def test_another_anchor_is_refused(project: Project) -> None:
    assert verify(replace(project, ws="00" * 32).folder, anchor="00" * 32).verdict == Verdict.FAIL
