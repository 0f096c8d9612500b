"""A draft says what is missing at which step, counts its runs, and writes a recipe that keeps all the rest."""

from dataclasses import replace

import pytest

from surefoot.errors import Code
from surefoot.experiments import templates
from surefoot.experiments.recipe import read
from surefoot.texts import LANGUAGES, Words
from surefoot_app.experiments import draft as drafts
from surefoot_app.experiments.draft import STEPS, TEMPLATES, Draft, Known
from surefoot_app.widgets.why import MOST_WORDS

KNOWN = Known(datasets=("credit", "churn"), names=frozenset({"taken"}))
ANSWERS = {
    "name": "mine", "goal": "Who pays back?", "data": (("table", "credit"),), "criteria": (("auc", "at_least", "0.75"),)
}  # fmt: skip


def ready(**changes: object) -> Draft:
    return drafts.changed(drafts.fresh(TEMPLATES[0], KNOWN), {**ANSWERS, **changes})


def missing(**changes: object) -> dict[int, str]:
    found = drafts.judged(ready(**changes), KNOWN).reasons
    return {step: key.rpartition(".")[2] for step, key in found.items()}


def test_what_teaches_is_empty_at_first_and_all_else_holds() -> None:
    draft = drafts.fresh(TEMPLATES[0], KNOWN)
    assert (draft.name, draft.goal, draft.criteria, draft.data) == ("", "", (), (("table", ""),))
    found = drafts.judged(draft, KNOWN)
    assert set(found.reasons) == {0, 1, 3}
    assert not found.is_ready
    assert drafts.fresh(TEMPLATES[0], Known(datasets=("one",))).data == (("table", "one"),)


def test_a_draft_with_all_answers_makes_a_recipe() -> None:
    found = drafts.judged(ready(), KNOWN)
    assert found.is_ready
    assert (found.runs, found.recipe and found.recipe.goal) == (1, "Who pays back?")
    assert "train/mine" in found.text
    assert "@" not in found.text.replace("name@2", "")


@pytest.mark.parametrize(
    ("changes", "step", "key"),
    [
        ({"goal": " "}, 0, "need_goal"), ({"name": "a b"}, 0, "need_name"), ({"name": "taken"}, 0, "name_taken"),
        ({"data": (("table", ""),)}, 1, "need_data"), ({"command": ""}, 1, "need_command"),
        ({"command": "python 'x"}, 1, "need_quotes"), ({"parameters": (("", "1"),)}, 2, "need_parameter"),
        ({"parameters": (("a", "1"), ("a", "2"))}, 2, "parameter_twice"), ({"criteria": ()}, 3, "need_criterion"),
        ({"criteria": (("auc", "at_least", "high"),)}, 3, "need_limit"),
        ({"criteria": (("auc", "at_least", "NaN"),)}, 3, "need_limit"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_step(changes: dict[str, object], step: int, key: str) -> None:
    assert missing(**changes)[step] == key


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"time": "soon"}, 4), ({"memory": ""}, 4), ({"cpu": "many"}, 5), ({"seeds": "1, 1"}, 2),
        ({"parameters": (("depth", "{ from = 3, to = 1, count = 2 }"),)}, 2), ({"outputs": "../x"}, 1),
    ],
)  # fmt: skip
def test_what_a_recipe_is_refused_for_is_found_at_its_step(changes: dict[str, object], step: int) -> None:
    found = drafts.judged(ready(**changes), KNOWN)
    assert not found.is_ready
    assert found.at == step


def test_runs_are_counted_as_they_are_typed() -> None:
    found = drafts.judged(
        ready(parameters=(("model", "a, b"), ("rate", "{ from = 1, to = 4, step = 1 }")), seeds="1, 2, 3", repeats="2"),
        KNOWN,
    )
    assert found.runs == 2 * 4 * 3 * 2
    many = drafts.judged(ready(parameters=(("rate", "{ from = 1, to = 9999, step = 1 }"),), seeds="1, 2"), KNOWN)
    assert (many.runs, many.at, many.error and many.error.code) == (0, 2, Code.TOO_MANY_RUNS)


def test_exploring_needs_no_criterion_and_writes_none() -> None:
    found = drafts.judged(ready(criteria=(), explores=True), KNOWN)
    assert found.is_ready
    assert found.recipe is not None
    assert found.recipe.criteria == ()


def test_a_recipe_that_is_opened_and_not_changed_is_the_same_letter_by_letter() -> None:
    for template in (*templates.names(), templates.OWN):
        text = templates.text(template, name="mine", dataset="credit")
        draft = drafts.opened(text, file="mine.toml")
        kept = drafts.written(draft)
        assert read(kept.encode(), name="x") == read(text.encode(), name="x")
        assert [line for line in text.splitlines() if line not in kept.splitlines()] == []


def test_comments_of_a_recipe_stay_when_an_answer_changes() -> None:
    text = templates.text("tabular-classification", name="mine", dataset="credit").replace(
        "[run]", "# my own words\n[run]"
    )
    draft = drafts.changed(drafts.opened(text, file="mine.toml"), {"seeds": "4, 5", "goal": "Another question"})
    kept = drafts.written(draft)
    assert "# my own words" in kept
    assert kept.count("#") == text.count("#")
    assert read(kept.encode(), name="x").seeds == (4, 5)


def test_an_answer_marks_later_steps_that_were_seen() -> None:
    draft = replace(ready(), step=1, seen=(0, 1, 2, 3), again=())
    assert drafts.changed(draft, {"command": "sh x.sh"}).again == (2, 3)
    assert drafts.changed(draft, {"command": draft.command}).again == ()
    assert drafts.moved(replace(draft, again=(2, 3)), 2).again == (3,)


def test_another_beginning_keeps_what_was_said_of_the_goal() -> None:
    again = drafts.fresh("plain-command", KNOWN, like=ready())
    assert (again.name, again.goal, again.command) == ("mine", "Who pays back?", "sh train.sh")


def test_each_recipe_has_a_draft_of_its_own() -> None:
    assert drafts.file_of("") == "experiment.json"
    assert drafts.file_of("mine.toml") == "experiment-mine.json"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_why_a_step_is_there_is_said_in_few_words(step: str, language: str) -> None:
    words = Words(language)
    said = f"{words(f'app.experiments.why_{step}')} {words(f'app.experiments.do_{step}')}"
    assert len(said.split()) <= MOST_WORDS + 20 * (language == "vi")
