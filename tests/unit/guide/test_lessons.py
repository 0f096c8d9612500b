"""Lessons: whole in every language, due when their time has come, with acts that are commands of ours."""

import re
import tomllib

import pytest

from surefoot import resources
from surefoot.cli.table import VERBS
from surefoot.errors import UsageError
from surefoot.guide import lessons
from surefoot.texts import LANGUAGES
from tests.unit.test_vietnamese import FORSAKEN

FILES = sorted(resources.path("lessons").glob("*.toml"))
WORDS = {"title", "idea", "do", "question", "answers", "because"}
MOST_WORDS = 90


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_lesson_is_whole_in_every_language_and_no_longer_than_a_why(path: object) -> None:
    whole = tomllib.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    assert set(whole) == {"on", "act", "right", *LANGUAGES}
    assert re.fullmatch(r"\d\d-[a-z-]+", path.stem)  # type: ignore[attr-defined]
    for language in LANGUAGES:
        assert set(whole[language]) == WORDS
        assert len(whole[language]["answers"]) == 3 > whole["right"] >= 0
        assert len(whole[language]["idea"].split()) <= MOST_WORDS + 20 * (language == "vi")
        assert not any(word in str(whole[language]).lower() for word in FORSAKEN)
    assert whole["en"] != whole["vi"]


@pytest.mark.parametrize("lesson", lessons.lessons("en"), ids=lambda lesson: lesson.name)
def test_the_act_of_a_lesson_is_a_command_of_ours(lesson: lessons.Lesson) -> None:
    words = tuple(lesson.act.split())
    assert [verb for verb in VERBS if words[: len(verb.words)] == verb.words]


def test_a_lesson_is_due_after_what_it_is_about() -> None:
    names = [lesson.name for lesson in lessons.due({"workspace.created", "check.failed:privacy"}, "en")]
    assert names == ["record", "privacy"]
    assert lessons.due((), "en") == ()


def test_a_lesson_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageError) as caught:
        lessons.named("nothing", "vi")
    assert "fairness" in str(caught.value.values["known"])
