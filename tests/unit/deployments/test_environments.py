"""Environments in surefoot.toml, and the catalog's table of deployments."""

from pathlib import Path

import pytest

from surefoot.deployments import REDUCERS, Environment, tables
from surefoot.deployments.environments import read
from surefoot.errors import Code, InputRefusedError
from surefoot.trail import Draft, Json, Subject
from tests.fakes.catalog import assert_order_free
from tests.fakes.recorder import FakeRecorder
from tests.fakes.releases import Story


def test_local_is_there_without_being_written_down(tmp_path: Path) -> None:
    assert read(tmp_path / "surefoot.toml") == {"local": Environment("local")}


def test_a_table_declares_an_environment(tmp_path: Path) -> None:
    path = tmp_path / "surefoot.toml"
    path.write_text('[project]\nname = "x"\n[environment.clinic]\nport = 8123\nlease = "1d"\n', encoding="utf-8")
    assert read(path)["clinic"] == Environment("clinic", 8123, 86_400_000)
    assert "local" in read(path)


@pytest.mark.parametrize(
    "text",
    [
        "environment = 1",
        "[environment]\nlocal = 1",
        "[environment.Local]",
        '[environment."../up"]',
        "[environment.local]\nport = 80",
        "[environment.local]\nport = 70000",
        "[environment.local]\nport = true",
        '[environment.local]\nport = "8080"',
        '[environment.local]\nlease = "8d"',
        '[environment.local]\nlease = "1s"',
        '[environment.local]\nlease = "soon"',
        "[environment.local]\nlease = 7",
        '[environment.local]\nhost = "0.0.0.0"',
        "[environment.local",
        "[enviroment.clinic]",
        "port = 8123",
        'project = "x"',
        '[project]\nnmae = "x"',
        "x = " + "[" * 100_000,
        "x = 1" + "0" * 5_000,
        "# " + "x" * 2**18,
        "\x00",
    ],
    ids=lambda text: text[:30],
)
def test_what_means_nothing_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "surefoot.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputRefusedError) as caught:
        read(path)
    assert caught.value.code is Code.SETTINGS_UNREADABLE
    assert caught.value.values["detail"]


class Store:
    def put_bytes(self, data: bytes) -> str:
        return "a" * 64


def test_the_table_is_the_same_in_whatever_order_events_arrive() -> None:
    recorder = FakeRecorder()
    machine = recorder.as_role("machine")
    story = Story(recorder, machine, Store())
    story.dataset()
    body: dict[str, Json] = {"name": "local", "port": 0}
    recorder.record(Draft("environment.declared", (Subject("local", "b" * 64),), body))
    recorder.record(Draft("environment.declared", (Subject("local", "c" * 64),), {**body, "port": 1}))
    assert_order_free(REDUCERS[0], list(recorder.log))
    assert set(tables.TYPES) == set(REDUCERS[0].types)
