"""A folder for work in progress is gone when the work is, whoever ended it."""

import subprocess
import sys
from pathlib import Path

import pytest

from surefoot.workers.scratch import scratch_folder


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "scratch") as folder:
        (folder / "deep").mkdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_a_folder_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), scratch_folder(tmp_path) as folder:
        raise KeyError
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom surefoot.workers.scratch import scratch_folder\n"
        "with scratch_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'data').write_text('x')\n    print(folder, flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    left = Path(done.stdout.strip())
    assert left.is_dir()
    with scratch_folder(tmp_path) as mine, scratch_folder(tmp_path) as other:
        assert not left.exists()
        assert mine.is_dir()
        assert other.is_dir()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    (tmp_path / "work-evil").symlink_to(target)
    with scratch_folder(tmp_path):
        pass
    assert target.is_dir()
