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


def test_openssl_and_shell_tools_alone_check_a_line(project: Project, tmp_path: Path) -> None:
    """As an auditor would by hand: key file, first line, `openssl pkeyutl`."""
    script = r"""
set -eu
line=$(head -n 1 "$1/000000.evt")
printf '%s' "${line%	*}" > payload
printf '%s' "${line##*	}" | openssl base64 -d -A > signature
type=application/vnd.surefoot.event.v1+json
printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c < payload)" | cat - payload > signed
printf '\060\052\060\005\006\003\053\145\160\003\041\000' | cat - "$1/key" > key.der
openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed -sigfile signature
sha256sum < "$1/key"
"""
    done = subprocess.run(
        ["sh", "-c", script, "sh", project.feed()], check=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.startswith("Signature Verified Successfully\n")
    assert project.owner.feed in done.stdout
