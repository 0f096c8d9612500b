"""The README's two commands up to the moment in which the program itself begins, and what a wheel carries."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("run", "test")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that was set up before, whose program only says how it was called."""
    made = tmp_path / "check out"
    shutil.copytree(ROOT / "packaging", made / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", made)
    program = made / ".venv" / "bin" / "surefoot"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "called: $*"\n', encoding="utf-8")
    program.chmod(0o755)
    python = program.with_name("python")
    installs_nothing = f'case "$1" in -c) exec "{sys.executable}" "$@";; *) echo "asked: $*" >&2; exit 7;; esac'
    python.write_text(f"#!/bin/sh\n{installs_nothing}\n", encoding="utf-8")
    python.chmod(0o755)
    note = f"{sys.version} {made / '.venv'}\n"
    (made / ".venv" / "surefoot-python").write_text(note, encoding="utf-8")
    stamp = (made / "packaging/locks/run.txt").read_bytes() + (made / "pyproject.toml").read_bytes()
    (made / ".venv" / "surefoot-run").write_text(hashlib.sha256(stamp).hexdigest(), encoding="utf-8")
    return made


def shell(checkout: Path, *words: str, programs: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.environ["PATH"] if programs is None else f"{programs}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(checkout)}
    return subprocess.run(
        ["sh", *words], cwd=checkout.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def put(folder: Path, **programs: str) -> Path:
    """Programs of a machine that is another than this one."""
    folder.mkdir()
    for name, text in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        path.chmod(0o755)
    return folder


def test_a_second_start_takes_less_than_three_seconds_and_hands_on_what_was_asked(checkout: Path) -> None:
    before = time.monotonic()
    done = shell(checkout, f"{checkout}/packaging/run.sh", "--fresh", "--lang", "vi")
    assert time.monotonic() - before < 3
    assert (done.returncode, done.stdout, done.stderr) == (0, "called: sample run --fresh --lang vi\n", "")


def test_a_changed_lock_is_noticed_and_set_up_anew(checkout: Path, tmp_path: Path) -> None:
    with (checkout / "packaging/locks/run.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    python = 'case "$*" in *"sys.exit"*|*ensurepip*) exit 0;; *) echo "asked: $*" >&2; exit 7;; esac'
    done = shell(checkout, f"{checkout}/packaging/run.sh", programs=put(tmp_path / "bin", **{"python3.12": python}))
    assert (done.returncode, "called" in done.stdout) == (7, False)
    assert "asked: -m pip install" in done.stderr, "into the environment that is there"


@pytest.mark.parametrize("change", ["upgraded", "gone", "moved"])
def test_an_environment_whose_python_is_another_or_whose_place_is_another_is_made_anew(
    checkout: Path, tmp_path: Path, change: str
) -> None:
    note = checkout / ".venv" / "surefoot-python"
    if change == "upgraded":
        note.write_text(note.read_text(encoding="utf-8").replace(sys.version[:4], "2.7."), encoding="utf-8")
    elif change == "gone":
        (checkout / ".venv" / "bin" / "python").unlink()
    else:
        checkout = checkout.rename(tmp_path / "elsewhere")
    python = 'case "$*" in *"sys.exit"*|*ensurepip*) exit 0;; *) echo "asked: $*" >&2; exit 7;; esac'
    done = shell(checkout, f"{checkout}/packaging/run.sh", programs=put(tmp_path / "bin", **{"python3.12": python}))
    assert (done.returncode, done.stdout) == (7, "")
    assert "asked: -m venv .venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_where_nothing_may_be_installed_the_one_line_to_run_is_printed(checkout: Path, tmp_path: Path) -> None:
    nobody = put(tmp_path / "bin", id="echo 1000", sudo="exit 1", dpkg_query="exit 1", apt_get="exit 1")
    script = f'cd "{checkout}"; . packaging/setup.sh; install_debian git libgl1'
    done = shell(checkout, "-c", script, programs=nobody)
    assert done.returncode == 1
    line = "sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends git libgl1'"
    assert done.stderr.splitlines()[-1].strip() == line


def test_the_build_machine_runs_the_readme_s_command() -> None:
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "exec sh packaging/test.sh"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"sh packaging/run.sh", "sh packaging/test.sh"} <= set(readme.splitlines())


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_by_hash_and_names_no_place(name: str) -> None:
    text = (ROOT / "packaging/locks" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", text.replace("\\\n", "\n").strip())
    # A line that begins at the margin begins a package; its hashes stand below it.
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z,-]+\])?==\S+", entry, re.IGNORECASE), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_a_wheel_carries_library_desktop_texts_templates_and_the_sample(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("surefoot-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = {f"surefoot/_resources/{path.relative_to(ROOT / 'resources')}" for path in resources()}
    assert data <= names
    assert {"surefoot/py.typed", "surefoot_app/py.typed", "surefoot/cli/__main__.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "packaging/", "docs/"))]


def resources() -> list[Path]:
    """What git keeps there, which is what is meant to leave the house."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return [path for path in (ROOT / "resources").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "resources"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]
