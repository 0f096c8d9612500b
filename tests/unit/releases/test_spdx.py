"""The SPDX 3 document of a release, read by the model's own library."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from spdx_python_model import v3_0_1 as spdx3

from tests.unit.releases.conftest import Bench


def document(bench: Bench, **said: Any) -> bytes:
    bench.adopt()
    release = bench.releases.draft(bench.story(**said).tell().run)
    bench.releases.approve(release.id)
    bench.releases.sign(release.id)
    return bench.releases.questions.spdx(release.id)


def of(whole: bytes, kind: str) -> Iterator[dict[str, Any]]:
    return (one for one in json.loads(whole)["@graph"] if one["type"] == kind)


def test_it_is_read_whole_by_the_models_library_and_names_what_the_record_says(bench: Bench, tmp_path: Path) -> None:
    whole = document(bench, **{"asset.registered": {"special": ["health"]}})
    found = spdx3.SHACLObjectSet()
    spdx3.JSONLDDeserializer().read(io.BytesIO(whole), found)
    assert found.missing_ids == set()
    (model,) = found.foreach_type(spdx3.ai_AIPackage)
    (data,) = found.foreach_type(spdx3.dataset_DatasetPackage)
    kinds = {str(one.relationshipType).rpartition("/")[2] for one in found.foreach_type(spdx3.Relationship)}
    assert (model.name, model.software_packageVersion, kinds) == ("german-credit", "1.0.0", {"trainedOn", "dependsOn"})
    assert data.dataset_intendedUse == "credit decisions"
    assert str(data.dataset_hasSensitivePersonalInformation).endswith("/yes")
    packages = {one["name"] for one in of(whole, "software_Package")}
    assert {"numpy", "onnxruntime", "uvicorn"} <= packages


def test_what_nobody_said_is_left_out(bench: Bench) -> None:
    whole = document(bench, **{"run.requested": {"goal": ""}})
    (data,), (model,) = of(whole, "dataset_DatasetPackage"), of(whole, "ai_AIPackage")
    assert "dataset_hasSensitivePersonalInformation" not in data
    assert "ai_informationAboutApplication" not in model


def test_a_field_that_the_model_does_not_know_is_refused_by_its_library(bench: Bench) -> None:
    whole = json.loads(document(bench))
    next(one for one in whole["@graph"] if one["type"] == "ai_AIPackage")["software_primaryPurpose"] = "nonsense"
    with pytest.raises(ValueError, match="nonsense"):
        spdx3.JSONLDDeserializer().read(io.BytesIO(json.dumps(whole).encode()), spdx3.SHACLObjectSet())
