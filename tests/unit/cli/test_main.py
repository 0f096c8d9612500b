"""The door of the command line: what is told, what is kept, and with which exit code it leaves."""

import subprocess
import sys
from pathlib import Path

import pytest

from surefoot import workbench
from surefoot.cli import audit
from surefoot.cli.__main__ import _parser, main
from surefoot.cli.call import Answer, Call
from surefoot.cli.table import VERBS, Verb
from surefoot.errors import UsageError
from surefoot.texts import Words
from surefoot.trail import Draft, Subject
from surefoot.workbench import Workbench


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    state = tmp_path / "state"
    monkeypatch.setattr(workbench, "state_folder", lambda: state)
    with Workbench.create(tmp_path / "p", name="p", person="Ada", sample=True) as bench:
        bench.recorder.record(*(Draft("label.set", (Subject("run_x", "ab" * 32),), {"n": n}) for n in range(3)))
    return tmp_path / "p"


def feed_of(project: Path) -> Path:
    (feed,) = (project / ".surefoot" / "trail" / "feeds").glob("*/000000.evt")
    return feed


def test_a_fault_of_ours_is_told_in_words_and_its_trace_is_kept(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Call) -> Answer:
        raise ZeroDivisionError("by nobody")

    monkeypatch.setattr(audit, "verify", broken)
    assert main(["audit", "verify", "--project", str(project)]) == 1
    told = capsys.readouterr()
    assert "SF-1000" in told.err
    assert "Traceback" not in told.err + told.out
    assert "ZeroDivisionError: by nobody" in (tmp_path / "state" / "faults.log").read_text()


def test_a_reader_that_leaves_early_does_not_change_the_exit_code(project: Path) -> None:
    """The report of a broken record, longer than a pipe, into a program that reads nothing."""
    feed_of(project).write_bytes(b"x\n" * 200)
    program = (
        f"{sys.executable} -m surefoot.cli audit verify --json --project '{project}' | true; exit ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 7, done.stderr


def test_verifying_changes_nothing_of_what_it_looks_at(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = feed_of(project)
    torn = feed.read_bytes() + b'{"actor":"x'
    feed.write_bytes(torn)
    assert main(["audit", "verify", "--project", str(project)]) == 7
    assert feed.read_bytes() == torn
    assert "FAIL" in capsys.readouterr().out


def test_damage_is_named_with_its_place(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed = feed_of(project)
    lines = feed.read_bytes().split(b"\n")
    lines[3] = lines[3].replace(b"label.set", b"label.sit")
    feed.write_bytes(b"\n".join(lines))
    assert main(["audit", "verify", "--project", str(project)]) == 7
    assert f"{feed.parent.name[:8]} 3" in capsys.readouterr().out


def test_doctor_says_what_is_wrong_with_its_exit_code_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--project", str(project)]) == 0
    assert len(feed_of(project).read_bytes().splitlines()) == 5
    assert "the catalog follows the record 5" in capsys.readouterr().out
    feed_of(project).write_bytes(b"")
    assert main(["doctor", "--project", str(project)]) == 7
    assert "look here: the record verifies FAIL" in capsys.readouterr().out


# What a verb's first word may name that the record, or a folder, does not hold.
ASKED_FOR = {"dataset", "before", "run", "runs", "release", "policy", "file", "recipe", "source"}


@pytest.mark.parametrize(
    "verb",
    [v for v in VERBS if v.arguments and not v.arguments[0].flags and v.arguments[0].name in ASKED_FOR],
    ids=lambda verb: verb.key,
)
def test_what_is_not_there_is_told_with_one_exit_code_by_every_verb(
    verb: Verb, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = []
    for argument in verb.arguments:
        if not argument.flags:
            words += ["nothing-like-it"] * (2 if argument.settings.get("nargs") == "+" else 1)  # two runs to compare
    assert main([*verb.words, *words, "--project", str(project)]) == 9, capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        "dataset list", "run list", "check list", "release list", "policy show", "status", "audit verify",
        "audit explain", "explain", "doctor", "dataset show x", "run show x", "release show x", "release check x",
    ],
)  # fmt: skip
def test_who_only_looks_makes_nothing(words: str, project: Path, tmp_path: Path) -> None:
    """No key, no line, no file; only the view of the record, which may be thrown away at any time, is made anew."""

    def seen() -> dict[str, bytes]:
        files = (path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "catalog")
        return {str(path.relative_to(tmp_path)): path.read_bytes() for path in files}

    before = seen()
    assert main([*words.split(), "--project", str(project)]) in {0, 9}
    assert seen() == before


@pytest.mark.parametrize("recipe", ["credit.v2", "old/credit.toml", "old/credit", "./credit"])
def test_a_recipe_is_never_taken_for_another_one_of_a_like_name(
    recipe: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "experiments").mkdir()
    (project / "experiments" / "credit.toml").write_text("here = 1\n", encoding="utf-8")
    monkeypatch.chdir(project)
    for known in ("credit", "credit.toml"):
        assert main(["experiment", "start", known]) == 8, "the recipe is found, and is none"
    capsys.readouterr()
    assert main(["experiment", "start", recipe]) == 9
    assert Path(recipe).name in capsys.readouterr().err


@pytest.mark.parametrize(
    "listed", ["'init', 'run', 'supervise', 'stop'", "init, run, supervise, stop", "supervise, init, run, stop"]
)
def test_an_unknown_verb_is_told_what_there_is_for_people(listed: str) -> None:
    """However this Python lists the choices: 3.11 does it with quotes, 3.13 without."""
    with pytest.raises(UsageError) as refused:
        _parser(Words("en")).error(f"argument VERB: invalid choice: 'start' (choose from {listed})")
    assert refused.value.values["detail"] == "VERB cannot be 'start'; choose one of: init, run, stop."
