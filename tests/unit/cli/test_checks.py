"""`check run`: only what somebody asked for makes it a no."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from surefoot.checks.facts import Asked
from surefoot.cli import checks
from surefoot.cli.call import Answer, Call
from surefoot.texts import LANGUAGES, Words
from tests.unit.checks.test_service import BUILT_IN, Loaded, Project, held_out


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.catalog.close()


def run(
    project: Project, *, policy: Mapping[str, Asked], kinds: Sequence[str] = (), language: str = "en", rows: int = 300
) -> tuple[Answer, str]:
    """The verb on a run whose check `coin` fails by a limit of its own (0.5 where it allows 0.4)."""
    found = project.checks(held_out(rows), checks={**BUILT_IN, "coin": Loaded()}, policy=policy)
    shown = SimpleNamespace(show=lambda _ref: SimpleNamespace(run=project.run))
    call = Call({"run": project.run, "kind": list(kinds)}, Words(language))
    call.__dict__["workbench"] = SimpleNamespace(
        recorder=project.recorder, runs=shown, models=project.models, checks=found
    )
    answer = checks.run(call)
    return answer, answer.lines[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_that_nobody_asked_for_is_told_as_a_finding(project: Project, language: str) -> None:
    project.train({"auc": ("at_least", "0.5")})
    answer, last = run(project, policy={"accuracy": Asked()}, language=language)
    assert answer.exit_code == 0
    assert {one["kind"]: (one["state"], one["stops"]) for one in answer.data["checks"]} == {
        "accuracy": ("passed", False),
        "parity": ("passed", False),
        "coin": ("failed", False),
    }
    assert last == Words(language)("say.cli.check_findings", kinds="coin")


def test_a_check_that_the_policy_requires_makes_it_a_no(project: Project) -> None:
    project.train({})
    answer, last = run(project, policy={"coin": Asked()})
    assert (answer.exit_code, last) == (3, Words()("say.cli.check_stops", kinds="coin"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ref", ["run", "model", None])
def test_what_has_not_run_is_listed_with_the_command_that_runs_it_as_it_stands(
    project: Project, language: str, ref: str | None
) -> None:
    project.train({})
    first, _ = run(project, policy={}, kinds=["parity"], language=language)
    call = Call({"run": {"run": project.run, "model": first.data["model"], None: None}[ref]}, Words(language))
    found = project.checks(held_out(300), checks={**BUILT_IN, "coin": Loaded()}, policy={})
    shown = SimpleNamespace(show=lambda _ref: SimpleNamespace(run=project.run))
    call.__dict__["workbench"] = SimpleNamespace(runs=shown, models=project.models, checks=found)
    told = "\n".join(checks.list_(call).lines)
    assert f"`surefoot check run {project.run} --kind accuracy`" in told
    assert f"`surefoot check run {project.run} --kind coin`" in told
    assert "RUN" not in told


@pytest.mark.parametrize(("limit", "exit_code"), [("0.45", 3), ("0.6", 0)])
def test_a_criterion_of_the_recipe_makes_it_a_no(project: Project, limit: str, exit_code: int) -> None:
    project.train({"heads": ("at_most", limit)})
    assert run(project, policy={})[0].exit_code == exit_code


def test_a_figure_that_the_recipe_asks_for_and_nobody_could_measure_makes_it_a_no(project: Project) -> None:
    project.train({"auc": ("at_least", "0.5")})
    answer, last = run(project, policy={}, rows=20)
    assert answer.exit_code == 3
    assert Words()("say.cli.check_stops", kinds="accuracy") in answer.lines
    assert last == Words()("say.cli.check_findings", kinds="coin")


def test_a_check_that_was_named_was_asked_for(project: Project) -> None:
    project.train({})
    assert run(project, policy={}, kinds=["coin"])[0].exit_code == 3
    assert run(project, policy={}, kinds=["parity"])[0].exit_code == 0


def test_a_figure_that_nobody_set_a_limit_to_bears_no_mark_of_having_passed(project: Project) -> None:
    project.train({})
    answer, _ = run(project, policy={}, kinds=("accuracy", "parity"))
    marks = [line[0] for line in answer.lines if line[0] in "✓·!✗?"]
    assert marks == ["·", "✓"]
    project.train({"auc": ("at_least", "0.5")})
    answer, _ = run(project, policy={}, kinds=("accuracy", "parity"))
    assert [line[0] for line in answer.lines if line[0] in "✓·!✗?"] == ["✓", "✓"]
