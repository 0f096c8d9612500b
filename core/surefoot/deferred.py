"""What a room offers and loads only when it is asked for (PEP 562), so that a verb pays for the rooms that it uses."""

import sys
from collections.abc import Callable
from importlib import import_module


def exports(room: str, **places: str) -> Callable[[str], object]:
    """The `__getattr__` of a room.

    Args:
        room: its package.
        places: each name that it offers, and the module of the room that holds it.
    """

    def load(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        found = getattr(import_module(f"{room}.{places[name]}"), name)
        setattr(sys.modules[room], name, found)
        return found

    return load
