"""A model of ten thousand inputs, from the gate through the release to an answer of the real service."""

import json
from dataclasses import dataclass
from typing import Any

from surefoot.deployments.probes import ask
from surefoot.models.gate import judge
from tests.fakes.models import wide_model, wide_vectors
from tests.fakes.releases import Story
from tests.unit.deployments.conftest import Yard

COLUMNS = 10_000


@dataclass
class Wide(Story):
    """A story of the wide model; data and checks are as ever."""

    def told(self) -> "Wide":
        model, vectors = wide_model(COLUMNS), wide_vectors(COLUMNS)
        found = judge(model, vectors).signature
        assert found is not None
        sides: dict[str, list[dict[str, Any]]] = {
            side: [{"name": each.name, "type": each.type, "shape": list(each.shape)} for each in ports]
            for side, ports in (("inputs", found.inputs), ("outputs", found.outputs))
        }
        digests = {"model.onnx": self.objects.put_bytes(model), "vectors.json": self.objects.put_bytes(vectors)}
        sizes = {"model.onnx": len(model), "vectors.json": len(vectors)}
        outputs = {name: {"sha256": digest, "size": sizes[name]} for name, digest in digests.items()}
        self.change["run.finished"] = {"outputs": outputs}
        said = {"model": digests["model.onnx"], "vectors": digests["vectors.json"], "signature": sides}
        self.change["model.accepted"] = said
        self.dataset()
        self.trained()
        self.model_sha = digests["model.onnx"]
        self.accept()
        self.check("accuracy")
        self.check("parity")
        return self


def test_ten_thousand_inputs_are_released_served_and_checked_one_by_one(yard: Yard) -> None:
    story = Wide(yard.recorder, yard.recorder.as_role("machine"), yard.objects).told()
    release = yard.releases.draft(story.run, environments=("local",))
    yard.releases.approve(release.id)
    deployed = yard.deployments.deploy(yard.releases.sign(release.id).id)
    assert len(deployed.example) == COLUMNS
    token, _ = yard.places.environment("local").token()
    row = dict(deployed.example)
    for body, status in ((row, 200), ({**row, "c9999": "x"}, 400), ({**row, "c10000": 1.0}, 400)):
        answer = ask(yard.active().port, "/predict", body={"rows": [body]}, token=token, seconds=30)
        assert answer.status == status, json.dumps(dict(answer.body))[:500]
