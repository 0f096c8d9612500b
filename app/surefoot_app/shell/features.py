"""What the frame is told of a panel. One line in `__main__` registers it; deleting that line removes it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from surefoot.texts import Words
from surefoot.workbench import Workbench
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk
from surefoot_app.widgets.boxes import Page


@dataclass(frozen=True, slots=True)
class Found:
    """Something the palette can lead to.

    Attributes:
        kind, ref: as `Desk.open` takes them. title: what it is called. detail: a word beside it.
    """

    kind: str
    ref: str
    title: str
    detail: str = ""


def _no_actions(_desk: Desk) -> Sequence[Action]:
    return ()


@dataclass(frozen=True, slots=True)
class Later:
    """A page whose code is loaded when it is wanted, so that a start pays for Home alone.

    Attributes:
        module, name: where the page's class is.
    """

    module: str
    name: str

    def load(self) -> Callable[[Desk], Page]:
        """Its class. May be called in any thread."""
        return cast("Callable[[Desk], Page]", getattr(import_module(self.module), self.name))

    def __call__(self, desk: Desk) -> Page:
        return self.load()(desk)


@dataclass(frozen=True, slots=True)
class Feature:
    """One panel.

    Attributes:
        id: the noun, `runs`. title: key of its name, `app.runs.title`. icon: of the set.
        build: makes its page; called when it is first shown, and again after a switch of language.
        opens: kinds of objects that its page shows (`Page.show_object`).
        group: panels of one group stand together in the rail; a group of 9 stands at its foot.
        actions: its acts; they can be chosen before the page was shown.
        objects: asks the project what the palette can find under `@`. lessons: the same under `?`.
        watch: makes what goes on in the background as long as the window is there.
        foot: makes a card for the foot of the rail.
    """

    id: str
    title: str
    icon: str
    build: Callable[[Desk], Page]
    opens: tuple[str, ...] = ()
    group: int = 1
    actions: Callable[[Desk], Sequence[Action]] = _no_actions
    objects: Callable[[Workbench], Sequence[Found]] | None = None
    lessons: Callable[[Words], Sequence[Found]] | None = None
    watch: Callable[[Desk], QObject] | None = None
    foot: Callable[[Desk], QWidget] | None = None


AT_FOOT = 9
_SHORT = 0.0005  # seconds


def load(features: Sequence[Feature]) -> None:
    """Loads the code of all pages, so that none has to be waited for; not on the GUI thread."""
    usual = sys.getswitchinterval()
    # Python would let this thread go on for so long each time that the window's waits for it, forty times a picture.
    sys.setswitchinterval(_SHORT)
    try:
        for feature in features:
            if isinstance(feature.build, Later):
                feature.build.load()
    finally:
        sys.setswitchinterval(usual)
