"""Lessons: one idea, one act on your own data, one question. Three minutes each, tied to what happened.

A lesson is a file `resources/lessons/NN-name.toml` in all languages at once: `on` says after which events it is due (a
type of the record, `check.failed:privacy` for one kind), `act` is a command of ours in which `{run}`, `{release}`,
`{dataset}` and `{notebook}` stand for the reader's own. Nothing is scored; which lessons were read is nobody's business
but the reader's, so the record does not hold it.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from surefoot import resources
from surefoot.errors import Code, UsageError
from surefoot.texts import LANGUAGES


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson in one language.

    Attributes:
        name: as `surefoot lesson NAME` takes it.
        on: after which events it is due. act: the words of a command, without `surefoot`.
        title: what it teaches. idea: why. do: what the act shows.
        question, answers: three, of which `right` (from 0) is the one. because: why it is.
    """

    name: str
    on: tuple[str, ...]
    act: str
    title: str
    idea: str
    do: str
    question: str
    answers: tuple[str, ...]
    right: int
    because: str


def lessons(language: str) -> tuple[Lesson, ...]:
    """All lessons, in the order of the life of a model."""
    return tuple(_lesson(path, language) for path in sorted(resources.path("lessons").glob("*.toml")))


def named(name: str, language: str) -> Lesson:
    """One lesson.

    Raises:
        UsageError: there is none of this name.
    """
    for lesson in lessons(language):
        if lesson.name == name:
            return lesson
    known = ", ".join(lesson.name for lesson in lessons(language))
    raise UsageError(Code.LESSON_UNKNOWN, name=name, known=known)


def due(happened: Collection[str], language: str) -> tuple[Lesson, ...]:
    """The lessons whose time has come.

    Args:
        happened: types of events on the record; those of checks also with their kind, as `check.failed:privacy`.
        language: of the lessons.
    """
    return tuple(lesson for lesson in lessons(language) if any(on in happened for on in lesson.on))


def _lesson(path: Path, language: str) -> Lesson:
    whole = _whole(path)
    words = whole[language if language in LANGUAGES else LANGUAGES[0]]
    return Lesson(
        name=path.stem.partition("-")[2],
        on=tuple(whole["on"]),
        act=whole["act"],
        right=whole["right"],
        answers=tuple(words["answers"]),
        **{key: words[key] for key in ("title", "idea", "do", "question", "because")},
    )


@cache
def _whole(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
