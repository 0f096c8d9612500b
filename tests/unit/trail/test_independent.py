"""A reader written from the format's description alone, and the library: they agree on whole and on damaged trails."""

import subprocess
import sys
from pathlib import Path

import pytest

from surefoot.trail import Verdict, verify
from tests.fakes.trails import Project, found
from tests.independent.checker import Checker
from tests.torture import damage

CHECKER = Path(__file__).parents[2] / "independent" / "checker.py"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return found(tmp_path)


def test_both_find_a_whole_trail_whole(tmp_path: Path) -> None:
    project = found(tmp_path, labels=260)
    assert Checker(project.folder, project.ws).faults == []
    assert not damage.is_found_by_verify(project)


def agree(project: Project) -> bool:
    """Cut at the end of a line, a trail is shorter and whole: only pins and anchors tell, which the checker has not."""
    by_checker = bool(Checker(project.folder, project.ws).faults)
    report = verify(project.folder, anchor=project.ws)
    return by_checker == (report.verdict in (Verdict.FAIL, Verdict.INCOMPLETE))


def test_both_agree_on_every_rearranged_trail(project: Project) -> None:
    count, missed = damage.tried(project, damage.rearranged(project), agree)
    assert count > 25
    assert missed == []


def test_both_agree_on_every_damaged_file(project: Project) -> None:
    count, missed = damage.tried(project, damage.misplaced(project), agree)
    assert count > 20
    assert missed == []


def test_the_checker_runs_alone(project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-I", CHECKER, project.folder, project.ws], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "whole\n")
    path = project.feed() / "000000.evt"
    path.write_bytes(path.read_bytes().replace(b"library", b"librarx", 1))
    done = subprocess.run([sys.executable, "-I", CHECKER, project.folder], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "signature" in done.stdout
