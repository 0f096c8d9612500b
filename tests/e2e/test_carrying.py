"""A release is carried away and proved by a stranger who has no project, only three values told by another way."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from surefoot.releases.verification import STEPS
from tests.e2e.conftest import Home, golden_home

GOLDEN = Path(__file__).parents[1] / "golden" / "project"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return golden_home(tmp_path / "home")


@pytest.fixture
def stranger(tmp_path: Path) -> Home:
    (tmp_path / "stranger").mkdir()
    return Home(tmp_path / "stranger", tmp_path / "stranger")


def told(written: dict[str, Any], **other: str) -> list[str]:
    said = {name: written[name] for name in ("anchor", "release", "environment")} | other
    return [word for name, value in said.items() for word in (f"--{name}", value)]


def change(folder: Path) -> None:
    file = folder / "model-card.md"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"\n")


def add(folder: Path) -> None:
    (folder / "openapi.json").write_bytes(b"{}")


def link(folder: Path) -> None:
    (folder / "lock.txt").unlink()
    (folder / "lock.txt").symlink_to("settings.json")


def resign(folder: Path) -> None:
    file = folder / "statements" / "check-accuracy.dsse"
    file.chmod(0o600)
    file.write_bytes((folder / "statements" / "check-parity.dsse").read_bytes())


def test_what_was_exported_is_proved_elsewhere(home: Home, stranger: Home) -> None:
    folder = stranger.folder / "capsule"
    written = home.json("release", "export", "stay@1.0.0", str(folder))
    assert written["bytes"] == sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    assert stranger.json("release", "verify", "capsule", *told(written)) == {"verdict": "pass", "proved": [*STEPS]}
    assert stranger.call("release", "verify", "capsule", *told(written), "--lang", "vi").stdout.count("✓") == len(STEPS)
    assert written["spdx"] is None
    home.call("release", "export", "stay@1.0.0", str(folder), exit_code=8)


def test_spdx_lies_beside_the_capsule_and_not_in_it(home: Home, stranger: Home) -> None:
    written = home.json("release", "export", "stay@1.0.0", str(stranger.folder / "capsule"), "--spdx")
    assert Path(written["spdx"]) == stranger.folder / "capsule.spdx.json"
    assert json.loads(Path(written["spdx"]).read_bytes())["@graph"]
    stranger.call("release", "verify", "capsule", *told(written))


def test_a_file_that_lies_where_spdx_would_is_left_and_nothing_is_written(home: Home, stranger: Home) -> None:
    mine = stranger.folder / "capsule.spdx.json"
    mine.write_text("mine")
    refused = home.call(
        "release", "export", "stay@1.0.0", str(stranger.folder / "capsule"), "--spdx", exit_code=8
    ).stderr
    assert "SF-2623" in refused
    assert mine.read_text() == "mine"
    assert not (stranger.folder / "capsule").exists()


@pytest.mark.parametrize(
    ("spoil", "failed", "code"),
    [(link, "layout", "SF-2618"), (change, "files", "SF-2617"), (add, "files", "SF-2616"),
     (resign, "statements", "SF-2617")],
)  # fmt: skip
def test_what_is_spoilt_on_the_way_is_told_by_its_step(
    home: Home, stranger: Home, spoil: Callable[[Path], None], failed: str, code: str
) -> None:
    written = home.json("release", "export", "stay@1.0.0", str(stranger.folder / "capsule"))
    spoil(stranger.folder / "capsule")
    got = stranger.json("release", "verify", "capsule", *told(written), exit_code=7)
    assert (got["verdict"], got["failed"], got["problem"]["code"]) == ("fail", failed, code), json.dumps(got)
    assert got["proved"] == [*STEPS[: STEPS.index(failed)]]
    assert "✗" in stranger.call("release", "verify", "capsule", *told(written), exit_code=7).stdout


def test_another_workspace_release_or_environment_is_not_the_one_named(home: Home, stranger: Home) -> None:
    written = home.json("release", "export", "stay@1.0.0", str(stranger.folder / "capsule"))
    for name, value in (("anchor", "0" * 64), ("release", "0" * 64), ("environment", "elsewhere")):
        got = stranger.json("release", "verify", "capsule", *told(written, **{name: value}), exit_code=7)
        assert (got["failed"], got["problem"]["code"]) == ("manifest", "SF-2620")
    stranger.call("release", "verify", "capsule", *told(written, anchor="x"), exit_code=2)
    stranger.call("release", "verify", "nowhere", *told(written), exit_code=9)
