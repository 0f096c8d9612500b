"""What a run's place says about its end is believed only in exactly its form."""

import json
from pathlib import Path
from typing import Any

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.executors import ends
from surefoot.executors.facts import Output
from surefoot.payloads.agent import ending
from surefoot.payloads.agent.guardrails import Stop
from surefoot.texts import LANGUAGES, Words


def an_end(**differing: Any) -> dict[str, Any]:
    whole = ending.document(ending.Facts(code=0), run="run_x", began=0.0, seconds=1.5)
    return {**whole, **ending.nothing_collected(), **differing}


def written(folder: Path, value: Any) -> Path:
    (folder / "end.json").write_text(json.dumps(value))
    return folder


def test_no_end_yet_is_none(tmp_path: Path) -> None:
    assert ends.read(tmp_path, "run_x") is None


def test_what_the_agent_writes_is_read(tmp_path: Path) -> None:
    outputs = {"a/b.onnx": {"sha256": "0" * 64, "size": 3}}
    end = ends.read(written(tmp_path, an_end(outputs=outputs, refused_outputs={"l": "link"})), "run_x")
    assert end is not None
    assert (end.state, end.seconds, end.exit_code) == ("finished", "1.5", 0)
    assert (end.outputs, end.refused) == ({"a/b.onnx": Output("0" * 64, 3)}, {"l": "link"})


def test_a_broken_guardrail_comes_through(tmp_path: Path) -> None:
    stop = Stop("interrupted", "memory", {"name": "memory", "limit": 5, "value": 6})
    document = ending.document(ending.Facts(stop=stop), run="run_x", began=0.0, seconds=0.0)
    end = ends.read(written(tmp_path, {**an_end(), **document}), "run_x")
    assert end is not None
    assert (end.state, end.guardrail) == ("interrupted", {"name": "memory", "limit": 5, "value": 6})


@pytest.mark.parametrize(
    "differing",
    [
        {"format": 2},
        {"run": "run_y"},
        {"state": "perfect"},
        {"exit_code": 1.5},
        {"exit_code": True},
        {"seconds": "fast"},
        {"seconds": 1.5},
        {"started_at": "yesterday"},
        {"points": -1},
        {"points": 2**53},
        {"outputs": {"../x": {"sha256": "0" * 64, "size": 1}}},
        {"outputs": {"/x": {"sha256": "0" * 64, "size": 1}}},
        {"outputs": {"a//b": {"sha256": "0" * 64, "size": 1}}},
        {"outputs": {"x": {"sha256": "0" * 63, "size": 1}}},
        {"outputs": {"x": {"sha256": "0" * 64, "size": -1}}},
        {"outputs": []},
        {"guardrail": {"name": 1.5}},
        {"guardrail": "time"},
        {"tracking": {}},
        {"tracking": {"parameters": {"a": 1}, "tags": {}, "artifacts": []}},
        {"missing_outputs": [1]},
        {"detail": "x" * 100_000},
    ],
)
def test_anything_else_is_refused(tmp_path: Path, differing: dict[str, Any]) -> None:
    with pytest.raises(InputRefusedError) as caught:
        ends.read(written(tmp_path, an_end(**differing)), "run_x")
    assert caught.value.code is Code.END_UNREADABLE


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_bytes_that_are_no_end_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "end.json").write_bytes(data)
    with pytest.raises(InputRefusedError):
        ends.read(tmp_path, "run_x")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_that_the_agent_gives_has_words(language: str) -> None:
    package = Path(ending.__file__).parent
    source = "".join((package / f"{name}.py").read_text() for name in ("guardrails", "ending", "run", "keeper"))
    reasons = {"time", "memory", "disk", "processes", "finite", "exit-code", "signal", "not-started", "cancelled"}
    reasons |= {"outputs-missing", "inputs-changed", "agent-killed", "agent-failed", "disk-full"}
    assert all(f'"{reason}"' in source for reason in reasons)
    assert all(Words(language).has(f"say.executors.reason.{reason}") for reason in reasons)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    written(tmp_path, an_end())
    (tmp_path / "end.json").rename(tmp_path / "elsewhere")
    (tmp_path / "end.json").symlink_to(tmp_path / "elsewhere")
    assert ends.read(tmp_path, "run_x") is None
