"""Learn as the frame is told of it."""

from collections.abc import Sequence

from surefoot.guide import lessons
from surefoot.texts import Words
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import Feature, Found, Later


def _lessons(words: Words) -> Sequence[Found]:
    return [Found("lesson", lesson.name, lesson.title) for lesson in lessons.lessons(words.language)]


def _actions(desk: Desk) -> Sequence[Action]:
    def act(name: str, icon: str, kind: str, verb: str) -> Action:
        return Action(
            f"learn.{name}",
            icon,
            lambda: desk.open(kind, ""),
            verb=verb,
            why_disabled=lambda: "" if desk.session.project is not None else desk.words("app.shell.no_project"),
        )

    return [
        act("lesson", "graduation-cap", "lesson", "lesson"),
        act("notebook", "file-text", "notebook", "notebook check"),
        act("glossary", "book-open", "term", ""),
    ]


LEARN = Feature(
    id="learn",
    title="app.learn.title",
    icon="graduation-cap",
    build=Later("surefoot_app.learn.page", "LearnPage"),
    opens=("lesson", "notebook", "term"),
    group=3,
    actions=_actions,
    lessons=_lessons,
)
