"""From an accepted model to a signed capsule on disk, over a real store, catalog and key."""

import json
from pathlib import Path

from surefoot.releases import State, verify_capsule
from surefoot.releases import capsule as layout
from tests.unit.releases.conftest import Bench


def test_a_good_model_becomes_a_signed_capsule_that_verifies(bench: Bench, tmp_path: Path) -> None:
    bench.adopt()
    story = bench.story().tell()
    release = bench.releases.draft(story.run)
    assert (release.name, release.version) == ("german-credit", "1.0.0")
    judged = bench.releases.check(release.id)
    assert {gate.name: gate.state for gate in judged if not gate.is_passed} == {"approvals": State.MISSING}
    bench.releases.approve(release.id)
    signed = bench.releases.sign(release.id)
    assert signed.state == "signed"
    verified = bench.releases.materialise("german-credit@1.0.0", tmp_path / "capsule")
    again = verify_capsule(tmp_path / "capsule", bench.releases.anchor(release.id, "local"))
    assert again.digest == verified.digest == signed.digest
    assert again.statement["solo"] is True
    signature = json.loads((tmp_path / "capsule" / layout.SIGNATURE).read_bytes())
    assert signature["target"] == {"name": "risk", "positive": "bad"}
    assert signature["inputs"] == [
        {"name": "age", "type": "float32", "shape": [-1, 1], "minimum": "19.0", "maximum": "75.0", "unit": "years"},
        {"name": "job", "type": "string", "shape": [-1, 1], "categories": ["clerk", "none"]},
    ]
