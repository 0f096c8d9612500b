"""What a run left is believed only as far as it can be checked."""

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surefoot.executors.facts import End, Output
from surefoot.objects import Objects
from surefoot.runs import collection, folders
from surefoot.runs.collection import exact
from surefoot.trail.canonical import encode

PLAN: dict[str, Any] = {"outputs": ["model.onnx"], "criteria": []}


def output(data: bytes) -> Output:
    return Output(hashlib.sha256(data).hexdigest(), len(data))


def end(**more: Any) -> End:
    return End("finished", "", "", "", "1.5", "1.0", 100, exit_code=0, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run" / "output" / "plots").mkdir(parents=True)
    (tmp_path / "run" / "output" / "model.onnx").write_bytes(b"model")
    (tmp_path / "run" / "output" / "plots" / "a.png").write_bytes(b"plot")
    return tmp_path / "run"


def test_every_output_is_taken_by_its_hash(folder: Path, tmp_path: Path) -> None:
    listed = {"model.onnx": output(b"model"), "plots/a.png": output(b"plot")}
    objects = Objects(tmp_path / "objects")
    found = collection.collect(folder, PLAN, objects=objects, end=end(outputs=listed))
    assert found.ending == "finished"
    assert {name: objects.read(one.sha256) for name, one in listed.items()} == {
        "model.onnx": b"model",
        "plots/a.png": b"plot",
    }
    assert "refused" not in found.body
    assert found.body["metrics"] == {}


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "plots/../../secret", "a\nb", "a\\b", "", "plots//a.png"])
def test_a_name_that_leads_elsewhere_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / "secret").write_bytes(b"secret")
    listed = {"model.onnx": output(b"model"), name: output(b"secret")}
    found = collection.collect(folder, PLAN, objects=Objects(tmp_path / "objects"), end=end(outputs=listed))
    assert found.ending == "failed"
    refused = found.body["refused"]
    assert isinstance(refused, list)
    assert [entry["reason"] for entry in refused] == ["name"]


@pytest.mark.parametrize("kind", ["link", "folder link", "pipe", "gone", "hard link"])
def test_what_became_something_else_is_not_taken(folder: Path, tmp_path: Path, kind: str) -> None:
    plot = folder / "output" / "plots" / "a.png"
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.png").write_bytes(b"other")
    plot.unlink()
    if kind == "link":
        plot.symlink_to(tmp_path / "elsewhere" / "a.png")
    elif kind == "folder link":
        plot.parent.rmdir()
        plot.parent.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(plot)
    elif kind == "hard link":
        plot.hardlink_to(tmp_path / "elsewhere" / "a.png")
    listed = {"model.onnx": output(b"model"), "plots/a.png": output(b"plot")}
    found = collection.collect(folder, PLAN, objects=Objects(tmp_path / "objects"), end=end(outputs=listed))
    assert found.ending == "failed"
    assert found.body["outputs"] == {"model.onnx": {"sha256": output(b"model").sha256, "size": 5}}


def test_what_the_command_told_is_kept_bounded_and_without_secrets(folder: Path, tmp_path: Path) -> None:
    tracking = {
        "parameters": {"depth": "3", "api_key": "a1b2c3d4e5f6", "x" * 5000: "y" * 5000},
        "tags": {"note": "key AKIA" + "IOSFODNN7EXAMPLE"},
        "artifacts": [0.5, float("inf"), {"deep": [[[[[[[[[[1]]]]]]]]]]}],
        "else": 1,
    }
    listed = {"model.onnx": output(b"model")}
    body = collection.collect(
        folder, PLAN, objects=Objects(tmp_path / "objects"), end=end(outputs=listed, tracking=tracking)
    ).body
    kept: Any = body["tracking"]
    assert kept["parameters"]["depth"] == "3"
    assert kept["parameters"]["api_key"] == "[masked]"
    assert max(len(name) for name in kept["parameters"]) <= 2000
    assert "AKIA" not in json.dumps(kept)
    assert kept["artifacts"][:2] == ["0.5", "Infinity"]
    assert set(kept) == {"parameters", "tags", "artifacts"}
    encode(body)


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_foreign_json_holds_can_be_recorded(value: Any) -> None:
    encode(exact(value))


def test_a_fraction_stays_what_it_is() -> None:
    assert exact(0.1) == "0.1"
    assert exact(math.nan) == "NaN"
    assert exact(2**60) == str(2**60)


def test_a_lost_run_leaves_what_it_had(folder: Path, tmp_path: Path) -> None:
    (folder / folders.LOG).write_text("said")
    (folder / folders.TELEMETRY).write_text('{"kind":"metric","name":"auc","value":0.5,"step":1,"time_ms":1}\n{"kin')
    objects = Objects(tmp_path / "objects")
    found = collection.collect(folder, PLAN, objects=objects, end=None)
    assert (found.ending, found.body["outputs"], found.body["unreadable"]) == ("lost", {}, 1)
    assert objects.read(str(found.body["log"])) == b"said"
    metrics: Any = found.body["metrics"]
    assert metrics["auc"]["last"] == "0.5"


def test_a_file_of_the_agent_is_read_only_where_it_is_one(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text('{"a": 1}')
    assert folders.read_json(good) == {"a": 1}
    (tmp_path / "link.json").symlink_to(good)
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "torn.json").write_text('{"a"')
    for name in ("none", "link", "pipe", "folder", "list", "deep", "torn"):
        assert folders.read_json(tmp_path / f"{name}.json") is None


def test_removing_a_folder_follows_no_link_and_minds_no_missing_right(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "mine").write_text("mine")
    kept.chmod(0o555)
    folder = tmp_path / "folder"
    (folder / "closed").mkdir(parents=True)
    (folder / "closed" / "file").touch()
    (folder / "closed").chmod(0o555)
    (folder / "link").symlink_to(kept)
    folders.remove(folder)
    assert not folder.exists()
    assert (kept / "mine").read_text() == "mine"
    assert kept.stat().st_mode & 0o777 == 0o555
