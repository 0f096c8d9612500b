"""What is listed of runs and their checks, and what is said of one: asked of real projects, without a window."""

from pathlib import Path

import pytest

from surefoot.checks.facts import State
from surefoot.errors import IncompleteError
from surefoot.texts import LANGUAGES, Words
from surefoot.workbench import Workbench
from surefoot_app.checks import listing
from surefoot_app.showing import judgements
from surefoot_app.showing.results import span_of
from tests.e2e.conftest import golden_home
from tests.fakes.checked import Project
from tests.gallery.checks import ENTRIES, JUDGEMENTS, RESULTS


def test_a_finished_run_is_listed_before_it_was_checked(project: Project) -> None:
    (before,) = listing.entries(project.bench)
    assert (before.name, before.state) == ("credit/1", "unchecked")
    project.check("accuracy", "failed")
    project.check("parity")
    (after,) = listing.entries(project.bench)
    assert (after.state, after.count) == ("failed", 1)


def test_the_last_result_of_each_kind_counts(project: Project) -> None:
    project.check("accuracy", "failed")
    project.check("accuracy", "close")
    (entry,) = listing.entries(project.bench)
    assert (entry.state, entry.count) == ("close", 1)


@pytest.mark.parametrize("ref", ["run", "model", "name"])
def test_a_run_is_opened_by_whatever_names_it(project: Project, ref: str) -> None:
    project.check("accuracy")
    named = {"run": project.story.run, "model": project.story.model, "name": "credit/1"}[ref]
    found = listing.opened(project.bench, named)
    states = {one.kind: one.state for one in found.judgements}
    assert states["accuracy"] == "passed"
    assert states["parity"] == "not_run"


def test_a_result_names_the_run_it_is_about(project: Project) -> None:
    project.check("accuracy")
    result = project.bench.checks.list(project.story.model)[0].result
    assert result is not None
    assert listing.opened(project.bench, result.id).entry.run == project.story.run


def test_what_is_unknown_is_said_to_be(project: Project) -> None:
    with pytest.raises(IncompleteError):
        listing.opened(project.bench, "run_nobody")


def test_runs_that_pass_a_check_are_named_beside_one_that_does_not(project: Project) -> None:
    runs: list[str] = []
    states: tuple[State, ...] = ("passed", "close", "failed")
    for weight, state in enumerate(states, 1):
        if runs:
            project.story.weight = float(weight)
            project.story.trained()
            project.story.accept()
        project.check("accuracy", state)
        runs.append(project.story.run)
    found = listing.opened(project.bench, runs[2])
    failed = next(one for one in found.judgements if one.kind == "accuracy")
    assert [run for run, _ in failed.passing] == runs[:2], "the gate lets what is close through, too"
    close = next(one for one in listing.opened(project.bench, runs[1]).judgements if one.kind == "accuracy")
    assert close.passing == ((runs[0], "credit/1"),), "clear of the limit is better than close to it"
    assert found.judgements[0] == failed, "the worst stands first"


def test_the_golden_project_of_format_1_shows_its_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = golden_home(tmp_path / "home")
    with Workbench.open(home.project, unlock=str) as bench:
        (entry,) = listing.entries(bench)
        found = listing.opened(bench, entry.run)
    shown = {one.kind: (one.state, one.data, one.picture is not None) for one in found.judgements if one.row.result}
    assert shown == {"accuracy": ("passed", "customers@1", True), "parity": ("passed", "customers@1", False)}


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [("", "all", 24), ("59", "all", 1), ("", "unchecked", 4), ("", "well", 4), ("", "look", 16), ("nothing", "all", 0)],
)
def test_the_list_is_filtered_by_text_and_by_how_a_run_stands(text: str, kind: str, count: int) -> None:
    assert len(listing.matching(ENTRIES, text, kind)) == count


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_its_words(language: str) -> None:
    words = Words(language)
    for state in ("failed", "undetermined", "waived", "close", "passed", "unlimited"):
        assert words.has(f"app.checks.state_{state}")
        assert words.has(f"app.checks.list_{state}")
    assert all(judgements.sentence(one, words) for one in JUDGEMENTS)


def test_a_figure_is_drawn_against_its_limit_on_the_right_side() -> None:
    spans = {one.kind: span_of(one) for one in RESULTS}
    fair, good = spans["fairness"], spans["accuracy"]
    assert fair is not None
    assert good is not None
    assert (fair.figure, fair.low, fair.high, fair.limit, fair.is_least) == (0.119, 0.062, 0.176, 0.05, False)
    assert good.is_least
