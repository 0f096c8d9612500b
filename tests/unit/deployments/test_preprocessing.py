"""A release whose rows go through a graph of preprocessing first: served and scored."""

import csv
import json

import pytest

from surefoot.deployments.scoring import Wish
from surefoot.releases.capsule import PREPROCESSING
from tests.unit.deployments.conftest import ROW, Yard


def test_raw_rows_get_the_same_answers_from_a_service_and_a_scored_file_as_from_the_whole_model(yard: Yard) -> None:
    parted = yard.sign(1.0, is_parted=True)
    yard.deployments.deploy(yard.first)
    whole = yard.ask()
    yard.deployments.deploy(parted)
    assert yard.active().release == parted
    assert (yard.places.capsule(yard.active().digest) / PREPROCESSING).is_file()
    answer = yard.ask()
    assert (answer.status, answer.body["predictions"]) == (200, whole.body["predictions"])
    (yard.project / "surefoot.toml").write_text("[environment.local]\n[environment.clinic]\n")
    source, target = yard.folder / "rows.jsonl", yard.folder / "out.csv"
    source.write_text(json.dumps(ROW) + "\n")
    scored = yard.deployments.scoring.score(Wish(source, target))
    assert (scored.rows, scored.refused, scored.release.id) == (1, 0, parted)
    with target.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["probability"]) == pytest.approx(whole.body["predictions"][0]["probability"], abs=1e-6)
