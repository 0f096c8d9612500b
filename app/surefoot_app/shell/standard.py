"""The acts that the frame itself brings: panels, palette, scheme, text size, undo, projects."""

from collections.abc import Callable, Sequence
from typing import Protocol

from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.shell.features import AT_FOOT, Feature
from surefoot_app.shell.reaching import Reach
from surefoot_app.theme import theme
from surefoot_app.theme.tokens import LARGEST, SMALLEST

_STEP = 10


class Frame(Protocol):
    """What these acts ask of the window.

    Attributes:
        reach: the ways of the keyboard through it.
    """

    reach: Reach

    def ask_palette(self, beginning: str = "") -> None:
        """Opens the palette."""

    def show_shortcuts(self) -> None:
        """Shows the page of shortcuts."""

    def toggle_rail(self) -> None:
        """Collapses or opens the rail."""

    def close_project(self) -> None:
        """Goes back to the welcome page."""

    def open_project(self) -> None:
        """Asks for a folder, and opens the project in it."""


def standard(desk: Desk, frame: Frame, features: Sequence[Feature]) -> list[Action]:
    """The frame's own acts, and those of the features."""
    made = [
        *_panels(desk, features),
        *_view(desk, frame),
        *_page(desk, frame.reach),
        *_edit(desk),
        *_project(desk, frame),
    ]
    for feature in features:
        made.extend(feature.actions(desk))
    return made


def _panels(desk: Desk, features: Sequence[Feature]) -> list[Action]:
    numbered = [feature for feature in features if feature.group != AT_FOOT]
    made = []
    for feature in features:
        number = numbered.index(feature) + 1 if feature in numbered else 0
        shortcut = f"Ctrl+{number}" if 0 < number <= 9 else "Ctrl+," if feature.id == "settings" else ""  # noqa: PLR2004
        made.append(
            Action(
                id=f"go.{feature.id}",
                icon=feature.icon,
                run=_going(desk, feature.id),
                shortcut=shortcut,
                why_disabled=_needs_project(desk),
                named=_named(desk, feature),
            )
        )
    return made


def _going(desk: Desk, feature: str) -> Callable[[], None]:
    return lambda: desk.go(feature)


def _named(desk: Desk, feature: Feature) -> Callable[[], str]:
    return lambda: desk.words(feature.title)


def _needs_project(desk: Desk) -> Callable[[], str]:
    return lambda: "" if desk.session.project is not None else desk.words("app.shell.no_project")


def _view(desk: Desk, frame: Frame) -> list[Action]:
    def scaled(step: int) -> Callable[[], None]:
        return lambda: desk.set_scale(theme().scale + step if step else 100)

    def limit(end: int) -> Callable[[], str]:
        return lambda: desk.words("app.shell.text_limit", size=end) if theme().scale == end else ""

    return [
        Action("palette.open", "search", frame.ask_palette, "Ctrl+K"),
        Action("view.theme", "moon", lambda: _turn_theme(desk), "Ctrl+Shift+T"),
        Action("view.system_theme", "monitor", lambda: desk.set_theme("system")),
        Action("view.larger", "plus", scaled(_STEP), "Ctrl++", why_disabled=limit(LARGEST)),
        Action("view.smaller", "minus", scaled(-_STEP), "Ctrl+-", why_disabled=limit(SMALLEST)),
        Action("view.normal", "rotate-ccw", scaled(0), "Ctrl+0"),
        Action("view.rail", "panel-left", frame.toggle_rail, "Ctrl+B"),
        Action("view.language", "languages", lambda: _turn_language(desk)),
        Action("view.shortcuts", "keyboard", frame.show_shortcuts, "Ctrl+?"),
    ]


def _page(desk: Desk, reach: Reach) -> list[Action]:
    can_make = _can(desk, lambda: bool(reach.making()), "app.shell.nothing_new")
    is_wrong = _can(desk, reach.has_problems, "app.shell.nothing_wrong")
    has_why = _can(desk, reach.has_why, "app.shell.nothing_why")
    return [
        Action("page.new", "plus", reach.make, "Ctrl+N", why_disabled=can_make),
        Action("view.filter", "funnel", reach.filter, "Ctrl+F"),
        Action("view.region", "columns-3", reach.next_part, "F6"),
        Action("view.why", "lightbulb", reach.toggle_why, "F1", why_disabled=has_why),
        Action("view.problems", "triangle-alert", reach.problems, "Ctrl+Shift+P", why_disabled=is_wrong),
    ]


def _can(desk: Desk, asked: Callable[[], bool], key: str) -> Callable[[], str]:
    return lambda: "" if asked() else desk.words(key)


def _edit(desk: Desk) -> list[Action]:
    stack = desk.undo

    def named(key: str, text: Callable[[], str]) -> Callable[[], str]:
        return lambda: desk.words(f"{key}_named", what=text()) if text() else desk.words(key)

    can_undo = _can(desk, stack.canUndo, "app.shell.nothing_to_undo")
    can_redo = _can(desk, stack.canRedo, "app.shell.nothing_to_redo")
    undo, redo = named("app.shell.undo", stack.undoText), named("app.shell.redo", stack.redoText)
    return [
        Action("edit.undo", "undo-2", stack.undo, "Ctrl+Z", why_disabled=can_undo, named=undo),
        Action("edit.redo", "refresh-cw", stack.redo, "Ctrl+Shift+Z", why_disabled=can_redo, named=redo),
    ]


def _project(desk: Desk, frame: Frame) -> list[Action]:
    return [
        Action("project.open", "folder-open", frame.open_project, "Ctrl+O"),
        Action("project.close", "x", frame.close_project, why_disabled=_needs_project(desk)),
    ]


def _turn_theme(desk: Desk) -> None:
    desk.set_theme("light" if theme().tokens.is_dark else "dark")


def _turn_language(desk: Desk) -> None:
    desk.set_language("en" if desk.words.language == "vi" else "vi")
