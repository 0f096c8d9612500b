"""Settings: whole, while one searches, and without a key."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from surefoot.people.facts import Kept, Person
from surefoot_app.settings.page import SettingsPage
from surefoot_app.settings.places import Around, Place
from surefoot_app.shell.actions import Action
from surefoot_app.shell.desk import Desk

STATE = Path("/home/ada/.local/state/surefoot") / ("5f" * 32)
PLACES = tuple(
    Place(name, Path("/projects/credit-decisions-of-the-northern-region/.surefoot") / name, size)
    for name, size in (
        ("trail", 1_284_112),
        ("bodies", 840_112),
        ("objects", 8_812_445_190),
        ("runs", 61_004),
        ("state", 44_100_231),
    )
)
ADA = Person("per_1", "Ada Lovelace", b"\x01" * 32, "9f86d081884c7d65" * 4, "owner", Kept.PASSPHRASE, "5f" * 32)
AROUND = Around(ADA, STATE / "keys", PLACES)


def _page(found: Around | None, search: str = "") -> Callable[[Desk], QWidget]:
    def build(desk: Desk) -> QWidget:
        page = SettingsPage(desk)
        if found is not None:
            page.show_around(found)
        page.show_keys(
            [Action("view.theme", "moon", int, "Ctrl+Shift+T"), Action("view.filter", "funnel", int, "Ctrl+F")]
        )
        if search:
            page.search(search)
        return page

    return build


STATES: tuple[tuple[str, Callable[[Desk], QWidget]], ...] = (
    ("settings-full", _page(AROUND)),
    ("settings-nobody", _page(Around(None, STATE / "keys", PLACES))),
    ("settings-no-match", _page(AROUND, "nothing of this name")),
)
