"""Environments: captured so that they can be told apart and made again; nothing unpinned, nothing half made."""

import base64
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from surefoot.errors import CancelledError, Code, InputRefusedError, SurefootError
from surefoot.experiments import environments

HASH = "--hash=sha256:" + "a" * 64


def test_the_workbench_is_its_frozen_list() -> None:
    environment, listed = environments.workbench()
    assert environment.digest == hashlib.sha256(listed).hexdigest()
    assert environment.python == sys.executable
    lines = listed.decode().splitlines()
    assert lines[0].startswith("# CPython 3.")
    assert any(line.startswith("numpy==") for line in lines)
    assert lines[1:] == sorted(lines[1:])


def locked(folder: Path, text: str) -> Path:
    path = folder / "lock.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n\n",
        f"a==1 {HASH}\n",
        f"a==1.0.post1+cpu \\\n    {HASH} \\\n    {HASH}\n# by b\nb[x,y]==2 ; python_version < '4' {HASH}  # note\n",
    ],
)
def test_a_pinned_and_hashed_lock_is_read(tmp_path: Path, text: str) -> None:
    assert environments.read_lock(locked(tmp_path, text)) == text.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a==1\n", 1),
        (f"# one\na>=1 {HASH}\n", 2),
        (f"a==1 {HASH}\n--index-url https://example.org\n", 2),
        (f"-e .\na==1 {HASH}\n", 1),
        (f"a @ https://example.org/a.whl {HASH}\n", 1),
        (f"a==1 {HASH}\n./local.whl\n", 2),
        ("-r other.txt\n", 1),
        (f"a==1 \\\n  --hash=md5:{'a' * 32}\n", 1),
        ("a==1 \\\n", 1),
        ("\x00\xff", 1),
    ],
)
def test_whatever_else_a_lock_says_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(InputRefusedError) as caught:
        environments.read_lock(locked(tmp_path, text))
    assert (caught.value.code, caught.value.values["line"]) == (Code.LOCK_UNPINNED, line)


def test_a_missing_lock_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError) as caught:
        environments.read_lock(tmp_path / "lock.txt")
    assert caught.value.code is Code.LOCK_MISSING


def wheel(folder: Path) -> tuple[Path, str]:
    """The smallest wheel there is, and its hash."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    files = {
        "tiny.py": b"answer = 42\n",
        "tiny-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        record = "".join(
            f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
            for name, data in files.items()
        )
        archive.writestr("tiny-1.0.dist-info/RECORD", record + "tiny-1.0.dist-info/RECORD,,\n")
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_environment_is_made_once_for_a_lock_and_holds_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    _, digest = wheel(tmp_path)
    lock = f"tiny==1.0 --hash=sha256:{digest}\n".encode()
    made = environments.from_lock(lock, state=tmp_path / "state")
    assert made.digest == hashlib.sha256(lock).hexdigest()
    answer = subprocess.run(
        [str(made.python), "-c", "import tiny; print(tiny.answer)"], check=True, capture_output=True
    )
    assert answer.stdout == b"42\n"
    before = Path(str(made.python)).lstat().st_ctime_ns
    assert environments.from_lock(lock, state=tmp_path / "state") == made
    assert Path(str(made.python)).lstat().st_ctime_ns == before
    # One that was left half made is begun anew.
    (tmp_path / "state" / "environments").joinpath(
        *Path(str(made.python)).parts[-3:-2], environments._COMPLETE
    ).unlink()
    assert environments.from_lock(lock, state=tmp_path / "state") == made
    assert Path(str(made.python)).lstat().st_ctime_ns > before


def test_an_environment_that_cannot_be_made_leaves_nothing_but_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wheel(tmp_path)
    with pytest.raises(SurefootError) as caught:
        environments.from_lock(f"tiny==1.0 {HASH}\n".encode(), state=tmp_path / "state")
    assert caught.value.code is Code.ENVIRONMENT_FAILED
    kinds = sorted(path.suffix for path in (tmp_path / "state" / "environments").iterdir())
    assert kinds == [".lock", ".log"]
    assert Path(str(caught.value.values["log"])).read_text()


def test_making_an_environment_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(CancelledError):
        environments.from_lock(b"", state=tmp_path / "state", cancel=lambda: True)
    assert not [path for path in (tmp_path / "state" / "environments").iterdir() if path.is_dir()]
