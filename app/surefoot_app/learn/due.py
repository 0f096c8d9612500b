"""Which lessons are due, which were read, and where their acts lead. No Qt here."""

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from surefoot.guide import lessons
from surefoot.guide.happened import happened, own
from surefoot.guide.lessons import Lesson
from surefoot.workbench import Workbench

State = Literal["due", "read", "later"]
# The first word of an act, and the panel where the same can be seen.
PANELS: Mapping[str, str] = {
    "dataset": "datasets", "run": "runs", "check": "checks", "release": "releases", "policy": "releases",
    "status": "deployments", "audit": "audit", "notebook": "learn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """What the project says: what happened in it, and the newest of what an act may name."""

    happened: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)


def ground(bench: Workbench) -> Ground:
    """Asks the project."""
    return Ground(happened(bench), own(bench))


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson in the list."""

    lesson: Lesson
    state: State


def rows(found: Ground, read: Collection[str], language: str) -> tuple[Row, ...]:
    """All lessons: those that are due and not read come first, each group in the order of the life of a model."""
    due = {lesson.name for lesson in lessons.due(found.happened, language)}
    all_ = [
        Row(one, "read" if one.name in read else "due" if one.name in due else "later")
        for one in lessons.lessons(language)
    ]
    return tuple(sorted(all_, key=lambda row: row.state != "due"))


def act(lesson: Lesson, found: Ground) -> str:
    """The command of a lesson with the reader's own things in it; what there is none of stays a word in brackets."""
    named = {name: shlex.quote(value) for name, value in found.own.items()}
    unknown = {name: f"<{name}>" for name in ("run", "release", "dataset", "notebook")}
    return f"surefoot {lesson.act.format_map({**unknown, **named})}"


def panel(lesson: Lesson) -> str:
    """The panel where the act of a lesson can be done without a terminal."""
    return PANELS.get(lesson.act.partition(" ")[0], "")
