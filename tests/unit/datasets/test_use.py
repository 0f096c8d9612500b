"""A version is laid out without its test side, is checked to its last byte, and is compared by what was recorded."""

import json
import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from surefoot.datasets import Finding
from surefoot.errors import Code, IncompleteError, SurefootError
from tests.fakes.datasets import Desk

GOOD = "id,points,answer\n" + "".join(f"r{i},{i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(60))


@pytest.mark.parametrize("storage", ["stored", "referenced"])
def test_training_gets_everything_but_the_test_side(storage: str, at: Desk, tmp_path: Path) -> None:
    version = at.table(GOOD, target="answer", positive="yes", storage=storage).version
    placed = at.datasets.materialise(version, tmp_path / "train")
    assert sorted(path.name for path in placed.folder.iterdir()) == ["schema.json", "train.parquet"]
    assert not os.access(placed.sides["train"], os.W_OK) or os.geteuid() == 0
    assert placed.sides["train"].stat().st_mode & 0o222 == 0
    judged = at.datasets.materialise(version, tmp_path / "check", held_back=False)
    rows = {side: len(pl.read_parquet(path)) for side, path in judged.sides.items()}
    assert rows == version.split["counts"]
    assert sum(rows.values()) == 60


def test_the_schema_says_what_training_has_to_know(at: Desk, tmp_path: Path) -> None:
    version = at.table(GOOD, target="answer", positive="yes", protected=["points"]).version
    schema = json.loads(at.datasets.materialise("table", tmp_path / "m").schema.read_text())
    assert schema["target"] == {"column": "answer", "positive": "yes"}
    assert (schema["key"], schema["protected"], schema["dataset"]["version"]) == (["id"], ["points"], version.version)
    assert schema["columns"][0] == {"name": "id", "type": "text", "role": "key", "confidence": "1.00"}


def test_both_ways_of_keeping_give_the_same_version_and_the_same_bytes(at: Desk, tmp_path: Path) -> None:
    stored = at.table(GOOD, name="a", salt="s", storage="stored").version
    referenced = at.table(GOOD, name="b", salt="s", storage="referenced").version
    assert stored.version == referenced.version
    assert referenced.data is None
    bytes_ = [
        at.datasets.materialise(one, tmp_path / one.name).sides["train"].read_bytes() for one in (stored, referenced)
    ]
    assert bytes_[0] == bytes_[1]


def test_a_referenced_source_is_not_copied(at: Desk) -> None:
    at.table(GOOD, storage="referenced")
    stored = b"".join(path.read_bytes() for path in (at.project / ".surefoot/objects").rglob("*") if path.is_file())
    assert b"r17,3,yes" not in stored
    assert b"PAR1" not in stored


def test_a_silent_change_of_a_referenced_source_is_found_and_refused(at: Desk, tmp_path: Path) -> None:
    version = at.table(GOOD, storage="referenced").version
    assert at.datasets.check("table").is_sound
    path = at.project / "table.csv"
    before = path.stat()
    path.write_text(GOOD.replace("r7,0", "r7,1"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # as silent as can be: same size, same time
    health = at.datasets.check("table")
    assert (health.is_sound, health.findings) == (False, (Finding("changed", str(path)),))
    with pytest.raises(SurefootError) as caught:
        at.datasets.materialise(version, tmp_path / "m")
    assert caught.value.code == Code.SOURCE_CHANGED
    path.unlink()
    assert [one.what for one in at.datasets.check("table").findings] == ["gone"]


def test_a_referenced_source_moves_with_its_project(at: Desk, tmp_path: Path) -> None:
    version = at.table(GOOD, storage="referenced").version
    assert version.place == "table.csv"
    outside = tmp_path / "elsewhere.csv"
    outside.write_text(GOOD)
    assert at.add(outside, storage="referenced", name="b").version.place == str(outside)


def test_damage_and_loss_of_stored_data_are_found(at: Desk, tmp_path: Path) -> None:
    version = at.table(GOOD).version
    assert at.datasets.check("table").is_sound
    shutil.rmtree(at.project / ".surefoot/objects")
    assert {one.what for one in at.datasets.check("table").findings} == {"gone"}
    with pytest.raises(IncompleteError):
        at.datasets.materialise(version, tmp_path / "m")


def test_what_may_not_be_used_any_more_is_not_laid_out(
    at: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.table(GOOD, expiry="2999-12-31")
    at.datasets.materialise("table", tmp_path / "before")
    monkeypatch.setattr("surefoot.datasets.service._is_over", lambda _: True)
    with pytest.raises(SurefootError) as caught:
        at.datasets.materialise("table", tmp_path / "after")
    assert caught.value.code == Code.DATASET_EXPIRED
    assert not (tmp_path / "after").exists()
    assert at.datasets.check("table").findings == (Finding("expired", "2999-12-31"),)


def test_versions_are_compared_by_what_was_recorded(at: Desk) -> None:
    at.table(GOOD, owner="me")
    changed = GOOD.replace("id,points,answer", "id,points,reply").replace(",6,", ",,").replace("r1,1,", "r1,90,")
    at.table(changed + "r60,800,no\n", owner="you")
    found = {(one.what, one.name): (one.before, one.after) for one in at.datasets.diff("table@1", "table@2")}
    assert found["rows", ""] == ("60", "61")
    assert found["removed", "answer"] == ("text", None)
    assert found["added", "reply"] == (None, "text")
    assert found["missing", "points"] == ("0.00", "0.13")
    assert found["permission", "owner"] == ("me", "you")
    assert ("source", "") in found
    assert at.datasets.diff("table@1", "table@1") == ()


def test_drift_is_told_by_its_index(at: Desk) -> None:
    rows = [f"r{i},{i % 100},{'a' if i % 2 else 'b'}" for i in range(400)]
    at.table("id,n,kind\n" + "\n".join(rows))
    rows = [f"r{i},{i % 100 + 60},{'a' if i % 10 else 'b'}" for i in range(400)]
    at.table("id,n,kind\n" + "\n".join(rows))
    found = {one.name: float(str(one.after)) for one in at.datasets.diff("table@1", "table@2") if one.what == "drift"}
    assert found["n"] > 0.5
    assert found["kind"] == pytest.approx((0.9 - 0.5) * 0.5878 + (0.1 - 0.5) * -1.6094, abs=0.01)
