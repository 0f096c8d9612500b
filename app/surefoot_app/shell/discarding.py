"""A draft that is let go, and can be had back."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from surefoot_app.bridge.drafts import inside, write
from surefoot_app.shell.desk import Desk


def discarded(desk: Desk, file: str, draft: object, *, name: str, opens: tuple[str, str]) -> None:
    """Notes that a draft was let go; taken back, it is written again and gone on with.

    Where another one stands in its place by then, that one stays, and this one can be had back later.

    Args:
        desk: the hub.
        file: the name of the draft's file.
        draft: a frozen dataclass.
        name: what the person calls it; empty where it has no name yet.
        opens: kind and name by which the desk opens it.
    """
    words = desk.words

    def put(state: Path) -> Callable[[], object]:
        place = inside(state) / file
        if place.exists():  # another was begun meanwhile
            return refused
        write(place, draft)
        return lambda: desk.open(*opens)

    def refused() -> None:
        QTimer.singleShot(0, desk, lambda: desk.undo.did(did, restore))  # after the one that is being taken back
        desk.tell(desk.words("app.shell.draft_in_place"), "info")

    def restore() -> None:
        desk.session.keep(put, owner=desk, then=lambda act: act(), failed=desk.error)

    did = words("app.shell.did_discard", name=name) if name else words("app.shell.did_discard_nameless")
    desk.undo.did(did, restore)
