"""A draft that is let go, and can be had back."""

from surefoot_app.bridge.drafts import inside, write
from surefoot_app.shell.desk import Desk


def discarded(desk: Desk, file: str, draft: object, *, name: str, opens: tuple[str, str]) -> None:
    """Notes that a draft was let go; taken back, it is written again and gone on with.

    Args:
        desk: the hub.
        file: the name of the draft's file.
        draft: a frozen dataclass.
        name: what the person calls it; empty where it has no name yet.
        opens: kind and name by which the desk opens it.
    """
    words = desk.words

    def restore() -> None:
        desk.session.keep(
            lambda state: write(inside(state) / file, draft),
            owner=desk, then=lambda _nothing: desk.open(*opens), failed=desk.error,
        )  # fmt: skip

    desk.undo.did(words("app.shell.did_discard", name=name or words("app.shell.nameless_draft")), restore)
