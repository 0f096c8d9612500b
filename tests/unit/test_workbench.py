"""Making and opening a project."""

import shutil
from pathlib import Path

import pytest

from surefoot import workbench
from surefoot.errors import Code, InputRefusedError, SurefootError
from surefoot.trail import Draft, Subject, Trail, Verdict
from surefoot.workbench import Workbench


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setattr(workbench, "state_folder", lambda: folder)
    return folder


def made(folder: Path) -> Workbench:
    return Workbench.create(folder, name='A "quoted" name\n', person="Ada", sample=True)


@pytest.mark.usefixtures("state")
def test_a_new_project_is_there_whole_and_its_record_verifies(tmp_path: Path) -> None:
    with made(tmp_path / "p") as bench:
        assert bench.verify(bench.ws).verdict is Verdict.PASS
    names = {path.name for path in (tmp_path / "p").iterdir()}
    assert names == {".surefoot", "surefoot.toml", "policies"}
    assert (tmp_path / "p" / ".surefoot" / ".gitignore").read_text().endswith("*\n")
    with Workbench.open(tmp_path / "p", unlock=str) as again:
        assert [each.name for each in again.deployments.environments()] == ["local"]


@pytest.mark.usefixtures("state")
def test_what_lies_in_the_folder_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "p" / "policies").mkdir(parents=True)
    (tmp_path / "p" / "surefoot.toml").write_text("[project]\nname = 'mine'\n")
    made(tmp_path / "p").close()
    assert (tmp_path / "p" / "surefoot.toml").read_text() == "[project]\nname = 'mine'\n"
    assert not list((tmp_path / "p" / "policies").iterdir())


@pytest.mark.usefixtures("state")
def test_a_second_project_in_the_same_place_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    made(tmp_path / "p").close()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputRefusedError) as refused:
        made(tmp_path / "p")
    assert refused.value.code is Code.PROJECT_EXISTS
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("kept", ["objects", "runs", "bodies", ".gitignore"])
def test_a_project_that_came_back_without_its_record_is_left_as_it_is(tmp_path: Path, kept: str) -> None:
    made(tmp_path / "p").close()
    place = tmp_path / "p" / ".surefoot"
    for path in place.iterdir():
        if path.name != kept:
            path.unlink() if path.is_file() else shutil.rmtree(path)
    (place / kept).mkdir(exist_ok=True) if kept != ".gitignore" else None
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputRefusedError) as refused:
        made(tmp_path / "p")
    assert refused.value.code is Code.PROJECT_PARTIAL
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("moved", [False, True])
def test_what_an_interrupted_founding_left_is_begun_anew(tmp_path: Path, moved: bool) -> None:
    made(tmp_path / "p").close()
    place = tmp_path / "p" / ".surefoot"
    draft = place / ".founding-0123456789ab"
    draft.mkdir()
    (place / "trail").rename(draft / "trail")
    if not moved:
        (place / "bodies").rename(draft / "bodies")
    for path in [path for path in place.iterdir() if path.name not in {draft.name, "bodies"}]:
        path.unlink() if path.is_file() else shutil.rmtree(path)
    with made(tmp_path / "p") as bench:
        assert bench.verify(bench.ws).verdict is Verdict.PASS
    assert not draft.exists()


def test_a_project_that_cannot_be_made_leaves_nothing_of_itself(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Trail:
        raise SurefootError(Code.DISK_FULL, path=tmp_path)

    monkeypatch.setattr(Trail, "create", full)
    with pytest.raises(SurefootError):
        made(tmp_path / "p")
    assert not (tmp_path / "p" / ".surefoot").exists()
    assert state.is_dir()


@pytest.mark.usefixtures("state")
def test_a_project_is_found_from_any_folder_below_it(tmp_path: Path) -> None:
    made(tmp_path / "p").close()
    deep = tmp_path / "p" / "train" / "x"
    deep.mkdir(parents=True)
    assert Workbench.find(deep) == tmp_path / "p"
    assert Workbench.find(tmp_path) is None


@pytest.mark.usefixtures("state")
def test_two_open_workbenches_see_each_other_s_acts(tmp_path: Path) -> None:
    with made(tmp_path / "p") as one, Workbench.open(tmp_path / "p", unlock=str) as two:
        one.catalog.catch_up()
        assert two.catalog.catch_up() == 0
        one.recorder.record(Draft("label.set", (Subject("run_x", "ab" * 32),), {"label": "good"}))
        assert two.catalog.catch_up() == 1
        assert two.catalog.one("SELECT count(*) AS n FROM events") == {"n": 3}


def test_a_workbench_verifies_against_the_memory_that_it_was_opened_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with Workbench.create(tmp_path / "credit", name="credit", person="Ada", sample=True) as bench:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))
        assert bench.verify().verdict is Verdict.PASS
