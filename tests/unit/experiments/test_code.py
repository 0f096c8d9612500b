"""The state of the code: what is recorded is what ran; links, secrets and floods are refused."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from surefoot.errors import Code, InputRefusedError
from surefoot.experiments import code
from surefoot.experiments.facts import CodeState
from surefoot.objects import Objects


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "train" / "x").mkdir(parents=True)
    (folder / "experiments").mkdir()
    (folder / "experiments" / "x.toml").write_text("[experiment]\n")
    (folder / "train" / "x" / "train.py").write_text("print('hello')\n")
    return folder


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(tmp_path / "objects")


def capture(project: Path, objects: Objects) -> CodeState:
    return code.capture(project, "x", recipe=project / "experiments" / "x.toml", objects=objects)


def git(folder: Path, *words: str) -> str:
    names = {f"GIT_{who}_{what}": "test@example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env={**os.environ, **names, "GIT_CONFIG_GLOBAL": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def committed(project: Path) -> str:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-q", "-m", "one")
    return git(project, "rev-parse", "HEAD")


def test_without_git_the_files_alone_say_what_ran(project: Path, objects: Objects, tmp_path: Path) -> None:
    tool = project / "train" / "x" / "lib" / "tool.sh"
    tool.parent.mkdir()
    tool.write_bytes(b"\0binary")
    tool.chmod(0o755)
    (project / "train" / "x" / "__pycache__").mkdir()
    (project / "train" / "x" / "__pycache__" / "x.pyc").write_bytes(b"made by a tool")
    state = capture(project, objects)
    assert (state.commit, state.dirty, state.patch, state.count) == (None, False, None, 2)
    code.restore(state.files, tmp_path / "restored", objects=objects)
    assert (tmp_path / "restored" / "train.py").read_text() == "print('hello')\n"
    assert os.access(tmp_path / "restored" / "lib" / "tool.sh", os.X_OK)
    assert not os.access(tmp_path / "restored" / "train.py", os.X_OK)


def test_a_clean_tree_is_its_commit(project: Path, objects: Objects) -> None:
    commit = committed(project)
    state = capture(project, objects)
    assert (state.commit, state.dirty, state.patch) == (commit, False, None)


def test_an_edit_makes_it_dirty_and_its_patch_leads_back_to_what_ran(project: Path, objects: Objects) -> None:
    committed(project)
    file = project / "train" / "x" / "train.py"
    file.write_text("print('changed')\n")
    (project / "notes.txt").write_text("not part of the run")
    state = capture(project, objects)
    assert state.dirty
    assert state.patch is not None
    file.write_text("print('hello')\n")
    subprocess.run(["git", "-C", str(project), "apply"], input=objects.read(state.patch), check=True)
    assert file.read_text() == "print('changed')\n"
    assert b"notes" not in objects.read(state.patch)


@pytest.mark.parametrize("ignored", [False, True])
def test_a_file_that_git_does_not_know_makes_it_dirty_even_where_it_is_ignored(
    project: Path, objects: Objects, ignored: bool
) -> None:
    if ignored:
        (project / ".gitignore").write_text("settings.json\n")
    committed(project)
    (project / "train" / "x" / "settings.json").write_text("{}")
    assert capture(project, objects).dirty


def test_a_repository_without_a_commit_is_no_reason_to_fail(project: Path, objects: Objects) -> None:
    git(project, "init", "-q")
    assert capture(project, objects).commit is None


def test_a_broken_repository_is_no_reason_to_fail(project: Path, objects: Objects) -> None:
    (project / ".git").write_text("gitdir: /nowhere\n")
    assert capture(project, objects).commit is None


def test_the_repository_cannot_make_us_run_its_programs(project: Path, objects: Objects, tmp_path: Path) -> None:
    committed(project)
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager"):
        git(project, "config", key, str(trap))
    (project / ".gitattributes").write_text("*.py diff=trap\n")
    git(project, "config", "diff.trap.textconv", str(trap))
    (project / "train" / "x" / "train.py").write_text("print('changed')\n")
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert capture(project, objects).dirty
    assert not (tmp_path / "sprung").exists()


def refused(project: Path, objects: Objects) -> InputRefusedError:
    with pytest.raises(InputRefusedError) as caught:
        capture(project, objects)
    return caught.value


def test_links_and_pipes_are_refused_by_name(project: Path, objects: Objects, tmp_path: Path) -> None:
    here = project / "train" / "x"
    (tmp_path / "outside").mkdir()
    for make in (
        lambda path: path.symlink_to(tmp_path / "outside"),
        lambda path: path.symlink_to("/etc/passwd"),
        lambda path: path.symlink_to(here / "train.py"),
        os.mkfifo,
    ):
        make(here / "odd")
        error = refused(project, objects)
        assert (error.code, error.values["path"]) == (Code.CODE_LINK, here / "odd")
        (here / "odd").unlink()


def test_a_code_folder_that_is_a_link_or_missing_or_empty_is_refused(project: Path, objects: Objects) -> None:
    folder = project / "train" / "x"
    (folder / "train.py").unlink()
    assert refused(project, objects).code is Code.CODE_MISSING
    folder.rmdir()
    assert refused(project, objects).code is Code.CODE_MISSING
    folder.symlink_to(project / "experiments")
    assert refused(project, objects).code is Code.CODE_MISSING


def test_names_that_could_not_be_read_back_are_refused(project: Path, objects: Objects) -> None:
    for name in (b"a\nb", b"caf\xe9", b"a\\b"):
        path = os.path.join(os.fsencode(project / "train" / "x"), name)  # noqa: PTH118 (bytes that are no text)
        os.close(os.open(path, os.O_CREAT))
        assert refused(project, objects).code is Code.CODE_NAME
        os.unlink(path)  # noqa: PTH108


def test_floods_are_refused_before_they_are_stored(
    project: Path, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (project / "train" / "x" / "huge.bin").open("wb") as file:
        file.truncate(code.MOST_BYTES * 16)
    assert refused(project, objects).code is Code.CODE_TOO_BIG
    (project / "train" / "x" / "huge.bin").unlink()
    monkeypatch.setattr(code, "MOST_FILES", 3)
    for n in range(3):
        (project / "train" / "x" / f"{n}.py").touch()
    assert refused(project, objects).code is Code.CODE_TOO_BIG


def test_a_secret_in_the_code_stops_the_run_and_is_not_stored(project: Path, objects: Objects) -> None:
    (project / "train" / "x" / "train.py").write_text("\nkey = 'AKIA" + "IOSFODNN7EXAMPLE'\n")
    error = refused(project, objects)
    assert (error.code, error.values["kind"]) == (Code.SECRET_FOUND, "AWS key")
    assert str(error.values["place"]).endswith("train.py:2")


def test_a_secret_that_the_patch_takes_away_is_masked(project: Path, objects: Objects) -> None:
    file = project / "train" / "x" / "train.py"
    body = "".join(f"MIIEow{number}+/x\n" for number in range(9))
    pem = "-----BEGIN " + f"PRIVATE KEY-----\n{body}-----END " + "PRIVATE KEY-----\n"
    file.write_text("key = 'AKIA" + f'IOSFODNN7EXAMPLE\'\npem = """{pem}"""\nlast = 1\n')
    committed(project)
    file.write_text("key = None\nlast = 2\n")
    patch = capture(project, objects).patch
    assert patch is not None
    kept = objects.read(patch)
    assert b"AKIA" not in kept
    assert b"MIIEow" not in kept
    assert b"-last = 1\n+key = None\n+last = 2\n" in kept


def test_a_manifest_that_leads_out_of_the_folder_is_refused(objects: Objects, tmp_path: Path) -> None:
    inside = objects.put_bytes(b"x")
    for path in ("../x", "/etc/x", "a/../../x"):
        listed = {"format": 1, "files": [{"path": path, "size": 1, "sha256": inside, "executable": False}]}
        manifest = objects.put_bytes(json.dumps(listed).encode())
        with pytest.raises(InputRefusedError):
            code.restore(manifest, tmp_path / path.replace("/", "_"), objects=objects)
    assert not (tmp_path / "x").exists()
