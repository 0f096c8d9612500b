"""From an accepted model to a signed capsule on disk, over a real store, catalog and key."""

import json
from pathlib import Path

from surefoot.catalog import Catalog
from surefoot.objects import Objects
from surefoot.releases import REDUCERS, Releases, State, verify_capsule
from surefoot.releases import capsule as layout
from surefoot.trail import Trail, Verdict, verify
from tests.fakes.releases import POLICY, Story
from tests.unit.releases.conftest import Bench, PersonKey


def test_a_good_model_becomes_a_signed_capsule_that_verifies(bench: Bench, tmp_path: Path) -> None:
    bench.adopt()
    story = bench.story().tell()
    release = bench.releases.draft(story.run)
    assert (release.name, release.version) == ("german-credit", "1.0.0")
    judged = bench.releases.check(release.id)
    assert {gate.name: gate.state for gate in judged if not gate.is_open} == {"approvals": State.MISSING}
    bench.releases.approve(release.id)
    signed = bench.releases.sign(release.id)
    assert signed.state == "signed"
    verified = bench.releases.materialise("german-credit@1.0.0", tmp_path / "capsule")
    again = verify_capsule(tmp_path / "capsule", bench.anchor(release))
    assert again.digest == verified.digest == signed.digest
    assert again.statement["solo"] is True
    signature = json.loads((tmp_path / "capsule" / layout.SIGNATURE).read_bytes())
    assert signature["target"] == {"name": "risk", "positive": "bad"}
    assert signature["inputs"] == [
        {"name": "age", "type": "float32", "shape": [-1, 1], "minimum": "0", "maximum": "110", "unit": "years"},
        {"name": "job", "type": "string", "shape": [-1, 1], "categories": ["clerk", "none"]},
    ]


def test_the_real_record_of_a_release_verifies_and_says_who_decided(tmp_path: Path) -> None:
    project, state = tmp_path / "project", tmp_path / "state"
    owner, machine = PersonKey(), PersonKey("dev_" + "m" * 26, role="machine")
    with Trail.create(project / ".surefoot", state=state, owner=owner) as trail:
        trail.enrol(owner, machine)
        objects = Objects(project / ".surefoot" / "objects")
        with Catalog.open(tmp_path / "catalog", trail, REDUCERS) as catalog:
            releases = Releases(
                catalog=catalog, objects=objects, recorder=trail.recorder(owner), signer=owner, project=project
            )
            (project / "policy.toml").write_bytes(POLICY)
            releases.adopt(project / "policy.toml")
            story = Story(trail.recorder(owner), trail.recorder(machine), objects).tell()
            release = releases.draft(story.run)
            releases.approve(release.id)
            signed = releases.sign(release.id)
            assert all(one.is_self for one in signed.approvals)
            assert {gate.why for gate in releases.check(release.id) if gate.name == "approvals"} == {
                "gate.approvals_self"
            }
            verified = releases.materialise(release.id, tmp_path / "capsule")
            assert verified.statement["ws"] == trail.ws
    assert verify(project / ".surefoot", pins=state, anchor=trail.ws).verdict is Verdict.PASS
